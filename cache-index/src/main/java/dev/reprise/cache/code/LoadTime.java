package dev.reprise.cache.code;

import dev.reprise.cache.fingerprint.FileFingerprinter;
import dev.reprise.cache.fingerprint.FileStamp;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * Says which class files cannot be what runs: a class is loaded when it is first needed and then
 * stays, so a file that was changed after that moment is not the code of the class.
 */
@FunctionalInterface
interface LoadTime {
  /** Nothing is known of it, or nothing was loaded. */
  LoadTime NONE = touchedNanos -> false;

  /** Classes may have been loaded since this Java began. */
  LoadTime JVM = new JvmStart();

  /** Whether a file that was changed at this time may have been loaded before. */
  boolean mayBeBefore(long touchedNanos);

  /** Whether a file may be another than the one that was loaded. */
  default boolean mayBeBefore(FileStamp stamp) {
    // The time of change, which no program can set, where there is one: a copy may be dated back.
    long changed = stamp.changedNanos();
    return mayBeBefore(changed == 0 ? stamp.modifiedNanos() : changed);
  }

  /** Classes may have been loaded since then. */
  static LoadTime since(Instant instant) {
    long since = nanos(instant);
    return touchedNanos -> touchedNanos > since;
  }

  private static long nanos(Instant instant) {
    return TimeUnit.SECONDS.toNanos(instant.getEpochSecond()) + instant.getNano();
  }

  /**
   * The operating system tells when a process began to the second. The JVM knows better, but to ask
   * it costs tens of milliseconds, so it is asked only about files that were just written. The
   * first tick is free: no class of a user is loaded in it, and a build may have ended in it.
   */
  final class JvmStart implements LoadTime {
    private static final Duration SLACK = Duration.ofSeconds(2);

    private final long surelyBefore =
        ProcessHandle.current()
            .info()
            .startInstant()
            .map(start -> nanos(start.minus(SLACK)))
            .orElse(Long.MIN_VALUE);

    @Override
    public boolean mayBeBefore(long touchedNanos) {
      return touchedNanos > surelyBefore && touchedNanos > Exact.NANOS;
    }

    private static final class Exact {
      static final long NANOS =
          nanos(
              Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime())
                  .plus(FileFingerprinter.DEFAULT_TICK));
    }
  }
}
