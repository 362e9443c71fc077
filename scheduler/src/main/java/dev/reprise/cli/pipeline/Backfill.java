package dev.reprise.cli.pipeline;

import dev.reprise.cache.base.Text;
import dev.reprise.cli.base.KeyValue;
import dev.reprise.config.UsageException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A parameter with the values for each of which a run is wanted.
 *
 * @param values in the order in which they are run; at least one
 */
record Backfill(String parameter, List<String> values) {
  private static final String FORM = "NAME=FROM..TO";
  private static final int MOST = 10_000;

  Backfill {
    values = List.copyOf(values);
  }

  /**
   * Reads {@code month=2001-01..2001-06}, {@code day=2001-03-01..2001-03-31}, {@code part=1..12} or
   * {@code region=north,south}.
   *
   * @throws UsageException if it is none of these, or names no value or too many
   */
  static Backfill parse(String text) {
    KeyValue pair = KeyValue.parse("--backfill", FORM, text);
    int dots = pair.value().indexOf("..");
    if (dots < 0) {
      List<String> listed = List.of(pair.value().split(",", -1));
      if (listed.contains("")) {
        throw bad(text, "has an empty value");
      }
      return new Backfill(pair.key(), listed.stream().distinct().toList());
    }
    String from = pair.value().substring(0, dots);
    String to = pair.value().substring(dots + 2);
    return new Backfill(pair.key(), range(text, from, to));
  }

  private static List<String> range(String text, String from, String to) {
    try {
      if (from.matches("\\d{4}-\\d{2}")) {
        YearMonth last = YearMonth.parse(to);
        return values(text, YearMonth.parse(from), last, month -> month.plusMonths(1));
      } else if (from.matches("\\d{4}-\\d{2}-\\d{2}")) {
        LocalDate last = LocalDate.parse(to);
        return values(text, LocalDate.parse(from), last, day -> day.plusDays(1));
      }
      return values(text, Long.valueOf(from), Long.valueOf(to), number -> number + 1);
    } catch (DateTimeException | NumberFormatException e) {
      throw bad(text, "is no range of months, days or whole numbers, both ends of one form");
    }
  }

  private static <T extends Comparable<? super T>> List<String> values(
      String text, T from, T to, UnaryOperator<T> next) {
    if (from.compareTo(to) > 0) {
      throw bad(text, "ends before it begins");
    }
    List<String> values = new ArrayList<>();
    for (T each = from; each.compareTo(to) <= 0; each = next.apply(each)) {
      if (values.size() == MOST) {
        throw bad(text, "has more than %d values".formatted(MOST));
      }
      values.add(each.toString());
    }
    return values;
  }

  private static UsageException bad(String text, String why) {
    return new UsageException(
        "--backfill %s %s; write one such as month=2001-01..2001-06, day=2001-03-01..2001-03-31, part=1..12 or region=north,south"
            .formatted(Text.quote(text), why));
  }
}
