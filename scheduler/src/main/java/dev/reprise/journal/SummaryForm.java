package dev.reprise.journal;

import dev.reprise.plan.Outcome;
import dev.reprise.run.RunListener.PlanSummary;
import dev.reprise.run.RunListener.RunSummary;
import dev.reprise.run.RunState;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;

/** The form of what is told of a run as a whole: what planning found, and how the run ended. */
final class SummaryForm {
  private SummaryForm() {}

  static void write(RecordWriter to, RunSummary summary) {
    to.putString(summary.state().name()).putLong(summary.exitCode()).putLong(summary.units());
    writeOutcomes(to, summary.outcomes());
    to.putLong(summary.savedNanos()).putLong(summary.wallNanos()).putString(summary.message());
  }

  static RunSummary read(RecordReader from) throws IOException {
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
    to.putLong(plan.cached())
        .putLong(plan.toRun())
        .putLong(plan.unknown())
        .putLong(plan.unknownSteps())
        .putLong(plan.savedNanos())
        .putLong(plan.planNanos());
  }

  static PlanSummary readPlan(RecordReader from) throws IOException {
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
        (each, entry) -> each.putString(entry.getKey().name()).putLong(entry.getValue()));
  }

  static Map<Outcome, Integer> readOutcomes(RecordReader from) throws IOException {
    Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
    for (int i = from.readCount(); i > 0; i--) {
      outcomes.put(from.readEnum(Outcome.class), from.readInt());
    }
    return outcomes;
  }
}
