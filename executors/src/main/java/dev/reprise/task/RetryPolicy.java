package dev.reprise.task;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.cache.base.Saturating;
import java.time.Duration;
import java.util.List;

/**
 * When a failed attempt is repeated. Attempts that were lost (worker or node gone) are repeated up
 * to {@code lostAttempts} times; errors of the user's code only if {@code userAttempts} says so.
 *
 * @param userAttempts how many attempts may end in an error of the user's code, at least 1; the
 *     last one fails the unit
 * @param lostAttempts how many attempts may be lost, at least 1; 1 forbids to repeat
 * @param backoff wait before the second attempt; doubles for each further one
 * @param maxBackoff longest wait
 * @param onlyFor class names of errors that are repeated, their subclasses and causes included;
 *     empty for all
 */
public record RetryPolicy(
    int userAttempts,
    int lostAttempts,
    Duration backoff,
    Duration maxBackoff,
    List<String> onlyFor) {
  /** Errors of the user's code end the unit; lost attempts are repeated twice. */
  public static final RetryPolicy NONE =
      new RetryPolicy(1, 3, Duration.ofMillis(100), Duration.ofSeconds(30), List.of());

  public RetryPolicy {
    checkArgument(userAttempts >= 1, "there is at least one attempt: %s", userAttempts);
    checkArgument(lostAttempts >= 1, "there is at least one attempt: %s", lostAttempts);
    checkArgument(!backoff.isNegative(), "back-off must not be negative: %s", backoff);
    checkArgument(
        maxBackoff.compareTo(backoff) >= 0,
        "longest back-off %s is below the first one, %s",
        maxBackoff,
        backoff);
    backoff = Saturating.limit(backoff);
    maxBackoff = Saturating.limit(maxBackoff);
    onlyFor = List.copyOf(onlyFor);
  }

  /** Returns a policy with so many attempts at most, whatever the user's code throws. */
  public static RetryPolicy attempts(int most) {
    return new RetryPolicy(most, 3, NONE.backoff(), NONE.maxBackoff(), List.of());
  }

  /** Returns a copy with another back-off. */
  public RetryPolicy withBackoff(Duration first, Duration longest) {
    return new RetryPolicy(userAttempts, lostAttempts, first, longest, onlyFor);
  }

  /** Returns a copy that repeats for {@code error}, its subclasses and what they caused alone. */
  public RetryPolicy onlyFor(Class<? extends Throwable> error) {
    return new RetryPolicy(
        userAttempts, lostAttempts, backoff, maxBackoff, List.of(error.getName()));
  }

  /**
   * Returns a copy that never repeats, lost attempts included: for effects that must not double.
   */
  public RetryPolicy never() {
    return new RetryPolicy(1, 1, backoff, maxBackoff, onlyFor);
  }

  /** The wait before attempt {@code next} (counted from 1), in milliseconds. */
  public long backoffMillis(int next) {
    int doublings = Math.min(30, Math.max(0, next - 2));
    long longest = maxBackoff.toMillis();
    long first = backoff.toMillis();
    return first > longest >> doublings ? longest : first << doublings;
  }
}
