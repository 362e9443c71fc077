package dev.reprise.journal;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import java.util.List;

/** The form of a manifest in a journal, inline bytes included. */
final class ManifestForm {
  private static final int INLINE = 0;
  private static final int STORED = 1;

  private ManifestForm() {}

  /** Whether it can be written: what is pending is in no place that lasts. */
  static boolean isWritable(Manifest manifest) {
    for (PartitionRef partition : manifest.partitions()) {
      if (partition.location() instanceof Location.Pending) {
        return false;
      }
    }
    return true;
  }

  /** How many bytes lie in the manifest itself. */
  static long inlineBytes(Manifest manifest) {
    long bytes = 0;
    for (PartitionRef partition : manifest.partitions()) {
      bytes += partition.location() instanceof Location.Inline ? partition.size() : 0;
    }
    return bytes;
  }

  static void write(RecordWriter to, Manifest manifest) {
    to.putString(manifest.shape().name())
        .putAll(manifest.partitions(), ManifestForm::writePartition)
        .putFingerprint(manifest.content());
  }

  static Manifest read(RecordReader from) throws BadRecordException {
    Shape shape = from.readEnum(Shape.class);
    List<PartitionRef> partitions = from.readAll(ManifestForm::readPartition);
    return new Manifest(shape, partitions, from.readFingerprint());
  }

  private static void writePartition(RecordWriter to, PartitionRef partition) {
    to.putFingerprint(partition.content())
        .putString(partition.codec())
        .putNumber(partition.size())
        .putNumber(partition.rows())
        .putBytes(partition.schema().array());
    RecordWriter done =
        partition
            .location()
            .fold(
                inline -> to.putByte(INLINE).putBytes(inline.bytes().array()),
                stored -> writeBlob(to.putByte(STORED), stored.blob()),
                pending -> {
                  throw new IllegalStateException("partition " + pending + " is not published");
                });
    assert done == to;
  }

  private static PartitionRef readPartition(RecordReader from) throws BadRecordException {
    Fingerprint content = from.readFingerprint();
    String codec = from.readString();
    long size = from.readLong();
    long rows = from.readLong();
    Bytes schema = Bytes.wrap(from.readBytes());
    Location location =
        switch (from.readByte()) {
          case INLINE -> new Location.Inline(Bytes.wrap(from.readBytes()));
          case STORED -> new Location.Stored(readBlob(from));
          default -> throw new BadRecordException("the record has a partition in an unknown place");
        };
    return new PartitionRef(content, codec, size, rows, schema, location);
  }

  private static RecordWriter writeBlob(RecordWriter to, BlobRef blob) {
    return to.putFingerprint(blob.address())
        .putNumber(blob.size())
        .putAll(blob.chunks(), RecordWriter::putFingerprint);
  }

  private static BlobRef readBlob(RecordReader from) throws BadRecordException {
    return new BlobRef(
        from.readFingerprint(), from.readLong(), from.readAll(RecordReader::readFingerprint));
  }
}
