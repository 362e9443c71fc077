package dev.reprise.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.journal.JournalFormat.RecordType;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Puts one record together in a buffer that is used again for the next. Numbers are unsigned
 * varints (a negative one takes ten bytes), text is UTF-8 behind its length, what may be absent has
 * a truth value in front.
 */
final class RecordWriter {
  private byte[] buffer = new byte[1024];
  private int size;

  /** Drops what was written and begins a record of {@code type}. */
  RecordWriter begin(RecordType type) {
    size = 0;
    putByte(JournalFormat.VERSION);
    return putByte(type.code());
  }

  /** The record so far; valid for {@link #size} bytes, until the next change. */
  byte[] buffer() {
    return buffer;
  }

  int size() {
    return size;
  }

  RecordWriter putByte(int value) {
    ensure(1);
    buffer[size++] = (byte) value;
    return this;
  }

  RecordWriter putBoolean(boolean value) {
    return putByte(value ? 1 : 0);
  }

  RecordWriter putLong(long value) {
    ensure(10);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      buffer[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    buffer[size++] = (byte) rest;
    return this;
  }

  /** Eight bytes, whatever the value. */
  RecordWriter putFixedLong(long value) {
    ensure(Long.BYTES);
    for (int shift = 56; shift >= 0; shift -= 8) {
      buffer[size++] = (byte) (value >>> shift);
    }
    return this;
  }

  RecordWriter putBytes(byte[] value) {
    putLong(value.length);
    ensure(value.length);
    System.arraycopy(value, 0, buffer, size, value.length);
    size += value.length;
    return this;
  }

  RecordWriter putString(String value) {
    return putBytes(value.getBytes(UTF_8));
  }

  RecordWriter putFingerprint(Fingerprint value) {
    ensure(Fingerprint.BYTES);
    value.write(buffer, size);
    size += Fingerprint.BYTES;
    return this;
  }

  RecordWriter putOptional(Optional<Fingerprint> value) {
    putBoolean(value.isPresent());
    value.ifPresent(this::putFingerprint);
    return this;
  }

  RecordWriter putDigests(Collection<@Nullable Fingerprint> digests) {
    putLong(digests.size());
    digests.forEach(digest -> putNullable(digest, RecordWriter::putFingerprint));
    return this;
  }

  <T> RecordWriter putNullable(@Nullable T value, BiConsumer<RecordWriter, T> form) {
    putBoolean(value != null);
    if (value != null) {
      form.accept(this, value);
    }
    return this;
  }

  <T> RecordWriter putAll(Collection<T> values, BiConsumer<RecordWriter, T> form) {
    putLong(values.size());
    values.forEach(value -> form.accept(this, value));
    return this;
  }

  RecordWriter putStrings(Collection<String> values) {
    return putAll(values, RecordWriter::putString);
  }

  RecordWriter putTexts(Map<String, String> values) {
    return putAll(
        values.entrySet(), (to, entry) -> to.putString(entry.getKey()).putString(entry.getValue()));
  }

  private void ensure(int more) {
    if (buffer.length - size < more) {
      buffer = Arrays.copyOf(buffer, Math.max(Math.addExact(size, more), 2 * buffer.length));
    }
  }
}
