package dev.reprise.cache.base;

/**
 * Told of every {@link KillPoint} that is passed. Production code passes {@link #NONE}; crash tests
 * pass {@link HaltingKillPoints} in a JVM of their own.
 */
@FunctionalInterface
public interface KillPoints {
  /** Lets everything pass. */
  KillPoints NONE = point -> {};

  /** {@code point} is reached; may not return. */
  void pass(KillPoint point);
}
