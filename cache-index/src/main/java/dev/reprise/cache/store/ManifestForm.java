package dev.reprise.cache.store;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;

/**
 * The form of a manifest in the store: version, scope, key, index record, CRC32C; and its name, a
 * digest of scope and key followed by a digest of the record. Records of one key lie side by side,
 * and equal records have equal names.
 */
final class ManifestForm {
  static final int VERSION = 1;
  private static final byte[] SEED = {'R', 'P', 'M', 'F'};

  private ManifestForm() {}

  /** The part of the name that all manifests of a key have in common: 64 hexadecimal digits. */
  static String row(String scope, Fingerprint key) {
    return Hasher.of("reprise/manifest-row")
        .putString(scope)
        .putFingerprint(key)
        .finish()
        .toString();
  }

  static String name(StoredManifest manifest) {
    return row(manifest.scope(), manifest.key()) + "-" + recordName(manifest.record());
  }

  /** The part of the name that tells the records of one key apart: 64 hexadecimal digits. */
  static String recordName(Bytes record) {
    return Hasher.of("reprise/manifest-record").putBytes(record.array()).finish().toString();
  }

  static byte[] encode(StoredManifest manifest) {
    ByteWriter writer = new ByteWriter();
    writer.putByte(VERSION).putString(manifest.scope());
    writer.putRaw(manifest.key().bytes(), 0, Fingerprint.BYTES);
    writer.putBytes(manifest.record().array()).putCrc(SEED, 0);
    return writer.toByteArray();
  }

  static StoredManifest decode(byte[] bytes) throws BadRecordException {
    ByteReader reader = new ByteReader(bytes).checked(SEED);
    int version = reader.getByte();
    if (version != VERSION) {
      throw new BadRecordException(
          "manifest of version " + version + ", this Reprise knows " + VERSION);
    }
    String scope = reader.getString();
    Fingerprint key = Fingerprint.read(bytes, reader.skip(Fingerprint.BYTES));
    Bytes record = Bytes.wrap(reader.getBytes());
    reader.checkEnd();
    return new StoredManifest(scope, key, record);
  }
}
