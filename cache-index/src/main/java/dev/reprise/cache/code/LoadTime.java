package dev.reprise.cache.code;

import dev.reprise.cache.fingerprint.FileStamp;
import java.time.Instant;

/**
 * Says which class files cannot be what runs: a class is loaded when it is first needed and then
 * stays, so a file that was changed after that moment is not the code of the class.
 */
@FunctionalInterface
interface LoadTime {
  /** Nothing is known of it, or nothing was loaded. */
  LoadTime NONE = touchedNanos -> false;

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
    long since = FileStamp.nanos(instant);
    return touchedNanos -> touchedNanos > since;
  }
}
