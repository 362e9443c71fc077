package dev.reprise.examples.flights;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.dayofweek;
import static org.apache.spark.sql.functions.hour;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.month;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.xxhash64;
import static org.apache.spark.sql.functions.year;

import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The step of {@link FlightsModel} that runs on Spark. */
final class SparkFeatures {
  private SparkFeatures() {}

  /**
   * What is known of a flight before it leaves, and whether it was late; of one flight in {@code
   * oneIn}, always the same ones.
   */
  static Dataset<Row> of(SparkSession spark, Path month, int lateMinutes, int oneIn) {
    return spark
        .read()
        .parquet(month.toString())
        .where("delay IS NOT NULL AND distance IS NOT NULL")
        .where("origin IS NOT NULL AND destination IS NOT NULL")
        .where(
            pmod(
                    xxhash64(
                        col("date"),
                        col("delay"),
                        col("distance"),
                        col("origin"),
                        col("destination")),
                    lit(oneIn))
                .equalTo(0))
        .select(
            year(col("date")).multiply(100).plus(month(col("date"))).as("month"),
            dayofweek(col("date")).as("weekday"),
            hour(col("date")).as("hour"),
            col("distance").cast("int").as("miles"),
            col("origin"),
            col("destination"),
            col("delay").gt(lateMinutes).cast("int").as("late"));
  }
}
