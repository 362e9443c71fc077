package dev.reprise.executor.envelope;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;

/** How partitions, blobs and manifests look in an envelope. */
final class PartitionForm {
  /** No partition has fewer bytes. */
  static final int LEAST_BYTES = Fingerprint.BYTES + Long.BYTES + Long.BYTES + 3;

  private static final int INLINE = 1;
  private static final int STORED = 2;
  private static final int PENDING = 3;

  private static final int ONE = 1;
  private static final int MANY = 2;
  private static final int PIECES = 3;

  private PartitionForm() {}

  static void write(PartitionRef partition, ByteWriter to) {
    Parts.putFingerprint(partition.content(), to);
    to.putString(partition.codec());
    to.putLong(partition.size());
    to.putLong(partition.rows());
    to.putBytes(partition.schema().array());
    writeLocation(partition.location(), to);
  }

  static PartitionRef read(ByteReader from) throws BadRecordException {
    Fingerprint content = Parts.getFingerprint(from);
    String codec = from.getString();
    long size = from.getLong();
    long rows = from.getLong();
    Bytes schema = Parts.getBytes(from);
    return new PartitionRef(content, codec, size, rows, schema, readLocation(from));
  }

  private static void writeLocation(Location location, ByteWriter to) {
    if (location instanceof Location.Inline inline) {
      to.putByte(INLINE).putBytes(inline.bytes().array());
    } else if (location instanceof Location.Stored stored) {
      to.putByte(STORED);
      writeBlob(stored.blob(), to);
    } else if (location instanceof Location.Pending pending) {
      to.putByte(PENDING).putString(pending.temporary());
      writeBlob(pending.blob(), to);
    }
  }

  private static Location readLocation(ByteReader from) throws BadRecordException {
    int kind = from.getByte();
    return switch (kind) {
      case INLINE -> new Location.Inline(Parts.getBytes(from));
      case STORED -> new Location.Stored(readBlob(from));
      case PENDING -> new Location.Pending(from.getString(), readBlob(from));
      default -> throw new BadRecordException("a location is of kind " + kind);
    };
  }

  static void writeBlob(BlobRef blob, ByteWriter to) {
    Parts.putFingerprint(blob.address(), to);
    to.putLong(blob.size());
    Parts.putList(blob.chunks(), to, Parts::putFingerprint);
  }

  static BlobRef readBlob(ByteReader from) throws BadRecordException {
    return new BlobRef(
        Parts.getFingerprint(from),
        from.getLong(),
        Parts.getList(from, Fingerprint.BYTES, Parts::getFingerprint));
  }

  static void writeShape(Shape shape, ByteWriter to) {
    to.putByte(
        switch (shape) {
          case ONE -> ONE;
          case MANY -> MANY;
          case PIECES -> PIECES;
        });
  }

  static Shape readShape(ByteReader from) throws BadRecordException {
    int kind = from.getByte();
    return switch (kind) {
      case ONE -> Shape.ONE;
      case MANY -> Shape.MANY;
      case PIECES -> Shape.PIECES;
      default -> throw new BadRecordException("a shape is of kind " + kind);
    };
  }

  static void writeManifest(Manifest manifest, ByteWriter to) {
    writeShape(manifest.shape(), to);
    Parts.putFingerprint(manifest.content(), to);
    Parts.putList(manifest.partitions(), to, PartitionForm::write);
  }

  static Manifest readManifest(ByteReader from) throws BadRecordException {
    Shape shape = readShape(from);
    Fingerprint content = Parts.getFingerprint(from);
    return new Manifest(shape, Parts.getList(from, LEAST_BYTES, PartitionForm::read), content);
  }
}
