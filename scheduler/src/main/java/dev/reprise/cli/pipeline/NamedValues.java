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
 * A name with values: a range of months, days or whole numbers, or a list.
 *
 * @param values in their order, each once; at least one
 */
record NamedValues(String name, List<String> values) {
  private static final String FORM = "NAME=FROM..TO";
  private static final int MOST = 10_000;

  NamedValues {
    values = List.copyOf(values);
  }

  /**
   * Reads {@code month=2001-01..2001-06}, {@code day=2001-03-01..2001-03-31}, {@code part=1..12} or
   * {@code region=north,south}.
   *
   * @param option that it was given for, for people
   * @throws UsageException if it is none of these, or names no value or too many
   */
  static NamedValues parse(String option, String text) {
    KeyValue pair = KeyValue.parse(option, FORM, text);
    int dots = pair.value().indexOf("..");
    if (dots < 0) {
      List<String> listed = List.of(pair.value().split(",", -1));
      if (listed.contains("")) {
        throw bad(option, text, "has an empty value");
      }
      return new NamedValues(pair.key(), listed.stream().distinct().toList());
    }
    String from = pair.value().substring(0, dots);
    String to = pair.value().substring(dots + 2);
    return new NamedValues(pair.key(), range(option, text, from, to));
  }

  private static List<String> range(String option, String text, String from, String to) {
    try {
      if (from.matches("\\d{4}-\\d{2}")) {
        YearMonth last = YearMonth.parse(to);
        return values(option, text, YearMonth.parse(from), last, month -> month.plusMonths(1));
      } else if (from.matches("\\d{4}-\\d{2}-\\d{2}")) {
        LocalDate last = LocalDate.parse(to);
        return values(option, text, LocalDate.parse(from), last, day -> day.plusDays(1));
      }
      return values(option, text, Long.valueOf(from), Long.valueOf(to), number -> number + 1);
    } catch (DateTimeException | NumberFormatException e) {
      throw bad(
          option,
          text,
          "is no range of months (2001-02), days (2001-02-03) or whole numbers, both ends of one form");
    }
  }

  private static <T extends Comparable<? super T>> List<String> values(
      String option, String text, T from, T to, UnaryOperator<T> next) {
    if (from.compareTo(to) > 0) {
      throw bad(option, text, "ends before it begins");
    }
    List<String> values = new ArrayList<>();
    for (T each = from; each.compareTo(to) <= 0; each = next.apply(each)) {
      if (values.size() == MOST) {
        throw bad(option, text, "has more than %d values".formatted(MOST));
      }
      values.add(each.toString());
    }
    return values;
  }

  private static UsageException bad(String option, String text, String why) {
    return new UsageException(
        "%s %s %s; write one such as month=2001-01..2001-06, day=2001-03-01..2001-03-31, part=1..12 or region=north,south"
            .formatted(option, Text.quote(text), why));
  }
}
