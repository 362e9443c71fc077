package dev.reprise.cache.index;

import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.Snapshot;

/**
 * One moment of an open database. What is read under its options is as it was then, so that a head
 * and its body, which lie in two families, belong together however they are written meanwhile.
 */
final class Moment implements AutoCloseable {
  private final RocksDB db;
  private final @Nullable Snapshot snapshot;
  private final ReadOptions options = new ReadOptions();

  /** The moment at hand. That of a view never changes, and RocksDB has no snapshots of one. */
  Moment(Tables tables) {
    db = tables.db();
    snapshot = tables.view() ? null : db.getSnapshot();
    if (snapshot != null) {
      options.setSnapshot(snapshot);
    }
  }

  /** Closed with this. */
  ReadOptions options() {
    return options;
  }

  @Override
  public void close() {
    options.close();
    if (snapshot != null) {
      db.releaseSnapshot(snapshot);
    }
  }
}
