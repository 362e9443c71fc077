package dev.reprise.cache.index;

import static dev.reprise.cache.index.CacheIndexContract.DEV;
import static dev.reprise.cache.index.CacheIndexContract.answers;
import static dev.reprise.cache.index.CacheIndexContract.put;
import static dev.reprise.cache.testing.Samples.entry;
import static dev.reprise.cache.testing.Samples.inline;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.base.Folders;
import dev.reprise.cache.index.IndexBatch.Change;
import dev.reprise.cache.index.LookupBatch.Answer;
import dev.reprise.cache.store.InMemoryResultStore;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.testing.ChildJvm;
import dev.reprise.cache.testing.Shows;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.CompactRangeOptions.BottommostLevelCompaction;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** FAULTS row 24: an index of more tables than a process may have files open. */
final class ManyTablesTest {
  private static final int ENTRIES = 1_500;
  private static final int MOST_OPEN = 400;

  @TempDir Path dir;

  @Test
  @Shows("Fault 24")
  void open_moreTablesThanFilesMayBeOpen_allOfThemAreReadAndMoreIsWritten() throws Exception {
    Path folder = dir.resolve("index");
    try (RocksCacheIndex index = open(folder)) {
      IndexBatch all = new IndexBatch();
      for (int i = 0; i < ENTRIES; i++) {
        all.add(new Change.Put(entry(i, 1, Manifest.one(inline(i, 2_000)))));
      }
      index.write(all);
    }
    cutUp(folder);
    assertThat(Folders.list(folder).stream().filter(each -> each.toString().endsWith(".sst")))
        .hasSizeGreaterThan(MOST_OPEN);

    ChildJvm.Outcome child =
        ChildJvm.runUnder(
            List.of("sh", "-c", "ulimit -n " + MOST_OPEN + " && exec \"$0\" \"$@\""),
            List.of(),
            ReadAndWrite.class,
            folder.toString());

    assertThat(child.output()).contains("all entries are there");
    assertThat(child.exit()).isZero();
  }

  private static RocksCacheIndex open(Path folder) throws Exception {
    return RocksCacheIndex.open(
            IndexSettings.of(folder, DEV, new InMemoryResultStore())
                .withLock(Duration.ZERO, (holder, soFar) -> {}))
        .index();
  }

  /** Writes what is there into tables of a few entries each, as no index of this size has them. */
  private static void cutUp(Path folder) throws RocksDBException {
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try (Tuning tuning = new Tuning();
        CompactRangeOptions all =
            new CompactRangeOptions()
                .setBottommostLevelCompaction(BottommostLevelCompaction.kForce)) {
      List<ColumnFamilyDescriptor> families = tuning.families();
      families.forEach(family -> family.getOptions().setTargetFileSizeBase(1_000));
      try (RocksDB db = RocksDB.open(tuning.options(), folder.toString(), families, handles)) {
        for (ColumnFamilyHandle family : handles) {
          db.compactRange(family, null, null, all);
        }
        handles.forEach(ColumnFamilyHandle::close);
      }
    }
  }

  /** Reads every entry, in an order that comes to each table several times, and writes one. */
  static final class ReadAndWrite {
    public static void main(String[] args) throws Exception {
      try (RocksCacheIndex index = open(Path.of(args[0]))) {
        for (int i = 0; i < ENTRIES; i++) {
          if (!answers(index, i).get(0).equals(Answer.HIT)) {
            throw new AssertionError("entry " + i + " is " + answers(index, i));
          }
        }
        put(index, entry(ENTRIES, 1));
        if (CacheIndexContract.keys(index).size() != ENTRIES + 1) {
          throw new AssertionError("not all are listed");
        }
        System.out.println("all entries are there");
      }
    }
  }
}
