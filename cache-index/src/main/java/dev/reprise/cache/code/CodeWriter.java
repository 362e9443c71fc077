package dev.reprise.cache.code;

import dev.reprise.cache.fingerprint.Hasher;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.objectweb.asm.ConstantDynamic;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.IincInsnNode;
import org.objectweb.asm.tree.IntInsnNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.LookupSwitchInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.MultiANewArrayInsnNode;
import org.objectweb.asm.tree.TableSwitchInsnNode;
import org.objectweb.asm.tree.TryCatchBlockNode;
import org.objectweb.asm.tree.TypeInsnNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * Writes the instructions of one method into a digest, and notes what they use. A jump target is
 * written as the number of the instruction there; instructions without effect are not counted.
 */
final class CodeWriter {
  private static final String LAMBDAS = "java/lang/invoke/LambdaMetafactory";

  private final PartReader part;
  private final UseCollector uses;
  private final MethodNode method;
  private final Hasher to;
  private final LocalVariables variables;
  private final EnumSwitches switches;
  private final Map<LabelNode, Integer> places = new HashMap<>();

  CodeWriter(PartReader part, MethodNode method, Hasher to) {
    this.part = part;
    this.uses = part.uses();
    this.method = method;
    this.to = to;
    this.variables = new LocalVariables(method);
    this.switches = EnumSwitches.in(method, part::own);
  }

  void write() {
    int count = 0;
    for (AbstractInsnNode each : method.instructions) {
      if (each instanceof LabelNode label) {
        places.put(label, count);
      } else if (isWritten(each)) {
        count++;
      }
    }
    to.putLong(count);
    for (AbstractInsnNode each : method.instructions) {
      if (isWritten(each)) {
        write(each);
      }
    }
    to.putLong(method.tryCatchBlocks.size());
    for (TryCatchBlockNode each : method.tryCatchBlocks) {
      place(each.start);
      place(each.end);
      place(each.handler);
      to.putString(each.type == null ? "" : named(each.type));
    }
  }

  private boolean isWritten(AbstractInsnNode instruction) {
    return instruction.getOpcode() >= 0 && !variables.isWithoutEffect(instruction);
  }

  private void write(AbstractInsnNode instruction) {
    EnumSwitches.Numbering numbering = switches.at(instruction);
    if (numbering != null) {
      write(instruction, numbering);
      return;
    }
    to.putLong(instruction.getOpcode());
    if (instruction instanceof IntInsnNode number) {
      to.putLong(number.operand);
    } else if (instruction instanceof VarInsnNode access) {
      to.putLong(variables.number(access));
    } else if (instruction instanceof TypeInsnNode use) {
      if (use.getOpcode() == Opcodes.NEW) {
        uses.create(use.desc);
      }
      to.putString(named(use.desc));
    } else if (instruction instanceof FieldInsnNode access) {
      field(new Member(access.owner, access.name, access.desc));
    } else if (instruction instanceof MethodInsnNode call) {
      to.putBoolean(call.itf);
      call(call);
    } else if (instruction instanceof InvokeDynamicInsnNode call) {
      dynamic(call.name, call.desc, call.bsm, List.of(call.bsmArgs));
    } else if (instruction instanceof JumpInsnNode jump) {
      place(jump.label);
    } else if (instruction instanceof LdcInsnNode constant) {
      if (constant.cst instanceof Type type && Literals.isHandedOn(constant)) {
        uses.expose(type);
      }
      constant(constant.cst);
    } else if (instruction instanceof IincInsnNode increment) {
      to.putLong(variables.number(increment)).putLong(increment.incr);
    } else if (instruction instanceof TableSwitchInsnNode table) {
      to.putLong(table.min).putLong(table.max);
      table.labels.forEach(this::place);
      place(table.dflt);
    } else if (instruction instanceof LookupSwitchInsnNode lookup) {
      to.putLong(lookup.keys.size());
      lookup.keys.forEach(to::putLong);
      lookup.labels.forEach(this::place);
      place(lookup.dflt);
    } else if (instruction instanceof MultiANewArrayInsnNode create) {
      to.putString(named(create.desc)).putLong(create.dims);
    }
  }

  /**
   * Writes a switch over an enum, or the reading of the map for it, by names instead of numbers.
   */
  private void write(AbstractInsnNode instruction, EnumSwitches.Numbering numbering) {
    to.putString("switch over enum").putString(named(numbering.enumClass()));
    uses.initialise(numbering.enumClass());
    Map<String, LabelNode> cases = new TreeMap<>();
    LabelNode otherwise = null;
    if (instruction instanceof TableSwitchInsnNode table) {
      otherwise = table.dflt;
      for (int i = 0; i < table.labels.size(); i++) {
        cases.put(numbering.name(table.min + i), table.labels.get(i));
      }
    } else if (instruction instanceof LookupSwitchInsnNode lookup) {
      otherwise = lookup.dflt;
      for (int i = 0; i < lookup.keys.size(); i++) {
        cases.put(numbering.name(lookup.keys.get(i)), lookup.labels.get(i));
      }
    }
    if (otherwise != null) {
      cases.values().removeIf(otherwise::equals);
      to.putLong(cases.size());
      cases.forEach(
          (constant, label) -> {
            to.putString(constant);
            place(label);
          });
      place(otherwise);
    }
  }

  private void call(MethodInsnNode call) {
    Member target = new Member(call.owner, call.name, call.desc);
    to.putString(part.method(target));
    switch (call.getOpcode()) {
      case Opcodes.INVOKESTATIC -> uses.callStatic(target);
      case Opcodes.INVOKESPECIAL -> uses.call(target);
      default -> uses.dispatch(target);
    }
    uses.hide(call);
  }

  private void dynamic(String name, String descriptor, Handle bootstrap, List<Object> arguments) {
    to.putString(name).putString(part.descriptor(descriptor));
    handle(bootstrap);
    to.putLong(arguments.size());
    arguments.forEach(this::constant);
    if (bootstrap.getOwner().equals(LAMBDAS)) {
      uses.create(Type.getReturnType(descriptor).getInternalName());
      for (Object each : arguments) {
        if (each instanceof Type type && type.getSort() == Type.OBJECT) {
          uses.create(type.getInternalName()); // one more interface that the lambda implements
        }
      }
    }
  }

  private void constant(Object value) {
    if (value instanceof Type type && type.getSort() == Type.METHOD) {
      to.putString("method type").putString(part.descriptor(type.getDescriptor()));
    } else if (value instanceof Type type) {
      to.putString("class").putString(named(type.getInternalName()));
    } else if (value instanceof Handle handle) {
      handle(handle);
    } else if (value instanceof ConstantDynamic dynamic) {
      List<Object> arguments = new ArrayList<>();
      for (int i = 0; i < dynamic.getBootstrapMethodArgumentCount(); i++) {
        arguments.add(dynamic.getBootstrapMethodArgument(i));
      }
      to.putString("dynamic");
      dynamic(dynamic.getName(), dynamic.getDescriptor(), dynamic.getBootstrapMethod(), arguments);
    } else {
      Constants.write(value, to);
    }
  }

  private void handle(Handle handle) {
    Member target = new Member(handle.getOwner(), handle.getName(), handle.getDesc());
    to.putString("handle").putLong(handle.getTag()).putBoolean(handle.isInterface());
    switch (handle.getTag()) {
      case Opcodes.H_GETFIELD, Opcodes.H_GETSTATIC, Opcodes.H_PUTFIELD, Opcodes.H_PUTSTATIC ->
          field(target);
      case Opcodes.H_INVOKESTATIC -> {
        to.putString(part.method(target));
        uses.callStatic(target);
      }
      case Opcodes.H_INVOKEVIRTUAL, Opcodes.H_INVOKEINTERFACE -> {
        to.putString(part.method(target));
        uses.dispatch(target);
      }
      default -> {
        to.putString(part.method(target));
        uses.call(target);
        if (handle.getTag() == Opcodes.H_NEWINVOKESPECIAL) {
          uses.create(target.owner());
        }
      }
    }
    uses.hide(target);
  }

  private void field(Member field) {
    to.putString(part.field(field));
    uses.access(field);
  }

  private String named(String typeOrArray) {
    uses.name(typeOrArray);
    return part.type(typeOrArray);
  }

  private void place(LabelNode label) {
    to.putLong(places.getOrDefault(label, -1));
  }
}
