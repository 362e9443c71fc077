package dev.reprise.ray;

/**
 * How fast units of one step go by, from which follows how many of them make up one Ray task: so
 * many that what Ray takes for a task is little beside them. Guarded by the lock of {@link
 * Traffic}.
 */
final class StepPace {
  static final int MOST_UNITS = 1000;

  /** How much longer than its dispatch a task should take. */
  private static final int RATIO = 20;

  /** How much longer than it should a task may take before it gives back what it has not begun. */
  private static final int OVERTIME = 2;

  private static final int LEAST_DEPTH = 2;
  private static final int MOST_DEPTH = 16;

  private static final long NOT_KNOWN = -1;

  private long unitNanos = NOT_KNOWN;
  private int careful;

  /** Takes into account a task of so many units that kept a worker busy so long. */
  void ran(int units, long busyNanos) {
    long each = busyNanos / Math.max(1, units);
    // The first units load classes and are interpreted; what comes later is nearer to what comes
    // next.
    unitNanos = unitNanos == NOT_KNOWN ? each : unitNanos + (each - unitNanos) / 2;
  }

  /** A worker died of one of so many units: for a while each goes alone, so that it dies alone. */
  void died(int units) {
    careful = Math.min(MOST_UNITS, careful + 2 * units);
  }

  /** How many units the next task takes, as far as there are any. */
  int units(long dispatchNanos) {
    if (unitNanos == NOT_KNOWN || careful > 0) {
      return 1;
    }
    return (int) Math.min(MOST_UNITS, 1 + RATIO * dispatchNanos / Math.max(1, unitNanos));
  }

  /**
   * How many tasks of so many units a slot should have, so that it does not wait for the next one:
   * as many more as go by while one is dispatched.
   */
  int depth(int units, long dispatchNanos) {
    if (unitNanos == NOT_KNOWN) {
      return LEAST_DEPTH;
    }
    long more = dispatchNanos / Math.max(1, units * unitNanos);
    return (int) Math.max(LEAST_DEPTH, Math.min(MOST_DEPTH, 1 + more));
  }

  /**
   * How long a task may go on taking units: what it has not begun then, others may begin who have
   * nothing to do.
   */
  long budgetNanos(long dispatchNanos) {
    return OVERTIME * RATIO * dispatchNanos;
  }

  /** So many units were put into tasks. */
  void sent(int units) {
    careful = Math.max(0, careful - units);
  }
}
