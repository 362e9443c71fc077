package dev.reprise.console;

import dev.reprise.cache.base.Ticker;
import dev.reprise.graph.Node;
import dev.reprise.plan.Outcome;
import dev.reprise.run.RunListener.StepReport;
import dev.reprise.run.RunView;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps count of a run while it goes on: how many units there are and have ended, and which steps
 * have just ended. The run tells of a step only when nothing can bring one of its units back, which
 * may be at the end of all; people want to read of it when its last unit is through.
 *
 * <p>Cached units are not told one by one, so a step is looked over again when as many of its units
 * were told as were open, and all steps once a second.
 */
final class Tally {
  private static final long LOOK_NANOS = 1_000_000_000L;

  private final Ticker ticker;
  private final BitSet ended = new BitSet();
  private int[] known = new int[0];
  private int[] open = new int[0];
  private int units;
  private int left;
  private long lookedAt;

  Tally(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Units of steps that are known, so far. */
  int units() {
    return units;
  }

  /** Units that have ended, so far. */
  int done() {
    return units - left;
  }

  /** Looks at the whole plan; returns the steps that have ended already. */
  List<StepReport> planned(RunView view) {
    int nodes = view.graph().nodes().size();
    known = new int[nodes];
    open = new int[nodes];
    return lookAtAll(view);
  }

  /** Counts a unit that ended; returns the steps that have ended since the last time. */
  List<StepReport> unitFinished(RunView view, int unit) {
    int node = view.nodeOf(unit);
    // A unit of a step that had ended ran again: its result was damaged.
    ended.clear(node);
    if (open[node] > 0) {
      open[node]--;
      left--;
    }
    if (ticker.nanos() - lookedAt >= LOOK_NANOS) {
      return lookAtAll(view);
    }
    return open[node] > 0 ? List.of() : lookAt(view, node).map(List::of).orElse(List.of());
  }

  private List<StepReport> lookAtAll(RunView view) {
    lookedAt = ticker.nanos();
    List<StepReport> fresh = new ArrayList<>();
    for (Node node : view.graph().nodes()) {
      if (node.isStep() && view.unitCount(node.id()) >= 0 && !ended.get(node.id())) {
        lookAt(view, node.id()).ifPresent(fresh::add);
      }
    }
    return fresh;
  }

  private Optional<StepReport> lookAt(RunView view, int node) {
    StepReport report = report(view, node);
    int told = report.outcomes().values().stream().mapToInt(Integer::intValue).sum();
    units += report.units() - known[node];
    left += report.units() - told - open[node];
    known[node] = report.units();
    open[node] = report.units() - told;
    if (open[node] > 0) {
      return Optional.empty();
    }
    ended.set(node);
    return Optional.of(report);
  }

  private static StepReport report(RunView view, int node) {
    Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
    long saved = 0;
    int count = view.unitCount(node);
    int first = view.firstUnit(node);
    for (int unit = first; unit < first + count; unit++) {
      Outcome outcome = view.outcome(unit);
      if (outcome != null) {
        outcomes.merge(outcome, 1, Integer::sum);
        saved += outcome == Outcome.CACHED ? view.durationNanos(unit) : 0;
      }
    }
    return new StepReport(node, count, outcomes, saved);
  }
}
