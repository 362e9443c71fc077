package dev.reprise.cache.code;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.IntInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * Finds out what the numbers of a switch over an enum mean. javac switches over {@code
 * Outer$1.$SwitchMap$Color[color.ordinal()]}, where a made-up class numbers the constants as they
 * occur in any switch of the file, so that a switch somewhere else changes the numbers here.
 */
final class EnumSwitches {
  private static final String MAP = "$SwitchMap$";
  private static final Member INITIALISER = new Member("", "<clinit>", "()V");

  private final Function<String, @Nullable ClassFile> classes;
  private final Map<AbstractInsnNode, Numbering> numberings = new HashMap<>();

  /**
   * @param enumClass internal name
   * @param constants name by number
   */
  record Numbering(String enumClass, Map<Integer, String> constants) {
    /** The name of the constant with this number; the number itself if none has it. */
    String name(int number) {
      return constants.getOrDefault(number, Integer.toString(number));
    }
  }

  private EnumSwitches(Function<String, @Nullable ClassFile> classes) {
    this.classes = classes;
  }

  /**
   * Looks through a method. Each map is read for one switch, and a switch in the operand of another
   * ends first. But a person may write {@code switch (numbers[color.ordinal()])} there, which looks
   * alike; then which switch a map is for would be a guess, and all numbers are taken as they are.
   *
   * @param classes finds the made-up class
   */
  static EnumSwitches in(MethodNode method, Function<String, @Nullable ClassFile> classes) {
    Deque<FieldInsnNode> open = new ArrayDeque<>();
    Map<AbstractInsnNode, FieldInsnNode> maps = new LinkedHashMap<>();
    boolean clear = true;
    for (AbstractInsnNode each : method.instructions) {
      if (isMap(each)) {
        open.push((FieldInsnNode) each);
      } else if (isSwitchOverOrdinal(each)) {
        clear &= !open.isEmpty();
        if (clear) {
          maps.put(each, open.pop());
        }
      }
    }
    EnumSwitches switches = new EnumSwitches(classes);
    if (clear && open.isEmpty()) {
      maps.forEach((over, map) -> switches.add(map, over));
    }
    return switches;
  }

  /**
   * What the numbers mean of the switch, or of the map read for it, that {@code instruction} is;
   * null if it is neither or the numbers must be taken as they are.
   */
  @Nullable Numbering at(AbstractInsnNode instruction) {
    return numberings.get(instruction);
  }

  private static boolean isMap(AbstractInsnNode instruction) {
    return instruction.getOpcode() == Opcodes.GETSTATIC
        && instruction instanceof FieldInsnNode field
        && field.name.startsWith(MAP)
        && field.desc.equals("[I");
  }

  private static boolean isSwitchOverOrdinal(AbstractInsnNode instruction) {
    int opcode = instruction.getOpcode();
    return (opcode == Opcodes.TABLESWITCH || opcode == Opcodes.LOOKUPSWITCH)
        && instruction.getPrevious() instanceof InsnNode load
        && load.getOpcode() == Opcodes.IALOAD
        && load.getPrevious() instanceof MethodInsnNode call
        && call.name.equals("ordinal");
  }

  private void add(FieldInsnNode map, AbstractInsnNode switchOver) {
    ClassFile madeUp = classes.apply(map.owner);
    MethodNode filler = madeUp == null ? null : madeUp.method(INITIALISER);
    if (madeUp != null && filler != null && madeUp.has(Opcodes.ACC_SYNTHETIC)) {
      Numbering numbering = read(filler, map.name);
      if (numbering != null) {
        numberings.put(map, numbering);
        numberings.put(switchOver, numbering);
      }
    }
  }

  /** Reads {@code map[Color.RED.ordinal()] = 1} and so on. */
  private static @Nullable Numbering read(MethodNode filler, String map) {
    String enumClass = null;
    Map<Integer, String> constants = new HashMap<>();
    for (AbstractInsnNode each : filler.instructions) {
      if (each.getOpcode() == Opcodes.GETSTATIC
          && each instanceof FieldInsnNode field
          && field.name.equals(map)
          && field.getNext() instanceof FieldInsnNode constant
          && constant.getNext() instanceof MethodInsnNode ordinal) {
        Integer value = number(ordinal.getNext());
        if (value == null) {
          return null;
        }
        enumClass = constant.owner;
        constants.put(value, constant.name);
      }
    }
    return enumClass == null ? null : new Numbering(enumClass, constants);
  }

  private static @Nullable Integer number(AbstractInsnNode push) {
    if (push instanceof IntInsnNode wide) {
      return wide.operand;
    }
    int opcode = push.getOpcode();
    return opcode >= Opcodes.ICONST_0 && opcode <= Opcodes.ICONST_5
        ? opcode - Opcodes.ICONST_0
        : null;
  }
}
