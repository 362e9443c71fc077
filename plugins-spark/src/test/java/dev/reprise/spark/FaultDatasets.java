package dev.reprise.spark;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Steps on datasets that are bad for the executors they are computed on. */
final class FaultDatasets {
  private FaultDatasets() {}

  /** Ten thousand numbers in two partitions. */
  static Dataset<Row> numbers(SparkSession spark) {
    return spark.range(0, 10_000, 1, 2).toDF("n");
  }

  /** The same numbers in as many partitions. */
  static Dataset<Row> cut(Dataset<Row> numbers, int partitions) {
    return numbers.repartition(partitions);
  }

  static long count(Dataset<Row> numbers) {
    return numbers.count();
  }

  /** Halts the executor in the middle of a partition, unless {@code mark} is there. */
  static Dataset<Long> haltOnce(SparkSession spark, String mark) {
    return spark
        .range(0, 10_000, 1, 2)
        .map(
            (MapFunction<Long, Long>)
                n -> {
                  if (n == 7_500 && Files.notExists(Path.of(mark))) {
                    Files.createFile(Path.of(mark));
                    Runtime.getRuntime().halt(137);
                  }
                  return n;
                },
            Encoders.LONG());
  }

  /** Halts every executor that tries. */
  static Dataset<Long> haltAlways(SparkSession spark) {
    return spark
        .range(0, 1, 1, 1)
        .map(
            (MapFunction<Long, Long>)
                n -> {
                  Runtime.getRuntime().halt(137);
                  return n;
                },
            Encoders.LONG());
  }

  /** How many units there were at one time, as {@link FaultTasks#together} counts them. */
  static Dataset<Integer> together(SparkSession spark, String folder) {
    return spark
        .range(0, 1, 1, 1)
        .map((MapFunction<Long, Integer>) n -> FaultTasks.together(folder), Encoders.INT());
  }

  /** The user's own mistake, made on an executor. */
  static Dataset<Long> failing(SparkSession spark) {
    return spark
        .range(0, 10, 1, 2)
        .map(
            (MapFunction<Long, Long>)
                n -> {
                  throw new IllegalStateException("no such month: " + n);
                },
            Encoders.LONG());
  }

  static Dataset<Row> divideByZero(SparkSession spark) {
    return spark.sql("SELECT 1 / id AS x FROM range(3)");
  }

  static Dataset<Long> endless(SparkSession spark) {
    return spark
        .range(0, 2, 1, 2)
        .map(
            (MapFunction<Long, Long>)
                n -> {
                  Thread.sleep(600_000);
                  return n;
                },
            Encoders.LONG());
  }
}
