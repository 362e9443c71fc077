package dev.reprise.cache.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.esotericsoftware.kryo.kryo5.KryoException;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import dev.reprise.cache.base.Utf16;

/**
 * Counts, bytes and text, read so that nothing is allocated that the bytes at hand cannot fill: a
 * count is never larger than the number of bytes left, since every element takes at least one.
 */
final class Parts {
  private Parts() {}

  static void writeCount(Output output, int count) {
    output.writeVarInt(count, true);
  }

  /** Reads the number of elements of which each takes at least {@code width} bytes. */
  static int readCount(Input input, int width) {
    int count = input.readVarInt(true);
    long left = left(input);
    if (count < 0 || (long) count * width > left) {
      throw new KryoException(
          "declares " + Integer.toUnsignedString(count) + " elements in " + left + " bytes");
    }
    return count;
  }

  private static long left(Input input) {
    return (long) input.limit() - input.position();
  }

  static void writeBytes(Output output, byte[] bytes) {
    writeCount(output, bytes.length);
    output.writeBytes(bytes);
  }

  static byte[] readBytes(Input input) {
    return input.readBytes(readCount(input, 1));
  }

  /**
   * Writes text by its exact code units: as UTF-8 where that is possible, else, after a length that
   * is odd, one by one.
   */
  static void writeText(Output output, String text) {
    if (Utf16.isWellFormed(text)) {
      byte[] utf8 = text.getBytes(UTF_8);
      output.writeVarLong((long) utf8.length << 1, true);
      output.writeBytes(utf8);
      return;
    }
    output.writeVarLong(((long) text.length() << 1) | 1, true);
    for (int i = 0; i < text.length(); i++) {
      output.writeShort(text.charAt(i));
    }
  }

  static String readText(Input input) {
    return readText(input, Integer.MAX_VALUE);
  }

  static String readText(Input input, int longest) {
    long length = input.readVarLong(true);
    boolean units = (length & 1) == 1;
    long count = length >>> 1;
    long left = left(input);
    if (count > longest || count * (units ? 2 : 1) > left) {
      throw new KryoException("declares a text of " + count + " in " + left + " bytes");
    }
    if (!units) {
      return new String(input.readBytes((int) count), UTF_8);
    }
    char[] chars = new char[(int) count];
    for (int i = 0; i < chars.length; i++) {
      chars[i] = (char) input.readShort();
    }
    return new String(chars);
  }
}
