package dev.reprise.cache.base;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Numbers in arrays of bytes, the most significant byte first, at any offset. */
public final class BigEndian {
  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private BigEndian() {}

  /** The four bytes from {@code at} on. */
  public static int getInt(byte[] from, int at) {
    return (int) INTS.get(from, at);
  }

  /** The eight bytes from {@code at} on. */
  public static long getLong(byte[] from, int at) {
    return (long) LONGS.get(from, at);
  }

  /** Sets two bytes from {@code at} on. */
  public static void putShort(byte[] to, int at, short value) {
    SHORTS.set(to, at, value);
  }

  /** Sets four bytes from {@code at} on. */
  public static void putInt(byte[] to, int at, int value) {
    INTS.set(to, at, value);
  }

  /** Sets eight bytes from {@code at} on. */
  public static void putLong(byte[] to, int at, long value) {
    LONGS.set(to, at, value);
  }
}
