package dev.reprise.cache.index;

import dev.reprise.cache.base.BigEndian;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.LookupBatch.Answer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.rocksdb.ByteBufferGetStatus;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Status;

/**
 * Answers part of a batch, in the order of its keys, in one scope. Belongs to one thread.
 *
 * <p>There are two ways. A {@link #scan} steps an iterator through the rows; a step costs a fifth
 * of a look-up, so it pays while there are only few rows between one wanted key and the next.
 * {@link #gets} asks for keys by the hundred and leaves the rest of the index alone. A scan that
 * finds itself skipping, or meets damage, hands over to gets.
 */
final class Lookups {
  /** Fewer keys are not worth an iterator. */
  static final int LEAST_TO_SCAN = 32;

  /** More rows than this for each wanted key are not worth stepping through. */
  static final int MOST_ROWS_PER_KEY = 6;

  private static final int STEPS_BEFORE_SEEK = 4 * MOST_ROWS_PER_KEY;
  private static final int SEEKS_BEFORE_GETS = 64;
  private static final int GETS_AT_ONCE = 512;
  private static final int ROW_KEY = Scope.ID_BYTES + Fingerprint.BYTES;

  private final RocksDB db;
  private final ColumnFamilyHandle entries;
  private final LookupBatch batch;
  private final int[] order;
  private final byte[] scope;
  private final Judge judge;
  private final byte[] record = new byte[EntryHead.MOST];
  private final byte[] rowKey = new byte[ROW_KEY];

  /**
   * @param order places of the batch, ascending by key
   * @param scope id of the scope
   */
  Lookups(Tables tables, LookupBatch batch, int[] order, byte[] scope, Judge judge) {
    this.db = tables.db();
    this.entries = tables.entries();
    this.batch = batch;
    this.order = order;
    this.scope = scope;
    this.judge = judge;
    System.arraycopy(scope, 0, rowKey, 0, Scope.ID_BYTES);
  }

  /** Answers places {@code from} to before {@code to} of the order, the better way. */
  void answer(int from, int to, boolean dense) throws RocksDBException, CacheUnavailableException {
    int answered = dense && to - from >= LEAST_TO_SCAN ? scan(from, to) : from;
    gets(answered, to);
  }

  /** Returns how far it came. */
  private int scan(int from, int to) throws RocksDBException, CacheUnavailableException {
    ByteBuffer key = ByteBuffer.allocateDirect(ROW_KEY);
    ByteBuffer value = ByteBuffer.allocateDirect(EntryHead.MOST);
    int seeks = 0;
    try (RocksIterator rows = db.newIterator(entries)) {
      seek(rows, key, order[from]);
      int compared = 0;
      for (int i = from; i < to; i++) {
        int place = order[i];
        int steps = 0;
        while (rows.isValid() && (compared = compare(rows, key, place)) < 0) {
          if (++steps <= STEPS_BEFORE_SEEK) {
            rows.next();
          } else if (++seeks <= SEEKS_BEFORE_GETS + (i - from) / STEPS_BEFORE_SEEK) {
            seek(rows, key, place);
          } else {
            return i;
          }
        }
        if (!rows.isValid() && !isAtEnd(rows)) {
          return i;
        }
        if (!rows.isValid() || compared > 0) {
          batch.miss(place, Answer.NO_ENTRY);
        } else {
          value.clear();
          int length = Math.min(rows.value(value), EntryHead.MOST);
          value.get(0, record, 0, length);
          judge.judge(batch, place, record, length);
        }
      }
    }
    return to;
  }

  private void seek(RocksIterator rows, ByteBuffer key, int place) {
    key.clear();
    key.put(scope).put(batch.keys(), place * Fingerprint.BYTES, Fingerprint.BYTES).flip();
    rows.seek(key);
  }

  /** Compares the row under the iterator with the one that is wanted. */
  private int compare(RocksIterator rows, ByteBuffer key, int place) {
    key.clear();
    rows.key(key);
    key.get(0, rowKey, 0, ROW_KEY);
    long itsScope = BigEndian.getLong(rowKey, 0);
    long myScope = BigEndian.getLong(scope, 0);
    return itsScope != myScope
        ? Long.compareUnsigned(itsScope, myScope)
        : -KeyOrder.compare(batch.keys(), place, rowKey, Scope.ID_BYTES);
  }

  /** Whether an iterator that is not valid came to the end, as against to damage. */
  private static boolean isAtEnd(RocksIterator rows) throws RocksDBException {
    try {
      rows.status();
      return true;
    } catch (RocksDBException e) {
      if (Database.isCorruption(e)) {
        return false;
      }
      throw e;
    }
  }

  private void gets(int from, int to) throws RocksDBException, CacheUnavailableException {
    int atOnce = Math.min(GETS_AT_ONCE, to - from);
    if (atOnce <= 0) {
      return;
    }
    List<ByteBuffer> keys = slices(atOnce, ROW_KEY);
    List<ByteBuffer> values = slices(atOnce, EntryHead.MOST);
    try (ReadOptions options = new ReadOptions()) {
      for (int at = from; at < to; at += atOnce) {
        gets(at, Math.min(to, at + atOnce), keys, values, options);
      }
    }
  }

  private void gets(
      int from, int to, List<ByteBuffer> keys, List<ByteBuffer> values, ReadOptions options)
      throws RocksDBException, CacheUnavailableException {
    int count = to - from;
    for (int i = 0; i < count; i++) {
      int at = order[from + i] * Fingerprint.BYTES;
      keys.get(i).clear().put(scope).put(batch.keys(), at, Fingerprint.BYTES).flip();
      values.get(i).clear();
    }
    List<ByteBufferGetStatus> found =
        db.multiGetByteBuffers(
            options,
            Collections.nCopies(count, entries),
            keys.subList(0, count),
            values.subList(0, count));
    for (int i = 0; i < count; i++) {
      answer(order[from + i], found.get(i));
    }
  }

  private void answer(int place, ByteBufferGetStatus found)
      throws RocksDBException, CacheUnavailableException {
    switch (found.status.getCode()) {
      case Ok -> {
        int length = Math.min(found.requiredSize, EntryHead.MOST);
        found.value.get(0, record, 0, length);
        judge.judge(batch, place, record, length);
      }
      case NotFound -> batch.miss(place, Answer.NO_ENTRY);
      case Corruption -> batch.miss(place, Answer.ENTRY_CORRUPT);
      default ->
          throw new RocksDBException(
              new Status(
                  found.status.getCode(), found.status.getSubCode(), found.status.getState()));
    }
  }

  private static List<ByteBuffer> slices(int count, int size) {
    ByteBuffer all = ByteBuffer.allocateDirect(count * size);
    List<ByteBuffer> slices = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      slices.add(all.slice(i * size, size));
    }
    return slices;
  }
}
