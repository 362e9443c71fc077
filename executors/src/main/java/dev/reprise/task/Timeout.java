package dev.reprise.task;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.cache.base.Saturating;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The deadlines of one attempt; longer ones than {@link Saturating#LONGEST} are cut to it.
 *
 * @param start from dispatch to the beginning of the user's code; null for none
 * @param run from there to its end; null for none
 */
public record Timeout(@Nullable Duration start, @Nullable Duration run) {
  /** No deadline. */
  public static final Timeout NONE = new Timeout(null, null);

  public Timeout {
    checkArgument(
        start == null || !(start.isNegative() || start.isZero()),
        "start deadline must be positive: %s",
        start);
    checkArgument(
        run == null || !(run.isNegative() || run.isZero()),
        "run deadline must be positive: %s",
        run);
    start = start == null ? null : Saturating.limit(start);
    run = run == null ? null : Saturating.limit(run);
  }

  /** Returns a copy with another deadline for the run. */
  public Timeout withRun(Duration to) {
    return new Timeout(start, to);
  }

  /** Returns a copy with another deadline for the start. */
  public Timeout withStart(Duration to) {
    return new Timeout(to, run);
  }
}
