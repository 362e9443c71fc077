package dev.reprise.cache.index;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/**
 * Loads RocksDB's native library once per process: from the library path, where the launcher has
 * laid it out, or else from its jar. RocksDB itself would unpack those 15 MB into the temporary
 * folder and leave them there when the process is killed.
 */
final class RocksLibrary {
  /** What the index is written with and read by: 9.8. */
  private static final int OLDEST = 9_008;

  private static boolean loaded; // guarded by the class

  private RocksLibrary() {}

  /**
   * Loads the library unless it is loaded.
   *
   * @throws CacheUnavailableException if that cannot be done on this machine
   */
  static synchronized void load() throws CacheUnavailableException {
    if (loaded) {
      return;
    }
    try {
      if (isLaidOut()) {
        RocksDB.loadLibrary();
      } else {
        loadFromJar();
      }
      checkVersion(RocksDB.rocksdbVersion());
      loaded = true;
    } catch (IOException | RuntimeException | UnsatisfiedLinkError e) {
      throw new CacheUnavailableException(
          "RocksDB's native library cannot be loaded: " + e.getMessage(), e);
    }
  }

  /** An engine's class path may bring one of its own, which comes before ours. */
  private static void checkVersion(RocksDB.Version found) throws CacheUnavailableException {
    int version = found.getMajor() * 1000 + found.getMinor();
    if (version < OLDEST) {
      throw new CacheUnavailableException(
          "RocksDB %s.%s.%s is on the class path, from %s; 9.8 or later is needed: take that jar off, or run with Spark 4.2"
              .formatted(
                  found.getMajor(),
                  found.getMinor(),
                  found.getPatch(),
                  RocksDB.class.getProtectionDomain().getCodeSource().getLocation()));
    }
  }

  private static boolean isLaidOut() {
    String file = System.mapLibraryName("rocksdbjni");
    for (String folder :
        System.getProperty("java.library.path", "").split(File.pathSeparator, -1)) {
      if (!folder.isEmpty() && new File(folder, file).exists()) {
        return true;
      }
    }
    return System.getenv("ROCKSDB_SHAREDLIB_DIR") != null; // RocksDB's own way to be told
  }

  /** Loads it from a file that is gone again as soon as it is loaded. */
  private static void loadFromJar() throws IOException {
    Path folder = Files.createTempDirectory("reprise-rocksdb");
    // The name that RocksDB.loadLibrary(List) asks for is not the one in its jar.
    Path library = folder.resolve(Environment.getJniLibraryFileName("rocksdbjni"));
    try {
      unpack(Environment.getJniLibraryFileName("rocksdb"), library);
      RocksDB.loadLibrary(List.of(folder.toString()));
    } finally {
      delete(library);
      delete(folder);
    }
  }

  private static void unpack(String name, Path to) throws IOException {
    try (@Nullable InputStream from = RocksDB.class.getClassLoader().getResourceAsStream(name)) {
      if (from == null) {
        throw new NoSuchFileException(name, null, "RocksDB has no library for this machine");
      }
      Files.copy(from, to);
    }
  }

  private static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      path.toFile().deleteOnExit(); // where a loaded library cannot be deleted
    }
  }
}
