package dev.reprise.cache.code;

import dev.reprise.cache.code.ForeignTypes.Overridable;
import dev.reprise.cache.code.Hierarchy.Family;
import dev.reprise.cache.code.Hierarchy.Found;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * What a task does with types, and which methods each of these things makes reachable. Every step
 * includes the ones before it:
 *
 * <ol>
 *   <li>{@link #look}: the task depends on what the class is; its supertypes come with it.
 *   <li>{@link #initialise}: its static initialiser runs, with those of its superclasses.
 *   <li>{@link #create}: there may be instances, on which virtual calls and foreign code run
 *       methods.
 *   <li>{@link #cross}: instances come from outside, made by a codec: constructors run too, and
 *       what the fields may hold comes along.
 *   <li>{@link #expose}: reflection has the class: what it offers may run too, and the same of the
 *       classes that it is made of.
 *   <li>{@link #load}: reflection has it by its name: its public static methods may run too.
 *   <li>{@link #runWhole}: all its methods run.
 * </ol>
 */
final class ReachedTypes {
  private static final Member INITIALISER = new Member("", "<clinit>", "()V");

  private final Zones zones;
  private final Hierarchy hierarchy;
  private final ForeignTypes foreign;
  private final LibraryWalk libraries;
  private final DispatchTable dispatch;
  private final ClosureParts closure;
  private final Consumer<Found> reach;

  private final Set<ClassFile> shapes = new HashSet<>();
  private final Set<String> initialised = new HashSet<>();
  private final SortedSet<String> crossed = new TreeSet<>();
  private final Set<String> exposed = new HashSet<>();
  private final Set<ClassFile> shown = new HashSet<>();

  /**
   * @param reach takes each method that becomes reachable, several times perhaps
   */
  ReachedTypes(
      OwnCode code,
      ForeignTypes foreign,
      LibraryWalk libraries,
      DispatchTable dispatch,
      ClosureParts closure,
      Consumer<Found> reach) {
    this.zones = code.zones();
    this.hierarchy = code.hierarchy();
    this.foreign = foreign;
    this.libraries = libraries;
    this.dispatch = dispatch;
    this.closure = closure;
    this.reach = reach;
  }

  /**
   * Depends on a class, of any zone.
   *
   * @param by who does, for people
   * @return null if it is not own code, or not there
   */
  @Nullable ClassFile look(String className, String by) {
    Zone zone = zones.of(className);
    if (zone == Zone.LIBRARY && !libraries.reach(className)) {
      closure.warnOfAbsent(className, by);
    }
    if (zone != Zone.OWN) {
      return null;
    }
    closure.consult(Names.folder(className));
    ClassFile file = hierarchy.own(className);
    if (file == null) {
      closure.warnOfAbsent(className, by);
    } else if (shapes.add(file)) {
      Family family = hierarchy.family(className);
      family.own().forEach(each -> look(each.name(), className));
      family.foreign().forEach(each -> look(each, className));
    }
    return file;
  }

  void initialise(String className, String by) {
    ClassFile file = look(className, by);
    if (file == null) {
      return;
    }
    for (ClassFile each : hierarchy.family(className).own()) {
      boolean runs = each == file || !each.has(Opcodes.ACC_INTERFACE) || hasDefaultMethod(each);
      MethodNode initialiser = each.method(INITIALISER);
      if (runs && initialised.add(each.name()) && initialiser != null) {
        reach.accept(new Found(each, initialiser));
      }
    }
  }

  private static boolean hasDefaultMethod(ClassFile type) {
    return type.node().methods.stream()
        .anyMatch(each -> !ClassFile.has(each, Opcodes.ACC_STATIC | Opcodes.ACC_ABSTRACT));
  }

  void create(String className, String by) {
    if (dispatch.create(className)) {
      initialise(className, by);
      dispatch.runOn(className).forEach(reach);
      Overridable expected = foreign.overridable(hierarchy.family(className).foreign());
      expected.folders().forEach(closure::consult);
      hierarchy.callbacks(className, expected).forEach(reach);
      exposeTypeArguments(hierarchy.family(className).own());
    }
  }

  /**
   * A library finds what a class of its is extended with, as in {@code new TypeToken<Config>() {}},
   * also by way of an own class in between.
   */
  private void exposeTypeArguments(Collection<ClassFile> family) {
    if (family.stream().noneMatch(this::extendsLibrary)) {
      return;
    }
    for (ClassFile each : family) {
      shown.add(each);
      SignatureTypes.ofSuperclass(each).forEach(type -> expose(type, each.name()));
    }
  }

  private boolean extendsLibrary(ClassFile file) {
    String superclass = file.node().superName;
    return superclass != null && zones.of(superclass) == Zone.LIBRARY;
  }

  void cross(String className, String by) {
    ClassFile file = look(className, by);
    if (file == null || !crossed.add(className)) {
      return;
    }
    create(className, by);
    ClassNode node = file.node();
    for (MethodNode each : node.methods) {
      if (each.name.equals("<init>")) {
        reach.accept(new Found(file, each));
      }
    }
    if (node.recordComponents != null) {
      node.recordComponents.forEach(
          each -> reachDeclared(file, new Member(className, each.name, "()" + each.descriptor)));
    }
    List<String> permitted = node.permittedSubclasses;
    if (permitted != null) {
      permitted.forEach(each -> cross(each, className));
    }
    for (ClassFile each : hierarchy.family(className).own()) {
      each.node().fields.forEach(field -> crossField(field, className));
    }
  }

  private void reachDeclared(ClassFile file, Member named) {
    MethodNode method = file.method(named);
    if (method != null) {
      reach.accept(new Found(file, method));
    }
  }

  private void crossField(FieldNode field, String by) {
    if ((field.access & Opcodes.ACC_STATIC) == 0) {
      SignatureTypes.ofField(field.desc, field.signature).forEach(type -> cross(type, by));
    }
  }

  void expose(String className, String by) {
    ClassFile file = look(className, by);
    if (file == null || !exposed.add(className)) {
      return;
    }
    cross(className, by);
    if (file.node().permittedSubclasses != null) {
      file.node().permittedSubclasses.forEach(each -> expose(each, className));
    }
    for (ClassFile each : hierarchy.family(className).own()) {
      shown.add(each);
      Annotations.of(each).forEachType(type -> exposeMarked(type, className));
      each.node().fields.forEach(field -> exposeField(field, className));
      each.node().methods.forEach(method -> exposeMethod(each, method, className));
    }
  }

  private void exposeField(FieldNode field, String by) {
    if ((field.access & Opcodes.ACC_STATIC) == 0) {
      SignatureTypes.ofField(field.desc, field.signature).forEach(type -> expose(type, by));
    }
  }

  private void exposeMethod(ClassFile file, MethodNode method, String by) {
    boolean makes = method.name.equals("<init>");
    if (!ClassShape.isOffered(method) || (makes && !file.name().equals(by))) {
      return;
    }
    reach.accept(new Found(file, method));
    Annotations.types(method.annotationDefault, type -> exposeMarked(type, by));
    if (makes || method.name.startsWith("set") || Annotations.isOn(method)) {
      SignatureTypes.ofMethod(method.desc, method.signature).forEach(type -> expose(type, by));
    }
  }

  /** Exposes what an annotation is or names. Classes of annotations need not be there. */
  private void exposeMarked(String className, String by) {
    switch (zones.of(className)) {
      case OWN -> expose(className, by);
      case LIBRARY -> libraries.reach(className);
      case PLATFORM -> {}
    }
  }

  void load(String className, String by) {
    expose(className, by);
    initialise(className, by);
    ClassFile file = look(className, by);
    if (file == null) {
      return;
    }
    for (ClassFile each : hierarchy.family(className).own()) {
      if (each != file && each.has(Opcodes.ACC_INTERFACE)) {
        continue; // static methods of interfaces are not inherited
      }
      for (MethodNode method : each.node().methods) {
        if (ClassFile.has(method, Opcodes.ACC_PUBLIC)
            && ClassFile.has(method, Opcodes.ACC_STATIC)) {
          reach.accept(new Found(each, method));
        }
      }
    }
  }

  void runWhole(String className, String by) {
    load(className, by);
    ClassFile file = hierarchy.own(className);
    if (file != null) {
      for (MethodNode each : file.node().methods) {
        if (!ClassFile.isMade(each)) {
          reach.accept(new Found(file, each));
        }
      }
    }
  }

  /** Adds what the classes are, and what could not be told of them. */
  void addTo(ClosureParts parts) {
    for (ClassFile each : shapes) {
      if (!each.isNumbered()) {
        parts.addShape(each, shown.contains(each));
      }
    }
    for (String each : crossed) {
      ClassFile file = hierarchy.own(each);
      boolean isAnnotation = file != null && file.has(Opcodes.ACC_ANNOTATION);
      if (!isAnnotation && dispatch.isCalledWithoutInstance(each)) {
        parts.warn(
            "the task calls methods of "
                + Names.binary(each)
                + ", and no class of which instances may arrive is known; register the classes");
      }
    }
  }
}
