package dev.reprise.cache.fingerprint;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reprise.cache.base.Utf16;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * A growing buffer of canonical bytes. Every part is of fixed size or carries its length, so what
 * was put can be read back in one way only, and two different values never have the same bytes.
 */
final class CanonicalBytes {
  /** The most a value may take, in bytes: 256 MiB. What is larger belongs in a file or a table. */
  static final int LIMIT = 256 << 20;

  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private byte[] buffer = new byte[128];
  private int size;

  CanonicalBytes tag(Tag tag) throws NoCanonicalFormException {
    return putByte(tag.code());
  }

  CanonicalBytes putByte(int value) throws NoCanonicalFormException {
    ensure(1);
    buffer[size++] = (byte) value;
    return this;
  }

  CanonicalBytes putShort(int value) throws NoCanonicalFormException {
    ensure(2);
    SHORTS.set(buffer, size, (short) value);
    size += 2;
    return this;
  }

  CanonicalBytes putInt(int value) throws NoCanonicalFormException {
    ensure(4);
    INTS.set(buffer, size, value);
    size += 4;
    return this;
  }

  CanonicalBytes putLong(long value) throws NoCanonicalFormException {
    ensure(8);
    LONGS.set(buffer, size, value);
    size += 8;
    return this;
  }

  /** Puts text by its exact code units, tagged by how they are written, with its length. */
  CanonicalBytes putText(String value) throws NoCanonicalFormException {
    if (Utf16.isWellFormed(value)) {
      return tag(Tag.TEXT).putBytes(value.getBytes(UTF_8));
    }
    tag(Tag.CODE_UNITS).putInt(value.length());
    for (int i = 0; i < value.length(); i++) {
      putShort(value.charAt(i));
    }
    return this;
  }

  /** Puts bytes with their length. */
  CanonicalBytes putBytes(byte[] value) throws NoCanonicalFormException {
    return putInt(value.length).putRaw(value);
  }

  /** Puts bytes that can be read back without their length. */
  CanonicalBytes putRaw(byte[] value) throws NoCanonicalFormException {
    ensure(value.length);
    System.arraycopy(value, 0, buffer, size, value.length);
    size += value.length;
    return this;
  }

  byte[] toArray() {
    return Arrays.copyOf(buffer, size);
  }

  void digest(MessageDigest into) {
    into.update(buffer, 0, size);
  }

  private void ensure(int more) throws NoCanonicalFormException {
    if (buffer.length - size >= more) {
      return;
    }
    long wanted = (long) size + more;
    if (wanted > LIMIT) {
      throw new NoCanonicalFormException(
          "",
          "takes more than "
              + (LIMIT >> 20)
              + " MiB in canonical form; pass it as a file or as the result of a step");
    }
    buffer = Arrays.copyOf(buffer, (int) Math.min(LIMIT, Math.max(wanted, 2L * buffer.length)));
  }
}
