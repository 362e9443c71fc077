package dev.reprise.cache.index;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * A little room on the disk that the index holds, so that it can still be opened when the disk is
 * full: RocksDB writes before it removes, and without room nothing could be evicted there.
 */
final class Reserve {
  static final String FILE = "reserve";

  /** Opening takes 0.1 MiB, the removal of an entry 0.1 KiB. */
  private static final int BYTES = 2 << 20;

  private final Path folder;
  private final Path file;
  private final long floor;

  /**
   * @param floor the least that the index leaves free, in bytes; 0 if it may use all there is
   */
  Reserve(Path folder, long floor) {
    this.folder = folder;
    this.file = folder.resolve(FILE);
    this.floor = floor;
  }

  /** Gives the room up if the index may use it and nothing else is left. */
  void release() {
    if (floor == 0 && free() < BYTES) {
      delete();
    }
  }

  /** Takes the room if it is not taken and there is enough. */
  void take() {
    if (floor == 0 || Files.exists(file) || free() < floor + BYTES) {
      return;
    }
    byte[] bytes = new byte[BYTES];
    new Random(0).nextBytes(bytes); // zeros take no room where the file system packs them
    try {
      Files.write(file, bytes);
    } catch (IOException e) {
      delete();
    }
  }

  private long free() {
    return folder.toFile().getUsableSpace();
  }

  private void delete() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // then opening fails, and says why
    }
  }
}
