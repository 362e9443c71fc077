package dev.reprise.examples.flights;

import dev.reprise.cache.codec.ArrowTable;
import dev.reprise.cache.codec.TableRow;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An airport; what is not known is null. */
record Airport(@Nullable String name, @Nullable String city, @Nullable String state) {
  /** One of which nothing is known. */
  static final Airport UNKNOWN = new Airport(null, null, null);

  /** Reads airports by their code. */
  static Map<String, Airport> read(Path csv) throws Exception {
    Map<String, Airport> byCode = new HashMap<>();
    String sql =
        "SELECT iata, name, city, state FROM read_csv(?, header = true, all_varchar = true)";
    try (ArrowTable airports = DuckDb.query(sql, csv.toString())) {
      for (TableRow row : airports.rows()) {
        byCode.put(
            row.getString("iata"),
            new Airport(text(row, "name"), text(row, "city"), text(row, "state")));
      }
    }
    return byCode;
  }

  private static @Nullable String text(TableRow row, String column) {
    return row.isNull(column) ? null : row.getString(column);
  }
}
