package dev.reprise.cache.index;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.cache.store.Manifest;

/**
 * What the index knows under one key.
 *
 * @param createdMillis when it was committed, by the index's clock, in milliseconds since 1970
 * @param expiresMillis when the producer's time to live ends, likewise; {@link #NEVER} for never
 * @param manifest holds no pending partition
 */
public record CacheEntry(
    CacheKey key, Manifest manifest, Origin origin, long createdMillis, long expiresMillis) {
  /** The expiry of what does not expire. */
  public static final long NEVER = 0;

  public CacheEntry {
    checkArgument(expiresMillis >= 0, "expiry of %s must not be negative", key);
  }

  /**
   * Whether it is past its producer's time to live.
   *
   * @param nowMillis by the index's clock
   */
  public boolean isExpired(long nowMillis) {
    return isExpired(expiresMillis, nowMillis);
  }

  static boolean isExpired(long expiresMillis, long nowMillis) {
    return expiresMillis != NEVER && nowMillis >= expiresMillis;
  }

  /**
   * Whether a consumer does not accept the age; one that accepts none takes not even what was made
   * in this millisecond.
   */
  static boolean isTooOld(long createdMillis, long nowMillis, long maxAgeMillis) {
    return maxAgeMillis == 0 || nowMillis - createdMillis > maxAgeMillis;
  }
}
