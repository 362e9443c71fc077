package dev.reprise.journal;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Bytes that wait to be written. Its array is kept when it is cleared. */
final class GrowingBuffer {
  private byte[] array = new byte[8192];
  private int size;

  int size() {
    return size;
  }

  void put(byte[] from, int length) {
    ensure(length);
    System.arraycopy(from, 0, array, size, length);
    size += length;
  }

  void putInt(int value) {
    ensure(Integer.BYTES);
    for (int shift = 24; shift >= 0; shift -= 8) {
      array[size++] = (byte) (value >>> shift);
    }
  }

  /** What it holds, not a copy; valid until the next change. */
  ByteBuffer bytes() {
    return ByteBuffer.wrap(array, 0, size);
  }

  void clear() {
    size = 0;
  }

  private void ensure(int more) {
    if (array.length - size < more) {
      array = Arrays.copyOf(array, Math.max(Math.addExact(size, more), 2 * array.length));
    }
  }
}
