package dev.reprise.examples.flights;

import static dev.reprise.task.Tasks.task;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reprise.api.NamedPipeline;
import dev.reprise.api.Partitions;
import dev.reprise.api.Pipeline;
import dev.reprise.api.Value;
import dev.reprise.cache.codec.ArrowTable;
import dev.reprise.cache.codec.TableBuilder;
import dev.reprise.cache.codec.TableRow;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Which airports' flights leave late? Six months of scheduled US flights, a partition a month:
 * cleaned, counted by origin, combined, joined with the airports' names, reported.
 */
public final class Flights implements NamedPipeline {
  private static final ArrowType TEXT = ArrowType.Utf8.INSTANCE;
  private static final ArrowType WHOLE = new ArrowType.Int(64, true);
  private static final ArrowType DECIMAL =
      new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);

  private static final int FEWEST_FLIGHTS = 1_000;
  private static final int LISTED = 5;

  /** For {@code ServiceLoader}. */
  public Flights() {}

  @Override
  public String name() {
    return "flights";
  }

  @Override
  public String description() {
    return "delays of 3 million US flights by origin, month by month";
  }

  @Override
  public void define(Pipeline.Builder p) {
    Value<Path> data = p.param("data", ShippedData.folder().resolve("flights"));
    Value<Path> names = p.param("airports", ShippedData.folder().resolve("airports.csv"));
    Value<Integer> lateMinutes = p.param("late-minutes", 15);

    Partitions<Path> flights = p.files("flights", data, "month=*/*.parquet");
    Value<Path> airports = p.file("airports", names);

    Partitions<ArrowTable> clean = p.perPartition("clean", task(Flights::clean), flights);
    Partitions<ArrowTable> delays =
        p.perPartition("delays", task(Flights::delays), clean, lateMinutes);
    Value<ArrowTable> byAirport =
        p.step("by-airport", task(Flights::byAirport), delays.all(), airports);
    Value<String> report = p.step("report", task(Flights::report), byAirport);

    p.result("by-airport", byAirport);
    p.result("report", report);
  }

  /** The month's flights whose delay and origin are known. */
  static ArrowTable clean(Path month) throws Exception {
    return DuckDb.query(
        """
        SELECT date, delay::INTEGER AS delay, distance::INTEGER AS distance, origin, destination
        FROM read_parquet(?)
        WHERE delay IS NOT NULL AND origin IS NOT NULL
        """,
        month.toString());
  }

  /** By origin, how many flights there were and how late they were. */
  static ArrowTable delays(ArrowTable flights, int lateMinutes) {
    Map<String, Delays> byOrigin = new HashMap<>();
    flights.forEachBatch(batch -> count(batch, lateMinutes, byOrigin));
    TableBuilder table =
        ArrowTable.builder(
            schema(
                "origin", TEXT,
                "flights", WHOLE,
                "delay_minutes", WHOLE,
                "late", WHOLE,
                "mean_delay", DECIMAL,
                "late_share", DECIMAL));
    new TreeMap<>(byOrigin)
        .forEach(
            (origin, sums) ->
                table.row(
                    origin,
                    sums.flights(),
                    sums.minutes(),
                    sums.late(),
                    sums.mean(),
                    sums.lateShare()));
    return table.build();
  }

  private static void count(VectorSchemaRoot batch, int lateMinutes, Map<String, Delays> byOrigin) {
    IntVector delay = (IntVector) batch.getVector("delay");
    VarCharVector origin = (VarCharVector) batch.getVector("origin");
    for (int row = 0; row < batch.getRowCount(); row++) {
      String name = new String(origin.get(row), UTF_8);
      byOrigin.computeIfAbsent(name, any -> new Delays()).add(delay.get(row), lateMinutes);
    }
  }

  /** All months together, with the airports' names; sums first, divided last. */
  static ArrowTable byAirport(List<ArrowTable> months, Path airports) throws Exception {
    TreeMap<String, Delays> byOrigin = new TreeMap<>();
    for (ArrowTable month : months) {
      for (TableRow row : month.rows()) {
        byOrigin
            .computeIfAbsent(row.getString("origin"), any -> new Delays())
            .add(row.getLong("flights"), row.getLong("delay_minutes"), row.getLong("late"));
      }
    }
    Map<String, Airport> known = Airport.read(airports);
    TableBuilder table =
        ArrowTable.builder(
            schema(
                "origin", TEXT,
                "name", TEXT,
                "city", TEXT,
                "state", TEXT,
                "flights", WHOLE,
                "mean_delay", DECIMAL,
                "late_share", DECIMAL));
    byOrigin.forEach(
        (origin, sums) -> {
          Airport airport = known.getOrDefault(origin, Airport.UNKNOWN);
          table.row(
              origin,
              airport.name(),
              airport.city(),
              airport.state(),
              sums.flights(),
              sums.mean(),
              sums.lateShare());
        });
    return table.build();
  }

  /** The airports where most and where fewest flights leave late. */
  static String report(ArrowTable byAirport) {
    List<Line> lines = new ArrayList<>();
    for (TableRow row : byAirport.rows()) {
      if (row.getLong("flights") >= FEWEST_FLIGHTS) {
        String city =
            row.isNull("city") ? "" : row.getString("city") + ", " + row.getString("state");
        lines.add(
            new Line(
                row.getString("origin"),
                city,
                row.getLong("flights"),
                row.getDouble("mean_delay"),
                row.getDouble("late_share")));
      }
    }
    lines.sort(Comparator.comparingDouble(Line::lateShare).thenComparing(Line::origin));
    int listed = Math.min(LISTED, lines.size());
    StringBuilder text = new StringBuilder();
    text.append("Airports with at least ").append(FEWEST_FLIGHTS).append(" flights\n\nbest\n");
    lines.subList(0, listed).forEach(line -> text.append(line.text()));
    text.append("\nworst\n");
    for (int i = 0; i < listed; i++) {
      text.append(lines.get(lines.size() - 1 - i).text());
    }
    return text.toString();
  }

  private record Line(
      String origin, String city, long flights, double meanDelay, double lateShare) {
    String text() {
      return String.format(
          Locale.ROOT,
          "  %-4s %-28s %,9d flights  %5.1f min mean delay  %5.1f %% late\n",
          origin,
          city,
          flights,
          meanDelay,
          100 * lateShare);
    }
  }

  private static Schema schema(Object... namesAndTypes) {
    List<Field> fields = new ArrayList<>();
    for (int i = 0; i < namesAndTypes.length; i += 2) {
      fields.add(Field.nullable((String) namesAndTypes[i], (ArrowType) namesAndTypes[i + 1]));
    }
    return new Schema(fields);
  }
}
