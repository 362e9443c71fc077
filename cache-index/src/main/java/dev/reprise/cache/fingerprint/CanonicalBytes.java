package dev.reprise.cache.fingerprint;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reprise.cache.base.BigEndian;
import dev.reprise.cache.base.Utf16;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * A growing buffer of canonical bytes. Every part is of fixed size or carries its length, so what
 * was put can be read back in one way only, and two different values never have the same bytes.
 */
final class CanonicalBytes {
  private final CanonicalBudget budget;
  private byte[] buffer = new byte[128];
  private int size;

  /**
   * @param budget what all buffers for one value may take together
   */
  CanonicalBytes(CanonicalBudget budget) {
    this.budget = budget;
  }

  /** An empty buffer for a part of the same value. */
  CanonicalBytes apart() {
    return new CanonicalBytes(budget);
  }

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
    BigEndian.putShort(buffer, size, (short) value);
    size += 2;
    return this;
  }

  CanonicalBytes putInt(int value) throws NoCanonicalFormException {
    ensure(4);
    BigEndian.putInt(buffer, size, value);
    size += 4;
    return this;
  }

  CanonicalBytes putLong(long value) throws NoCanonicalFormException {
    ensure(8);
    BigEndian.putLong(buffer, size, value);
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
    return append(value);
  }

  /** Puts what was written {@link #apart}, which the budget knows of. */
  CanonicalBytes putApart(byte[] form) {
    grow(form.length);
    return append(form);
  }

  private CanonicalBytes append(byte[] value) {
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
    budget.take(more);
    grow(more);
  }

  private void grow(int more) {
    if (buffer.length - size < more) {
      long wanted = Math.max((long) size + more, 2L * buffer.length);
      buffer = Arrays.copyOf(buffer, (int) Math.min(CanonicalBudget.BYTES, wanted));
    }
  }
}
