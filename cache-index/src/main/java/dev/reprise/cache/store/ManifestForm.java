package dev.reprise.cache.store;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The form of a manifest in the store: version, scope, key, index record, CRC32C; and its name, a
 * digest of scope and key followed by a digest of the record and, unless it is everybody's, one of
 * the home that keeps it. Records of one key lie side by side, and equal records of one home have
 * equal names.
 */
final class ManifestForm {
  static final int VERSION = 1;
  private static final int HOME_DIGITS = 16;
  private static final Pattern NAME =
      Pattern.compile("([0-9a-f]{64}-[0-9a-f]{64})(-[0-9a-f]{" + HOME_DIGITS + "})?");
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

  /**
   * The name of a manifest.
   *
   * @param home that keeps it; empty if it is everybody's
   */
  static String name(StoredManifest manifest, String home) {
    Fingerprint record =
        Hasher.of("reprise/manifest-record").putBytes(manifest.record().array()).finish();
    return row(manifest.scope(), manifest.key()) + "-" + record + suffix(home);
  }

  /** The {@link #row} of a name. */
  static String rowOf(String name) {
    return name.substring(0, name.indexOf('-'));
  }

  /** Whether a manifest is called so. */
  static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /** Whether {@code home} may remove the manifest of that name: it is its own, or everybody's. */
  static boolean isOf(String name, String home) {
    Matcher parts = NAME.matcher(name);
    return parts.matches() && (parts.group(2) == null || parts.group(2).equals(suffix(home)));
  }

  /** Whether {@code home} alone keeps the manifest of that name; a home without a name has none. */
  static boolean isOwn(String name, String home) {
    Matcher parts = NAME.matcher(name);
    return parts.matches() && parts.group(2) != null && parts.group(2).equals(suffix(home));
  }

  private static String suffix(String home) {
    return home.isEmpty()
        ? ""
        : "-"
            + Hasher.of("reprise/home")
                .putString(home)
                .finish()
                .toString()
                .substring(0, HOME_DIGITS);
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
