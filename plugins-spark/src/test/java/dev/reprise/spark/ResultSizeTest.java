package dev.reprise.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.testing.Shows;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.AttemptResult.Lost;
import dev.reprise.executor.AttemptResult.Success;
import dev.reprise.executor.ExecutorFactory.Setting;
import dev.reprise.executor.TaskCode;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import dev.reprise.executor.testing.ContractHarness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** FAULTS row 45: results that are more than Spark lets a driver take, which is a megabyte here. */
@Timeout(240)
class ResultSizeTest extends ContractHarness {
  private static final int ROWS = 400;
  private static final int ROW = 10_000;

  private static SparkContext users;

  @BeforeAll
  @Timeout(240)
  static void start() {
    users =
        TestCluster.start(
            Map.of("spark.master", "local-cluster[1,2,1024]", "spark.driver.maxResultSize", "1m"));
  }

  @AfterAll
  static void stop() {
    users.stop();
  }

  @Override
  protected TaskExecutor open(Setting setting) {
    return new SparkExecutorFactory().open(setting);
  }

  @Override
  protected Map<String, String> options() {
    return Map.of("spark.grace", "500ms");
  }

  @Override
  protected Duration patience() {
    return Duration.ofSeconds(120);
  }

  static String text(int size) {
    return "x".repeat(size);
  }

  /** What no compression makes small. */
  private static String noise(long seed) {
    StringBuilder text = new StringBuilder();
    new Random(seed).ints(ROW, '!', '~').forEach(each -> text.append((char) each));
    return text.toString();
  }

  /** Four megabytes in two partitions. */
  static Dataset<String> table(SparkSession spark) {
    return spark
        .range(0, ROWS, 1, 2)
        .map((MapFunction<Long, String>) n -> noise(n), Encoders.STRING());
  }

  /** All of it on the driver, which the user's code asks for. */
  static int collected(SparkSession spark) {
    return table(spark).collectAsList().size();
  }

  @Test
  @Shows("Fault 45")
  void run_oneResultBeyondTheLimit_isStreamedIntoTheStore() throws Exception {
    Success text = succeed(work.code(ResultSizeTest.class, "text"), 4 << 20);

    assertThat(partition(text).size()).isGreaterThanOrEqualTo(4 << 20);
    assertThat(work.value(partition(text))).isEqualTo(text(4 << 20));
  }

  @Test
  @Shows("Fault 45")
  void run_tableBeyondTheLimit_isStreamedIntoTheStore() throws Exception {
    Success table = succeed(work.inlineLimit(0).code(ResultSizeTest.class, "table"));

    assertThat(table.manifest().partitions()).hasSize(2);
    assertThat(table.manifest().size()).isGreaterThan(ROWS * ROW / 2L);
  }

  /** Each is small enough to come with its answer: what is too much together says why. */
  @Test
  void run_smallResultsBeyondTheLimitTogether_arriveOrNameTheSetting() throws Exception {
    TaskCode code = work.inlineLimit(64 << 10).code(ResultSizeTest.class, "text");
    WorkChunk chunk =
        work.chunk(code, IntStream.range(0, 200).mapToObj(i -> work.unitOf("", 50_000)).toList());
    executor.submit(chunk, answers);

    List<String> lost = new ArrayList<>();
    for (UnitWork unit : chunk.units()) {
      AttemptResult result = answers.await(unit.attempt());
      if (result instanceof Success success) {
        assertThat(work.value(partition(success))).isEqualTo(text(50_000));
      } else {
        lost.add(((Lost) result).why());
      }
    }

    assertThat(lost)
        .isNotEmpty()
        .allMatch(why -> why.contains("is bigger than spark.driver.maxResultSize (1024.0 KiB)"));
  }

  /** The user's code takes it to the driver: Spark's own words say which setting to change. */
  @Test
  @Shows("Fault 45")
  void run_userCodeCollectsMoreThanTheLimit_isAnErrorThatNamesIt() throws Exception {
    AttemptResult result = run(work.code(ResultSizeTest.class, "collected"));

    assertThat(result).isInstanceOf(AttemptResult.UserError.class);
    assertThat(((AttemptResult.UserError) result).error().toString())
        .contains("spark.driver.maxResultSize");
  }
}
