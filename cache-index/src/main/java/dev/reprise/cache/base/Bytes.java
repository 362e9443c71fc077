package dev.reprise.cache.base;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Immutable bytes with value equality, for records that carry some. */
public final class Bytes {
  /** No bytes. */
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private final byte[] array;

  private Bytes(byte[] array) {
    this.array = array;
  }

  /** Takes over {@code array}; the caller must not change it afterwards. */
  public static Bytes wrap(byte[] array) {
    return array.length == 0 ? EMPTY : new Bytes(array);
  }

  /** Number of bytes. */
  public int size() {
    return array.length;
  }

  /** The bytes themselves, not a copy: the caller must not change them. */
  public byte[] array() {
    return array;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Bytes that && Arrays.equals(array, that.array);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(array);
  }

  /** Tells the size alone: the bytes may be somebody's data. */
  @Override
  public String toString() {
    return array.length + " bytes";
  }
}
