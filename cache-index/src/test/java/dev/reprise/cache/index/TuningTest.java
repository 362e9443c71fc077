package dev.reprise.cache.index;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.PerfLevel;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

class TuningTest {
  private static final int ROWS = 1_000;
  private static final int ENTRIES = 1;

  @TempDir Path folder;

  @BeforeAll
  static void loadLibrary() {
    RocksDB.loadLibrary();
  }

  /** As nearly all are that a run with an empty cache asks for. */
  @Test
  void lookUp_rowsThatAreNotThereBesideUnwrittenOnes_areTurnedAwayByAFilter()
      throws RocksDBException {
    try (Tuning tuning = new Tuning()) {
      List<ColumnFamilyHandle> families = new ArrayList<>();
      try (RocksDB db =
          RocksDB.open(tuning.options(), folder.toString(), tuning.families(), families)) {
        ColumnFamilyHandle entries = families.get(ENTRIES);
        for (byte[] key : keys("there")) {
          db.put(entries, key, new byte[500]);
        }
        db.setPerfLevel(PerfLevel.ENABLE_COUNT);
        long before = db.getPerfContext().getBloomMemtableMissCount();

        List<byte[]> found =
            db.multiGetAsList(Collections.nCopies(ROWS, entries), keys("not there"));

        assertThat(found).hasSize(ROWS).containsOnlyNulls();
        assertThat(db.getPerfContext().getBloomMemtableMissCount() - before)
            .isGreaterThan(ROWS * 95 / 100);
        families.forEach(ColumnFamilyHandle::close);
      }
    }
  }

  private static List<byte[]> keys(String prefix) {
    List<byte[]> keys = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      keys.add((prefix + i).getBytes(UTF_8));
    }
    return keys;
  }
}
