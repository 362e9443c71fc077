package dev.reprise.journal;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.Bytes;
import dev.reprise.explain.PartsFormat;
import dev.reprise.explain.StepParts;
import dev.reprise.plan.Outcome;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The form of what is told when a step has ended. */
final class StepForm {
  private StepForm() {}

  /**
   * The record of a step.
   *
   * @param node id of the step
   * @param units how many it has
   * @param offsetMillis when it ended, in milliseconds since the run began
   * @param outcomes how many units had each outcome, those with none left out
   * @param savedNanos executor time that its cached units took when they ran
   * @param parts of its units' keys; null if it has no key
   */
  record StepRecord(
      int node,
      int units,
      long offsetMillis,
      Map<Outcome, Integer> outcomes,
      long savedNanos,
      Labels labels,
      @Nullable StepParts parts,
      CachedBlock cached) {
    /** The same with these cached units. */
    StepRecord with(CachedBlock units) {
      return new StepRecord(
          node, this.units, offsetMillis, outcomes, savedNanos, labels, parts, units);
    }
  }

  /**
   * Where most of a step's cached units are told.
   *
   * @param journal name of a link in the run's folder
   * @param at where the step's frame begins there, in bytes
   * @param difference what is otherwise in this run
   */
  record OnBase(String journal, long at, BlockDifference difference) {}

  static void write(RecordWriter to, StepRecord step) {
    writeHead(to, step);
    step.cached().write(to);
  }

  /** Writes a step all of whose cached units are told by {@code base}. */
  static void write(RecordWriter to, StepRecord step, OnBase base) {
    writeHead(to, step);
    to.putString(base.journal()).putNumber(base.at());
    base.difference().write(to);
  }

  private static void writeHead(RecordWriter to, StepRecord step) {
    to.putNumber(step.node()).putNumber(step.units()).putNumber(step.offsetMillis());
    SummaryForm.writeOutcomes(to, step.outcomes());
    to.putNumber(step.savedNanos());
    step.labels().write(to);
    to.putNullable(step.parts(), (each, parts) -> each.putBytes(PartsFormat.encode(parts).array()));
  }

  static StepRecord read(RecordReader from) throws BadRecordException {
    return readHead(from).with(CachedBlock.read(from));
  }

  /** Reads a step without its cached units; {@link #readBase} says where they are. */
  static StepRecord readHead(RecordReader from) throws BadRecordException {
    return new StepRecord(
        from.readInt(),
        from.readInt(),
        from.readLong(),
        SummaryForm.readOutcomes(from),
        from.readLong(),
        Labels.read(from),
        from.readNullable(StepForm::readParts),
        CachedBlock.EMPTY);
  }

  static OnBase readBase(RecordReader from) throws BadRecordException {
    return new OnBase(from.readString(), from.readLong(), BlockDifference.read(from));
  }

  private static StepParts readParts(RecordReader from) throws BadRecordException {
    try {
      return PartsFormat.decodeParts(Bytes.wrap(from.readBytes()));
    } catch (IOException e) {
      throw new BadRecordException(String.valueOf(e.getMessage()));
    }
  }
}
