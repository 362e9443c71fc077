package dev.reprise.cache.base;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them. */
public final class Durations {
  private static final Pattern SHORT = Pattern.compile("(\\d{1,15})\\s*(ms|s|m|h|d)");

  private Durations() {}

  /**
   * Parses {@code 250ms}, {@code 90s}, {@code 15m}, {@code 2h}, {@code 7d}, {@code 0} or ISO-8601
   * as {@code PT1H30M}.
   *
   * @throws IllegalArgumentException if it is none of these; the message says what is wanted
   */
  public static Duration parse(String text) {
    if (text.strip().equals("0")) {
      return Duration.ZERO; // in whatever unit
    }
    Matcher matcher = SHORT.matcher(text.strip().toLowerCase(Locale.ROOT));
    try {
      if (!matcher.matches()) {
        Duration duration = Duration.parse(text.strip());
        if (duration.isNegative()) {
          throw new IllegalArgumentException("a duration must not be negative: '" + text + "'");
        }
        return duration;
      }
      long amount = Long.parseLong(matcher.group(1));
      return switch (matcher.group(2)) {
        case "ms" -> Duration.ofMillis(amount);
        case "s" -> Duration.ofSeconds(amount);
        case "m" -> Duration.ofMinutes(amount);
        case "h" -> Duration.ofHours(amount);
        default -> Duration.ofDays(amount);
      };
    } catch (DateTimeParseException | ArithmeticException e) {
      throw new IllegalArgumentException(
          "bad duration '" + text + "': write 250ms, 90s, 15m, 2h, 7d or PT1H30M", e);
    }
  }

  /**
   * The shortest that {@link #parse} takes back, such as {@code 90s}, {@code 7d} or {@code PT0.1S}.
   */
  public static String text(Duration duration) {
    if (duration.toNanosPart() != 0) {
      boolean wholeMillis = duration.toNanosPart() % 1_000_000 == 0 && duration.toDays() < 1;
      return wholeMillis ? duration.toMillis() + "ms" : duration.toString();
    }
    long seconds = duration.toSeconds();
    if (seconds == 0 || seconds % 60 != 0) {
      return seconds + "s";
    } else if (seconds % 3600 != 0) {
      return seconds / 60 + "m";
    }
    return seconds % 86_400 == 0 ? seconds / 86_400 + "d" : seconds / 3600 + "h";
  }
}
