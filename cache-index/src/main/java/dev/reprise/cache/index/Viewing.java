package dev.reprise.cache.index;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * Opens an index to read it beside a process that may be writing it, as a secondary instance of
 * RocksDB. Takes no lock and writes nothing into the folder; RocksDB's own log of it goes to a
 * temporary folder.
 */
final class Viewing {
  private final IndexSettings settings;

  Viewing(IndexSettings settings) {
    this.settings = settings;
  }

  /** An open database; empty if there is none. */
  Optional<Database> open() throws CacheUnavailableException {
    Path folder = settings.folder();
    if (!Files.exists(folder.resolve("CURRENT"))) {
      return Optional.empty();
    }
    Opening.checkFormat(folder);
    RocksLibrary.load();
    Tuning tuning = new Tuning();
    Path log = null;
    try {
      log = Files.createTempDirectory("reprise-view");
      List<ColumnFamilyHandle> handles = new ArrayList<>();
      RocksDB db =
          RocksDB.openAsSecondary(
              tuning.optionsOfView(),
              folder.toString(),
              log.toString(),
              tuning.families(),
              handles);
      Path opened = log;
      return Optional.of(
          new Database(folder, Tables.of(db, handles), tuning, null, 0, () -> remove(opened)));
    } catch (RocksDBException e) {
      tuning.close();
      remove(log);
      throw Opening.unavailable(folder, e);
    } catch (IOException e) {
      tuning.close();
      throw new CacheUnavailableException(
          "the index " + folder + " cannot be viewed: " + e.getMessage(), e);
    }
  }

  private static void remove(Path folder) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      // a few bytes in the temporary folder
    }
  }
}
