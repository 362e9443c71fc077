package dev.reprise.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reprise.executor.AttemptResult.Success;
import dev.reprise.executor.ExecutorFactory.Setting;
import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.executor.TaskCode;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import dev.reprise.executor.testing.ContractHarness;
import dev.reprise.task.Resources;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.SparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What steps ask for, on one executor with two processors and speculation. */
@Timeout(240)
class ClaimsTest extends ContractHarness {
  private static SparkContext users;

  @BeforeAll
  @Timeout(240)
  static void start() {
    users =
        TestCluster.start(
            Map.of("spark.master", "local-cluster[1,2,1024]", "spark.speculation", "true"));
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
  protected Duration patience() {
    return Duration.ofSeconds(120);
  }

  private List<Integer> together(Resources asked) throws Exception {
    Path units = Files.createTempDirectory(folder, "units");
    TaskCode code = work.code(FaultTasks.class, "together");
    List<UnitWork> all =
        IntStream.range(0, 12).mapToObj(i -> work.unitOf("", units.toString())).toList();
    executor.submit(new WorkChunk("r1", "together", code, asked, all), answers);
    return all.stream()
        .map(
            unit -> {
              try {
                return (Integer) work.value(partition((Success) answers.await(unit.attempt())));
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            })
        .toList();
  }

  @Test
  void run_unitsAskForAllProcessors_oneRunsAtATime() throws Exception {
    assertThat(together(Resources.ONE_CPU)).as("there is room for two").contains(2);

    assertThat(together(Resources.ONE_CPU.withCpus(2))).containsOnly(1);
  }

  @Test
  void submit_moreProcessorsThanAnExecutorHas_isRefusedAndSaysHowMany() {
    assertThatExceptionOfType(ExecutorUnavailableException.class)
        .isThrownBy(() -> together(Resources.ONE_CPU.withCpus(3)))
        .withMessageContaining("3 processors")
        .withMessageContaining("has 2")
        .withMessageContaining("spark.executor.cores");
  }

  @Test
  void submit_resourceThatIsNotThere_isRefusedAndNamed() {
    assertThatExceptionOfType(ExecutorUnavailableException.class)
        .isThrownBy(() -> together(Resources.ONE_CPU.with("gpu", 1)))
        .withMessageContaining("resource 'gpu'")
        .withMessageContaining("spark.executor.resource.gpu.amount");
  }

  @Test
  void submit_effectWhileSparkSpeculates_isRefusedRatherThanDoneTwice() throws Exception {
    Path count = Files.createFile(folder.resolve("count"));

    assertThatExceptionOfType(ExecutorUnavailableException.class)
        .isThrownBy(() -> submit(work.code(FaultTasks.class, "effect"), count.toString()))
        .withMessageContaining("side effect")
        .withMessageContaining("spark.speculation=false");
    assertThat(count).isEmptyFile();
  }
}
