package dev.reprise.bench.spark;

import static dev.reprise.cache.base.Checks.checkState;
import static dev.reprise.spark.Spark.spark;

import dev.reprise.api.Pipeline;
import dev.reprise.api.Value;
import dev.reprise.bench.compare.Folders;
import dev.reprise.bench.compare.Workplace;
import dev.reprise.bench.ratio.Comparison;
import dev.reprise.cache.base.Ticker;
import dev.reprise.spark.RepriseSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Two steps on datasets of which nothing is cached, a table in partitions and what follows from it,
 * against a program on Spark that writes the same two tables as Parquet. Both are kept then; ours
 * are on the disk, of the peer's that is up to the system.
 */
public final class SparkFirst implements Comparison {
  /** Makes the two tables without Reprise. */
  @FunctionalInterface
  interface Program {
    /** Writes tables as Parquet to the folders {@code trips} and {@code delays}. */
    void run(SparkSession spark, Path folder);
  }

  private final Ticker ticker = Ticker.system();
  private final Path folder;
  private final Pipeline pipeline;
  private final Program peer;
  private final SparkHere spark;
  private final Row trips;
  private final Row delays;
  private int rounds;

  public SparkFirst(Path folder, long rows, int partitions) {
    this(folder, rows, partitions, (spark, to) -> plainly(spark, to, rows, partitions));
  }

  SparkFirst(Path folder, long rows, int partitions, Program peer) {
    this.folder = folder;
    this.pipeline = pipeline(rows, partitions);
    this.peer = peer;
    spark = SparkHere.start(folder);
    Dataset<Row> table = Trips.trips(spark.session(), rows, partitions);
    trips = Trips.content(table);
    delays = Trips.content(Trips.delays(table));
  }

  /** Both tables by Reprise. */
  static Pipeline pipeline(long rows, int partitions) {
    return Pipeline.define(
        "trips",
        p -> {
          Value<Dataset<Row>> made =
              p.step("trips", spark(Trips::trips), p.value(rows), p.value(partitions));
          p.result("trips", made);
          p.result("delays", p.step("delays", spark(Trips::delays), made));
        });
  }

  /**
   * Both tables by Spark alone, in one job each; the second one from the first one's files. Neither
   * compressed nor with dictionaries, as which Spark writes them fastest, and as ours are.
   */
  private static void plainly(SparkSession spark, Path to, long rows, int partitions) {
    String first = to.resolve("trips").toString();
    Dataset<Row> made = Trips.trips(spark, rows, partitions);
    plain(made).parquet(first);
    Dataset<Row> kept = spark.read().schema(made.schema()).parquet(first);
    plain(Trips.delays(kept)).parquet(to.resolve("delays").toString());
  }

  private static DataFrameWriter<Row> plain(Dataset<Row> table) {
    return table.write().option("compression", "none").option("parquet.enable.dictionary", false);
  }

  @Override
  public double ours() throws Exception {
    Path home = Files.createDirectory(folder.resolve("ours-" + ++rounds));
    double nanos;
    try (Workplace work = Workplace.in(home)) {
      nanos = work.run(pipeline, SparkHere.RUN_ON_SPARK).nanos();
    }
    check("ours", read(home, "trips"), read(home, "delays"));
    Folders.delete(home);
    return nanos;
  }

  private Dataset<Row> read(Path home, String result) throws IOException {
    return RepriseSpark.read(
        spark.session(), result, RepriseSpark.LATEST, Map.of("home", home.toString()));
  }

  @Override
  public double peer() throws Exception {
    Path to = Files.createDirectory(folder.resolve("peer-" + rounds));
    long begun = ticker.nanos();
    peer.run(spark.session(), to);
    double nanos = ticker.nanos() - begun;
    check(
        "the peer's",
        spark.session().read().parquet(to.resolve("trips").toString()),
        spark.session().read().parquet(to.resolve("delays").toString()));
    Folders.delete(to);
    return nanos;
  }

  private void check(String whose, Dataset<Row> first, Dataset<Row> second) {
    checkState(Trips.content(first).equals(trips), "%s trips are others", whose);
    checkState(Trips.content(second).equals(delays), "%s delays are others", whose);
  }

  @Override
  public void close() {
    spark.close();
  }
}
