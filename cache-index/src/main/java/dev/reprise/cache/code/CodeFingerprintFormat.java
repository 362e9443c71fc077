package dev.reprise.cache.code;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.code.CodeFingerprint.Mode;
import dev.reprise.cache.fingerprint.Fingerprint;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Code fingerprints as bytes: format version (1), mode, number of parts, the parts as name and
 * digest, number of caveats, the caveats. Numbers have four bytes, text is UTF-8 behind its length
 * in bytes.
 */
public final class CodeFingerprintFormat {
  private static final int VERSION = 1;

  private CodeFingerprintFormat() {}

  /** Returns the bytes of a fingerprint. */
  public static Bytes write(CodeFingerprint fingerprint) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(VERSION);
      writeText(fingerprint.mode().name(), out);
      out.writeInt(fingerprint.parts().size());
      for (Map.Entry<String, Fingerprint> part : fingerprint.parts().entrySet()) {
        writeText(part.getKey(), out);
        out.write(part.getValue().bytes());
      }
      writeTexts(fingerprint.caveats(), out);
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory take anything", e);
    }
    return Bytes.wrap(bytes.toByteArray());
  }

  /**
   * Returns the fingerprint whose bytes these are; null if they are damaged or of another version.
   */
  public static @Nullable CodeFingerprint read(Bytes bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.array()))) {
      if (in.readInt() != VERSION) {
        return null;
      }
      Mode mode = Mode.valueOf(readText(in));
      TreeMap<String, Fingerprint> parts = new TreeMap<>();
      for (int i = in.readInt(); i > 0; i--) {
        parts.put(readText(in), Fingerprint.of(in.readNBytes(Fingerprint.BYTES)));
      }
      return CodeFingerprint.of(mode, parts, readTexts(in));
    } catch (IOException | IllegalArgumentException e) {
      return null;
    }
  }

  static void writeTexts(List<String> texts, DataOutputStream out) throws IOException {
    out.writeInt(texts.size());
    for (String text : texts) {
      writeText(text, out);
    }
  }

  static List<String> readTexts(DataInputStream in) throws IOException {
    List<String> texts = new ArrayList<>();
    for (int i = in.readInt(); i > 0; i--) {
      texts.add(readText(in));
    }
    return texts;
  }

  private static void writeText(String text, DataOutputStream out) throws IOException {
    byte[] utf8 = text.getBytes(UTF_8);
    out.writeInt(utf8.length);
    out.write(utf8);
  }

  private static String readText(DataInputStream in) throws IOException {
    int length = in.readInt();
    byte[] utf8 = in.readNBytes(length);
    if (utf8.length < length) {
      throw new EOFException();
    }
    return new String(utf8, UTF_8);
  }
}
