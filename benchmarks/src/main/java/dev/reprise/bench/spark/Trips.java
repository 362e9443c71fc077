package dev.reprise.bench.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.Arrays;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Tables that both sides make, by the same functions, and what is asked of them. */
final class Trips {
  private static final int LATE_MINUTES = 15;

  private Trips() {}

  /**
   * Trips made up by their numbers.
   *
   * @param partitions of about as many rows each
   */
  static Dataset<Row> trips(SparkSession spark, long rows, int partitions) {
    return spark
        .range(0, rows, 1, partitions)
        .selectExpr(
            "id",
            "concat('A', pmod(xxhash64(id), 300)) AS origin",
            "cast(pmod(xxhash64(id, 1), 1440) AS int) AS minute",
            "cast(pmod(xxhash64(id, 2), 240) AS int) - 60 AS delay",
            "pmod(xxhash64(id, 3), 50000) / 16D AS distance");
  }

  /** By origin, how many trips there were and how late they were. */
  static Dataset<Row> delays(Dataset<Row> trips) {
    return trips
        .groupBy("origin")
        .agg(
            count(lit(1)).as("trips"),
            sum("delay").as("delay_minutes"),
            count_if(col("delay").gt(LATE_MINUTES)).as("late"));
  }

  /** A question that needs two of the five columns; its answer does not depend on order. */
  static Row delayAndDistance(Dataset<Row> trips) {
    return trips.agg(sum("delay"), max("distance")).first();
  }

  /** The number of rows and a sum over digests of them: equal for equal rows in any order. */
  static Row content(Dataset<Row> table) {
    Column[] columns = Arrays.stream(table.columns()).map(table::col).toArray(Column[]::new);
    return table.agg(count(lit(1)), sum(xxhash64(columns).cast("decimal(38,0)"))).first();
  }
}
