package dev.reprise.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.code.MethodRef;
import dev.reprise.executor.Argument;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.AttemptResult.Cancelled;
import dev.reprise.executor.AttemptResult.Lost;
import dev.reprise.executor.AttemptResult.Success;
import dev.reprise.executor.AttemptResult.UserError;
import dev.reprise.executor.ExecutorFactory.Setting;
import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.executor.TaskCode;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import dev.reprise.executor.testing.ContractHarness;
import dev.reprise.task.Resources;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.StageInfo;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import scala.jdk.javaapi.CollectionConverters;

/** Units of several steps in one Spark task, on two executors in processes of their own. */
@Timeout(240)
class SharedTasksTest extends ContractHarness {
  private static SparkContext users;
  private TaskCode quick;

  @BeforeAll
  @Timeout(240)
  static void start() {
    users = TestCluster.start();
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
    return Duration.ofSeconds(55);
  }

  @Override
  protected Map<String, String> options() {
    return Map.of("spark.grace", "500ms");
  }

  /** So that a wave that follows is submitted at once. */
  @BeforeEach
  void connect() throws Exception {
    quick = work.code(FaultTasks.class, "sleepIfNegative");
    succeed(quick, 0);
  }

  private UnitWork submitAs(String step, TaskCode code, Object... arguments)
      throws ExecutorUnavailableException {
    UnitWork unit = work.unitOf("", arguments);
    executor.submit(new WorkChunk("r1", step, code, Resources.ONE_CPU, List.of(unit)), answers);
    return unit;
  }

  /** Submits units of forty steps, which are quick but for one. */
  private List<UnitWork> submitForty(int indexOfOdd, TaskCode odd, Object... argumentsOfOdd)
      throws ExecutorUnavailableException {
    List<UnitWork> units = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      units.add(
          i == indexOfOdd ? submitAs("odd", odd, argumentsOfOdd) : submitAs("step-" + i, quick, i));
    }
    return units;
  }

  private List<AttemptResult> await(List<UnitWork> units) throws InterruptedException {
    List<AttemptResult> results = new ArrayList<>();
    for (UnitWork unit : units) {
      results.add(answers.await(unit.attempt()));
    }
    return results;
  }

  /** Counts the tasks of jobs with units, until a job with the step {@code last} begins. */
  private static final class TaskCount extends SparkListener {
    private int tasks;
    private boolean seenLast;
    private final List<String> titles = new ArrayList<>();

    @Override
    public synchronized void onJobStart(SparkListenerJobStart start) {
      String title = start.properties().getProperty("spark.job.description", "");
      if (title.startsWith("last ")) {
        seenLast = true;
        notifyAll();
      } else if (!seenLast) {
        titles.add(title);
        for (StageInfo stage : CollectionConverters.asJava(start.stageInfos())) {
          tasks += stage.numTasks();
        }
      }
    }

    synchronized int upToLast() throws InterruptedException {
      while (!seenLast) {
        wait();
      }
      return tasks;
    }
  }

  /** PERFORMANCE row 7c: small units of many steps cost what as many of one step do. */
  @Test
  void run_twoHundredUnitsOfAHundredSteps_shareAFewTasks() throws Exception {
    TaskCount count = new TaskCount();
    users.addSparkListener(count);
    List<UnitWork> units = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      units.add(submitAs("step-" + i % 100, quick, i));
    }

    List<AttemptResult> results = await(units);
    submitAs("last", quick, 1);
    int tasks = count.upToLast();
    users.removeSparkListener(count);

    for (int i = 0; i < 200; i++) {
      assertThat(work.value(partition((Success) results.get(i)))).isEqualTo(i);
    }
    // Four for two slots; more if they were submitted so slowly that they are several jobs.
    assertThat(tasks).isBetween(4, 50);
    assertThat(count.titles).first().asString().startsWith("step-0 (");
  }

  @Test
  void run_oneUnitThrows_failsAloneWithItsError() throws Exception {
    List<UnitWork> units = submitForty(20, task("fail"), "no flights");

    List<AttemptResult> results = await(units);

    UserError error = (UserError) results.remove(20);
    assertThat(error.error().headline()).contains("no flights");
    assertThat(results).hasSize(39).allMatch(Success.class::isInstance);
  }

  @Test
  void run_codeOfOneStepIsMissing_failsAlone() throws Exception {
    TaskCode add = task("add");
    TaskCode gone =
        new TaskCode(
            new MethodRef("com.acme.Missing", "run", "()I"),
            add.kind(),
            List.of(),
            false,
            add.shape(),
            List.of(),
            1000);

    List<AttemptResult> results = await(submitForty(20, gone));

    UserError error = (UserError) results.remove(20);
    assertThat(error.error().headline()).contains("com.acme.Missing");
    assertThat(results).hasSize(39).allMatch(Success.class::isInstance);
  }

  /** Of an unknown step a unit may be long, and slots that are free must not wait for its end. */
  @Test
  void run_oneUnitIsLong_thoseBehindItGoOutWithOtherTasks() throws Exception {
    List<UnitWork> units = submitForty(0, quick, -1);
    long sleeping = units.remove(0).attempt();

    assertThat(await(units)).hasSize(39).allMatch(Success.class::isInstance);

    assertThat(answers.has(sleeping)).isFalse();
    executor.cancel(new long[] {sleeping});
    assertThat(answers.await(sleeping)).isInstanceOf(Cancelled.class);
  }

  @Test
  void cancel_unitsThatShareATaskWithALongOne_theLongOneGoesOn() throws Exception {
    List<UnitWork> units = submitForty(22, work.code(FaultTasks.class, "nap"), 8_000);
    long napping = units.get(22).attempt();
    answers.awaitStart(napping);
    long[] open =
        units.stream()
            .mapToLong(UnitWork::attempt)
            .filter(attempt -> attempt != napping && !answers.has(attempt))
            .toArray();

    executor.cancel(open);

    assertThat(answers.await(napping)).isInstanceOf(Success.class);
    assertThat(await(units)).noneMatch(Lost.class::isInstance);
  }

  /** FAULTS row 55. */
  @Test
  void run_executorIsHalted_unitsOfItsTaskAreLostAndRunAgainEachAlone() throws Exception {
    Path mark = folder.resolve("mark");
    TaskCode halt = work.code(FaultTasks.class, "haltOnce");
    List<UnitWork> units = submitForty(20, halt, new Argument.File(mark, 0, 0));

    List<AttemptResult> results = await(units);

    assertThat(((Lost) results.get(20)).why()).contains("137");
    assertThat(results).filteredOn(Success.class::isInstance).hasSizeGreaterThan(20);
    TaskCount count = new TaskCount();
    users.addSparkListener(count);
    List<UnitWork> again = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      if (results.get(i) instanceof Lost) {
        again.add(
            i == 20
                ? submitAs("odd", halt, new Argument.File(mark, 0, 0))
                : submitAs("step-" + i, quick, i));
      }
    }
    assertThat(await(again)).allMatch(Success.class::isInstance);
    submitAs("last", quick, 1);
    int tasks = count.upToLast();
    users.removeSparkListener(count);
    assertThat(tasks).isEqualTo(again.size());
  }
}
