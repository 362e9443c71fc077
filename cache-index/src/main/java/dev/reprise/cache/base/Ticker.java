package dev.reprise.cache.base;

/**
 * Time that only goes forward, for durations and deadlines. What has to do with calendars takes a
 * {@link java.time.InstantSource} instead.
 */
@FunctionalInterface
public interface Ticker {
  /** Nanoseconds since some moment in the past that stays the same for the life of the ticker. */
  long nanos();

  /** Returns the ticker of this JVM. */
  static Ticker system() {
    return System::nanoTime;
  }
}
