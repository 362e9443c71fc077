package dev.reprise.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.codec.TableStream;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.testing.Shows;
import dev.reprise.executor.AttemptResult.Success;
import dev.reprise.executor.ExecutorFactory.Setting;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.executor.testing.ContractHarness;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Spark runs a slow task of a dataset twice at a time. It does so on another host than that where
 * the task runs already, so the two executors have addresses of their own.
 */
@Timeout(240)
class SpeculationTest extends ContractHarness {
  private static final int ROWS = 10_000;

  @TempDir static Path workers;
  private static TwoHosts hosts;
  private static SparkContext users;

  @BeforeAll
  @Timeout(240)
  static void start() {
    hosts = TwoHosts.start(workers);
    users =
        TestCluster.start(
            Map.of(
                "spark.master", hosts.address(),
                "spark.executor.memory", "1g",
                "spark.speculation", "true",
                "spark.speculation.interval", "100ms",
                "spark.speculation.multiplier", "1.1",
                "spark.speculation.quantile", "0.5",
                "spark.speculation.minTaskRuntime", "200ms"));
  }

  @AfterAll
  static void stop() {
    users.stop();
    hosts.close();
  }

  @Override
  protected TaskExecutor open(Setting setting) {
    return new SparkExecutorFactory().open(setting);
  }

  @Override
  protected Duration patience() {
    return Duration.ofSeconds(120);
  }

  /** Whoever comes to the last row first waits for another, and both go on from there. */
  static Dataset<Long> twice(SparkSession spark, String folder) {
    return spark
        .range(0, ROWS, 1, 2)
        .map(
            (MapFunction<Long, Long>)
                n -> {
                  if (n == ROWS - 1) {
                    waitForAnother(Path.of(folder));
                  }
                  return n;
                },
            Encoders.LONG());
  }

  private static void waitForAnother(Path folder) throws IOException, InterruptedException {
    try {
      Files.createFile(folder.resolve("first"));
    } catch (FileAlreadyExistsException e) {
      Files.createFile(folder.resolve("second"));
    }
    while (Files.notExists(folder.resolve("second"))) {
      Thread.sleep(5);
    }
  }

  @Test
  @Shows("Fault 6")
  void run_slowTaskIsRunTwice_onePieceOfEachPartitionIsInTheResult() throws Exception {
    Path marks = Files.createDirectory(folder.resolve("marks"));

    Success result =
        succeed(super.work.inlineLimit(0).code(SpeculationTest.class, "twice"), marks.toString());

    List<PartitionRef> pieces = result.manifest().partitions();
    assertThat(pieces).hasSize(2);
    long rows = 0;
    for (PartitionRef piece : pieces) {
      try (TableStream stream = TableStream.open(store.read(piece.location()), any -> true)) {
        while (stream.next()) {
          rows += stream.batch().getRowCount();
        }
      }
    }
    assertThat(rows).isEqualTo(ROWS);
    try (Stream<Path> all = Files.list(marks)) {
      assertThat(all).as("who came to the last row").hasSize(2);
    }
  }
}
