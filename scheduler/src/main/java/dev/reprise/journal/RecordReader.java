package dev.reprise.journal;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.fingerprint.Fingerprint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes a record apart that {@link RecordWriter} put together. Its bytes have passed their
 * checksum, so a field that does not fit means that other code wrote it.
 */
final class RecordReader {
  private final ByteReader in;

  /** Reads {@code payload} from behind its version and type. */
  RecordReader(byte[] payload) {
    this.in = new ByteReader(payload, JournalFormat.PREFIX_BYTES, payload.length);
  }

  /** Reads one value; as a function, so that lists and absent values need no code of their own. */
  @FunctionalInterface
  interface Form<T> {
    T read(RecordReader from) throws BadRecordException;
  }

  int readByte() throws BadRecordException {
    return in.getByte();
  }

  boolean readBoolean() throws BadRecordException {
    return in.getByte() != 0;
  }

  long readLong() throws BadRecordException {
    return in.getVarint();
  }

  int readInt() throws BadRecordException {
    long value = in.getVarint();
    if (value != (int) value) {
      throw new BadRecordException("a number in the record is out of range: " + value);
    }
    return (int) value;
  }

  /** Whether no field is left: code of an earlier version wrote the record. */
  boolean atEnd() {
    return in.remaining() == 0;
  }

  long readFixed() throws BadRecordException {
    return in.getLong();
  }

  /** A number of things that follow, each of which takes a byte at least. */
  int readCount() throws BadRecordException {
    return in.getCount(1);
  }

  byte[] readBytes() throws BadRecordException {
    return in.getBytes();
  }

  String readString() throws BadRecordException {
    return in.getString();
  }

  Fingerprint readFingerprint() throws BadRecordException {
    return Fingerprint.read(in.array(), in.skip(Fingerprint.BYTES));
  }

  Optional<Fingerprint> readOptional() throws BadRecordException {
    return Optional.ofNullable(readNullable(RecordReader::readFingerprint));
  }

  <T> @Nullable T readNullable(Form<T> form) throws BadRecordException {
    return readBoolean() ? form.read(this) : null;
  }

  <T> List<T> readAll(Form<T> form) throws BadRecordException {
    int count = readCount();
    List<T> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(form.read(this));
    }
    return values;
  }

  List<Fingerprint> readDigests() throws BadRecordException {
    return readAll(RecordReader::readFingerprint);
  }

  List<String> readStrings() throws BadRecordException {
    return readAll(RecordReader::readString);
  }

  Map<String, String> readTexts() throws BadRecordException {
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = readCount(); i > 0; i--) {
      values.put(readString(), readString());
    }
    return values;
  }

  <E extends Enum<E>> E readEnum(Class<E> type) throws BadRecordException {
    String name = readString();
    try {
      return Enum.valueOf(type, name);
    } catch (IllegalArgumentException e) {
      throw new BadRecordException(
          "the record has an unknown " + type.getSimpleName() + ": " + name);
    }
  }
}
