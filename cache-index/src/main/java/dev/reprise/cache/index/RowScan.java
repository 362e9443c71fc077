package dev.reprise.cache.index;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * Walks all rows of a family whose keys begin alike. Damage in a file ends a RocksDB iterator for
 * good, so the walk goes on behind it: it tries one key range after the other, of 65,536, until it
 * finds rows again.
 */
final class RowScan {
  private static final int RANGES = 1 << 16;

  private final byte[] prefix;
  private final Visitor each;

  /** Takes rows one by one. */
  interface Visitor {
    /** There is a row. */
    void row(byte[] key, byte[] value) throws RocksDBException;

    /**
     * Part of a file cannot be read, with nobody knows how many rows.
     *
     * @param why for people
     */
    void damaged(String why);
  }

  /**
   * @param prefix of the keys, behind which they are digests
   */
  RowScan(byte[] prefix, Visitor each) {
    this.prefix = prefix;
    this.each = each;
  }

  void run(Tables tables, ColumnFamilyHandle family, Moment moment) throws RocksDBException {
    int range = 0;
    try (RocksIterator at = tables.db().newIterator(family, moment.options().setFillCache(false))) {
      at.seek(start(range));
      while (true) {
        while (at.isValid() && isWanted(at.key())) {
          byte[] key = at.key();
          range = range(key);
          each.row(key, at.value());
          at.next();
        }
        String damage = at.isValid() ? null : damage(at);
        if (damage == null) {
          return;
        }
        each.damaged(damage);
        range = seekBehind(at, range);
      }
    }
  }

  /** The damage, for people, that ended an iterator; null if it came to the end. */
  private static @Nullable String damage(RocksIterator at) throws RocksDBException {
    try {
      at.status();
      return null;
    } catch (RocksDBException e) {
      if (!Database.isCorruption(e)) {
        throw e;
      }
      return String.valueOf(e.getMessage());
    }
  }

  /** Returns the range in which there are rows again, or behind which there are none. */
  private int seekBehind(RocksIterator at, int before) throws RocksDBException {
    for (int range = before + 1; range < RANGES; range++) {
      at.seek(start(range));
      if (at.isValid() || damage(at) == null) {
        return range;
      }
    }
    return RANGES;
  }

  private byte[] start(int range) {
    byte[] start = Arrays.copyOf(prefix, prefix.length + 2);
    start[prefix.length] = (byte) (range >>> 8);
    start[prefix.length + 1] = (byte) range;
    return start;
  }

  private int range(byte[] key) {
    return Byte.toUnsignedInt(key[prefix.length]) << 8 | Byte.toUnsignedInt(key[prefix.length + 1]);
  }

  private boolean isWanted(byte[] key) {
    return key.length >= prefix.length + 2
        && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
  }
}
