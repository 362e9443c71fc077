package dev.reprise.cache.code;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldNode;
import org.objectweb.asm.tree.InnerClassNode;
import org.objectweb.asm.tree.MethodNode;

/** A parsed class file, without debug information and stack map frames. */
final class ClassFile {
  private static final String SUFFIX = ".class";
  private static final Pattern NUMBERED = Pattern.compile("\\$\\d");

  private final ClassNode node;
  private final boolean numbered;
  private final Map<String, MethodNode> methods = new LinkedHashMap<>();
  private final Map<String, FieldNode> fields = new LinkedHashMap<>();

  ClassFile(ClassNode node) {
    this.node = node;
    this.numbered = mayBeNumbered(node.name) && numbered(node);
    node.methods.forEach(each -> methods.put(each.name + each.desc, each));
    node.fields.forEach(each -> fields.put(each.name + ":" + each.desc, each));
  }

  String name() {
    return node.name;
  }

  ClassNode node() {
    return node;
  }

  boolean has(int access) {
    return (node.access & access) != 0;
  }

  /** The methods by name and descriptor, in the order of the file. */
  Map<String, MethodNode> methods() {
    return Collections.unmodifiableMap(methods);
  }

  /** The method that this class itself declares; null if there is none. */
  @Nullable MethodNode method(Member named) {
    return methods.get(named.signature());
  }

  /** The field that this class itself declares; null if there is none. */
  @Nullable FieldNode field(Member named) {
    return fields.get(named.name() + ":" + named.descriptor());
  }

  /**
   * Whether the compiler numbered the class, as it does with anonymous and local ones, or a class
   * around it: then its name says where it stands in the source and not what it is.
   */
  boolean isNumbered() {
    return numbered;
  }

  /** Whether a name or descriptor may name a numbered class. */
  static boolean mayBeNumbered(String names) {
    return names.indexOf('$') >= 0 && NUMBERED.matcher(names).find();
  }

  private static boolean numbered(ClassNode node) {
    String name = node.name;
    while (name != null) {
      InnerClassNode nested = nesting(node, name);
      if (nested == null) {
        return false;
      }
      if (nested.outerName == null) {
        return true;
      }
      name = nested.outerName;
    }
    return false;
  }

  private static @Nullable InnerClassNode nesting(ClassNode node, String name) {
    for (InnerClassNode each : node.innerClasses) {
      if (each.name.equals(name)) {
        return each;
      }
    }
    return null;
  }

  /**
   * Whether the compiler made the method and its name up, as for the body of a lambda. A bridge is
   * named after the method that it leads to.
   */
  static boolean isMade(MethodNode method) {
    return has(method, Opcodes.ACC_SYNTHETIC)
        && !has(method, Opcodes.ACC_BRIDGE)
        && (has(method, Opcodes.ACC_STATIC | Opcodes.ACC_PRIVATE) || method.name.equals("<init>"));
  }

  static boolean has(MethodNode method, int access) {
    return (method.access & access) != 0;
  }

  /** From where the method can be overridden. */
  static Reach reach(MethodNode method) {
    if (has(method, Opcodes.ACC_STATIC) || method.name.startsWith("<")) {
      return Reach.NOWHERE;
    } else if (has(method, Opcodes.ACC_PRIVATE)) {
      return Reach.PRIVATE;
    }
    return has(method, Opcodes.ACC_PUBLIC | Opcodes.ACC_PROTECTED)
        ? Reach.SUBCLASSES
        : Reach.PACKAGE;
  }

  /** Whether the name of a file is that of a class with code. */
  static boolean holdsClass(String fileName) {
    return fileName.endsWith(SUFFIX)
        && !fileName.endsWith("package-info.class")
        && !fileName.endsWith("module-info.class");
  }

  static String withoutSuffix(String fileName) {
    return fileName.substring(0, fileName.length() - SUFFIX.length());
  }
}
