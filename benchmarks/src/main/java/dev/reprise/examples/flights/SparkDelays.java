package dev.reprise.examples.flights;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.sum;

import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/** The steps of {@link FlightsSpark}. */
final class SparkDelays {
  private static final int FEWEST_FLIGHTS = 1_000;

  private SparkDelays() {}

  /** The month's flights whose delay and origin are known. */
  static Dataset<Row> clean(SparkSession spark, Path month) {
    return spark
        .read()
        .parquet(month.toString())
        .where("delay IS NOT NULL AND origin IS NOT NULL")
        .select(
            col("date"),
            col("delay").cast("int"),
            col("distance").cast("int"),
            col("origin"),
            col("destination"));
  }

  /** By origin, how many flights there were and how late they were; of one month. */
  static Dataset<Row> delays(Dataset<Row> flights, int lateMinutes) {
    return flights
        .groupBy("origin")
        .agg(
            count(lit(1)).as("flights"),
            sum("delay").as("delay_minutes"),
            count_if(col("delay").gt(lateMinutes)).as("late"));
  }

  /** All months together. */
  static Dataset<Row> total(List<Dataset<Row>> months) {
    return months.stream()
        .reduce(Dataset::unionByName)
        .orElseThrow()
        .groupBy("origin")
        .agg(
            sum("flights").as("flights"),
            sum("delay_minutes").as("delay_minutes"),
            sum("late").as("late"));
  }

  /** With the airports' names; an airport that is not known has none. */
  static Dataset<Row> byAirport(SparkSession spark, Dataset<Row> total, Path airports) {
    Dataset<Row> names =
        spark
            .read()
            .option("header", true)
            .csv(airports.toString())
            .select(col("iata").as("origin"), col("name"), col("city"), col("state"));
    return total
        .join(names, total.col("origin").equalTo(names.col("origin")), "left")
        .select(
            total.col("origin"),
            col("name"),
            col("city"),
            col("state"),
            col("flights"),
            col("delay_minutes").divide(col("flights")).as("mean_delay"),
            col("late").divide(col("flights")).as("late_share"));
  }

  /** Of each state the airport where most flights leave late. */
  static Dataset<Row> worstOfState(Dataset<Row> byAirport) {
    WindowSpec latestFirst =
        Window.partitionBy("state").orderBy(col("late_share").desc(), col("origin"));
    return byAirport
        .where(col("flights").geq(FEWEST_FLIGHTS))
        .withColumn("state", coalesce(col("state"), lit("")))
        .withColumn("place", row_number().over(latestFirst))
        .where("place = 1")
        .select("state", "origin", "flights", "late_share");
  }
}
