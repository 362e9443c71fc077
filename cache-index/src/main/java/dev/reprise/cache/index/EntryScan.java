package dev.reprise.cache.index;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheIndex.EntryVisitor;
import java.util.Arrays;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * Walks all entries of a scope. Damage in a file ends a RocksDB iterator for good, so the walk goes
 * on behind it: it tries one key range after the other, of 65,536, until it finds rows again.
 */
final class EntryScan {
  private static final int RANGES = 1 << 16;

  private final Tables tables;
  private final Rows rows;
  private final EntryVisitor each;

  EntryScan(Tables tables, Rows rows, EntryVisitor each) {
    this.tables = tables;
    this.rows = rows;
    this.each = each;
  }

  void run() throws RocksDBException {
    int range = 0;
    try (Moment moment = new Moment(tables);
        RocksIterator at =
            tables.db().newIterator(tables.entries(), moment.options().setFillCache(false))) {
      at.seek(start(range));
      while (true) {
        while (at.isValid() && isInScope(at.key())) {
          byte[] key = at.key();
          range = range(key);
          visit(moment, key, at.value());
          at.next();
        }
        if (at.isValid() || isAtEnd(at)) {
          return;
        }
        range = seekBehindDamage(at, range);
      }
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

  /** Tells of the damage if that is what ended the iterator. */
  private boolean isAtEnd(RocksIterator at) throws RocksDBException {
    try {
      at.status();
      return true;
    } catch (RocksDBException e) {
      if (!Database.isCorruption(e)) {
        throw e;
      }
      each.damaged(null, String.valueOf(e.getMessage()));
      return false;
    }
  }

  /** Returns the range in which there are rows again, or behind which there are none. */
  private int seekBehindDamage(RocksIterator at, int before) throws RocksDBException {
    for (int range = before + 1; range < RANGES; range++) {
      at.seek(start(range));
      if (at.isValid()) {
        return range;
      }
      try {
        at.status();
        return range;
      } catch (RocksDBException e) {
        if (!Database.isCorruption(e)) {
          throw e;
        }
      }
    }
    return RANGES;
  }

  private byte[] start(int range) {
    byte[] start = Arrays.copyOf(rows.scope(), Scope.ID_BYTES + 2);
    start[Scope.ID_BYTES] = (byte) (range >>> 8);
    start[Scope.ID_BYTES + 1] = (byte) range;
    return start;
  }

  private static int range(byte[] key) {
    return Byte.toUnsignedInt(key[Scope.ID_BYTES]) << 8
        | Byte.toUnsignedInt(key[Scope.ID_BYTES + 1]);
  }

  private boolean isInScope(byte[] key) {
    return Arrays.equals(key, 0, Scope.ID_BYTES, rows.scope(), 0, Scope.ID_BYTES);
  }
}
