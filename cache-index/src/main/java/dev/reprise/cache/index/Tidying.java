package dev.reprise.cache.index;

import java.util.concurrent.locks.LockSupport;
import org.rocksdb.FlushOptions;
import org.rocksdb.RocksDBException;

/**
 * What is done before an index closes, so that the next process opens it quickly.
 *
 * <p>Most runs write a few entries. If each left a file of its own, as RocksDB's defaults would,
 * the files would soon be so many that RocksDB refuses writes: it merges them in the background,
 * and a short process is over before that has begun. So little is left in the log, which the next
 * process replays and goes on with; much is written to a file; and once there are several, the
 * process waits for the merge.
 */
final class Tidying {
  /** Replaying as much takes a few hundredths of a second. */
  private static final long LEFT_IN_LOG = 4L << 20;

  private static final int MOST_LOGS = 8;
  private static final int MOST_FILES = 2 * Tuning.FILES_TO_MERGE;
  private static final long BETWEEN_LOOKS_NANOS = 5_000_000;

  /** Ten seconds; the next process goes on with the merge. */
  private static final int MOST_LOOKS = 2_000;

  private final Tables tables;

  Tidying(Tables tables) {
    this.tables = tables;
  }

  /**
   * Leaves little behind.
   *
   * @param logs number of log files
   */
  void run(int logs) throws RocksDBException {
    long inMemory = tables.db().getAggregatedLongProperty("rocksdb.cur-size-all-mem-tables");
    if (inMemory <= LEFT_IN_LOG && logs <= MOST_LOGS) {
      return;
    }
    try (FlushOptions options = new FlushOptions().setWaitForFlush(true)) {
      tables.db().flush(options, tables.handles());
    }
    for (int looks = 0; looks < MOST_LOOKS && files() > MOST_FILES && isMerging(); looks++) {
      LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
    }
  }

  private long files() throws RocksDBException {
    return Long.parseLong(tables.db().getProperty(tables.entries(), "rocksdb.num-files-at-level0"));
  }

  private boolean isMerging() throws RocksDBException {
    return tables.db().getLongProperty("rocksdb.num-running-compactions") > 0
        || tables.db().getLongProperty(tables.entries(), "rocksdb.compaction-pending") > 0;
  }
}
