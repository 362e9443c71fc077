package dev.reprise.cache.base;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Reads what {@link ByteWriter} wrote. The bytes are not trusted: a length never makes it reach or
 * allocate past what is there.
 */
public final class ByteReader {
  private final byte[] array;
  private final int end;
  private int position;

  /** Reads {@code array} from {@code from} to before {@code end}. */
  public ByteReader(byte[] array, int from, int end) {
    this.array = array;
    this.position = from;
    this.end = end;
  }

  /** Reads all of {@code array}. */
  public ByteReader(byte[] array) {
    this(array, 0, array.length);
  }

  /** Number of bytes not yet read. */
  public int remaining() {
    return end - position;
  }

  /** Offset of the next byte in the array. */
  public int position() {
    return position;
  }

  /** Offset after the last byte in the array. */
  public int end() {
    return end;
  }

  /** The array that is read. */
  public byte[] array() {
    return array;
  }

  /** Passes over {@code count} bytes and returns the offset of the first. */
  public int skip(int count) throws BadRecordException {
    if (count < 0 || count > remaining()) {
      throw new BadRecordException(
          "record ends after " + remaining() + " more bytes, wanted " + count);
    }
    int offset = position;
    position += count;
    return offset;
  }

  /** The next byte, 0 to 255. */
  public int getByte() throws BadRecordException {
    return array[skip(1)] & 0xff;
  }

  /** The next four bytes. */
  public int getInt() throws BadRecordException {
    return BigEndian.getInt(array, skip(Integer.BYTES));
  }

  /** The next eight bytes. */
  public long getLong() throws BadRecordException {
    return BigEndian.getLong(array, skip(Long.BYTES));
  }

  /** The next number of one to ten bytes. */
  public long getVarint() throws BadRecordException {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      int next = getByte();
      value |= (next & 0x7fL) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw new BadRecordException("a number in the record has more than ten bytes");
  }

  /**
   * The next number, which counts things that follow.
   *
   * @param least bytes that each of them has at the least; a count that cannot fit is refused
   */
  public int getCount(int least) throws BadRecordException {
    long count = getVarint();
    if (count < 0 || count > remaining() / Math.max(1, least)) {
      throw new BadRecordException(
          "record promises " + count + " more parts, but has only " + remaining() + " bytes left");
    }
    return (int) count;
  }

  /** The next bytes, whose number stands before them. */
  public byte[] getBytes() throws BadRecordException {
    int count = getCount(1);
    int offset = skip(count);
    return Arrays.copyOfRange(array, offset, offset + count);
  }

  /** The next text. */
  public String getString() throws BadRecordException {
    int count = getCount(1);
    return new String(array, skip(count), count, UTF_8);
  }

  /**
   * All that is left but the CRC32C at its end, once that is checked.
   *
   * @param seed as for {@link ByteWriter#putCrc}
   * @throws BadRecordException if the checksum differs
   */
  public ByteReader checked(byte[] seed) throws BadRecordException {
    int start = position;
    ByteReader rest = new ByteReader(array, start, start + Math.max(0, remaining() - 4));
    skip(rest.remaining());
    int stored = getInt();
    CRC32C crc = new CRC32C();
    crc.update(seed, 0, seed.length);
    crc.update(array, start, rest.remaining());
    int computed = (int) crc.getValue();
    if (stored != computed) {
      throw new BadRecordException(
          "record fails its checksum (stored "
              + Integer.toHexString(stored)
              + ", computed "
              + Integer.toHexString(computed)
              + ")");
    }
    return rest;
  }

  /** Refuses bytes after what was read. */
  public void checkEnd() throws BadRecordException {
    if (remaining() != 0) {
      throw new BadRecordException("record has " + remaining() + " bytes too many");
    }
  }
}
