package dev.reprise.cache.store;

import dev.reprise.cache.fingerprint.FileFingerprinter;
import dev.reprise.cache.fingerprint.FileStamp;
import dev.reprise.cache.fingerprint.Fingerprint;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which chunks of which blobs this process has checked, so that each is digested once.
 * What is remembered counts for the very file that was checked: the marks of a blob hang on its
 * {@link FileStamp}. A file that was touched within the last tick of its time stamps could be
 * touched again without its stamp telling, so nothing is remembered of it yet.
 */
final class VerifiedChunks {
  private static final int MOST_BLOBS = 16_384;

  private final InstantSource clock;

  // Guarded by itself; the marks are not, since each is set once and only ever to 1.
  private final Map<Fingerprint, Marks> byAddress =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Fingerprint, Marks> eldest) {
          return size() > MOST_BLOBS;
        }
      };

  VerifiedChunks(InstantSource clock) {
    this.clock = clock;
  }

  /** Now, to be passed to {@link #of}; to be asked before the file's stamp is taken. */
  Instant now() {
    return clock.instant();
  }

  /**
   * The marks of a blob.
   *
   * @param stamp of its file, the same before and after it was opened
   * @param before a moment before the stamp was taken
   */
  Marks of(BlobRef blob, FileStamp stamp, Instant before) {
    Duration untouched =
        Duration.between(Instant.EPOCH.plusNanos(stamp.lastTouchedNanos()), before);
    if (untouched.compareTo(FileFingerprinter.DEFAULT_TICK) <= 0) {
      return unknown(blob);
    }
    synchronized (byAddress) {
      Marks marks = byAddress.get(blob.address());
      if (marks == null || !stamp.equals(marks.stamp)) {
        marks = new Marks(stamp, blob.chunkCount());
        byAddress.put(blob.address(), marks);
      }
      return marks;
    }
  }

  /** Marks of a blob of which nothing is known and nothing will be remembered. */
  static Marks unknown(BlobRef blob) {
    return new Marks(null, blob.chunkCount());
  }

  /** Which chunks of one file are checked. */
  static final class Marks {
    private final @Nullable FileStamp stamp;
    private final AtomicIntegerArray checked;

    private Marks(@Nullable FileStamp stamp, int chunks) {
      this.stamp = stamp;
      this.checked = new AtomicIntegerArray(chunks);
    }

    boolean isChecked(int chunk) {
      return checked.get(chunk) != 0;
    }

    void checked(int chunk) {
      checked.set(chunk, 1);
    }
  }
}
