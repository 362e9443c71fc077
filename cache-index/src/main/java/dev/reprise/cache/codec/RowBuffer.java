package dev.reprise.cache.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.arrow.memory.ArrowBuf;

/** The bytes of one row as they are digested; used again for each row. */
final class RowBuffer {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] array = new byte[256];
  private int size;

  void clear() {
    size = 0;
  }

  byte[] array() {
    return array;
  }

  int size() {
    return size;
  }

  void putByte(int value) {
    ensure(1);
    array[size++] = (byte) value;
  }

  void putInt(int value) {
    ensure(4);
    INTS.set(array, size, value);
    size += 4;
  }

  void putLong(long value) {
    ensure(8);
    LONGS.set(array, size, value);
    size += 8;
  }

  /** Adds bytes as they are; their number is the caller's to add if it is not fixed. */
  void putRaw(ArrowBuf from, long offset, int length) {
    ensure(length);
    from.getBytes(offset, array, size, length);
    size += length;
  }

  private void ensure(int more) {
    if (array.length - size < more) {
      array = Arrays.copyOf(array, Math.max(2 * array.length, Math.addExact(size, more)));
    }
  }
}
