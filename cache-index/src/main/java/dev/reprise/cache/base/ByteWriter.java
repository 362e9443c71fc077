package dev.reprise.cache.base;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Puts a binary record together in one growing array: big-endian numbers, unsigned varints for
 * lengths, length-prefixed text. {@link ByteReader} reads it back. Belongs to one thread; {@link
 * #clear} keeps the array, so that one writer serves many records.
 */
public final class ByteWriter {
  private static final int LONGEST_VARINT = 10;

  private final CRC32C crc = new CRC32C();
  private byte[] array = new byte[256];
  private int size;

  /** Number of bytes so far. */
  public int size() {
    return size;
  }

  /** The array that holds the bytes so far from 0 on; valid until the next change. */
  public byte[] array() {
    return array;
  }

  /** A copy of the bytes so far. */
  public byte[] toByteArray() {
    return Arrays.copyOf(array, size);
  }

  /** Starts again with no bytes. */
  public void clear() {
    size = 0;
  }

  /** Leaves {@code count} bytes for the caller to fill in {@link #array}; returns their offset. */
  public int reserve(int count) {
    int needed = Math.addExact(size, count);
    if (needed > array.length) {
      array = Arrays.copyOf(array, Math.max(needed, 2 * array.length));
    }
    int offset = size;
    size = needed;
    return offset;
  }

  /** Adds the low eight bits of {@code value}. */
  public ByteWriter putByte(int value) {
    int offset = reserve(1);
    array[offset] = (byte) value;
    return this;
  }

  /** Adds four bytes. */
  public ByteWriter putInt(int value) {
    int offset = reserve(Integer.BYTES);
    BigEndian.putInt(array, offset, value);
    return this;
  }

  /** Adds eight bytes. */
  public ByteWriter putLong(long value) {
    int offset = reserve(Long.BYTES);
    BigEndian.putLong(array, offset, value);
    return this;
  }

  /** Adds a number in one to ten bytes, as few as it needs; meant for what is never negative. */
  public ByteWriter putVarint(long value) {
    long rest = value;
    int at = reserve(LONGEST_VARINT);
    byte[] to = array;
    while ((rest & ~0x7fL) != 0) {
      to[at++] = (byte) ((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    to[at++] = (byte) rest;
    size = at;
    return this;
  }

  /** Adds bytes without their number. */
  public ByteWriter putRaw(byte[] from, int offset, int count) {
    int to = reserve(count);
    System.arraycopy(from, offset, array, to, count);
    return this;
  }

  /** Adds bytes after their number. */
  public ByteWriter putBytes(byte[] bytes) {
    return putVarint(bytes.length).putRaw(bytes, 0, bytes.length);
  }

  /** Adds text as UTF-8, after the number of its bytes. */
  public ByteWriter putString(String text) {
    int before = size;
    int length = text.length();
    putVarint(length);
    int at = reserve(length);
    for (int i = 0; i < length; i++) {
      char character = text.charAt(i);
      if (character >= 0x80) { // most have none of these: no array for them
        size = before;
        return putBytes(text.getBytes(UTF_8));
      }
      array[at + i] = (byte) character;
    }
    return this;
  }

  /**
   * Adds the CRC32C of {@code seed} and of the bytes from {@code from} on. The seed is what the
   * record belongs to: a record found in another place then fails its check.
   */
  public ByteWriter putCrc(byte[] seed, int from) {
    crc.reset();
    crc.update(seed, 0, seed.length);
    crc.update(array, from, size - from);
    return putInt((int) crc.getValue());
  }
}
