package dev.reprise.run;

import java.util.Comparator;
import java.util.PriorityQueue;

/** What is to happen at a time of the run's ticker. Belongs to the run's one thread. */
final class Timers {
  private final PriorityQueue<Timer> queue =
      new PriorityQueue<>(Comparator.comparingLong(Timer::at).thenComparingLong(Timer::order));
  private long next;

  private record Timer(long at, long order, Runnable action) {}

  /** Lets {@code action} happen at {@code nanos} of the ticker, after others of the same time. */
  void at(long nanos, Runnable action) {
    queue.add(new Timer(nanos, next++, action));
  }

  /** Does everything whose time has come. */
  void run(long nowNanos) {
    for (Timer timer = queue.peek();
        timer != null && timer.at() - nowNanos <= 0;
        timer = queue.peek()) {
      queue.remove();
      timer.action().run();
    }
  }

  /**
   * How long until something is to happen.
   *
   * @param most returned if that is longer, or if there is nothing
   */
  long nanosToNext(long nowNanos, long most) {
    Timer timer = queue.peek();
    return timer == null ? most : Math.max(0, Math.min(most, timer.at() - nowNanos));
  }
}
