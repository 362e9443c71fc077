package dev.reprise.cache.index;

import dev.reprise.cache.base.Folders;
import java.io.IOException;
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
  private static final int MOST_TRIES = 3;

  private final IndexSettings settings;

  Viewing(IndexSettings settings) {
    this.settings = settings;
  }

  /** An open database; empty if there is none. */
  Optional<Database> open() throws CacheUnavailableException {
    Path folder = settings.folder();
    if (!Files.exists(folder.resolve("CURRENT")) || !Opening.isMade(folder)) {
      return Optional.empty();
    }
    Opening.checkFormat(folder);
    RocksLibrary.load();
    for (int more = MOST_TRIES - 1; ; more--) {
      try {
        return Optional.of(open(folder));
      } catch (RocksDBException e) {
        // The writer may have removed a file between the look into the folder and this one.
        if (more == 0 || !Opening.isDamage(e)) {
          throw Opening.unavailable(folder, e);
        }
      }
    }
  }

  private static Database open(Path folder) throws RocksDBException, CacheUnavailableException {
    Tuning tuning = new Tuning();
    Path log = null;
    try {
      log = Files.createTempDirectory("reprise-view");
      RecycledRecords.refuse(folder);
      List<ColumnFamilyHandle> handles = new ArrayList<>();
      RocksDB db =
          RocksDB.openAsSecondary(
              tuning.optionsOfView(),
              folder.toString(),
              log.toString(),
              tuning.families(),
              handles);
      Path opened = log;
      Tables tables = Tables.readable(db, /* view= */ true, handles);
      return new Database(folder, tables, tuning, null, 0, () -> remove(opened));
    } catch (RocksDBException e) {
      tuning.close();
      remove(log);
      throw e;
    } catch (IOException e) {
      tuning.close();
      throw new CacheUnavailableException(
          "the index " + folder + " cannot be viewed: " + e.getMessage(), e);
    }
  }

  static void remove(Path folder) {
    try {
      for (Path file : Folders.list(folder)) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      // a few bytes in the temporary folder
    }
  }
}
