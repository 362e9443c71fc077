package dev.reprise.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.api.NamedPipeline;
import dev.reprise.api.Parameters;
import dev.reprise.api.Pipeline;
import dev.reprise.cache.codec.ArrowTable;
import dev.reprise.cache.codec.TableRow;
import dev.reprise.plan.Outcome;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunState;
import dev.reprise.spark.RepriseSpark;
import dev.reprise.testkit.PipelineTester;
import dev.reprise.testkit.TestedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The shipped pipeline on Spark's datasets, counted exactly; Spark is embedded. */
@Timeout(300)
class FlightsSparkTest {
  private static final Path SHIPPED = ShippedData.folder().resolve("flights");

  private static final Map<String, String> TWO =
      Map.of("spark.master", "local[2]", "spark.start-timeout", "2m");

  /** Where nobody answers: Spark could not be started. */
  private static final Map<String, String> NOWHERE = Map.of("spark.master", "nonsense://");

  @RegisterExtension final PipelineTester reprise = new PipelineTester();
  @TempDir Path data;

  @Test
  void result_byAirport_isThatOfThePipelineWithoutSpark() throws Exception {
    copy(1, 2, 3, 4, 5, 6);
    TestedRun local = run(new Flights(), TWO);
    TestedRun spark = run(new FlightsSpark(), TWO);

    assertThat(spark.state()).as(spark.message()).isEqualTo(RunState.SUCCEEDED);
    assertThat(spark.executions()).isEqualTo(6 + 6 + 3 + 0);
    // The tables are equal to the last bit, so the plain step after them is not even run.
    assertThat(spark.count("report", Outcome.CACHED)).isEqualTo(1);
    try (ArrowTable expected = local.run().result("by-airport", ArrowTable.class);
        ArrowTable table = spark.run().result("by-airport", ArrowTable.class);
        ArrowTable worst = spark.run().result("worst-of-state", ArrowTable.class)) {
      assertThat(table.schema()).isEqualTo(expected.schema());
      assertThat(table.content()).isEqualTo(expected.content());
      assertThat(worst.rowCount()).isBetween(40L, 60L);
      for (TableRow row : worst.rows()) {
        assertThat(row.getLong("flights")).isGreaterThanOrEqualTo(1_000);
      }
    }
  }

  @Test
  void run_secondTime_executesNothingAndStartsNoSpark() throws Exception {
    copy(1, 2);
    assertThat(run(new FlightsSpark(), TWO).executions()).isEqualTo(8);
    reprise.reopen();

    TestedRun second = run(new FlightsSpark(), NOWHERE);

    assertThat(second.state()).isEqualTo(RunState.SUCCEEDED);
    assertThat(second.executions()).isZero();
    assertThat(SparkSession.getDefaultSession().isEmpty()).isTrue();
    assertThat(second.run().result("report", String.class)).contains("best");
  }

  @Test
  void run_changes_executeTheirConeAlone() throws Exception {
    copy(1, 2);
    SparkContext users = SparkContext.getOrCreate(conf());
    try {
      run(new FlightsSpark(), TWO);

      copy(3);
      TestedRun added = run(new FlightsSpark(), TWO);
      assertThat(added.executions("clean")).isEqualTo(1);
      assertThat(added.executions("delays")).isEqualTo(1);
      assertThat(added.outcome("clean", "month=2001-03")).isEqualTo(Outcome.RAN);
      assertThat(added.executions()).isEqualTo(6);

      Files.delete(blobOfAMonth());
      TestedRun deleted = run(new FlightsSpark(), TWO);
      assertThat(deleted.state()).isEqualTo(RunState.SUCCEEDED);
      assertThat(deleted.executions("clean")).isEqualTo(1);
      assertThat(deleted.executions()).isEqualTo(1);

      damage(blobOfAMonth());
      TestedRun damaged = run(new FlightsSpark(), TWO, 30);
      assertThat(damaged.state()).as(damaged.message()).isEqualTo(RunState.SUCCEEDED);
      assertThat(damaged.executions("clean")).isEqualTo(1);
      assertThat(damaged.executions("delays")).isEqualTo(3);

      assertThat(users.isStopped()).as("it is not ours to stop").isFalse();
      readAsAUserWould(SparkSession.builder().getOrCreate());
    } finally {
      users.stop();
    }
  }

  /** Whoever has a session reads what a run made, without a pipeline. */
  private void readAsAUserWould(SparkSession spark) throws IOException {
    Map<String, String> home = Map.of("home", reprise.home().toString());

    Dataset<Row> all = RepriseSpark.read(spark, "clean", RepriseSpark.LATEST, home);
    Dataset<Row> one =
        spark.read().format("reprise").options(home).option("result", "clean:month=2001-02").load();
    Dataset<Row> small = RepriseSpark.read(spark, "by-airport", RepriseSpark.LATEST, home);

    assertThat(all.columns()).containsExactly("date", "delay", "distance", "origin", "destination");
    assertThat(all.count()).isGreaterThan(one.count() * 2);
    assertThat(small.where("origin = 'ATL'").select("city").first().getString(0))
        .isEqualTo("Atlanta");
    assertThatThrownBy(() -> RepriseSpark.read(spark, "report", RepriseSpark.LATEST, home))
        .hasMessageContaining("'report' is no table");
    assertThatThrownBy(() -> RepriseSpark.read(spark, "cleen", RepriseSpark.LATEST, home))
        .hasMessageContaining("clean");
  }

  private static SparkConf conf() {
    return new SparkConf()
        .setMaster("local[2]")
        .setAppName("the user's")
        .set("spark.ui.enabled", "false");
  }

  private TestedRun run(NamedPipeline pipeline, Map<String, String> spark) {
    return run(pipeline, spark, 15);
  }

  private TestedRun run(NamedPipeline pipeline, Map<String, String> spark, int lateMinutes) {
    Parameters parameters =
        Parameters.NONE
            .with("data", data.toString())
            .with("late-minutes", Integer.toString(lateMinutes));
    return reprise.run(
        Pipeline.define(pipeline.name(), pipeline, parameters),
        RunOptions.DEFAULT.withExecutor("local", spark));
  }

  private void copy(int... months) throws IOException {
    for (int month : months) {
      Path to = Files.createDirectories(data.resolve("month=2001-0" + month));
      Files.copy(
          SHIPPED.resolve("month=2001-0" + month + "/flights.parquet"),
          to.resolve("flights.parquet"));
    }
  }

  private Path blobOfAMonth() throws IOException {
    try (Stream<Path> files = Files.walk(reprise.home().resolve("store").resolve("blobs"))) {
      List<Path> large = files.filter(file -> file.toFile().length() > 1_000_000).sorted().toList();
      return large.get(0);
    }
  }

  private static void damage(Path blob) throws IOException {
    byte[] bytes = Files.readAllBytes(blob);
    bytes[bytes.length / 2] ^= 1;
    assertThat(blob.toFile().setWritable(true)).isTrue();
    Files.write(blob, bytes);
  }
}
