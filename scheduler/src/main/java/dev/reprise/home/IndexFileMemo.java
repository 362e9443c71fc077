package dev.reprise.home;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.FileMemo;
import dev.reprise.cache.fingerprint.FileStamp;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.IndexBatch;
import dev.reprise.cache.index.NoteKind;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers the digests of files in the index: under the digest of the path, the digest of the
 * whole stamp and the content's. An index that fails costs a read of the file.
 */
final class IndexFileMemo implements FileMemo {
  private static final Logger log = LoggerFactory.getLogger(IndexFileMemo.class);
  private static final int VERSION = 1;

  private final CacheIndex index;
  private final boolean writes;

  /**
   * Takes an index.
   *
   * @param writes whether it may be written
   */
  IndexFileMemo(CacheIndex index, boolean writes) {
    this.index = index;
    this.writes = writes;
  }

  @Override
  public Optional<Fingerprint> find(FileStamp stamp) {
    try {
      Bytes row = index.notes(NoteKind.FILE_MEMO, List.of(stamp.pathDigest())).get(0);
      return row == null ? Optional.empty() : content(row, stamp);
    } catch (CacheUnavailableException e) {
      log.debug("{} is read again, since its memo cannot be: {}", stamp.path(), e.getMessage());
      return Optional.empty();
    }
  }

  private static Optional<Fingerprint> content(Bytes row, FileStamp stamp) {
    try {
      ByteReader reader = new ByteReader(row.array());
      boolean same =
          reader.getByte() == VERSION && Fingerprint.of(reader.getBytes()).equals(stamp.digest());
      return same ? Optional.of(Fingerprint.of(reader.getBytes())) : Optional.empty();
    } catch (BadRecordException | IllegalArgumentException e) {
      return Optional.empty(); // damaged: the file is read again and the row written anew
    }
  }

  @Override
  public void remember(FileStamp stamp, Fingerprint content) {
    if (!writes) {
      return;
    }
    ByteWriter row =
        new ByteWriter()
            .putByte(VERSION)
            .putBytes(stamp.digest().bytes())
            .putBytes(content.bytes());
    IndexBatch batch = new IndexBatch();
    batch.add(
        new IndexBatch.Change.PutNote(
            NoteKind.FILE_MEMO, stamp.pathDigest(), Bytes.wrap(row.toByteArray())));
    try {
      index.write(batch);
    } catch (CacheUnavailableException e) {
      log.debug("the digest of {} is not remembered: {}", stamp.path(), e.getMessage());
    }
  }
}
