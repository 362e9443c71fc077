package dev.reprise.cache.code;

import dev.reprise.cache.fingerprint.FileFingerprinter;
import dev.reprise.cache.fingerprint.FileStamp;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;

/**
 * The time when this JVM began. The operating system tells it to the second. The JVM knows better,
 * but to ask it costs tens of milliseconds, so it is asked only about files that were just written.
 * The first tick is free: no class of a user is loaded in it, and a build may have ended in it.
 */
final class JvmStart implements LoadTime {
  private static final Duration SLACK = Duration.ofSeconds(2);

  private static final long SURELY_BEFORE =
      ProcessHandle.current()
          .info()
          .startInstant()
          .map(start -> FileStamp.nanos(start.minus(SLACK)))
          .orElse(Long.MIN_VALUE);

  @Override
  public boolean mayBeBefore(long touchedNanos) {
    return touchedNanos > SURELY_BEFORE && touchedNanos > Exact.NANOS;
  }

  private static final class Exact {
    static final long NANOS =
        FileStamp.nanos(
            Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime())
                .plus(FileFingerprinter.DEFAULT_TICK));
  }
}
