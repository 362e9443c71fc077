package dev.reprise.spark;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which units share a Spark task: a task costs Spark some milliseconds, so small units share one,
 * of whatever step, while long ones have one each. Not safe for threads.
 */
final class Grouping {
  /** How long a task of small units should take, in nanoseconds. */
  private static final double TARGET = 50_000_000;

  /** What is not worth a further task, even if a slot is free. */
  private static final double LEAST = 2_000_000;

  /** So many of a step of which no unit was measured make up a task. */
  private static final int UNKNOWN = 64;

  /** About what a unit takes besides user code, which alone is measured. */
  private static final double BESIDES = 50_000;

  /** So that slots which are through early find more work. */
  private static final int TASKS_PER_SLOT = 2;

  /** So few units that nobody has measured are not worth the risk that one waits for a long one. */
  private static final int FEW_PER_SLOT = 4;

  private final Map<String, Double> averages = new HashMap<>();
  private final Set<Partition> apart = new HashSet<>();

  /** What all attempts at one unit have in common. */
  private record Partition(String step, String label) {
    static Partition of(OpenUnit unit) {
      return new Partition(unit.step(), unit.work.label());
    }
  }

  /** Takes into account a unit that ran so long. */
  void ran(String step, long nanos) {
    averages.merge(step, (double) nanos, (before, now) -> before + (now - before) / 8);
  }

  /**
   * Further attempts at the unit have a task each, so that none is lost with another a second time.
   */
  void keepApart(OpenUnit unit) {
    apart.add(Partition.of(unit));
  }

  /**
   * Whether the unit shares its task with no other: what is lost with one would have to happen
   * again, or it may be long for all that is known.
   *
   * @param waiting how many units share the slots
   */
  boolean isAlone(OpenUnit unit, int waiting, int slots) {
    boolean isRisk = waiting <= (long) slots * FEW_PER_SLOT && !averages.containsKey(unit.step());
    return isRisk || unit.again || unit.chunk.code().effect() || apart.contains(Partition.of(unit));
  }

  /** How long the unit will take, in nanoseconds. */
  double nanos(OpenUnit unit) {
    Double average = averages.get(unit.step());
    return average == null ? TARGET / UNKNOWN : average + BESIDES;
  }

  /**
   * How long units that share a task may take, in nanoseconds.
   *
   * @param waiting all that share the slots
   */
  double share(Collection<OpenUnit> waiting, int slots) {
    double all = waiting.stream().mapToDouble(this::nanos).sum();
    return Math.max(LEAST, Math.min(TARGET, all / ((double) slots * TASKS_PER_SLOT)));
  }
}
