package dev.reprise.cache.index;

import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.index.IndexHealth.Examined;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.LiveFileMetaData;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileReader;

/**
 * Reads the tables of an index from end to end, beside a process that may be writing it. Takes no
 * lock and writes nothing into the folder.
 *
 * <p>A view ({@link Viewing}) would not do: of an index with a table that is cut short or gone,
 * RocksDB shows a secondary instance the last state before that table, and says nothing. Opened
 * read-only, it refuses.
 */
final class FileCheck {
  private static final int MOST_TRIES = 3;

  private final Path folder;
  private final Duration patience;
  private final Ticker ticker;

  FileCheck(Path folder, Duration patience, Ticker ticker) {
    this.folder = folder;
    this.patience = patience;
    this.ticker = ticker;
  }

  Examined run() throws CacheUnavailableException {
    if (!Opening.isMade(folder)) {
      return new Examined(0, 0, List.of());
    }
    if (!Files.exists(folder.resolve("CURRENT"))) {
      boolean lost = IndexHealth.holder(folder).isEmpty() && Opening.hasOtherFiles(folder);
      return new Examined(0, 0, lost ? List.of("its file CURRENT is gone") : List.of());
    }
    Opening.checkFormat(folder);
    RocksLibrary.load();
    long begun = ticker.nanos();
    for (int more = MOST_TRIES - 1; ; more--) {
      Examined examined = examine(begun);
      // A writer may have removed a table between the look into the folder and the one into it.
      if (examined.faults().isEmpty() || more == 0 || IndexHealth.holder(folder).isEmpty()) {
        return examined;
      }
    }
  }

  private Examined examine(long begun) throws CacheUnavailableException {
    List<Path> tables;
    try {
      tables = tables();
    } catch (RocksDBException e) {
      if (!Opening.isDamage(e)) {
        throw Opening.unavailable(folder, e);
      }
      return new Examined(0, 0, List.of(String.valueOf(e.getMessage())));
    }
    List<String> faults = new ArrayList<>();
    int read = 0;
    try (Options options = new Options()) {
      for (Path table : tables) {
        if (ticker.nanos() - begun >= patience.toNanos()) {
          break;
        }
        read++;
        try (SstFileReader reader = new SstFileReader(options)) {
          reader.open(table.toString());
          reader.verifyChecksum();
        } catch (RocksDBException e) {
          // Unless whoever writes the index has replaced it meanwhile.
          if (Files.exists(table) || IndexHealth.holder(folder).isEmpty()) {
            faults.add("%s: %s".formatted(table.getFileName(), e.getMessage()));
          }
        }
      }
    }
    return new Examined(tables.size(), read, faults);
  }

  /** The tables that the index consists of now. Fails if one is not as long as it should be. */
  private List<Path> tables() throws RocksDBException, CacheUnavailableException {
    RecycledRecords.refuse(folder);
    Path log = makeLogFolder();
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try (Tuning tuning = new Tuning();
        RocksDB db =
            RocksDB.openReadOnly(
                tuning.optionsOfView().setDbLogDir(log.toString()),
                folder.toString(),
                tuning.families(),
                handles)) {
      List<Path> tables = new ArrayList<>();
      for (LiveFileMetaData table : db.getLiveFilesMetaData()) {
        tables.add(folder.resolve(table.fileName().replace("/", "")));
      }
      handles.forEach(ColumnFamilyHandle::close);
      return tables;
    } finally {
      Viewing.remove(log);
    }
  }

  private Path makeLogFolder() throws CacheUnavailableException {
    try {
      return Files.createTempDirectory("reprise-check");
    } catch (IOException e) {
      throw new CacheUnavailableException(
          "the index " + folder + " cannot be checked: " + e.getMessage(), e);
    }
  }
}
