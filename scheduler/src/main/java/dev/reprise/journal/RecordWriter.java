package dev.reprise.journal;

import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.journal.JournalFormat.RecordType;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Puts one record together in a buffer that is used again for the next. Numbers are unsigned
 * varints (a negative one takes ten bytes), lists have their size in front, and what may be absent
 * has a truth value.
 */
final class RecordWriter {
  private final ByteWriter out = new ByteWriter();

  /** Drops what was written and begins a record of {@code type}. */
  RecordWriter begin(RecordType type) {
    out.clear();
    out.putByte(type.version()).putByte(type.code());
    return this;
  }

  /** The record so far; valid for {@link #size} bytes, until the next change. */
  byte[] array() {
    return out.array();
  }

  int size() {
    return out.size();
  }

  RecordWriter putByte(int value) {
    out.putByte(value);
    return this;
  }

  RecordWriter putBoolean(boolean value) {
    return putByte(value ? 1 : 0);
  }

  RecordWriter putNumber(long value) {
    out.putVarint(value);
    return this;
  }

  /** Eight bytes, whatever the value. */
  RecordWriter putFixed(long value) {
    out.putLong(value);
    return this;
  }

  RecordWriter putBytes(byte[] value) {
    return putBytes(value, value.length);
  }

  /** Takes the first {@code length} bytes of the array. */
  RecordWriter putBytes(byte[] value, int length) {
    out.putVarint(length);
    out.putRaw(value, 0, length);
    return this;
  }

  RecordWriter putString(String value) {
    out.putString(value);
    return this;
  }

  RecordWriter putFingerprint(Fingerprint value) {
    int offset = out.reserve(Fingerprint.BYTES);
    value.write(out.array(), offset);
    return this;
  }

  RecordWriter putOptional(Optional<Fingerprint> value) {
    return putNullable(value.orElse(null), RecordWriter::putFingerprint);
  }

  <T> RecordWriter putNullable(@Nullable T value, BiConsumer<RecordWriter, T> form) {
    putBoolean(value != null);
    if (value != null) {
      form.accept(this, value);
    }
    return this;
  }

  <T> RecordWriter putAll(Collection<T> values, BiConsumer<RecordWriter, T> form) {
    putNumber(values.size());
    values.forEach(value -> form.accept(this, value));
    return this;
  }

  RecordWriter putDigests(Collection<Fingerprint> digests) {
    return putAll(digests, RecordWriter::putFingerprint);
  }

  RecordWriter putStrings(Collection<String> values) {
    return putAll(values, RecordWriter::putString);
  }

  RecordWriter putTexts(Map<String, String> values) {
    return putAll(
        values.entrySet(), (to, entry) -> to.putString(entry.getKey()).putString(entry.getValue()));
  }
}
