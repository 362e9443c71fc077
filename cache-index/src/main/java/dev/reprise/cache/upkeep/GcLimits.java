package dev.reprise.cache.upkeep;

import static dev.reprise.cache.base.Checks.checkArgument;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How much a cache may hold, and for how long.
 *
 * @param maxBytes of results; {@link #NO_LIMIT} for as many as there are
 * @param room how far below {@code maxBytes} to go once it is exceeded, in bytes; at most that
 * @param maxAge since an entry was made or used last; null for no limit
 * @param sparedSince what was made or used at this moment or later stays; {@link Instant#MAX} to
 *     spare nothing
 */
public record GcLimits(long maxBytes, long room, @Nullable Duration maxAge, Instant sparedSince) {
  /** The size of a cache that may grow. */
  public static final long NO_LIMIT = Long.MAX_VALUE;

  public GcLimits {
    checkArgument(maxBytes >= 0, "a cache cannot be limited to %s bytes", maxBytes);
    checkArgument(
        room >= 0 && room <= maxBytes, "there is no room of %s in %s bytes", room, maxBytes);
  }

  /** Returns limits that spare nothing, and leave no room. */
  public static GcLimits of(long maxBytes, @Nullable Duration maxAge) {
    return new GcLimits(maxBytes, 0, maxAge, Instant.MAX);
  }
}
