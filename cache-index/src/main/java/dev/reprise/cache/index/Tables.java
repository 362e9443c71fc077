package dev.reprise.cache.index;

import java.util.List;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

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

  /**
   * The same, having read the names of all scopes and their generations. Whatever is done with an
   * index begins with the one, whatever is replaced in it with the other, so an index that has lost
   * them would be of no use for ever; what else is damaged costs what it held.
   *
   * @throws RocksDBException if they cannot be read; all is closed then
   */
  static Tables readable(RocksDB db, boolean view, List<ColumnFamilyHandle> handles)
      throws RocksDBException {
    Tables tables = of(db, view, handles);
    try (RocksIterator names = db.newIterator(tables.meta())) {
      names.seekToFirst();
      while (names.isValid()) {
        new Rows(names.key()).generation(tables);
        names.next();
      }
      names.status();
      return tables;
    } catch (RocksDBException e) {
      handles.forEach(ColumnFamilyHandle::close);
      db.close();
      throw e;
    }
  }

  List<ColumnFamilyHandle> handles() {
    return List.of(standard, entries, bodies, notes, meta);
  }
}
