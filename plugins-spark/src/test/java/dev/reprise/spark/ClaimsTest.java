package dev.reprise.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reprise.cache.codec.ArrowTable;
import dev.reprise.cache.store.PartitionRef;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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

  /** Runs twelve units that each tell how many there were at one time. */
  private List<Integer> together(Resources asked) throws Exception {
    Path units = Files.createTempDirectory(folder, "units");
    List<UnitWork> all = submit(executor, FaultTasks.class, asked, units, 12);
    List<Integer> told = new ArrayList<>();
    for (UnitWork unit : all) {
      told.add((Integer) work.value(partition((Success) answers.await(unit.attempt()))));
    }
    return told;
  }

  /** As {@link #together}, with four units on datasets. */
  private List<Integer> togetherOnDatasets(Resources asked) throws Exception {
    Path units = Files.createTempDirectory(folder, "units");
    return numbers(submit(executor, FaultDatasets.class, asked, units, 4));
  }

  private List<UnitWork> submit(
      TaskExecutor to, Class<?> owner, Resources asked, Path folder, int count) throws Exception {
    TaskCode code = work.code(owner, "together");
    List<UnitWork> all =
        IntStream.range(0, count).mapToObj(i -> work.unitOf("", folder.toString())).toList();
    to.submit(new WorkChunk("r1", "together", code, asked, all), answers);
    return all;
  }

  /** The number that each unit's table has. */
  private List<Integer> numbers(List<UnitWork> units) throws Exception {
    List<Integer> numbers = new ArrayList<>();
    for (UnitWork unit : units) {
      Success success = (Success) answers.await(unit.attempt());
      PartitionRef table = success.manifest().partitions().get(0);
      try (ArrowTable read = ArrowTable.read(List.of(store.read(table.location())))) {
        numbers.add((int) read.rows().iterator().next().getLong("value"));
      }
    }
    return numbers;
  }

  @Test
  void run_unitsAskForAllProcessors_oneRunsAtATime() throws Exception {
    assertThat(together(Resources.ONE_CPU)).as("there is room for two").contains(2);

    assertThat(together(Resources.ONE_CPU.withCpus(2))).containsOnly(1);
  }

  @Test
  void run_unitsOnDatasetsAskForAllProcessors_oneRunsAtATime() throws Exception {
    assertThat(togetherOnDatasets(Resources.ONE_CPU)).as("there is room for two").contains(2);

    assertThat(togetherOnDatasets(Resources.ONE_CPU.withCpus(2))).containsOnly(1);
    assertThat(togetherOnDatasets(Resources.ONE_CPU.withCpus(100)))
        .as("as much as there is")
        .containsOnly(1);
  }

  @Test
  void submit_unitOnDatasetsAsksForWhatTasksHaveNot_isRefusedWithTheSetting() {
    assertThatExceptionOfType(ExecutorUnavailableException.class)
        .isThrownBy(() -> togetherOnDatasets(Resources.ONE_CPU.with("gpu", 1)))
        .withMessageContaining("step 'together' asks for 1.0 of resource 'gpu'")
        .withMessageContaining("executors have: {}")
        .withMessageContaining("spark.task.resource.gpu.amount=1");
  }

  @Test
  void run_mostOneUnitAtATime_holdsForUnitsOfBothKindsTogether() throws Exception {
    Path units = Files.createTempDirectory(folder, "units");
    Setting one = new Setting("r2", store, store.folder(), 1, new TreeMap<>(options()));
    try (TaskExecutor bounded = open(one)) {
      List<UnitWork> plain = submit(bounded, FaultTasks.class, Resources.ONE_CPU, units, 12);
      List<UnitWork> onDatasets = submit(bounded, FaultDatasets.class, Resources.ONE_CPU, units, 4);
      List<UnitWork> more = submit(bounded, FaultTasks.class, Resources.ONE_CPU, units, 12);

      assertThat(numbers(onDatasets)).containsOnly(1);
      for (UnitWork unit : Stream.concat(plain.stream(), more.stream()).toList()) {
        Success success = (Success) answers.await(unit.attempt());
        assertThat(work.value(partition(success))).isEqualTo(1);
      }
    }
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
