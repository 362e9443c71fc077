package dev.reprise.cache.code;

import dev.reprise.cache.fingerprint.Hasher;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Writes the plain constants of a class file, each so that no other constant looks the same. */
final class Constants {
  private Constants() {}

  /**
   * Writes a number, a string, or nothing; floating point by its bits.
   *
   * @param value as ASM gives it
   */
  static void write(@Nullable Object value, Hasher to) {
    if (value instanceof Integer number) {
      to.putString("int").putLong(number);
    } else if (value instanceof Long number) {
      to.putString("long").putLong(number);
    } else if (value instanceof Float number) {
      to.putString("float").putLong(Float.floatToRawIntBits(number));
    } else if (value instanceof Double number) {
      to.putString("double").putLong(Double.doubleToRawLongBits(number));
    } else if (value instanceof String string) {
      to.putString("string").putBytes(utf16(string));
    } else {
      to.putString(value == null ? "none" : value.toString());
    }
  }

  /** The code units of a string: a constant may hold half a surrogate pair, which UTF-8 cannot. */
  private static byte[] utf16(String string) {
    ByteBuffer units = ByteBuffer.allocate(2 * string.length());
    units.asCharBuffer().put(string);
    return units.array();
  }
}
