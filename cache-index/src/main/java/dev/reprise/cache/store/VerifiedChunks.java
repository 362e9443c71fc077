package dev.reprise.cache.store;

import dev.reprise.cache.fingerprint.Fingerprint;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which chunks of which blobs this process has checked, so that each is digested once.
 * What is remembered counts for the very file that was checked: the marks of a blob hang on its
 * {@link FileStamp}.
 */
final class VerifiedChunks {
  private static final int MOST_BLOBS = 16_384;

  // Guarded by itself; the marks are not, since each is set once and only ever to 1.
  private final Map<Fingerprint, Marks> byAddress =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Fingerprint, Marks> eldest) {
          return size() > MOST_BLOBS;
        }
      };

  /**
   * The marks of a blob.
   *
   * @param file that holds it
   * @param stamp of the file, taken before and after it was opened; null if it has none or they
   *     differ, in which case nothing is known and nothing will be
   */
  Marks of(BlobRef blob, Path file, @Nullable FileStamp stamp) {
    if (stamp == null) {
      return new Marks(file, null, blob.chunkCount());
    }
    synchronized (byAddress) {
      Marks marks = byAddress.get(blob.address());
      if (marks == null || !marks.file.equals(file) || !stamp.equals(marks.stamp)) {
        marks = new Marks(file, stamp, blob.chunkCount());
        byAddress.put(blob.address(), marks);
      }
      return marks;
    }
  }

  /** Which chunks of one file are checked. */
  static final class Marks {
    private final Path file;
    private final @Nullable FileStamp stamp;
    private final AtomicIntegerArray checked;

    private Marks(Path file, @Nullable FileStamp stamp, int chunks) {
      this.file = file;
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
