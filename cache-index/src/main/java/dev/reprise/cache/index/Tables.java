package dev.reprise.cache.index;

import java.util.List;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;

/**
 * An open RocksDB with its column families. Native handles: whoever is given them uses them until
 * it returns and keeps none, see {@link Gate}.
 */
record Tables(
    RocksDB db,
    boolean view,
    ColumnFamilyHandle standard,
    ColumnFamilyHandle entries,
    ColumnFamilyHandle bodies,
    ColumnFamilyHandle notes,
    ColumnFamilyHandle meta) {
  /**
   * Takes the handles in the order of {@link Tuning#families}.
   *
   * @param view whether it was opened beside a writer, to be read alone
   */
  static Tables of(RocksDB db, boolean view, List<ColumnFamilyHandle> handles) {
    return new Tables(
        db, view, handles.get(0), handles.get(1), handles.get(2), handles.get(3), handles.get(4));
  }

  List<ColumnFamilyHandle> handles() {
    return List.of(standard, entries, bodies, notes, meta);
  }
}
