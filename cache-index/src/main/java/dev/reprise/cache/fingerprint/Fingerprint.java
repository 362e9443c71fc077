package dev.reprise.cache.fingerprint;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.cache.base.BigEndian;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A SHA-256 digest of some content: 32 bytes, ordered as unsigned bytes.
 *
 * <p>Held as four longs, so that a fingerprint is one small object without an array behind it and
 * can be written to and read from a packed array of many.
 */
public final class Fingerprint implements Comparable<Fingerprint> {
  /** Size of a fingerprint, in bytes. */
  public static final int BYTES = 32;

  private final long first;
  private final long second;
  private final long third;
  private final long fourth;

  private Fingerprint(long first, long second, long third, long fourth) {
    this.first = first;
    this.second = second;
    this.third = third;
    this.fourth = fourth;
  }

  /**
   * Reads a fingerprint from a packed array.
   *
   * @param offset in bytes; 32 bytes from there on are read
   */
  public static Fingerprint read(byte[] from, int offset) {
    return new Fingerprint(
        BigEndian.getLong(from, offset),
        BigEndian.getLong(from, offset + 8),
        BigEndian.getLong(from, offset + 16),
        BigEndian.getLong(from, offset + 24));
  }

  /**
   * Returns the fingerprint that {@code bytes} are.
   *
   * @throws IllegalArgumentException if there are not exactly 32 bytes
   */
  public static Fingerprint of(byte[] bytes) {
    checkArgument(
        bytes.length == BYTES, "a fingerprint has %s bytes, these are %s", BYTES, bytes.length);
    return read(bytes, 0);
  }

  /**
   * Parses what {@link #toString} prints.
   *
   * @throws IllegalArgumentException if {@code hex} is not 64 hexadecimal digits
   */
  public static Fingerprint parse(String hex) {
    checkArgument(
        hex.length() == 2 * BYTES,
        "a fingerprint has %s hexadecimal digits, this has %s: %s",
        2 * BYTES,
        hex.length(),
        hex);
    return of(HexFormat.of().parseHex(hex));
  }

  /** Writes the 32 bytes into a packed array, from {@code offset} (in bytes) on. */
  public void write(byte[] to, int offset) {
    BigEndian.putLong(to, offset, first);
    BigEndian.putLong(to, offset + 8, second);
    BigEndian.putLong(to, offset + 16, third);
    BigEndian.putLong(to, offset + 24, fourth);
  }

  /** The 32 bytes, in an array of the caller's own. */
  public byte[] bytes() {
    byte[] bytes = new byte[BYTES];
    write(bytes, 0);
    return bytes;
  }

  /** The first 8 hexadecimal digits: enough for a person to tell two apart, never an identity. */
  public String brief() {
    return toString().substring(0, 8);
  }

  @Override
  public int compareTo(Fingerprint other) {
    int order = Long.compareUnsigned(first, other.first);
    if (order == 0) {
      order = Long.compareUnsigned(second, other.second);
    }
    if (order == 0) {
      order = Long.compareUnsigned(third, other.third);
    }
    return order != 0 ? order : Long.compareUnsigned(fourth, other.fourth);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Fingerprint that
        && first == that.first
        && second == that.second
        && third == that.third
        && fourth == that.fourth;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(first);
  }

  /** 64 lower-case hexadecimal digits. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes());
  }
}
