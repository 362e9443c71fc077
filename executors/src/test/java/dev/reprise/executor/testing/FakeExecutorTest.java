package dev.reprise.executor.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reprise.cache.store.InMemoryResultStore;
import dev.reprise.cache.testing.SeededTest;
import dev.reprise.executor.Argument;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.AttemptResult.Cancelled;
import dev.reprise.executor.AttemptResult.Lost;
import dev.reprise.executor.AttemptResult.Success;
import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.executor.TaskCode;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import dev.reprise.executor.testing.FaultPlan.Fault;
import dev.reprise.worker.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FakeExecutorTest {
  private final InMemoryResultStore store = new InMemoryResultStore();
  private final TestWork work = new TestWork("r1", store, List.of());
  private final Answers answers = new Answers(Duration.ZERO);
  private final Worker worker =
      new Worker("w", store, getClass().getClassLoader(), new ManualTicker(), "here");

  private FakeExecutor executor(long seed, FaultPlan faults) {
    return new FakeExecutor("fake", worker, 3, new Random(seed), faults);
  }

  private WorkChunk chunk(int units) {
    TaskCode code = work.inlineLimit(0).code(ContractTasks.class, "bytes");
    List<UnitWork> all = new ArrayList<>();
    for (int i = 0; i < units; i++) {
      all.add(work.unitOf("p" + i, 100, i));
    }
    return work.chunk(code, all);
  }

  @SeededTest
  void step_sameSeed_runsInTheSameOrder(Random random) throws Exception {
    long seed = random.nextLong();
    WorkChunk chunk = chunk(20);
    List<List<String>> orders = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      FakeExecutor executor = executor(seed, FaultPlan.NONE);
      executor.submit(chunk, new Answers(Duration.ZERO));
      executor.runAll();
      orders.add(executor.executions());
    }

    assertThat(orders.get(0)).hasSize(20).isEqualTo(orders.get(1));
  }

  @SeededTest
  void runAll_anyFaults_answersEveryAttemptOnce(Random random) throws Exception {
    FakeExecutor executor = executor(random.nextLong(), FaultPlan.seeded(random, 0.5));
    WorkChunk chunk = chunk(30);
    executor.submit(chunk, answers);
    executor.runAll();

    assertThat(answers.count()).isEqualTo(30);
    assertThat(answers.violations()).isEmpty();
    for (UnitWork unit : chunk.units()) {
      AttemptResult result = answers.await(unit.attempt());
      assertThat(result).isInstanceOfAny(Success.class, Lost.class);
      if (result instanceof Success success) {
        assertThat(store.presence(ResultsContract.pending(success)).name()).isEqualTo("PRESENT");
      }
    }
  }

  @Test
  void submit_nothingStepped_runsNothing() throws Exception {
    FakeExecutor executor = executor(1, FaultPlan.NONE);
    executor.submit(chunk(3), answers);

    assertThat(executor.executions()).isEmpty();
    assertThat(answers.count()).isZero();
  }

  @Test
  void step_plannedFaults_happen() throws Exception {
    FakeExecutor executor = executor(1, (step, label, attempt) -> Fault.valueOf(label));
    TaskCode code = work.code(ContractTasks.class, "add");
    WorkChunk chunk =
        work.chunk(
            code,
            List.of(
                work.unitOf("LOST_BEFORE", 1, 2),
                work.unitOf("LOST_AFTER", 1, 2),
                work.unitOf("TWICE", 1, 2),
                work.unitOf("HANGS", 1, 2)));
    executor.submit(chunk, answers);
    executor.runAll();

    assertThat(executor.executions())
        .containsExactlyInAnyOrder("add:LOST_AFTER", "add:TWICE", "add:TWICE");
    long hanging = chunk.units().get(3).attempt();
    assertThat(answers.has(hanging)).isFalse();
    executor.cancel(new long[] {hanging});
    executor.runAll();
    assertThat(answers.await(hanging)).isInstanceOf(Cancelled.class);
  }

  @Test
  void submit_liveValue_isRefusedAsByAnyEngineElsewhere() {
    FakeExecutor executor = executor(1, FaultPlan.NONE);
    TaskCode code = work.code(ContractTasks.class, "add");
    WorkChunk chunk = work.unit(code, new Argument.Live(1), 2);

    assertThatExceptionOfType(ExecutorUnavailableException.class)
        .isThrownBy(() -> executor.submit(chunk, answers))
        .withMessageContaining("argument 1");
  }

  @Test
  void close_attemptsOpen_answersThemAsCancelled() throws Exception {
    FakeExecutor executor = executor(1, FaultPlan.NONE);
    executor.submit(chunk(5), answers);
    executor.step();
    executor.close();

    assertThat(answers.count()).isEqualTo(5);
    assertThat(executor.isClosed()).isTrue();
  }
}
