package dev.reprise.cache.base;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as people write them. */
public final class Sizes {
  private static final Pattern FORM = Pattern.compile("(\\d{1,19})\\s*([kmgt]?)(i?b)?");
  private static final String POWERS = "kmgt";

  private Sizes() {}

  /**
   * Parses {@code 4096}, {@code 512m}, {@code 4g} or {@code 64MiB}; all units are powers of 1024.
   *
   * @return bytes
   * @throws IllegalArgumentException if it is none of these, or more than fits; the message says
   *     what is wanted
   */
  public static long parse(String text) {
    Matcher size = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
    try {
      if (size.matches()) {
        int power = size.group(2).isEmpty() ? 0 : 1 + POWERS.indexOf(size.group(2));
        return Math.multiplyExact(Long.parseLong(size.group(1)), 1L << (10 * power));
      }
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException("too large a size: '" + text + "'", e);
    }
    throw new IllegalArgumentException("bad size '" + text + "': write 4096, 512m, 4g or 64MiB");
  }
}
