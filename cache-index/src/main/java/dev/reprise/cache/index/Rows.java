package dev.reprise.cache.index;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.BigEndian;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.IndexBatch.Change;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * How entries and notes of one scope lie in RocksDB.
 *
 * <p>A row's key is the scope's id and the cache key; a note's is the scope's id, its kind and its
 * id. An entry's row holds the whole record, or, when its body is long, the head alone, and the
 * body lies under the same key in a family of its own. A body that a shorter record has left behind
 * there is never read; it goes with the entry.
 */
final class Rows {
  /**
   * Longer bodies would get in the way of scans. A result of a kilobyte has its record as one row:
   * two cost nearly twice as much to write.
   */
  private static final int LONGEST_BODY = 1024 + 256;

  private static final int AT_ONCE = 512;

  private final byte[] scope;

  /**
   * @param scope id of the scope
   */
  Rows(byte[] scope) {
    this.scope = scope;
  }

  /** Adds the changes to {@code to}. */
  void write(IndexBatch changes, Tables tables, WriteBatch to) throws RocksDBException {
    ByteWriter record = new ByteWriter();
    for (Change change : changes.changes()) {
      if (change instanceof Change.Put put) {
        write(put.entry(), record, tables, to);
      } else if (change instanceof Change.Remove remove) {
        byte[] key = key(remove.key().digest());
        to.delete(tables.entries(), key);
        to.delete(tables.bodies(), key);
      } else if (change instanceof Change.PutNote note) {
        to.put(tables.notes(), key(note.kind(), note.id()), note.value().array());
      } else if (change instanceof Change.RemoveNote note) {
        to.delete(tables.notes(), key(note.kind(), note.id()));
      }
    }
  }

  private void write(CacheEntry entry, ByteWriter record, Tables tables, WriteBatch to)
      throws RocksDBException {
    record.clear();
    int bodyAt = EntryFormat.write(entry, record);
    byte[] key = key(entry.key().digest());
    byte[] bytes = record.toByteArray();
    if (bytes.length - bodyAt <= LONGEST_BODY) {
      to.put(tables.entries(), key, bytes);
    } else {
      to.put(tables.bodies(), key, Arrays.copyOfRange(bytes, bodyAt, bytes.length));
      to.put(tables.entries(), key, Arrays.copyOf(bytes, bodyAt));
    }
  }

  /** The entries under {@code keys}, place by place; null where there is none or it is damaged. */
  List<@Nullable CacheEntry> read(Tables tables, List<CacheKey> keys) throws RocksDBException {
    int[] order = order(keys);
    List<@Nullable CacheEntry> found =
        new ArrayList<>(Collections.<@Nullable CacheEntry>nCopies(keys.size(), null));
    for (int from = 0; from < order.length; from += AT_ONCE) {
      int[] places = Arrays.copyOfRange(order, from, Math.min(order.length, from + AT_ONCE));
      try (Moment moment = new Moment(tables)) {
        read(tables, moment, keys, places, found);
      }
    }
    return found;
  }

  private void read(
      Tables tables,
      Moment moment,
      List<CacheKey> keys,
      int[] places,
      List<@Nullable CacheEntry> found)
      throws RocksDBException {
    List<byte[]> rowKeys = new ArrayList<>(places.length);
    for (int place : places) {
      rowKeys.add(key(keys.get(place).digest()));
    }
    List<byte @Nullable []> rows = get(tables.db(), moment, tables.entries(), rowKeys);
    List<byte[]> withLongBody = new ArrayList<>();
    for (int i = 0; i < places.length; i++) {
      byte[] row = rows.get(i);
      if (row != null && EntryHead.size(row, row.length) == row.length) {
        withLongBody.add(rowKeys.get(i));
      }
    }
    List<byte @Nullable []> bodies = get(tables.db(), moment, tables.bodies(), withLongBody);
    int nextBody = 0;
    for (int i = 0; i < places.length; i++) {
      byte[] row = rows.get(i);
      if (row != null) {
        boolean longBody = EntryHead.size(row, row.length) == row.length;
        byte[] body = longBody ? bodies.get(nextBody++) : null;
        if (!longBody || body != null) {
          found.set(places[i], decodeOrNull(keys.get(places[i]), row, body));
        }
      }
    }
  }

  private static List<byte @Nullable []> get(
      RocksDB db, Moment moment, ColumnFamilyHandle family, List<byte[]> keys)
      throws RocksDBException {
    return keys.isEmpty()
        ? List.of()
        : db.multiGetAsList(moment.options(), Collections.nCopies(keys.size(), family), keys);
  }

  private static @Nullable CacheEntry decodeOrNull(
      CacheKey key, byte[] row, byte @Nullable [] longBody) {
    try {
      return decode(key, row, longBody);
    } catch (BadRecordException e) {
      return null; // as good as not there; forEach() names it
    }
  }

  /** Decodes a row and, if it does not lie there, its body. */
  static CacheEntry decode(CacheKey key, byte[] row, byte @Nullable [] longBody)
      throws BadRecordException {
    ByteReader reader = new ByteReader(row);
    EntryHead.read(reader, key);
    int head = reader.position();
    return EntryFormat.decode(key, row, head, longBody == null ? reader : new ByteReader(longBody));
  }

  /** Decodes the row of a scan, getting its body if that lies elsewhere. */
  CacheEntry decode(Tables tables, Moment moment, CacheKey key, byte[] row)
      throws RocksDBException, BadRecordException {
    byte[] longBody = null;
    if (EntryHead.size(row, row.length) == row.length) {
      longBody = tables.db().get(tables.bodies(), moment.options(), key(key.digest()));
    }
    return decode(key, row, longBody);
  }

  /**
   * Says in the same batch that entries were removed or replaced. Called on the thread that writes,
   * right before the batch is written.
   */
  void moveOn(Tables tables, WriteBatch to) throws RocksDBException {
    byte[] moved = new byte[Long.BYTES];
    BigEndian.putLong(moved, 0, generation(tables) + 1);
    to.put(tables.notes(), generationKey(), moved);
  }

  /** How often entries of the scope were removed or replaced. */
  long generation(Tables tables) throws RocksDBException {
    byte[] row = tables.db().get(tables.notes(), generationKey());
    return row == null ? 0 : BigEndian.getLong(row, 0);
  }

  private byte[] generationKey() {
    byte[] key = Arrays.copyOf(scope, scope.length + 1);
    key[scope.length] = NoteKind.GENERATION.id();
    return key;
  }

  /** The notes under {@code ids}, place by place; null where there is none. */
  List<@Nullable Bytes> notes(Tables tables, NoteKind kind, List<Fingerprint> ids)
      throws RocksDBException {
    List<@Nullable Bytes> found = new ArrayList<>(ids.size());
    for (int from = 0; from < ids.size(); from += AT_ONCE) {
      List<byte[]> keys = new ArrayList<>();
      for (Fingerprint id : ids.subList(from, Math.min(ids.size(), from + AT_ONCE))) {
        keys.add(key(kind, id));
      }
      try (Moment moment = new Moment(tables)) {
        for (byte[] value : get(tables.db(), moment, tables.notes(), keys)) {
          found.add(value == null ? null : Bytes.wrap(value));
        }
      }
    }
    return found;
  }

  /** Shows the notes of a kind, ascending by id, also those behind damage in a file. */
  void forEachNote(Tables tables, NoteKind kind, CacheIndex.NoteVisitor each)
      throws RocksDBException {
    byte[] prefix = Arrays.copyOf(scope, scope.length + 1);
    prefix[scope.length] = kind.id();
    RowScan.Visitor visitor =
        new RowScan.Visitor() {
          @Override
          public void row(byte[] key, byte[] value) {
            if (key.length == prefix.length + Fingerprint.BYTES) {
              each.note(Fingerprint.read(key, prefix.length), Bytes.wrap(value));
            }
          }

          @Override
          public void damaged(String why) {
            each.damaged(why);
          }
        };
    try (Moment moment = new Moment(tables)) {
      new RowScan(prefix, visitor).run(tables, tables.notes(), moment);
    }
  }

  byte[] scope() {
    return scope;
  }

  private static int[] order(List<CacheKey> keys) {
    byte[] packed = new byte[keys.size() * Fingerprint.BYTES];
    for (int i = 0; i < keys.size(); i++) {
      keys.get(i).digest().write(packed, i * Fingerprint.BYTES);
    }
    return KeyOrder.of(packed, keys.size());
  }

  byte[] key(Fingerprint digest) {
    byte[] key = Arrays.copyOf(scope, scope.length + Fingerprint.BYTES);
    digest.write(key, scope.length);
    return key;
  }

  private byte[] key(NoteKind kind, Fingerprint id) {
    byte[] key = Arrays.copyOf(scope, scope.length + 1 + Fingerprint.BYTES);
    key[scope.length] = kind.id();
    id.write(key, scope.length + 1);
    return key;
  }
}
