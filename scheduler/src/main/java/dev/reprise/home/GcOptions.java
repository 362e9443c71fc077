package dev.reprise.home;

import dev.reprise.cache.upkeep.GcLimits;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How much a home may hold.
 *
 * @param maxBytes of results; {@link GcLimits#NO_LIMIT} for as many as there are
 * @param maxAge since a result was made or used last; null for no limit
 * @param keepRuns how many runs are remembered; empty for all
 * @param grace how long a blob that nothing names stays
 * @param every how often what {@code maxAge} names goes when a run has ended; null for never, only
 *     when there are too many bytes, or somebody asks
 * @param told what was done about it when a run had ended, a line for people
 */
public record GcOptions(
    long maxBytes,
    @Nullable Duration maxAge,
    OptionalInt keepRuns,
    Duration grace,
    @Nullable Duration every,
    Consumer<String> told) {
  /** Longer than any run takes from a blob to the manifest that names it. */
  public static final Duration GRACE = Duration.ofDays(7);

  /** No limits: nothing is ever evicted or forgotten. */
  public static final GcOptions NONE =
      new GcOptions(GcLimits.NO_LIMIT, null, OptionalInt.empty(), GRACE, null, line -> {});

  /** Returns a copy with another limit of bytes. */
  public GcOptions withMaxBytes(long to) {
    return new GcOptions(to, maxAge, keepRuns, grace, every, told);
  }

  /** Returns a copy with another limit of runs, at least 1. */
  public GcOptions withKeepRuns(int to) {
    return new GcOptions(maxBytes, maxAge, OptionalInt.of(to), grace, every, told);
  }

  /** Returns a copy that evicts now and then what nothing used for so long. */
  public GcOptions withMaxAge(Duration to, Duration often) {
    return new GcOptions(maxBytes, to, keepRuns, grace, often, told);
  }

  /** Returns a copy that tells somebody else. */
  public GcOptions withTold(Consumer<String> to) {
    return new GcOptions(maxBytes, maxAge, keepRuns, grace, every, to);
  }

  /** Whether nothing is done when a run has ended. */
  boolean isNone() {
    return !limitsBytes() && !limitsAge() && keepRuns.isEmpty();
  }

  /** Whether what nothing uses goes by and by. */
  boolean limitsAge() {
    return maxAge != null && every != null;
  }

  /** Whether there is a limit of bytes. */
  boolean limitsBytes() {
    return maxBytes != GcLimits.NO_LIMIT;
  }
}
