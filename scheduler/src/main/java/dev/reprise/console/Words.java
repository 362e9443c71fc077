package dev.reprise.console;

import dev.reprise.plan.Outcome;
import dev.reprise.run.RunListener.RunSummary;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Outcomes in words: the counts that end every run, and the one word that a step gets. */
public final class Words {
  private static final List<Outcome> MOST_TELLING =
      List.of(
          Outcome.FAILED,
          Outcome.CANCELLED,
          Outcome.SKIPPED,
          Outcome.RAN,
          Outcome.SHARED,
          Outcome.MEMO,
          Outcome.CACHED);

  private Words() {}

  /** The last line of a run: {@code 14 cached · 0 ran · 0 failed wall 0.31 s saved 2.3 s}. */
  public static String summary(RunSummary summary) {
    return "%s   wall %s   saved %s"
        .formatted(
            totals(summary.outcomes()),
            Figures.duration(summary.wallNanos()),
            Figures.duration(summary.savedNanos()));
  }

  /** Counts of all units: cached, ran and failed always, the others if there are any. */
  public static String totals(Map<Outcome, Integer> outcomes) {
    List<String> counts = new ArrayList<>();
    for (Outcome outcome :
        List.of(
            Outcome.CACHED,
            Outcome.RAN,
            Outcome.FAILED,
            Outcome.SHARED,
            Outcome.MEMO,
            Outcome.SKIPPED,
            Outcome.CANCELLED)) {
      int count = outcomes.getOrDefault(outcome, 0);
      boolean always =
          outcome == Outcome.CACHED || outcome == Outcome.RAN || outcome == Outcome.FAILED;
      if (always || count > 0) {
        counts.add(Figures.count(count) + " " + word(outcome));
      }
    }
    return String.join(" · ", counts);
  }

  /**
   * Counts of a step's units: {@code 6 units}, or {@code 2 ran, 4 cached} if they ended
   * differently.
   */
  public static String counts(int units, Map<Outcome, Integer> outcomes) {
    if (outcomes.size() == 1 && outcomes.containsValue(units)) {
      return Figures.count(units, "unit");
    }
    List<String> counts = new ArrayList<>();
    for (Outcome outcome : MOST_TELLING) {
      int count = outcomes.getOrDefault(outcome, 0);
      if (count > 0) {
        counts.add(Figures.count(count) + " " + word(outcome));
      }
    }
    return counts.isEmpty() ? Figures.count(units, "unit") : String.join(", ", counts);
  }

  /**
   * The outcome that says most of a step whose units ended so: that of what went wrong, else what
   * ran.
   */
  public static Outcome telling(Map<Outcome, Integer> outcomes) {
    return MOST_TELLING.stream()
        .filter(outcome -> outcomes.getOrDefault(outcome, 0) > 0)
        .findFirst()
        .orElse(Outcome.CACHED);
  }

  /** An outcome inside a sentence. */
  static String word(Outcome outcome) {
    return switch (outcome) {
      case RAN -> "ran";
      case CACHED -> "cached";
      case SHARED -> "shared";
      case MEMO -> "from memo";
      case SKIPPED -> "skipped";
      case FAILED -> "failed";
      case CANCELLED -> "cancelled";
    };
  }
}
