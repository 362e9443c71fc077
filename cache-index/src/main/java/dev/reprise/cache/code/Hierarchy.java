package dev.reprise.cache.code;

import dev.reprise.cache.code.ForeignTypes.Overridable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.FieldNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * Own classes with what they inherit from each other, and the rules by which the JVM finds a
 * member.
 *
 * @see <a href="https://docs.oracle.com/javase/specs/jvms/se17/html/jvms-5.html#jvms-5.4.3.3">JVMS
 *     5.4.3.2 to 5.4.6</a>
 */
final class Hierarchy {
  private final ClassFiles classes;
  private final Zones zones;
  private final Map<String, Family> families = new HashMap<>();

  /**
   * A class with what it inherits from.
   *
   * @param own own classes and interfaces, itself first, superclasses before interfaces
   * @param foreign the nearest supertypes that are not own code, or not there
   */
  record Family(Set<ClassFile> own, Set<String> foreign) {}

  /** A method, and the class that declares it. */
  record Found(ClassFile owner, MethodNode method) {
    boolean is(int access) {
      return ClassFile.has(method, access);
    }

    Member member() {
      return new Member(owner.name(), method.name, method.desc);
    }
  }

  Hierarchy(ClassFiles classes, Zones zones) {
    this.classes = classes;
    this.zones = zones;
  }

  /** The own class of this name; null if it is not own or not there. */
  @Nullable ClassFile own(String name) {
    return zones.isOwn(name) ? classes.find(name) : null;
  }

  /** A class with what it inherits from; both sets are empty if the class is not there. */
  Family family(String name) {
    Family known = families.get(name);
    if (known == null) {
      known = new Family(new LinkedHashSet<>(), new LinkedHashSet<>());
      List<String> interfaces = new ArrayList<>();
      for (String each = name; each != null; ) {
        ClassFile file = add(each, known, interfaces);
        each = file == null ? null : file.node().superName;
      }
      for (int i = 0; i < interfaces.size(); i++) {
        add(interfaces.get(i), known, interfaces);
      }
      families.put(name, known);
    }
    return known;
  }

  private @Nullable ClassFile add(String name, Family to, List<String> interfaces) {
    ClassFile file = own(name);
    if (file == null) {
      to.foreign().add(name);
    } else if (to.own().add(file)) {
      interfaces.addAll(file.node().interfaces);
    }
    return file;
  }

  /** The method that a name means; null if no own class declares it. */
  @Nullable Found resolve(Member named) {
    for (ClassFile each : family(named.owner()).own()) {
      MethodNode method = each.method(named);
      if (method != null) {
        return new Found(each, method);
      }
    }
    return null;
  }

  /**
   * What a call runs that does not ask the receiver what it is.
   *
   * @return the method that is meant, abstract perhaps; several default methods if no rule tells
   *     which; none if no own class declares it
   */
  List<Found> called(Member named) {
    Found first = resolve(named);
    if (first == null || !first.owner().has(Opcodes.ACC_INTERFACE)) {
      return first == null ? List.of() : List.of(first);
    }
    List<Found> declared = new ArrayList<>();
    for (ClassFile each : family(named.owner()).own()) {
      MethodNode method = each.method(named);
      if (method != null) {
        declared.add(new Found(each, method));
      }
    }
    return mostSpecific(declared);
  }

  /** Leaves out what an interface declares anew that extends the one that declared it. */
  private List<Found> mostSpecific(List<Found> declared) {
    return declared.stream()
        .filter(each -> declared.stream().noneMatch(other -> overrides(other, each)))
        .toList();
  }

  private boolean overrides(Found other, Found method) {
    return other.owner() != method.owner()
        && family(other.owner().name()).own().contains(method.owner());
  }

  /** The class that declares the field that a name means; null if no own class does. */
  @Nullable ClassFile declaring(Member field) {
    for (ClassFile each : family(field.owner()).own()) {
      FieldNode found = each.field(field);
      if (found != null) {
        return each;
      }
    }
    return null;
  }

  /**
   * What a call of a method runs if its receiver is an instance of {@code className}.
   *
   * @return one method; several where a look at all interfaces, or at all that a package keeps to
   *     itself, would be needed to tell; none if it is foreign code
   */
  List<Found> select(String className, Member called) {
    Found named = resolve(called);
    List<Found> found = new ArrayList<>();
    for (ClassFile each : family(className).own()) {
      MethodNode method = each.method(called);
      if (method == null
          || ClassFile.has(method, Opcodes.ACC_STATIC | Opcodes.ACC_PRIVATE)
          || ClassFile.has(method, Opcodes.ACC_ABSTRACT)) {
        continue;
      }
      found.add(new Found(each, method));
      if (!each.has(Opcodes.ACC_INTERFACE) && mayOverride(each, named)) {
        break;
      }
    }
    return found;
  }

  /** Whether a method of a class can override another: not one that its package keeps to itself. */
  private static boolean mayOverride(ClassFile owner, @Nullable Found other) {
    return other == null
        || ClassFile.reach(other.method()) != Reach.PACKAGE
        || Names.folder(owner.name()).equals(Names.folder(other.owner().name()));
  }

  /**
   * The methods with which instances of a class answer to foreign code, inherited ones included.
   *
   * @param expected what foreign code may call
   */
  List<Found> callbacks(String className, Overridable expected) {
    List<Found> callbacks = new ArrayList<>();
    for (ClassFile each : family(className).own()) {
      for (MethodNode method : each.methods().values()) {
        Found found = new Found(each, method);
        if (isSerialHook(method)) {
          callbacks.add(found);
        } else if (!method.name.startsWith("<")
            && !found.is(Opcodes.ACC_STATIC | Opcodes.ACC_PRIVATE)
            && expected.mayHave(method.name + method.desc)) {
          callbacks.addAll(select(className, found.member()));
        }
      }
    }
    return callbacks;
  }

  private static boolean isSerialHook(MethodNode method) {
    return switch (method.name + method.desc) {
      case "readObject(Ljava/io/ObjectInputStream;)V",
          "writeObject(Ljava/io/ObjectOutputStream;)V",
          "readResolve()Ljava/lang/Object;",
          "writeReplace()Ljava/lang/Object;" ->
          true;
      default -> false;
    };
  }
}
