package dev.reprise.cache.index;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.FileBlock;
import dev.reprise.cache.fingerprint.FileStamp;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.StampedFile;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Files of a block as a record: version, digest of the paths, number of files, and of each whether
 * it is remembered, size, both times, identity and content. A checksum ends it.
 */
final class FileBlockFormat {
  private static final int VERSION = 1;
  private static final byte[] SEED = {'R', 'P', 'F', 'B'};

  /** The least that a file takes. */
  private static final int LEAST_BYTES = 1;

  private FileBlockFormat() {}

  static Bytes encode(FileBlock block, @Nullable StampedFile[] files) {
    ByteWriter to = new ByteWriter();
    to.putByte(VERSION);
    EntryFormat.putFingerprint(block.pathsDigest(), to);
    to.putVarint(files.length);
    for (StampedFile file : files) {
      to.putByte(file == null ? 0 : 1);
      if (file != null) {
        FileStamp stamp = file.stamp();
        to.putVarint(stamp.size())
            .putLong(stamp.modifiedNanos())
            .putLong(stamp.changedNanos())
            .putString(stamp.identity());
        EntryFormat.putFingerprint(file.content(), to);
      }
    }
    return Bytes.wrap(to.putCrc(SEED, 0).toByteArray());
  }

  /** Reads into {@code files}; leaves them null if the record is damaged or of other files. */
  static void read(Bytes record, FileBlock block, @Nullable StampedFile[] files) {
    try {
      ByteReader from = new ByteReader(record.array()).checked(SEED);
      if (from.getByte() != VERSION
          || !Fingerprint.read(from.array(), from.skip(Fingerprint.BYTES))
              .equals(block.pathsDigest())
          || from.getCount(LEAST_BYTES) != files.length) {
        return;
      }
      for (int i = 0; i < files.length; i++) {
        if (from.getByte() == 1) {
          FileStamp stamp =
              new FileStamp(
                  block.paths().get(i),
                  from.getVarint(),
                  from.getLong(),
                  from.getLong(),
                  from.getString(),
                  FileStamp.Kind.FILE);
          files[i] =
              new StampedFile(stamp, Fingerprint.read(from.array(), from.skip(Fingerprint.BYTES)));
        }
      }
      from.checkEnd();
    } catch (BadRecordException e) {
      Arrays.fill(files, null); // each is looked up by itself, and the record written anew
    }
  }
}
