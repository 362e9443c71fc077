package dev.reprise.cache.code;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * Tells local variables apart by what flows through them instead of by their slots.
 *
 * <p>With debug information javac stores {@code final int limit = 15} in a slot although every use
 * of {@code limit} is the constant itself; without, it does not, and later variables move up. So a
 * constant that is stored and never read is left out, and the other variables are numbered anew: a
 * variable is a web, all reads and writes that are connected by a write reaching a read [1]; webs
 * are numbered as they occur, parameters first. Renaming variables does not change what a method
 * does, and two methods that read different writes get different numbers.
 *
 * <p>[1] S. Muchnick: Advanced Compiler Design and Implementation, 1997, section 16.3.3.
 */
final class LocalVariables {
  private final Map<AbstractInsnNode, Web> webs = new HashMap<>();
  private final Map<Web, Integer> numbers = new HashMap<>();
  private final Set<AbstractInsnNode> withoutEffect = new HashSet<>();
  private int next;

  private record Web(int slot, int root) {}

  /** Looks through a method. */
  LocalVariables(MethodNode method) {
    Map<Integer, List<AbstractInsnNode>> accesses = new TreeMap<>();
    for (AbstractInsnNode each : method.instructions) {
      if (SlotWebs.slot(each) >= 0) {
        accesses.computeIfAbsent(SlotWebs.slot(each), slot -> new ArrayList<>()).add(each);
      }
    }
    ControlFlow flow = new ControlFlow(method);
    int parameters = parameterSlots(method);
    accesses.forEach(
        (slot, all) -> {
          SlotWebs found = new SlotWebs(method.instructions, flow, slot);
          if (slot < parameters) {
            numbers.put(new Web(slot, found.entryWeb()), slot);
          }
          for (AbstractInsnNode each : all) {
            webs.put(each, new Web(slot, found.web(each)));
            if (SlotWebs.isStore(each) && !found.isRead(each) && isConstant(each.getPrevious())) {
              withoutEffect.add(each);
              withoutEffect.add(each.getPrevious());
            }
          }
        });
    next = parameters;
  }

  /** Whether an instruction stores a constant that nobody reads, or makes that constant. */
  boolean isWithoutEffect(AbstractInsnNode instruction) {
    return withoutEffect.contains(instruction);
  }

  /**
   * The number of the variable that an instruction reads or writes; ask in the order of the code.
   */
  int number(AbstractInsnNode access) {
    Integer known = numbers.putIfAbsent(requireNonNull(webs.get(access)), next);
    return known == null ? next++ : known;
  }

  private static int parameterSlots(MethodNode method) {
    int withReceiver = Type.getArgumentsAndReturnSizes(method.desc) >> 2;
    return ClassFile.has(method, Opcodes.ACC_STATIC) ? withReceiver - 1 : withReceiver;
  }

  private static boolean isConstant(@Nullable AbstractInsnNode instruction) {
    if (instruction instanceof LdcInsnNode constant) {
      return constant.cst instanceof Number || constant.cst instanceof String;
    }
    int opcode = instruction == null ? -1 : instruction.getOpcode();
    return opcode >= Opcodes.ICONST_M1 && opcode <= Opcodes.SIPUSH;
  }
}
