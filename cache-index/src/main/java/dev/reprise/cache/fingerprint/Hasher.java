package dev.reprise.cache.fingerprint;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reprise.cache.base.BigEndian;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * Puts typed, length-prefixed parts together and digests them with SHA-256, so that two different
 * lists of parts never give the same bytes ({@code ["a", "bc"]} and {@code ["ab", "c"]} differ).
 *
 * <p>The parts are gathered in one buffer and digested in one call. {@link #finish} empties the
 * buffer, so one hasher serves any number of fingerprints; it belongs to one thread.
 */
public final class Hasher {
  private static final byte STRING = 1;
  private static final byte BYTES = 2;
  private static final byte LONG = 3;
  private static final byte FINGERPRINT = 4;
  private static final byte BOOLEAN = 5;

  private final MessageDigest sha256 = sha256();
  private byte[] buffer = new byte[256];
  private int size;

  /** Starts a list of parts for {@code domain}; equal parts in two domains digest differently. */
  public static Hasher of(String domain) {
    return new Hasher().putString(domain);
  }

  /** Returns a new SHA-256 digest; the JDK guarantees that there is one. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256, which every Java must have", e);
    }
  }

  /**
   * Adds text by its UTF-8 bytes. Text that is no valid UTF-16 (a lone surrogate) is the caller's
   * to refuse, since UTF-8 cannot tell two of them apart.
   */
  public Hasher putString(String value) {
    byte[] utf8 = value.getBytes(UTF_8);
    tag(STRING, utf8.length);
    raw(utf8, 0, utf8.length);
    return this;
  }

  /** Adds bytes as they are. */
  public Hasher putBytes(byte[] value) {
    tag(BYTES, value.length);
    raw(value, 0, value.length);
    return this;
  }

  /** Adds a whole number. */
  public Hasher putLong(long value) {
    ensure(9);
    buffer[size] = LONG;
    BigEndian.putLong(buffer, size + 1, value);
    size += 9;
    return this;
  }

  /** Adds a truth value. */
  public Hasher putBoolean(boolean value) {
    ensure(2);
    buffer[size++] = BOOLEAN;
    buffer[size++] = (byte) (value ? 1 : 0);
    return this;
  }

  /** Adds a fingerprint. */
  public Hasher putFingerprint(Fingerprint value) {
    ensure(1 + Fingerprint.BYTES);
    buffer[size] = FINGERPRINT;
    value.write(buffer, size + 1);
    size += 1 + Fingerprint.BYTES;
    return this;
  }

  /** Adds the fingerprint that lies in {@code packed} from {@code offset} on. */
  public Hasher putFingerprint(byte[] packed, int offset) {
    ensure(1 + Fingerprint.BYTES);
    buffer[size] = FINGERPRINT;
    System.arraycopy(packed, offset, buffer, size + 1, Fingerprint.BYTES);
    size += 1 + Fingerprint.BYTES;
    return this;
  }

  /** Digests all parts and starts again with none. */
  public Fingerprint finish() {
    sha256.update(buffer, 0, size);
    size = 0;
    return Fingerprint.of(sha256.digest());
  }

  private void tag(byte type, int length) {
    ensure(9);
    buffer[size] = type;
    BigEndian.putLong(buffer, size + 1, (long) length);
    size += 9;
  }

  private void raw(byte[] from, int offset, int length) {
    ensure(length);
    System.arraycopy(from, offset, buffer, size, length);
    size += length;
  }

  private void ensure(int more) {
    if (buffer.length - size < more) {
      buffer = Arrays.copyOf(buffer, Math.max(Math.addExact(size, more), 2 * buffer.length));
    }
  }
}
