package dev.reprise.bench.compare;

import static dev.reprise.cache.base.Checks.checkState;

import dev.reprise.cache.base.Ticker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.FlushOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The least that can be done to find entries in RocksDB: one level, all blocks in memory, keys
 * sorted beforehand and looked up together.
 */
final class SortedLookups implements AutoCloseable {
  private static final int AT_ONCE = 512;
  private static final int THREADS = 2;
  private static final int ENTRY_BYTES = 128; // of an entry's head, about
  private static final long BLOCKS = 512L << 20;

  private final List<byte[]> keys;
  private final LRUCache cache = new LRUCache(BLOCKS);
  private final BloomFilter filter = new BloomFilter(10);
  private final Options options;
  private final RocksDB database;
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final Ticker ticker = Ticker.system();

  SortedLookups(Path folder, List<byte[]> unsorted) throws Exception {
    keys = unsorted.stream().sorted(Arrays::compareUnsigned).toList();
    Files.createDirectories(folder);
    options =
        new Options()
            .setCreateIfMissing(true)
            .setTableFormatConfig(
                new BlockBasedTableConfig().setBlockCache(cache).setFilterPolicy(filter));
    database = RocksDB.open(options, folder.toString());
    byte[] value = new byte[ENTRY_BYTES];
    try (WriteOptions write = new WriteOptions();
        FlushOptions flush = new FlushOptions()) {
      for (int from = 0; from < keys.size(); from += AT_ONCE) {
        try (WriteBatch batch = new WriteBatch()) {
          for (byte[] key : keys.subList(from, Math.min(keys.size(), from + AT_ONCE))) {
            batch.put(key, value);
          }
          database.write(write, batch);
        }
      }
      database.flush(flush);
      database.compactRange();
    }
  }

  /** Looks all keys up; returns how long that took. */
  double nanos() throws Exception {
    long begun = ticker.nanos();
    List<Future<Integer>> parts = new ArrayList<>();
    for (int thread = 0; thread < THREADS; thread++) {
      int from = (int) ((long) keys.size() * thread / THREADS);
      int to = (int) ((long) keys.size() * (thread + 1) / THREADS);
      parts.add(threads.submit(() -> lookUp(keys.subList(from, to))));
    }
    int found = 0;
    for (Future<Integer> part : parts) {
      found += part.get();
    }
    double nanos = ticker.nanos() - begun;
    checkState(found == keys.size(), "%s of %s keys were found", found, keys.size());
    return nanos;
  }

  private int lookUp(List<byte[]> part) throws RocksDBException {
    int found = 0;
    for (int from = 0; from < part.size(); from += AT_ONCE) {
      List<byte[]> some = part.subList(from, Math.min(part.size(), from + AT_ONCE));
      for (byte @Nullable [] value : database.multiGetAsList(some)) {
        found += value != null && value.length == ENTRY_BYTES ? 1 : 0;
      }
    }
    return found;
  }

  @Override
  public void close() {
    threads.shutdownNow();
    database.close();
    options.close();
    filter.close();
    cache.close();
  }
}
