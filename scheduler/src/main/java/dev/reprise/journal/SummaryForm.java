package dev.reprise.journal;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.plan.Outcome;
import dev.reprise.run.RunListener.PlanSummary;
import dev.reprise.run.RunListener.RunSummary;
import dev.reprise.run.RunState;
import java.util.EnumMap;
import java.util.Map;

/** The form of what is told of a run as a whole: what planning found, and how the run ended. */
final class SummaryForm {
  private SummaryForm() {}

  static void write(RecordWriter to, RunSummary summary) {
    to.putString(summary.state().name()).putNumber(summary.exitCode()).putNumber(summary.units());
    writeOutcomes(to, summary.outcomes());
    to.putNumber(summary.savedNanos()).putNumber(summary.wallNanos()).putString(summary.message());
  }

  static RunSummary read(RecordReader from) throws BadRecordException {
    return new RunSummary(
        from.readEnum(RunState.class),
        from.readInt(),
        from.readInt(),
        readOutcomes(from),
        from.readLong(),
        from.readLong(),
        from.readString());
  }

  static void writePlan(RecordWriter to, PlanSummary plan) {
    to.putNumber(plan.cached())
        .putNumber(plan.toRun())
        .putNumber(plan.unknown())
        .putNumber(plan.unknownSteps())
        .putNumber(plan.savedNanos())
        .putNumber(plan.planNanos());
  }

  static PlanSummary readPlan(RecordReader from) throws BadRecordException {
    return new PlanSummary(
        from.readInt(),
        from.readInt(),
        from.readInt(),
        from.readInt(),
        from.readLong(),
        from.readLong());
  }

  static void writeOutcomes(RecordWriter to, Map<Outcome, Integer> outcomes) {
    to.putAll(
        outcomes.entrySet(),
        (each, entry) -> each.putString(entry.getKey().name()).putNumber(entry.getValue()));
  }

  static Map<Outcome, Integer> readOutcomes(RecordReader from) throws BadRecordException {
    Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
    for (int i = from.readCount(); i > 0; i--) {
      outcomes.put(from.readEnum(Outcome.class), from.readInt());
    }
    return outcomes;
  }
}
