package dev.reprise.cache.index;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.FileMemo;
import dev.reprise.cache.fingerprint.FileStamp;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.IndexBatch.Change;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the digests of files in an index, from one run to the next. What is remembered is
 * written by {@link #flush}; trouble with the index costs reading files again and nothing else.
 */
public final class IndexFileMemo implements FileMemo {
  private static final int VERSION = 1;
  private static final byte[] SEED = {'R', 'P', 'F', 'M'};

  private final CacheIndex index;

  // Guarded by this.
  private final Map<Fingerprint, Bytes> unwritten = new HashMap<>();

  public IndexFileMemo(CacheIndex index) {
    this.index = index;
  }

  @Override
  public Optional<Fingerprint> find(FileStamp stamp) {
    Fingerprint path = stamp.pathDigest();
    Bytes record = unwritten(path);
    if (record == null) {
      try {
        record = index.notes(NoteKind.FILE_MEMO, List.of(path)).get(0);
      } catch (CacheUnavailableException e) {
        return Optional.empty(); // whoever needs the index for more will say so
      }
    }
    return record == null ? Optional.empty() : content(stamp, record);
  }

  @Override
  public void remember(FileStamp stamp, Fingerprint content) {
    ByteWriter to = new ByteWriter();
    to.putByte(VERSION);
    stamp.digest().write(to.array(), to.reserve(Fingerprint.BYTES));
    content.write(to.array(), to.reserve(Fingerprint.BYTES));
    to.putCrc(SEED, 0);
    synchronized (this) {
      unwritten.put(stamp.pathDigest(), Bytes.wrap(to.toByteArray()));
    }
  }

  /**
   * Writes what was remembered since the last time.
   *
   * @throws CacheUnavailableException if it cannot be written; it is forgotten then
   */
  public void flush() throws CacheUnavailableException {
    IndexBatch batch = new IndexBatch();
    synchronized (this) {
      unwritten.forEach(
          (path, record) -> batch.add(new Change.PutNote(NoteKind.FILE_MEMO, path, record)));
      unwritten.clear();
    }
    index.write(batch);
  }

  private synchronized @Nullable Bytes unwritten(Fingerprint path) {
    return unwritten.get(path);
  }

  private static Optional<Fingerprint> content(FileStamp stamp, Bytes record) {
    try {
      ByteReader from = new ByteReader(record.array()).checked(SEED);
      if (from.getByte() != VERSION) {
        return Optional.empty();
      }
      Fingerprint known = Fingerprint.read(from.array(), from.skip(Fingerprint.BYTES));
      Fingerprint content = Fingerprint.read(from.array(), from.skip(Fingerprint.BYTES));
      from.checkEnd();
      return known.equals(stamp.digest()) ? Optional.of(content) : Optional.empty();
    } catch (BadRecordException e) {
      return Optional.empty();
    }
  }
}
