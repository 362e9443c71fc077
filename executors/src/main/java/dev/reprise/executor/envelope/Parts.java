package dev.reprise.executor.envelope;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The parts that every form is made of. */
final class Parts {
  /** No text and no list has fewer bytes. */
  static final int LEAST_BYTES = 1;

  /** How deep lists in lists and causes of causes may go. */
  private static final int DEEPEST = 64;

  private Parts() {}

  /** Reads one value. */
  @FunctionalInterface
  interface Reader<T> {
    T read(ByteReader from) throws BadRecordException;
  }

  /** Writes one value. */
  @FunctionalInterface
  interface Writer<T> {
    void write(T value, ByteWriter to);
  }

  static <T> void putList(List<T> values, ByteWriter to, Writer<? super T> form) {
    to.putVarint(values.size());
    for (T value : values) {
      form.write(value, to);
    }
  }

  /**
   * Reads a list.
   *
   * @param least no element has fewer bytes
   */
  static <T> List<T> getList(ByteReader from, int least, Reader<? extends T> form)
      throws BadRecordException {
    int size = from.getCount(least);
    List<T> values = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      values.add(form.read(from));
    }
    return values;
  }

  static void putStrings(List<String> values, ByteWriter to) {
    putList(values, to, (value, out) -> out.putString(value));
  }

  static List<String> getStrings(ByteReader from) throws BadRecordException {
    return getList(from, LEAST_BYTES, ByteReader::getString);
  }

  static void putBoolean(boolean value, ByteWriter to) {
    to.putByte(value ? 1 : 0);
  }

  static boolean getBoolean(ByteReader from) throws BadRecordException {
    int value = from.getByte();
    if (value > 1) {
      throw new BadRecordException("a truth value is " + value);
    }
    return value == 1;
  }

  static void putOptional(@Nullable String value, ByteWriter to) {
    putBoolean(value != null, to);
    if (value != null) {
      to.putString(value);
    }
  }

  static @Nullable String getOptional(ByteReader from) throws BadRecordException {
    return getBoolean(from) ? from.getString() : null;
  }

  static Bytes getBytes(ByteReader from) throws BadRecordException {
    return Bytes.wrap(from.getBytes());
  }

  static void putFingerprint(Fingerprint value, ByteWriter to) {
    int offset = to.reserve(Fingerprint.BYTES);
    value.write(to.array(), offset);
  }

  static Fingerprint getFingerprint(ByteReader from) throws BadRecordException {
    return Fingerprint.read(from.array(), from.skip(Fingerprint.BYTES));
  }

  static double getDouble(ByteReader from) throws BadRecordException {
    return Double.longBitsToDouble(from.getLong());
  }

  /** Refuses what is nested too deep to be read by recursion. */
  static void checkDepth(int depth) throws BadRecordException {
    if (depth > DEEPEST) {
      throw new BadRecordException("they are nested deeper than " + DEEPEST);
    }
  }
}
