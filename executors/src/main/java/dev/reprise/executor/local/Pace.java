package dev.reprise.executor.local;

/**
 * How fast units go by, from which follows how many should wait: enough that no thread idles while
 * the scheduler is busy elsewhere, few enough that a unit does not wait long.
 *
 * <p>Threads update the average without a lock and may overwrite each other; it is an estimate.
 */
final class Pace {
  /** How much work should wait for each running unit, in nanoseconds. */
  private static final long AHEAD = 10_000_000;

  private static final int MOST_AHEAD = 1000;

  /** The first units of a pipeline are the slow ones: classes load, code is interpreted. */
  private static final long UNKNOWN = AHEAD;

  private volatile long average = UNKNOWN;

  private volatile long last; // 0 before the first one

  /** Takes into account a unit that ran so long. */
  void ran(long nanos) {
    long before = average;
    average = before + (nanos - before) / 8;
    last = nanos;
  }

  /**
   * How long {@code waiting} units keep all of {@code slots} busy, in nanoseconds: by the average
   * or by the last one, whichever is quicker, since too short does no harm; 0 until one has run.
   */
  long nanosOf(int waiting, int slots) {
    int each = waiting / Math.max(1, slots); // with fewer than slots, one of these idles at once
    return each * Math.min(average, last);
  }

  /** How many units may be submitted and not answered while {@code running} of them can run. */
  int window(int running) {
    long ahead = AHEAD / Math.max(average, AHEAD / MOST_AHEAD);
    return (int) Math.min(1 << 20, running * (1 + Math.max(1, ahead)));
  }
}
