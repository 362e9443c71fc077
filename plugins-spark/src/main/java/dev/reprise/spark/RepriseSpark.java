package dev.reprise.spark;

import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.StorePlace;
import dev.reprise.executor.ResultFinder;
import dev.reprise.executor.ResultFinder.Found;
import dev.reprise.spark.table.StoredTables;
import java.io.IOException;
import java.util.Map;
import java.util.ServiceLoader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Reads results of pipelines as datasets, in a notebook, a shell, or any program on Spark. The same
 * is to be had by {@code spark.read().format("reprise").option("result", "by-airport").load()}.
 */
public final class RepriseSpark {
  /** The latest run of a home. */
  public static final String LATEST = "latest";

  private RepriseSpark() {}

  /**
   * The table that the latest run in the usual home made.
   *
   * @param name as in {@link #read(SparkSession, String, String, Map)}
   */
  public static Dataset<Row> read(SparkSession spark, String name) throws IOException {
    return read(spark, name, LATEST, Map.of());
  }

  /**
   * The table that a run made. Columns are read as they are needed, rows by the executors.
   *
   * @param name a result or a step, whose partitions are one table here; {@code NAME:LABEL} is one
   *     partition
   * @param run id of the run or the beginning of it, or {@link #LATEST}
   * @param settings as on the command line without the dashes, such as {@code home} and {@code
   *     store}; executors must reach the store
   * @throws IllegalArgumentException if there is no such run or result, or it is no table, or has a
   *     column that Spark has no type for
   * @throws IOException if what was kept cannot be read; run the pipeline again
   */
  public static Dataset<Row> read(
      SparkSession spark, String name, String run, Map<String, String> settings)
      throws IOException {
    Found found = find(name, run, settings);
    return StoredTables.read(
        spark, StorePlace.of(found.store(), found.farther()), found.partitions());
  }

  /** What was found under a name, all of it tables. */
  static Found find(String name, String run, Map<String, String> settings) throws IOException {
    ResultFinder finder =
        ServiceLoader.load(ResultFinder.class)
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "nothing here knows of runs: put reprise-scheduler on the class path"));
    Found found = finder.find(settings, run, name);
    for (PartitionRef partition : found.partitions()) {
      if (partition.rows() == PartitionRef.NOT_A_TABLE) {
        throw new IllegalArgumentException(
            "'%s' is no table; read it with 'reprise result %s'".formatted(name, name));
      }
    }
    return found;
  }
}
