package dev.reprise.home;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * Remembers when a driver first met each class loader, since a loader does not tell when it was
 * made. May be used from several threads.
 */
final class LoaderTimes {
  private final InstantSource clock;
  private final Map<ClassLoader, Instant> met = Collections.synchronizedMap(new WeakHashMap<>());

  LoaderTimes(InstantSource clock) {
    this.clock = clock;
  }

  /** When the loader was first asked for here. */
  Instant met(ClassLoader loader) {
    return met.computeIfAbsent(loader, any -> clock.instant());
  }
}
