package dev.reprise.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reprise.cache.fingerprint.Fingerprint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes a record apart that {@link RecordWriter} put together. Its bytes have passed their
 * checksum, so a field that does not fit means that another version wrote it: an {@link
 * IOException}, never an attempt at an array of absurd size.
 */
final class RecordReader {
  private final byte[] buffer;
  private int position;

  /** Reads {@code payload} from behind its version and type. */
  RecordReader(byte[] payload) {
    this.buffer = payload;
    this.position = JournalFormat.PREFIX_BYTES;
  }

  /** Reads one value; as a function, so that lists and absent values need no code of their own. */
  @FunctionalInterface
  interface Form<T> {
    T read(RecordReader from) throws IOException;
  }

  byte readByte() throws IOException {
    need(1);
    return buffer[position++];
  }

  boolean readBoolean() throws IOException {
    return readByte() != 0;
  }

  long readLong() throws IOException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte next = readByte();
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IOException("a number in the record is longer than 64 bits");
  }

  int readInt() throws IOException {
    long value = readLong();
    if (value != (int) value) {
      throw new IOException("a number in the record is out of range: " + value);
    }
    return (int) value;
  }

  long readFixedLong() throws IOException {
    need(Long.BYTES);
    long value = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      value = value << 8 | (buffer[position++] & 0xFF);
    }
    return value;
  }

  byte[] readBytes() throws IOException {
    int length = readCount();
    byte[] bytes = Arrays.copyOfRange(buffer, position, position + length);
    position += length;
    return bytes;
  }

  String readString() throws IOException {
    int length = readCount();
    String text = new String(buffer, position, length, UTF_8);
    position += length;
    return text;
  }

  Fingerprint readFingerprint() throws IOException {
    need(Fingerprint.BYTES);
    Fingerprint fingerprint = Fingerprint.read(buffer, position);
    position += Fingerprint.BYTES;
    return fingerprint;
  }

  Optional<Fingerprint> readOptional() throws IOException {
    return readBoolean() ? Optional.of(readFingerprint()) : Optional.empty();
  }

  List<@Nullable Fingerprint> readDigests() throws IOException {
    int count = readCount();
    List<@Nullable Fingerprint> digests = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      digests.add(readNullable(RecordReader::readFingerprint));
    }
    return digests;
  }

  <T> @Nullable T readNullable(Form<T> form) throws IOException {
    return readBoolean() ? form.read(this) : null;
  }

  <T> List<T> readAll(Form<T> form) throws IOException {
    int count = readCount();
    List<T> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(form.read(this));
    }
    return values;
  }

  List<String> readStrings() throws IOException {
    return readAll(RecordReader::readString);
  }

  Map<String, String> readTexts() throws IOException {
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = readCount(); i > 0; i--) {
      values.put(readString(), readString());
    }
    return values;
  }

  <E extends Enum<E>> E readEnum(Class<E> type) throws IOException {
    String name = readString();
    try {
      return Enum.valueOf(type, name);
    } catch (IllegalArgumentException e) {
      throw new IOException("the record has an unknown " + type.getSimpleName() + ": " + name, e);
    }
  }

  /**
   * A number of bytes or elements; each takes a byte at least, so there cannot be more than are
   * left.
   */
  int readCount() throws IOException {
    long count = readLong();
    if (count < 0 || count > buffer.length - position) {
      throw new IOException("the record says that " + count + " bytes follow, but it ends before");
    }
    return (int) count;
  }

  private void need(int bytes) throws IOException {
    if (buffer.length - position < bytes) {
      throw new IOException("the record ends too early");
    }
  }
}
