package dev.reprise.cache.code;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;

/** What can be told of a call, or of a constant, by the instructions right beside it. */
final class Literals {
  /** Methods that do no more with a class than to look at its name, its place or its instances. */
  private static final Set<String> HARMLESS =
      Set.of(
          "cast",
          "desiredAssertionStatus",
          "equals",
          "getClassLoader",
          "getName",
          "getPackage",
          "getPackageName",
          "getResource",
          "getResourceAsStream",
          "getSimpleName",
          "isInstance");

  private static final Set<String> LOOKERS = Set.of("java/lang/Class", "java/lang/Object");

  private Literals() {}

  /** The string that a call gets as its last argument; null if that is not a constant beside it. */
  static @Nullable String lastArgument(AbstractInsnNode call) {
    return call.getPrevious() instanceof LdcInsnNode constant
            && constant.cst instanceof String string
        ? string
        : null;
  }

  /**
   * The resource that a call of {@code getResource} or the like reads; null if that is not told by
   * constants beside it, as of a bundle, which is put together of several files or classes.
   */
  static @Nullable String resource(MethodInsnNode call) {
    String path = lastArgument(call);
    if (path == null
        || !call.desc.startsWith("(Ljava/lang/String;)")
        || call.owner.equals("java/util/ResourceBundle")) {
      return null;
    }
    if (!call.owner.equals("java/lang/Class")) {
      return path;
    }
    if (path.startsWith("/")) {
      return path.substring(1);
    }
    return call.getPrevious().getPrevious() instanceof LdcInsnNode receiver
            && receiver.cst instanceof Type type
            && type.getSort() == Type.OBJECT
        ? Names.folder(type.getInternalName()) + path
        : null;
  }

  /**
   * Whether a call is one of a constant class, with at most one argument, a constant, beside it.
   */
  static boolean isOfConstantClass(MethodInsnNode call) {
    AbstractInsnNode receiver = call.getPrevious();
    if (Type.getArgumentTypes(call.desc).length == 1 && receiver instanceof LdcInsnNode) {
      receiver = receiver.getPrevious();
    }
    return receiver instanceof LdcInsnNode constant && constant.cst instanceof Type;
  }

  /** Whether a constant class is only looked at, as loggers and assertions do, or handed on. */
  static boolean isHandedOn(LdcInsnNode constantClass) {
    AbstractInsnNode next = constantClass.getNext();
    int constants = 1;
    if (next instanceof LdcInsnNode && next.getNext() != null) {
      next = next.getNext();
      constants++;
    }
    if (next instanceof MethodInsnNode call) {
      return taken(call) < constants
          || !(call.name.equals("getLogger")
              || (LOOKERS.contains(call.owner) && HARMLESS.contains(call.name)));
    }
    return next == null
        || (next.getOpcode() != Opcodes.IF_ACMPEQ && next.getOpcode() != Opcodes.IF_ACMPNE);
  }

  /** How many values a call takes, with its receiver: what lies below them is another's. */
  private static int taken(MethodInsnNode call) {
    int receiver = call.getOpcode() == Opcodes.INVOKESTATIC ? 0 : 1;
    return receiver + Type.getArgumentTypes(call.desc).length;
  }
}
