package dev.reprise.journal;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.explain.StepParts;
import dev.reprise.explain.StepParts.ArgumentKind;
import dev.reprise.explain.StepParts.ArgumentPart;
import dev.reprise.plan.Outcome;
import java.io.IOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
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
      CachedBlock cached) {}

  static void write(RecordWriter to, StepRecord step) {
    to.putLong(step.node()).putLong(step.units()).putLong(step.offsetMillis());
    SummaryForm.writeOutcomes(to, step.outcomes());
    to.putLong(step.savedNanos());
    step.labels().write(to);
    to.putNullable(step.parts(), StepForm::writeParts);
    step.cached().write(to);
  }

  static StepRecord read(RecordReader from) throws IOException {
    return new StepRecord(
        from.readInt(),
        from.readInt(),
        from.readLong(),
        SummaryForm.readOutcomes(from),
        from.readLong(),
        Labels.read(from),
        from.readNullable(StepForm::readParts),
        CachedBlock.read(from));
  }

  private static void writeParts(RecordWriter to, StepParts parts) {
    to.putString(parts.task())
        .putString(parts.version())
        .putString(parts.signature())
        .putString(parts.codeMode())
        .putAll(
            parts.code().entrySet(),
            (each, part) -> each.putString(part.getKey()).putFingerprint(part.getValue()))
        .putTexts(parts.engine())
        .putAll(parts.arguments(), StepForm::writeArgument);
  }

  private static StepParts readParts(RecordReader from) throws IOException {
    String task = from.readString();
    String version = from.readString();
    String signature = from.readString();
    String codeMode = from.readString();
    SortedMap<String, Fingerprint> code = new TreeMap<>();
    for (int i = from.readCount(); i > 0; i--) {
      code.put(from.readString(), from.readFingerprint());
    }
    return new StepParts(
        task,
        version,
        signature,
        codeMode,
        code,
        new TreeMap<>(from.readTexts()),
        from.readAll(StepForm::readArgument));
  }

  private static void writeArgument(RecordWriter to, ArgumentPart argument) {
    to.putString(argument.name())
        .putString(argument.shown())
        .putString(argument.kind().name())
        .putString(argument.preview());
  }

  private static ArgumentPart readArgument(RecordReader from) throws IOException {
    return new ArgumentPart(
        from.readString(), from.readString(), from.readEnum(ArgumentKind.class), from.readString());
  }
}
