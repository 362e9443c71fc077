package dev.reprise.run;

import java.time.Duration;
import java.util.Comparator;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What is to happen at a time of the run's ticker. Belongs to the run's one thread. */
final class Timers {
  // Half of what times can be apart and still be told which is earlier.
  private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE / 2);

  private final TreeSet<Timer> queue = new TreeSet<>(byTime().thenComparingLong(Timer::order));
  private long next;

  /** Something that is to happen, to be {@link #cancel}ed. */
  record Timer(long at, long order, Runnable action) {}

  /** A ticker may pass the largest long. */
  private static Comparator<Timer> byTime() {
    return (a, b) -> Long.signum(a.at - b.at);
  }

  /** Lets {@code action} happen at {@code nanos} of the ticker, after others of the same time. */
  Timer at(long nanos, Runnable action) {
    Timer timer = new Timer(nanos, next++, action);
    queue.add(timer);
    return timer;
  }

  /** Lets {@code action} happen so long after {@code nanos} of the ticker; at most in 146 years. */
  Timer after(long nanos, Duration wait, Runnable action) {
    return at(nanos + (wait.compareTo(LONGEST) < 0 ? wait : LONGEST).toNanos(), action);
  }

  /** Forgets what has not happened yet, if there is something. */
  void cancel(@Nullable Timer timer) {
    if (timer != null) {
      queue.remove(timer);
    }
  }

  /** How much is still to happen. */
  int size() {
    return queue.size();
  }

  /** Does everything whose time has come. */
  void run(long nowNanos) {
    for (Timer timer = first(); timer != null && timer.at() - nowNanos <= 0; timer = first()) {
      queue.remove(timer);
      timer.action().run();
    }
  }

  /**
   * How long until something is to happen.
   *
   * @param most returned if that is longer, or if there is nothing
   */
  long nanosToNext(long nowNanos, long most) {
    Timer timer = first();
    return timer == null ? most : Math.max(0, Math.min(most, timer.at() - nowNanos));
  }

  private @Nullable Timer first() {
    return queue.isEmpty() ? null : queue.first();
  }
}
