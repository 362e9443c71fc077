package dev.reprise.console;

import java.util.Locale;

/** Figures as people read them: short, with their unit, the same on every machine. */
public final class Figures {
  private static final double NANOS_PER_MILLI = 1e6;
  private static final double NANOS_PER_SECOND = 1e9;

  private Figures() {}

  /**
   * A duration: {@code 0 s}, {@code 0.4 ms}, {@code 31 ms}, {@code 0.31 s}, {@code 4.2 s}, {@code
   * 2m11s}, {@code 3h12m}, {@code 2d04h}.
   */
  public static String duration(long nanos) {
    double seconds = Math.max(0, nanos) / NANOS_PER_SECOND;
    if (nanos <= 0) {
      return "0 s";
    } else if (seconds < 0.001) {
      return format("%.1f ms", Math.max(0.1, nanos / NANOS_PER_MILLI));
    } else if (seconds < 0.0995) {
      return format("%.0f ms", nanos / NANOS_PER_MILLI);
    } else if (seconds < 0.995) {
      return format("%.2f s", seconds);
    } else if (seconds < 59.95) {
      return format("%.1f s", seconds);
    }
    long whole = Math.round(seconds);
    if (whole < 3600) {
      return format("%dm%02ds", whole / 60, whole % 60);
    } else if (whole < 86_400) {
      return format("%dh%02dm", whole / 3600, whole / 60 % 60);
    }
    return format("%dd%02dh", whole / 86_400, whole / 3600 % 24);
  }

  /** A number of bytes: {@code 0 B}, {@code 812 B}, {@code 1.4 KiB}, {@code 310 MiB}. */
  public static String bytes(long bytes) {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    double value = Math.max(0, bytes);
    int unit = 0;
    while (value >= 1000 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    return unit == 0 || value >= 9.95
        ? format("%.0f %s", value, units[unit])
        : format("%.1f %s", value, units[unit]);
  }

  /** A count: {@code 1,204}. */
  public static String count(long count) {
    return format("%,d", count);
  }

  /** A count of things: {@code 1 unit}, {@code 1,204 units}. */
  public static String count(long count, String thing) {
    return count(count) + " " + thing + (count == 1 ? "" : "s");
  }

  private static String format(String form, Object... values) {
    return String.format(Locale.ROOT, form, values);
  }
}
