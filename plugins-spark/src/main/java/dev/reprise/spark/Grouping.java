package dev.reprise.spark;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * How many units of a step go into one Spark task: a task costs Spark some milliseconds, so small
 * units share one, while long ones have one each. Not safe for threads.
 */
final class Grouping {
  /** How long a task of small units should take, in nanoseconds. */
  private static final double TARGET = 50_000_000;

  /** While nobody knows how long units of the step take. */
  private static final int UNKNOWN = 32;

  /** So that slots which are through early find more work. */
  private static final int TASKS_PER_SLOT = 4;

  private final Map<String, Double> averages = new HashMap<>();
  private final Set<String> single = new HashSet<>();

  /** Takes into account a unit that ran so long. */
  void ran(String step, long nanos) {
    averages.merge(step, (double) nanos, (before, now) -> before + (now - before) / 8);
  }

  /** Units of the step have a task each from now on, so that none is lost with another. */
  void keepApart(String step) {
    single.add(step);
  }

  /**
   * How many units go into one task.
   *
   * @param waiting number of units, of whatever step, that share the slots
   */
  int size(String step, int waiting, int slots) {
    if (single.contains(step)) {
      return 1;
    }
    Double average = averages.get(step);
    double wanted = average == null ? UNKNOWN : TARGET / Math.max(1, average);
    int fair = waiting / (slots * TASKS_PER_SLOT);
    return (int) Math.max(1, Math.min(wanted, fair));
  }
}
