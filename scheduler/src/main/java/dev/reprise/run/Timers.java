package dev.reprise.run;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/** What is to happen at a time of the run's ticker. Belongs to the run's one thread. */
final class Timers {
  // Half of what times can be apart and still be told which is earlier.
  private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE / 2);

  private final PriorityQueue<Timer> queue =
      new PriorityQueue<>(byTime().thenComparingLong(Timer::order));
  private long next;

  private record Timer(long at, long order, Runnable action) {}

  /** A ticker may pass the largest long. */
  private static Comparator<Timer> byTime() {
    return (a, b) -> Long.signum(a.at - b.at);
  }

  /** Lets {@code action} happen at {@code nanos} of the ticker, after others of the same time. */
  void at(long nanos, Runnable action) {
    queue.add(new Timer(nanos, next++, action));
  }

  /** Lets {@code action} happen so long after {@code nanos} of the ticker; at most in 146 years. */
  void after(long nanos, Duration wait, Runnable action) {
    at(nanos + (wait.compareTo(LONGEST) < 0 ? wait : LONGEST).toNanos(), action);
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
