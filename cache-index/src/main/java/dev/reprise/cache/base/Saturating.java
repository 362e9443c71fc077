package dev.reprise.cache.base;

import java.time.Duration;

/**
 * Durations as numbers that stop at the largest one instead of throwing or wrapping around: what
 * people give for "for ever" is longer than a long of nanoseconds holds.
 */
public final class Saturating {
  /** Longer than any run, and far from what overflows when it is added to a clock. */
  public static final Duration LONGEST = Duration.ofDays(36_500);

  private Saturating() {}

  /** The duration, or {@link #LONGEST} if it is longer. */
  public static Duration limit(Duration duration) {
    return duration.compareTo(LONGEST) > 0 ? LONGEST : duration;
  }

  /** Whole milliseconds; the largest or smallest long if there are more. */
  public static long millis(Duration duration) {
    try {
      return duration.toMillis();
    } catch (ArithmeticException e) {
      return duration.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  /** Nanoseconds; the largest or smallest long if there are more. */
  public static long nanos(Duration duration) {
    try {
      return duration.toNanos();
    } catch (ArithmeticException e) {
      return duration.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  /** The sum; the largest or smallest long if it is beyond. */
  public static long sum(long a, long b) {
    long sum = a + b;
    boolean overflows = ((a ^ sum) & (b ^ sum)) < 0;
    return overflows ? (a < 0 ? Long.MIN_VALUE : Long.MAX_VALUE) : sum;
  }
}
