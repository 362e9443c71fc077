package dev.reprise.cache.index;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.BigEndian;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.Manifest;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The first part of an index record: all that a look-up needs, at fixed offsets, with a checksum of
 * its own, so that nothing else is read or decoded. Read in place, without an object per record;
 * belongs to one thread.
 *
 * <pre>
 *  0  1  version of the record, at the most          {@link EntryFormat#VERSION}
 *  1  1  number of blobs listed here, {@link #SEE_BODY} for: more, they stand in the body
 *  2  2  0
 *  4  4  number of partitions
 *  8  8  created, milliseconds since 1970
 * 16  8  expires, likewise; 0 for never
 * 24  8  duration, nanoseconds
 * 32 32  content digest
 * 64 40  for each blob listed: address (32), size (8)
 *     4  CRC32C of the cache key and of the above
 * </pre>
 */
final class EntryHead {
  /** Bytes of the head of a record without blobs. */
  static final int LEAST = 64 + 4;

  /** Bytes of the longest head. */
  static final int MOST = 64 + EntryHead.MOST_BLOBS * EntryHead.BLOB + 4;

  private static final int MOST_BLOBS = 4;
  private static final int SEE_BODY = 0xff;
  private static final int BLOB = Fingerprint.BYTES + Long.BYTES;
  private static final int BLOBS_AT = 64;

  /** What a record is at first sight. */
  enum State {
    /** Its head may be used. */
    SOUND,
    /** Its head fails the checksum or is cut short. */
    CORRUPT,
    /** A newer Reprise wrote it; for this one it is not there. */
    NEWER
  }

  private final CRC32C crc = new CRC32C();

  /**
   * Checks the head of the record under a key.
   *
   * @param key holds the 32 bytes of the cache key from {@code keyAt} on
   * @param record holds the record from 0 on, or its first {@link #MOST} bytes
   * @param length number of bytes of it that are there
   */
  State check(byte[] key, int keyAt, byte[] record, int length) {
    if (length < 1 || record[0] == 0) {
      return State.CORRUPT;
    }
    if (version(record) > EntryFormat.VERSION) {
      return State.NEWER;
    }
    int size = size(record, length);
    if (size > length) {
      return State.CORRUPT;
    }
    crc.reset();
    crc.update(key, keyAt, Fingerprint.BYTES);
    crc.update(record, 0, size - Integer.BYTES);
    return (int) crc.getValue() == BigEndian.getInt(record, size - Integer.BYTES)
        ? State.SOUND
        : State.CORRUPT;
  }

  /** Bytes of the head; more than {@code length} if it is cut short. */
  static int size(byte[] record, int length) {
    if (length < LEAST) {
      return LEAST;
    }
    int blobs = Byte.toUnsignedInt(record[1]);
    return LEAST + (blobs == SEE_BODY ? 0 : blobs * BLOB);
  }

  static int version(byte[] record) {
    return Byte.toUnsignedInt(record[0]);
  }

  static int partitions(byte[] record) {
    return BigEndian.getInt(record, 4);
  }

  static long createdMillis(byte[] record) {
    return BigEndian.getLong(record, 8);
  }

  static long expiresMillis(byte[] record) {
    return BigEndian.getLong(record, 16);
  }

  static long durationNanos(byte[] record) {
    return BigEndian.getLong(record, 24);
  }

  /** Offset of the content digest. */
  static int contentAt() {
    return 32;
  }

  /** Whether there are too many blobs to be listed in the head. */
  static boolean blobsStandInBody(byte[] record) {
    return Byte.toUnsignedInt(record[1]) == SEE_BODY;
  }

  /** Number of blobs listed. */
  static int blobs(byte[] record) {
    return blobsStandInBody(record) ? 0 : Byte.toUnsignedInt(record[1]);
  }

  static Fingerprint blobAddress(byte[] record, int blob) {
    return Fingerprint.read(record, BLOBS_AT + blob * BLOB);
  }

  static long blobSize(byte[] record, int blob) {
    return BigEndian.getLong(record, BLOBS_AT + blob * BLOB + Fingerprint.BYTES);
  }

  /** Whether the entry is past its time to live or older than the consumer accepts. */
  static boolean isExpired(byte[] record, long nowMillis, long maxAgeMillis) {
    return CacheEntry.isExpired(expiresMillis(record), nowMillis)
        || CacheEntry.isTooOld(createdMillis(record), nowMillis, maxAgeMillis);
  }

  static void write(CacheEntry entry, byte[] key, ByteWriter to) {
    Manifest manifest = entry.manifest();
    List<BlobRef> blobs = manifest.blobs();
    boolean listed = blobs.size() <= MOST_BLOBS;
    int from = to.size();
    to.putByte(EntryFormat.version(entry)).putByte(listed ? blobs.size() : SEE_BODY);
    to.putByte(0).putByte(0).putInt(manifest.partitions().size());
    to.putLong(entry.createdMillis()).putLong(entry.expiresMillis());
    to.putLong(entry.origin().durationNanos());
    EntryFormat.putFingerprint(manifest.content(), to);
    if (listed) {
      for (BlobRef blob : blobs) {
        EntryFormat.putFingerprint(blob.address(), to);
        to.putLong(blob.size());
      }
    }
    to.putCrc(key, from);
  }

  /** Passes over the head of the record under {@code key}, checking it. */
  static void read(ByteReader from, CacheKey key) throws BadRecordException {
    byte[] record = Arrays.copyOfRange(from.array(), from.position(), from.end());
    switch (new EntryHead().check(key.digest().bytes(), 0, record, record.length)) {
      case SOUND -> from.skip(size(record, record.length));
      case CORRUPT -> throw new BadRecordException("the head of the record fails its checksum");
      case NEWER ->
          throw new BadRecordException(
              "a newer Reprise wrote the record (version "
                  + version(record)
                  + ", this one knows "
                  + EntryFormat.VERSION
                  + ")");
    }
  }
}
