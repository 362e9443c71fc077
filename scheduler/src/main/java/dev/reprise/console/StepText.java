package dev.reprise.console;

import dev.reprise.cache.base.Text;
import dev.reprise.explain.StepParts;
import dev.reprise.plan.Outcome;
import dev.reprise.plan.Reason;
import dev.reprise.run.RunListener.StepReport;
import dev.reprise.run.RunView;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/** What there is to say of a step and its units, read from the view of a run. */
public final class StepText {
  private static final int MOST_REASONS = 3;
  private static final int LONGEST_REASON = 200;

  private StepText() {}

  /** How a unit is named: {@code delays:month=2001-04}, or the step's name if it has one unit. */
  public static String unit(RunView view, int unit) {
    String step = view.graph().node(view.nodeOf(unit)).name();
    String label = view.label(unit);
    return label.isEmpty() ? step : step + ":" + Ranges.safe(label);
  }

  /**
   * Why some of a step's units run: each reason with the partitions that have it, unless that is
   * all of them.
   *
   * @param counts whether the unit is one of them
   */
  public static String reasons(RunView view, int node, IntPredicate counts) {
    int first = view.firstUnit(node);
    int units = view.unitCount(node);
    Map<String, BitSet> byReason = new LinkedHashMap<>();
    for (int i = 0; i < units; i++) {
      Reason reason = view.reason(first + i);
      if (reason != null && counts.test(first + i)) {
        byReason
            .computeIfAbsent(Text.safe(reason.toString(), LONGEST_REASON), text -> new BitSet())
            .set(i);
      }
    }
    List<String> texts = new ArrayList<>();
    for (var entry : byReason.entrySet()) {
      if (texts.size() == MOST_REASONS) {
        texts.add(Figures.count(byReason.size() - MOST_REASONS, "more reason"));
        break;
      }
      boolean all = entry.getValue().cardinality() == units;
      String which = all ? "" : Ranges.of(entry.getValue(), i -> view.label(first + i));
      texts.add(which.isEmpty() ? entry.getKey() : entry.getKey() + " " + which);
    }
    return String.join("; ", texts);
  }

  /** Executor time of the units of a step that ran in this run, in nanoseconds. */
  static long ranNanos(RunView view, int node) {
    int first = view.firstUnit(node);
    long nanos = 0;
    for (int unit = first; unit < first + view.unitCount(node); unit++) {
      Outcome outcome = view.outcome(unit);
      nanos += outcome == Outcome.RAN || outcome == Outcome.FAILED ? view.durationNanos(unit) : 0;
    }
    return nanos;
  }

  /**
   * How a step ended, without its name: {@code 2 ran, 4 cached}, time, reasons of what did not run.
   */
  static List<String> ended(RunView view, StepReport report) {
    List<String> columns = new ArrayList<>();
    columns.add(Words.counts(report.units(), report.outcomes()));
    Outcome telling = Words.telling(report.outcomes());
    switch (telling) {
      case CACHED, MEMO -> columns.add("saved " + Figures.duration(report.savedNanos()));
      case RAN, FAILED -> columns.add(Figures.duration(ranNanos(view, report.node())));
      case SHARED, SKIPPED, CANCELLED ->
          columns.add(reasons(view, report.node(), unit -> view.outcome(unit) == telling));
    }
    view.parts(report.node())
        .flatMap(StepParts::written)
        .ifPresent(key -> columns.add("in " + key));
    return columns;
  }
}
