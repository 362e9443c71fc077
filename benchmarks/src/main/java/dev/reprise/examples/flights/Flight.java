package dev.reprise.examples.flights;

import dev.reprise.cache.codec.ArrowTable;
import dev.reprise.cache.codec.TableRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A row of the features.
 *
 * @param month as in {@code 200106}
 */
record Flight(
    int month, int weekday, int hour, int miles, String origin, String destination, boolean late) {
  private static final int MILES_APART = 250;

  private static final Comparator<Flight> ORDER =
      Comparator.comparingInt(Flight::month)
          .thenComparingInt(Flight::weekday)
          .thenComparingInt(Flight::hour)
          .thenComparingInt(Flight::miles)
          .thenComparing(Flight::origin)
          .thenComparing(Flight::destination)
          .thenComparing(Flight::late);

  /** All flights, in one order whatever that of the tables' rows is: it is no part of a table. */
  static List<Flight> allOf(List<ArrowTable> months) {
    List<Flight> flights = new ArrayList<>();
    for (ArrowTable month : months) {
      for (TableRow row : month.rows()) {
        flights.add(of(row));
      }
    }
    flights.sort(ORDER);
    return flights;
  }

  private static Flight of(TableRow row) {
    return new Flight(
        (int) row.getLong("month"),
        (int) row.getLong("weekday"),
        (int) row.getLong("hour"),
        (int) row.getLong("miles"),
        row.getString("origin"),
        row.getString("destination"),
        row.getLong("late") == 1);
  }

  /** What is known before it leaves. */
  List<String> features() {
    return List.of(
        "weekday " + weekday,
        "hour " + hour,
        "miles " + miles / MILES_APART * MILES_APART,
        "from " + origin,
        "to " + destination);
  }
}
