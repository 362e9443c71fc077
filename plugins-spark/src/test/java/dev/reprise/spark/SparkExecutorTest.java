package dev.reprise.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reprise.cache.base.HostName;
import dev.reprise.cache.testing.Shows;
import dev.reprise.executor.Argument;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.AttemptResult.Cancelled;
import dev.reprise.executor.AttemptResult.Lost;
import dev.reprise.executor.AttemptResult.Success;
import dev.reprise.executor.ExecutorFactory;
import dev.reprise.executor.ExecutorFactory.Setting;
import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.executor.TaskCode;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.executor.WorkChunk.UnitWork;
import dev.reprise.executor.testing.TaskExecutorContract;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** On executors in processes of their own, in an application that is the user's. */
@Timeout(240) // JVMs are started, perhaps on a busy machine
class SparkExecutorTest extends TaskExecutorContract {
  private static SparkContext users;

  @BeforeAll
  @Timeout(240)
  static void start() {
    users = TestCluster.start();
  }

  @AfterAll
  static void stop() {
    assertThat(users.isStopped()).as("it is not ours to stop").isFalse();
    users.stop();
  }

  @Override
  protected TaskExecutor open(Setting setting) {
    return new SparkExecutorFactory().open(setting);
  }

  @Override
  protected Duration patience() {
    return Duration.ofSeconds(150);
  }

  @Override
  protected int manyUnits() {
    return 1_000;
  }

  @Override
  protected Map<String, String> options() {
    return Map.of("spark.grace", "500ms");
  }

  @Test
  void factory_isFoundByItsName() {
    assertThat(ServiceLoader.load(ExecutorFactory.class))
        .filteredOn(factory -> factory.name().equals("spark"))
        .singleElement()
        .isInstanceOf(SparkExecutorFactory.class);
  }

  @Test
  void run_executorIsHalted_unitIsLostOthersAreNotAndItRunsAgain() throws Exception {
    Path mark = folder.resolve("mark");
    TaskCode halt = work.code(FaultTasks.class, "haltOnce");
    long first = submit(halt, new Argument.File(mark, 0, 0));

    Lost lost = (Lost) answers.await(first);
    assertThat(lost.why()).contains("executor").contains("137");

    assertThat(run(halt, new Argument.File(mark, 0, 0))).isInstanceOf(Success.class);
  }

  @Test
  @Shows("Fault 55")
  void run_exitsItsProcess_isLostWithItsExitCodeAndNotRepeatedBySpark() throws Exception {
    Path count = Files.createFile(folder.resolve("count"));

    AttemptResult result = run(work.code(FaultTasks.class, "exit"), new Argument.File(count, 0, 0));

    assertThat(((Lost) result).why()).contains("code 3");
    assertThat(succeed(task("add"), 1, 2)).isNotNull();
    assertThat(count).hasContent("x");
  }

  @Test
  void run_unitsThatShareATask_eachIsToldToHaveStarted() throws Exception {
    TaskCode add = task("add");
    List<UnitWork> quick = IntStream.range(0, 40).mapToObj(i -> work.unitOf("", i, 1)).toList();
    executor.submit(work.chunk(add, quick), answers);
    answers.awaitCount(40);

    assertThat(quick).allMatch(unit -> answers.hasStarted(unit.attempt()));
  }

  @Test
  void cancel_unitInTheMiddleOfATask_isToldToHaveStartedAndEnds() throws Exception {
    // Forty units that are quick at first, in tasks of several.
    TaskCode code = work.code(FaultTasks.class, "sleepIfNegative");
    List<UnitWork> units = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      units.add(work.unitOf("", i == 20 ? -1 : 0));
    }
    executor.submit(work.chunk(code, units), answers);
    answers.awaitStart(units.get(20).attempt());

    executor.cancel(new long[] {units.get(20).attempt()});

    answers.awaitCount(40);
    assertThat(answers.await(units.get(20).attempt())).isInstanceOf(Cancelled.class);
    for (UnitWork unit : units) {
      assertThat(answers.await(unit.attempt()))
          .isInstanceOfAny(Success.class, Cancelled.class, Lost.class);
    }
  }

  @Test
  void jobs_ofAnExecutor_haveReadableNamesAndAGroup() throws Exception {
    List<String> seen = new CopyOnWriteArrayList<>();
    SparkListener listener =
        new SparkListener() {
          @Override
          public void onJobStart(SparkListenerJobStart start) {
            seen.add(start.properties().getProperty("spark.jobGroup.id", ""));
            seen.add(start.properties().getProperty("spark.job.description", ""));
          }
        };
    users.addSparkListener(listener);
    succeed(task("add"), 1, 2);
    for (int i = 0; i < 500 && !seen.contains("add (1 unit)"); i++) {
      Thread.sleep(10);
    }
    users.removeSparkListener(listener);

    assertThat(seen).contains("reprise/r1/1", "add (1 unit)");
  }

  @Test
  void submit_liveArgument_isRefusedWithTheWayOut() {
    assertThatExceptionOfType(ExecutorUnavailableException.class)
        .isThrownBy(() -> submit(task("nothing"), new Argument.Live(new Object())))
        .withMessageContaining("cannot leave the driver")
        .withMessageContaining("local(...)");
  }

  @Test
  @Shows("Fault 46")
  void submit_storeThatExecutorsDoNotReach_isRefusedWithItsPath() throws Exception {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Setting setting = new Setting("r2", store, elsewhere, 0, new TreeMap<>());
    try (TaskExecutor blind = new SparkExecutorFactory().open(setting)) {
      assertThatExceptionOfType(ExecutorUnavailableException.class)
          .isThrownBy(() -> blind.submit(work.unit(task("add"), 1, 2), answers))
          .withMessageContaining(elsewhere.toString())
          .withMessageContaining("on " + HostName.find())
          .withMessageContaining("--store");
    }
  }
}
