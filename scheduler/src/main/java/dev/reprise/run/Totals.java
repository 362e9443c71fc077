package dev.reprise.run;

import static dev.reprise.cache.base.Checks.checkState;

import dev.reprise.graph.Node;
import dev.reprise.plan.Outcome;
import dev.reprise.plan.UnitTable;
import dev.reprise.run.RunListener.PlanSummary;
import dev.reprise.run.RunListener.RunSummary;
import java.util.LinkedHashMap;
import java.util.Map;

/** Counts units, for the first line of a run and for the last. */
final class Totals {
  private Totals() {}

  /** What is known before anything runs. */
  static PlanSummary plan(UnitTable units, long nanos) {
    int cached = 0;
    int toRun = 0;
    int unknown = 0;
    int unknownSteps = 0;
    long saved = 0;
    for (Node node : units.graph().nodes()) {
      if (!node.isStep()) {
        continue;
      }
      if (units.count(node.id()) < 0) {
        unknownSteps++;
        continue;
      }
      cached += units.ended(node.id(), Outcome.CACHED) + units.ended(node.id(), Outcome.MEMO);
      saved += units.savedNanos(node.id());
      if (units.open(node.id()) == 0) {
        continue;
      }
      int first = units.first(node.id());
      for (int unit = first; unit < first + units.count(node.id()); unit++) {
        switch (units.state(unit)) {
          case DONE -> {}
          case WAITING -> unknown++;
          default -> toRun++;
        }
      }
    }
    return new PlanSummary(cached, toRun, unknown, unknownSteps, saved, nanos);
  }

  /** What a run came to; all of its units have ended. */
  static RunSummary run(UnitTable units, Stopping stopping, long nanos) {
    checkState(units.open() == 0, "%s units have no outcome at the end", units.open());
    return run(units, stopping.state(), stopping.exitCode(), stopping.message(), nanos);
  }

  /** What a run came to that an error of our own ended; units that have not ended do not count. */
  static RunSummary broken(UnitTable units, Throwable error, long nanos) {
    String message = "an error of Reprise's own ended the run: " + error;
    return run(units, RunState.FAILED, Stopping.INTERNAL, message, nanos);
  }

  /** What a run came to whose thread was interrupted; units that have not ended do not count. */
  static RunSummary interrupted(UnitTable units, long nanos) {
    String message = "the run's thread was interrupted";
    return run(units, RunState.CANCELLED, Stopping.CANCELLED, message, nanos);
  }

  private static RunSummary run(
      UnitTable units, RunState state, int exitCode, String message, long nanos) {
    long saved = 0;
    int total = 0;
    Map<Outcome, Integer> outcomes = new LinkedHashMap<>();
    for (Outcome outcome : Outcome.values()) {
      int count = 0;
      for (Node node : units.graph().nodes()) {
        count += node.isStep() ? units.ended(node.id(), outcome) : 0;
      }
      outcomes.put(outcome, count);
      total += count;
    }
    for (Node node : units.graph().nodes()) {
      saved += node.isStep() ? units.savedNanos(node.id()) : 0;
    }
    return new RunSummary(state, exitCode, total, outcomes, saved, nanos, message);
  }
}
