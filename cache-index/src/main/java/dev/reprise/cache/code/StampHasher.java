package dev.reprise.cache.code;

import dev.reprise.cache.fingerprint.FileStamp;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Digests the stamps of files, and finds out which of them changed last. */
final class StampHasher {
  private final FileStamps stamps;
  private final Hasher hasher = Hasher.of("reprise/code/stamps");
  private long newestNanos = Long.MIN_VALUE;

  StampHasher(FileStamps stamps) {
    this.stamps = stamps;
  }

  /** Adds a file, or that there is none. */
  void put(Path file) throws IOException {
    FileStamp stamp = stamps.of(file);
    hasher.putBoolean(stamp != null);
    if (stamp == null) {
      hasher.putString(file.toString());
    } else {
      stamp.put(hasher); // which has the path
      newestNanos = Math.max(newestNanos, stamp.lastTouchedNanos());
    }
  }

  /** Adds the files that lie directly in a folder, or that there is no such folder. */
  void putFilesIn(Path folder) throws IOException {
    hasher.putString(folder.toString());
    for (Path file : isFolder(folder) ? stamps.filesIn(folder) : List.<Path>of()) {
      if (!isFolder(file)) {
        put(file);
      }
    }
  }

  private boolean isFolder(Path path) throws IOException {
    FileStamp stamp = stamps.of(path);
    return stamp != null && stamp.kind() == FileStamp.Kind.DIRECTORY;
  }

  Fingerprint finish() {
    return hasher.finish();
  }

  /** When the last of the files was changed, in nanoseconds since 1970. */
  long newestNanos() {
    return newestNanos;
  }
}
