package dev.reprise.cache.index;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheIndex.EntryVisitor;
import org.rocksdb.RocksDBException;

/** Walks all entries of a scope, also those behind damage in a file. */
final class EntryScan {
  private final Tables tables;
  private final Rows rows;
  private final EntryVisitor each;

  EntryScan(Tables tables, Rows rows, EntryVisitor each) {
    this.tables = tables;
    this.rows = rows;
    this.each = each;
  }

  void run() throws RocksDBException {
    try (Moment moment = new Moment(tables)) {
      RowScan.Visitor visitor =
          new RowScan.Visitor() {
            @Override
            public void row(byte[] key, byte[] value) throws RocksDBException {
              visit(moment, key, value);
            }

            @Override
            public void damaged(String why) {
              each.damaged(null, why);
            }
          };
      new RowScan(rows.scope(), visitor).run(tables, tables.entries(), moment);
    }
  }

  private void visit(Moment moment, byte[] rowKey, byte[] row) throws RocksDBException {
    CacheKey key = new CacheKey(Fingerprint.read(rowKey, Scope.ID_BYTES));
    CacheEntry entry;
    try {
      entry = rows.decode(tables, moment, key, row);
    } catch (BadRecordException e) {
      each.damaged(key, String.valueOf(e.getMessage()));
      return;
    } catch (RocksDBException e) {
      if (!Database.isCorruption(e)) {
        throw e;
      }
      each.damaged(key, String.valueOf(e.getMessage()));
      return;
    }
    each.entry(entry);
  }
}
