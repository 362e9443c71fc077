package dev.reprise.executor.envelope;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.code.MethodRef;
import dev.reprise.cache.codec.RowOrder;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.executor.Argument;
import dev.reprise.executor.TaskCode;
import dev.reprise.executor.TaskCode.Kind;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import dev.reprise.task.Resources;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How a work chunk looks in an envelope. */
final class ChunkForm {
  private static final int LEAST_UNIT_BYTES = Long.BYTES + 2 * Parts.LEAST_BYTES;
  private static final int LEAST_CUSTOM_BYTES = Parts.LEAST_BYTES + Double.BYTES;

  private static final int STATIC = 1;
  private static final int VIRTUAL = 2;
  private static final int CONSTRUCTOR = 3;

  private ChunkForm() {}

  /** Refuses a chunk that cannot be written. */
  static void check(WorkChunk chunk) throws EnvelopeException {
    refuseLive(chunk.step(), "captured value", chunk.code().captured());
    for (UnitWork unit : chunk.units()) {
      refuseLive(chunk.step(), "argument", unit.arguments());
    }
  }

  static void write(WorkChunk chunk, ByteWriter to) throws EnvelopeException {
    check(chunk);
    to.putString(chunk.run()).putString(chunk.step());
    writeCode(chunk.code(), to);
    writeResources(chunk.resources(), to);
    Parts.putList(chunk.units(), to, ChunkForm::writeUnit);
  }

  static WorkChunk read(ByteReader from) throws BadRecordException {
    String run = from.getString();
    String step = from.getString();
    TaskCode code = readCode(from, 0);
    Resources resources = readResources(from);
    return new WorkChunk(
        run, step, code, resources, Parts.getList(from, LEAST_UNIT_BYTES, ChunkForm::readUnit));
  }

  private static void refuseLive(String step, String role, List<Argument> arguments)
      throws EnvelopeException {
    for (int i = 0; i < arguments.size(); i++) {
      if (holdsLive(arguments.get(i))) {
        throw new EnvelopeException(
            "step '%s' cannot leave the driver: its %s %s cannot be encoded; use a type that can,"
                    .formatted(step, role, i + 1)
                + " or run the step with local(...)",
            null);
      }
    }
  }

  private static boolean holdsLive(Argument argument) {
    if (argument instanceof Argument.Listed listed) {
      return listed.elements().stream().anyMatch(ChunkForm::holdsLive);
    }
    if (argument instanceof Argument.Labelled labelled) {
      return labelled.elements().stream().anyMatch(ChunkForm::holdsLive);
    }
    if (argument instanceof Argument.Made made) {
      return made.arguments().stream().anyMatch(ChunkForm::holdsLive)
          || made.code().captured().stream().anyMatch(ChunkForm::holdsLive);
    }
    return argument instanceof Argument.Live;
  }

  static void writeCode(TaskCode code, ByteWriter to) {
    to.putString(code.method().owner());
    to.putString(code.method().name());
    to.putString(code.method().descriptor());
    to.putByte(
        switch (code.kind()) {
          case STATIC -> STATIC;
          case VIRTUAL -> VIRTUAL;
          case CONSTRUCTOR -> CONSTRUCTOR;
        });
    ArgumentForm.writeAll(code.captured(), to);
    Parts.putBoolean(code.effect(), to);
    PartitionForm.writeShape(code.shape(), to);
    Parts.putStrings(code.registered(), to);
    to.putInt(code.inlineLimit());
    Parts.putBoolean(code.rowOrder() == RowOrder.SIGNIFICANT, to);
  }

  /**
   * Reads code.
   *
   * @param depth of what its captured values are nested in
   */
  static TaskCode readCode(ByteReader from, int depth) throws BadRecordException {
    MethodRef method = new MethodRef(from.getString(), from.getString(), from.getString());
    Kind kind = readKind(from);
    List<Argument> captured = ArgumentForm.readAll(from, depth);
    boolean effect = Parts.getBoolean(from);
    Shape shape = PartitionForm.readShape(from);
    List<String> registered = Parts.getStrings(from);
    int inlineLimit = from.getInt();
    RowOrder rowOrder = Parts.getBoolean(from) ? RowOrder.SIGNIFICANT : RowOrder.ANY;
    return new TaskCode(method, kind, captured, effect, shape, registered, inlineLimit, rowOrder);
  }

  private static Kind readKind(ByteReader from) throws BadRecordException {
    int kind = from.getByte();
    return switch (kind) {
      case STATIC -> Kind.STATIC;
      case VIRTUAL -> Kind.VIRTUAL;
      case CONSTRUCTOR -> Kind.CONSTRUCTOR;
      default -> throw new BadRecordException("a call is of kind " + kind);
    };
  }

  private static void writeResources(Resources resources, ByteWriter to) {
    to.putLong(Double.doubleToLongBits(resources.cpus()));
    to.putLong(resources.memoryBytes());
    Parts.putList(
        List.copyOf(resources.custom().entrySet()),
        to,
        (entry, out) ->
            out.putString(entry.getKey()).putLong(Double.doubleToLongBits(entry.getValue())));
  }

  private static Resources readResources(ByteReader from) throws BadRecordException {
    double cpus = Parts.getDouble(from);
    long memoryBytes = from.getLong();
    TreeMap<String, Double> custom = new TreeMap<>();
    for (Map.Entry<String, Double> entry :
        Parts.getList(
            from, LEAST_CUSTOM_BYTES, in -> Map.entry(in.getString(), Parts.getDouble(in)))) {
      custom.put(entry.getKey(), entry.getValue());
    }
    return new Resources(cpus, memoryBytes, custom);
  }

  private static void writeUnit(UnitWork unit, ByteWriter to) {
    to.putLong(unit.attempt()).putString(unit.label());
    ArgumentForm.writeAll(unit.arguments(), to);
  }

  private static UnitWork readUnit(ByteReader from) throws BadRecordException {
    return new UnitWork(from.getLong(), from.getString(), ArgumentForm.readAll(from));
  }
}
