package dev.reprise.cache.fingerprint;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Prints name and fingerprint of every golden value, a line each. */
public final class PrintGoldenKeys {
  private PrintGoldenKeys() {}

  /** Prints them in UTF-8, whatever this JVM's character set is. */
  public static void main(String[] args) throws Exception {
    new PrintStream(System.out, true, UTF_8).print(lines());
  }

  static String lines() throws Exception {
    StringBuilder lines = new StringBuilder();
    for (Map.Entry<String, @Nullable Object> golden : GoldenValues.all().entrySet()) {
      lines
          .append(golden.getKey())
          .append('\t')
          .append(CanonicalEncoder.plain().fingerprint(golden.getValue()))
          .append('\n');
    }
    return lines.toString();
  }
}
