package dev.reprise.cache.code;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * What a class is, beside its methods. Visibility does not count: what is called is known. Nor do
 * nest mates, the class-file version, or the order of fields; nor generic signatures and
 * annotations unless reflection has the class.
 */
final class ClassShape {
  private static final int CLASS_FLAGS =
      Opcodes.ACC_INTERFACE | Opcodes.ACC_ABSTRACT | Opcodes.ACC_ENUM | Opcodes.ACC_RECORD;

  private static final int FIELD_FLAGS =
      Opcodes.ACC_STATIC | Opcodes.ACC_VOLATILE | Opcodes.ACC_TRANSIENT;

  private ClassShape() {}

  /** The digest of what tests, casts and instances of a class depend on. */
  static Fingerprint of(ClassFile file) {
    Hasher hasher = Hasher.of("reprise/code/shape");
    write(file, Naming.PLAIN, hasher);
    return hasher.finish();
  }

  /**
   * The digest of what reflection sees of a class: all fields, annotations kept at run time with
   * their defaults, and generic types.
   */
  static Fingerprint exposed(ClassFile file) {
    Hasher hasher = Hasher.of("reprise/code/exposed").putFingerprint(of(file));
    Annotations.of(file).write(hasher);
    hasher.putString(generic(file.node().signature));
    List<FieldNode> fields =
        file.node().fields.stream()
            .sorted(Comparator.comparing((FieldNode field) -> field.name + ":" + field.desc))
            .toList();
    for (FieldNode field : fields) {
      hasher.putString(field.name).putString(field.desc).putString(generic(field.signature));
      write(field, hasher);
    }
    for (MethodNode method : new TreeMap<>(file.methods()).values()) {
      if (isOffered(method)) {
        hasher.putString(method.name).putString(method.desc).putString(generic(method.signature));
        Annotations.write(method.annotationDefault, hasher);
      }
    }
    return hasher.finish();
  }

  /**
   * Whether a library that is given the class may call a method: a constructor, a public instance
   * method, or one that is marked by an annotation.
   */
  static boolean isOffered(MethodNode method) {
    boolean isPublic =
        ClassFile.has(method, Opcodes.ACC_PUBLIC) && !ClassFile.has(method, Opcodes.ACC_STATIC);
    return !ClassFile.isMade(method)
        && (isPublic || method.name.equals("<init>") || Annotations.isOn(method));
  }

  private static String generic(@Nullable String signature) {
    return signature == null ? "" : signature;
  }

  /** Writes what a class extends and implements, and the components if it is a record. */
  static void write(ClassFile file, Naming naming, Hasher to) {
    ClassNode node = file.node();
    to.putLong(node.access & CLASS_FLAGS);
    to.putString(node.superName == null ? "" : naming.type(node.superName));
    to.putLong(node.interfaces.size());
    node.interfaces.forEach(each -> to.putString(naming.type(each)));
    to.putLong(node.recordComponents == null ? -1 : node.recordComponents.size());
    if (node.recordComponents != null) {
      node.recordComponents.forEach(
          each -> to.putString(each.name).putString(naming.descriptor(each.descriptor)));
    }
  }

  /** Writes what a field is beside its name and type. */
  static void write(FieldNode field, Hasher to) {
    to.putLong(field.access & FIELD_FLAGS);
    Constants.write(field.value, to);
  }
}
