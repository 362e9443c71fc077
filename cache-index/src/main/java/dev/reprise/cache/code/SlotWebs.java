package dev.reprise.cache.code;

import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.IincInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * Splits the uses of one slot into webs: all reads and writes that are connected by a write
 * reaching a read.
 *
 * <p>Goes backward from every read as far as what is read may have been written, and joins what it
 * passes; so each place is passed once. A place is the state before an instruction; a write is
 * joined with the places that it reaches, never with the place before it.
 */
final class SlotWebs {
  private final InsnList instructions;
  private final ControlFlow flow;
  private final int slot;

  /** Union-find over places, writes behind them, and the value at entry at the end. */
  private final int[] parent;

  private final BitSet passed = new BitSet();
  private final BitSet read = new BitSet();
  private final Deque<Integer> open = new ArrayDeque<>();

  SlotWebs(InsnList instructions, ControlFlow flow, int slot) {
    this.instructions = instructions;
    this.flow = flow;
    this.slot = slot;
    this.parent = new int[2 * instructions.size() + 1];
    for (int i = 0; i < parent.length; i++) {
      parent[i] = i;
    }
    for (int i = 0; i < instructions.size(); i++) {
      AbstractInsnNode each = instructions.get(i);
      if (slot(each) == slot && !isStore(each)) {
        pass(i);
        if (writes(each)) {
          join(i, write(i));
        }
      }
    }
    for (Integer place = open.poll(); place != null; place = open.poll()) {
      goBack(place);
    }
  }

  private void goBack(int place) {
    if (place == 0) {
      join(0, entry());
    }
    flow.predecessors(
        place,
        before -> {
          AbstractInsnNode instruction = instructions.get(before);
          boolean writes = slot(instruction) == slot && writes(instruction);
          join(place, writes ? write(before) : before);
          if (writes) {
            read.set(before);
          } else {
            pass(before);
          }
        });
    flow.throwers(
        place,
        before -> {
          join(place, before);
          pass(before);
        });
  }

  private void pass(int place) {
    if (!passed.get(place)) {
      passed.set(place);
      open.add(place);
    }
  }

  /** Names the web of a read or write; equal for two of one web, and for no others. */
  int web(AbstractInsnNode access) {
    int index = instructions.indexOf(access);
    return find(isStore(access) ? write(index) : index);
  }

  /** Names the web of the value that the slot holds when the method is called. */
  int entryWeb() {
    return find(entry());
  }

  /** Whether a read may see what {@code store} wrote. */
  boolean isRead(AbstractInsnNode store) {
    return read.get(instructions.indexOf(store));
  }

  /** The slot that an instruction reads or writes; -1 for none. */
  static int slot(AbstractInsnNode instruction) {
    if (instruction instanceof VarInsnNode access) {
      return access.var;
    }
    return instruction instanceof IincInsnNode increment ? increment.var : -1;
  }

  static boolean isStore(AbstractInsnNode instruction) {
    return instruction.getOpcode() >= Opcodes.ISTORE && instruction.getOpcode() <= Opcodes.ASTORE;
  }

  private static boolean writes(AbstractInsnNode instruction) {
    return isStore(instruction) || instruction instanceof IincInsnNode;
  }

  private int write(int index) {
    return instructions.size() + index;
  }

  private int entry() {
    return 2 * instructions.size();
  }

  private void join(int one, int other) {
    parent[find(one)] = find(other);
  }

  private int find(int node) {
    int root = node;
    while (parent[root] != root) {
      parent[root] = parent[parent[root]];
      root = parent[root];
    }
    return root;
  }
}
