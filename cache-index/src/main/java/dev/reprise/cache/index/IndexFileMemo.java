package dev.reprise.cache.index;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.FileBlock;
import dev.reprise.cache.fingerprint.FileMemo;
import dev.reprise.cache.fingerprint.FileStamp;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.StampedFile;
import dev.reprise.cache.index.IndexBatch.Change;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers the digests of files in an index, from one run to the next. Each is written at once, so
 * that a run that is killed has not read large files in vain. Trouble with the index costs reading
 * files again and nothing else.
 */
public final class IndexFileMemo implements FileMemo {
  private static final Logger log = LoggerFactory.getLogger(IndexFileMemo.class);
  private static final int VERSION = 1;
  private static final byte[] SEED = {'R', 'P', 'F', 'M'};

  private final CacheIndex index;
  private final boolean writes;

  /**
   * @param writes whether {@code index} may be written; else nothing new is remembered
   */
  public IndexFileMemo(CacheIndex index, boolean writes) {
    this.index = index;
    this.writes = writes;
  }

  @Override
  public Optional<Fingerprint> find(FileStamp stamp) {
    try {
      Bytes record = index.notes(NoteKind.FILE_MEMO, List.of(stamp.pathDigest())).get(0);
      return record == null ? Optional.empty() : content(stamp, record);
    } catch (CacheUnavailableException e) {
      log.debug("{} is read again, since its memo cannot be: {}", stamp.path(), e.getMessage());
      return Optional.empty(); // whoever needs the index for more will say so
    }
  }

  @Override
  public void remember(FileStamp stamp, Fingerprint content) {
    if (!writes) {
      return;
    }
    ByteWriter to = new ByteWriter();
    to.putByte(VERSION);
    EntryFormat.putFingerprint(stamp.digest(), to);
    EntryFormat.putFingerprint(content, to);
    to.putCrc(SEED, 0);
    write(NoteKind.FILE_MEMO, stamp.pathDigest(), Bytes.wrap(to.toByteArray()));
  }

  @Override
  public @Nullable StampedFile[] find(FileBlock block) {
    @Nullable StampedFile[] files = new StampedFile[block.paths().size()];
    try {
      Bytes record = index.notes(NoteKind.FILE_BLOCK, List.of(block.id())).get(0);
      if (record != null) {
        FileBlockFormat.read(record, block, files);
      }
    } catch (CacheUnavailableException e) {
      log.debug("each file of {} is looked up by itself: {}", block.list(), e.getMessage());
    }
    return files;
  }

  @Override
  public void remember(FileBlock block, @Nullable StampedFile[] files) {
    if (writes) {
      write(NoteKind.FILE_BLOCK, block.id(), FileBlockFormat.encode(block, files));
    }
  }

  private void write(NoteKind kind, Fingerprint id, Bytes record) {
    IndexBatch batch = new IndexBatch();
    batch.add(new Change.PutNote(kind, id, record));
    try {
      index.write(batch);
    } catch (CacheUnavailableException e) {
      log.debug("digests of files are not remembered: {}", e.getMessage());
    }
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
      return Optional.empty(); // the file is read again and the row written anew
    }
  }
}
