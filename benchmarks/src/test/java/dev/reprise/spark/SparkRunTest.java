package dev.reprise.spark;

import static dev.reprise.task.Tasks.local;
import static dev.reprise.task.Tasks.task;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Partitions;
import dev.reprise.api.Pipeline;
import dev.reprise.api.Run;
import dev.reprise.api.Value;
import dev.reprise.cache.codec.ArrowTable;
import dev.reprise.cache.testing.Shows;
import dev.reprise.plan.Outcome;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunState;
import dev.reprise.task.CachePolicy;
import dev.reprise.testkit.PipelineTester;
import dev.reprise.testkit.TestedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Pipelines on Spark in this process, and what other executors make of their results. */
@Timeout(120)
class SparkRunTest {
  private static final RunOptions LOCAL = RunOptions.DEFAULT;
  private static final RunOptions SPARK =
      RunOptions.DEFAULT.withExecutor("spark", Map.of("spark.master", "local[2]"));

  /** Where nobody answers. */
  private static final RunOptions NOWHERE =
      RunOptions.DEFAULT.withExecutor("spark", Map.of("spark.master", "nonsense://"));

  @RegisterExtension final PipelineTester reprise = new PipelineTester();
  @TempDir Path data;

  @BeforeEach
  void makeFiles() throws IOException {
    for (int i = 1; i <= 4; i++) {
      Files.writeString(data.resolve("part-" + i + ".txt"), "x".repeat(i));
    }
  }

  @Test
  @Shows("Flyte 25")
  void run_onSparkAfterLocal_executesNothingAndStartsNoSpark() {
    assertThat(reprise.run(pipeline(2), LOCAL).executions()).isEqualTo(5);

    // With this master Spark could not even be started.
    TestedRun second = reprise.run(pipeline(2), NOWHERE);

    assertThat(second.state()).isEqualTo(RunState.SUCCEEDED);
    assertThat(second.executions()).isZero();
    assertThat(second.count(Outcome.CACHED)).isEqualTo(5);
  }

  @Test
  @Shows("Flyte 25")
  void run_locallyAfterSpark_executesNothing() throws Exception {
    TestedRun first = reprise.run(pipeline(2), SPARK);
    assertThat(first.state()).isEqualTo(RunState.SUCCEEDED);
    assertThat(first.executions()).isEqualTo(5);
    assertThat(first.run().result("total", Integer.class)).isEqualTo(20);
    reprise.reopen();

    assertThat(reprise.run(pipeline(2), LOCAL).executions()).isZero();
  }

  @Test
  void run_onePartitionAdded_goesToSparkAlone() throws IOException {
    reprise.run(pipeline(2), LOCAL);
    Files.writeString(data.resolve("part-5.txt"), "xxxxx");

    TestedRun second = reprise.run(pipeline(2), SPARK);

    assertThat(second.executions("sizes")).isEqualTo(1);
    assertThat(second.executions()).isEqualTo(2);
  }

  @Test
  void run_userCodeThrows_isNotRepeatedBySpark() throws Exception {
    Path log = Files.createFile(data.resolve("log"));
    Pipeline failing =
        Pipeline.define(
            "failing",
            p ->
                p.result(
                    "none",
                    p.step("none", task(SparkRunTest::failing), p.param("log", log.toString()))));

    TestedRun run = reprise.run(failing, SPARK);

    assertThat(run.state()).isEqualTo(RunState.FAILED);
    assertThat(run.message()).contains("no such month");
    assertThat(log).hasContent("x");
  }

  @Test
  void run_sparkCannotBeStarted_saysSo() {
    TestedRun run = reprise.run(pipeline(3), NOWHERE);

    assertThat(run.state()).isEqualTo(RunState.FAILED);
    assertThat(run.message()).contains("Spark cannot be started on nonsense://");
    assertThat(run.executions()).isZero();
  }

  @Test
  void run_applicationOfTheUser_isUsedAndLeftOpen() {
    SparkContext users =
        new SparkContext(
            new SparkConf()
                .setMaster("local[2]")
                .setAppName("the user's")
                .set("spark.ui.enabled", "false"));
    try {
      assertThat(reprise.run(pipeline(4), NOWHERE).executions()).isEqualTo(5);
      assertThat(users.isStopped()).isFalse();
    } finally {
      users.stop();
    }
  }

  /** What is kept under a key was made under the settings that are in it. */
  @Test
  void run_settingsChangeWhileItRuns_countFromTheNextRunOn() throws Exception {
    SparkSession session =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.session.timeZone", "UTC")
            .getOrCreate();
    try {
      assertThat(hourOf(session, "Asia/Tokyo")).isEqualTo("00");
      assertThat(session.conf().get("spark.sql.session.timeZone")).isEqualTo("Asia/Tokyo");
      assertThat(hourOf(session, "UTC")).isEqualTo("09");
      assertThat(hourOf(session, "UTC")).isEqualTo("00");
    } finally {
      session.stop();
    }
  }

  /** FAULTS row 23. */
  @Test
  void run_homeCannotBeWritten_computesWhatIsNewFromWhatTheHomeHolds() throws Exception {
    SparkSession session = session();
    try {
      assertThat(reprise.run(counting(1)).executions()).isEqualTo(2);
      Path home = reprise.home();
      Files.move(home.resolve("runs"), data.resolve("runs"));
      Files.writeString(home.resolve("runs"), "in the way");
      Files.move(home.resolve("store/tmp"), data.resolve("tmp"));
      Files.writeString(home.resolve("store/tmp"), "in the way");
      reprise.reopen();

      TestedRun run = reprise.run(counting(2));

      assertThat(reprise.driver().warnings()).singleElement().asString().contains("keeps nothing");
      assertThat(run.state()).as(run.message()).isEqualTo(RunState.SUCCEEDED);
      assertThat(run.executions("numbers")).isZero();
      assertThat(run.executions("doubled")).isEqualTo(1);
      try (ArrowTable doubled = run.run().result("doubled", ArrowTable.class)) {
        assertThat(doubled.rowCount()).isEqualTo(200_000);
      }
    } finally {
      session.stop();
    }
  }

  private static Pipeline counting(int times) {
    return Pipeline.define(
        "counting",
        p -> {
          Value<Dataset<Row>> numbers =
              p.step("numbers", Spark.spark(SparkRunTest::numbers), p.value(100_000));
          p.result(
              "doubled",
              p.step("doubled", Spark.spark(SparkRunTest::repeated), numbers, p.value(times)));
        });
  }

  static Dataset<Row> numbers(SparkSession session, int count) {
    return session.range(0, count).toDF("n");
  }

  static Dataset<Row> repeated(Dataset<Row> numbers, int times) {
    return times == 1 ? numbers : numbers.union(repeated(numbers, times - 1));
  }

  /** What Spark sets itself when it starts is in no key. */
  @Test
  void run_inASessionAfterOneWithout_executesNothing() {
    assertThat(reprise.run(ordered(), SPARK).executions()).isEqualTo(1);
    SparkSession session = session();
    try {
      assertThat(reprise.run(ordered()).executions()).isZero();
    } finally {
      session.stop();
    }
  }

  /** The same query, the same rows: a setting of which no list told is in the key. */
  @Test
  void run_settingThatChangesTheQueryIsSet_doesNotReuseTheOtherResult() throws Exception {
    SparkSession session = session();
    try {
      assertThat(first(session)).isEqualTo("2 a");
      session.conf().set("spark.sql.orderByOrdinal", "false");
      assertThat(first(session)).isEqualTo("1 b");
      session.conf().set("spark.sql.orderByOrdinal", "true");
      assertThat(reprise.run(ordered()).executions()).isZero();
    } finally {
      session.stop();
    }
  }

  /** FAULTS 7.6: a canary of a secret is in no file of the home. */
  @Test
  void run_settingThatIsASecret_isInTheKeyAndInNoFile() throws Exception {
    SparkSession session = session();
    try {
      session.conf().set("spark.sql.catalog.db.password", "canary-one");
      assertThat(reprise.run(ordered()).executions()).isEqualTo(1);
      session.conf().set("spark.sql.catalog.db.password", "canary-two");
      assertThat(reprise.run(ordered()).executions()).isEqualTo(1);
      assertThat(reprise.run(ordered()).executions()).isZero();
    } finally {
      session.stop();
    }
    reprise.reopen();
    try (Stream<Path> files = Files.walk(reprise.home())) {
      assertThat(files.filter(Files::isRegularFile))
          .isNotEmpty()
          .allSatisfy(
              file ->
                  assertThat(new String(Files.readAllBytes(file), ISO_8859_1))
                      .doesNotContain("canary"));
    }
  }

  private static SparkSession session() {
    return SparkSession.builder()
        .master("local[2]")
        .config("spark.ui.enabled", "false")
        .getOrCreate();
  }

  private String first(SparkSession session) throws Exception {
    TestedRun run = reprise.run(ordered());
    assertThat(run.executions()).isEqualTo(1);
    try (ArrowTable table = run.run().result("first", ArrowTable.class)) {
      return table.rows().iterator().next().getString("first");
    }
  }

  private static Pipeline ordered() {
    return Pipeline.define(
        "ordered",
        p -> p.result("first", p.step("first", Spark.spark(SparkRunTest::firstOf), p.value("x"))));
  }

  static Dataset<Row> firstOf(SparkSession session, String any) {
    session
        .sql("select x, y from values (1, 'b'), (2, 'a') as t(x, y) order by 2 limit 1")
        .createOrReplaceTempView("t");
    return session.sql("select concat(x, ' ', y) as first from t");
  }

  /** What a step on datasets says of 1970, in a run during which the time zone is set anew. */
  private String hourOf(SparkSession session, String changedTo) throws Exception {
    Path begun = data.resolve("begun");
    Files.deleteIfExists(begun);
    Files.deleteIfExists(data.resolve("go-on"));
    Pipeline pipeline =
        Pipeline.define(
            "zone",
            p -> {
              Value<String> waited =
                  p.step(
                      "wait",
                      local(SparkRunTest::waits).cache(CachePolicy.OFF),
                      p.value(data.toString()));
              p.result("hour", p.step("hour", Spark.spark(SparkRunTest::hour), waited));
            });
    Run run = reprise.driver().submit(pipeline);
    await(begun, "the step 'wait' to begin", run::state);
    session.conf().set("spark.sql.session.timeZone", changedTo);
    Files.createFile(data.resolve("go-on"));
    assertThat(run.await().state()).isEqualTo(RunState.SUCCEEDED);
    try (ArrowTable table = run.result("hour", ArrowTable.class)) {
      return table.rows().iterator().next().getString("hour");
    }
  }

  static String waits(String folder) throws Exception {
    Files.createFile(Path.of(folder, "begun"));
    await(Path.of(folder, "go-on"), "the test to set the time zone anew", () -> RunState.RUNNING);
    return "waited";
  }

  private static void await(Path file, String what, Supplier<RunState> state) throws Exception {
    Instant end = Instant.now().plusSeconds(60);
    while (!Files.exists(file)) {
      assertThat(state.get()).as("waiting for %s", what).isEqualTo(RunState.RUNNING);
      assertThat(Instant.now())
          .as("still waiting for %s, that is for %s", what, file)
          .isBefore(end);
      Thread.sleep(10);
    }
  }

  static Dataset<Row> hour(SparkSession session, String waited) {
    return session.sql("select date_format(timestamp_seconds(0), 'HH') as hour");
  }

  private Pipeline pipeline(int factor) {
    return Pipeline.define(
        "sizes",
        p -> {
          Partitions<Path> files = p.files("files", p.param("data", data), "part-*.txt");
          Partitions<Integer> sizes =
              p.perPartition("sizes", task(SparkRunTest::size), files, p.param("factor", factor));
          Value<Integer> total = p.step("total", task(SparkRunTest::sum), sizes.all());
          p.result("total", total);
        });
  }

  static int size(Path file, int factor) throws IOException {
    return factor * (int) Files.size(file);
  }

  static int sum(List<Integer> sizes) {
    return sizes.stream().mapToInt(Integer::intValue).sum();
  }

  static int failing(String log) throws IOException {
    Files.writeString(Path.of(log), "x", StandardOpenOption.APPEND);
    throw new IllegalStateException("no such month");
  }
}
