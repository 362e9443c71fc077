package dev.reprise.cache.code;

import java.util.Arrays;
import java.util.function.IntConsumer;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.LookupSwitchInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TableSwitchInsnNode;
import org.objectweb.asm.tree.TryCatchBlockNode;

/** From where control may come to an instruction; instructions are named by their index. */
final class ControlFlow {
  private final InsnList instructions;
  private final Edges steps;
  private final Edges throwers;

  ControlFlow(MethodNode method) {
    instructions = method.instructions;
    steps = new Edges(instructions.size());
    throwers = new Edges(instructions.size());
    for (int at = 0; at < instructions.size(); at++) {
      addSteps(at, instructions.get(at));
    }
    for (TryCatchBlockNode each : method.tryCatchBlocks) {
      for (int at = index(each.start); at < index(each.end); at++) {
        throwers.add(at, index(each.handler));
      }
    }
  }

  /** The instructions after which {@code to} may be the next. */
  void predecessors(int to, IntConsumer each) {
    steps.into(to, each);
  }

  /** The instructions that may fail, before they have an effect, so that {@code to} is the next. */
  void throwers(int to, IntConsumer each) {
    throwers.into(to, each);
  }

  private void addSteps(int at, AbstractInsnNode instruction) {
    if (instruction instanceof JumpInsnNode jump) {
      steps.add(at, index(jump.label));
    } else if (instruction instanceof TableSwitchInsnNode table) {
      table.labels.forEach(label -> steps.add(at, index(label)));
      steps.add(at, index(table.dflt));
    } else if (instruction instanceof LookupSwitchInsnNode lookup) {
      lookup.labels.forEach(label -> steps.add(at, index(label)));
      steps.add(at, index(lookup.dflt));
    }
    int opcode = instruction.getOpcode();
    boolean falls =
        opcode != Opcodes.GOTO
            && opcode != Opcodes.ATHROW
            && (opcode < Opcodes.TABLESWITCH || opcode > Opcodes.RETURN);
    if (falls && at + 1 < instructions.size()) {
      steps.add(at, at + 1);
    }
  }

  private int index(LabelNode label) {
    return instructions.indexOf(label);
  }

  /** Edges as linked lists in arrays, by where they lead to. */
  private static final class Edges {
    private static final int NONE = -1;

    private final int[] last;
    private int[] from = new int[16];
    private int[] previous = new int[16];
    private int count;

    Edges(int places) {
      last = new int[places];
      Arrays.fill(last, NONE);
    }

    void add(int source, int target) {
      if (count == from.length) {
        from = Arrays.copyOf(from, 2 * count);
        previous = Arrays.copyOf(previous, 2 * count);
      }
      from[count] = source;
      previous[count] = last[target];
      last[target] = count++;
    }

    void into(int target, IntConsumer each) {
      for (int edge = last[target]; edge != NONE; edge = previous[edge]) {
        each.accept(from[edge]);
      }
    }
  }
}
