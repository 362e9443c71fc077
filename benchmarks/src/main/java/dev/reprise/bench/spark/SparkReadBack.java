package dev.reprise.bench.spark;

import static dev.reprise.cache.base.Checks.checkState;

import dev.reprise.bench.compare.Workplace;
import dev.reprise.bench.ratio.Comparison;
import dev.reprise.cache.base.Ticker;
import dev.reprise.spark.RepriseSpark;
import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A question that needs two columns of a table that was kept, from its name to the answer, against
 * the same question to Parquet of the same rows, not compressed, whose schema Spark is told. The
 * system has both in memory.
 */
public final class SparkReadBack implements Comparison {
  /** Opens a table. */
  @FunctionalInterface
  interface Reading {
    Dataset<Row> open(SparkSession spark, Path parquet);
  }

  private final Ticker ticker = Ticker.system();
  private final SparkHere spark;
  private final Path home;
  private final Path parquet;
  private final Reading peer;
  private final Row answer;

  public SparkReadBack(Path folder, long rows, int partitions) throws Exception {
    this(
        folder,
        rows,
        partitions,
        (spark, parquet) ->
            spark
                .read()
                .schema(Trips.trips(spark, rows, partitions).schema())
                .parquet(parquet.toString()));
  }

  SparkReadBack(Path folder, long rows, int partitions, Reading peer) throws Exception {
    this.peer = peer;
    home = folder.resolve("home");
    parquet = folder.resolve("parquet");
    spark = SparkHere.start(folder);
    Dataset<Row> table = Trips.trips(spark.session(), rows, partitions);
    answer = Trips.delayAndDistance(table);
    table.write().option("compression", "none").parquet(parquet.toString());
    try (Workplace work = Workplace.in(home)) {
      work.run(SparkFirst.pipeline(rows, partitions), SparkHere.RUN_ON_SPARK);
    }
  }

  @Override
  public double ours() throws Exception {
    long begun = ticker.nanos();
    Row found =
        Trips.delayAndDistance(
            RepriseSpark.read(
                spark.session(), "trips", RepriseSpark.LATEST, Map.of("home", home.toString())));
    double nanos = ticker.nanos() - begun;
    checkState(found.equals(answer), "our answer is %s, not %s", found, answer);
    return nanos;
  }

  @Override
  public double peer() {
    long begun = ticker.nanos();
    Row found = Trips.delayAndDistance(peer.open(spark.session(), parquet));
    double nanos = ticker.nanos() - begun;
    checkState(found.equals(answer), "the peer's answer is %s, not %s", found, answer);
    return nanos;
  }

  @Override
  public void close() {
    spark.close();
  }
}
