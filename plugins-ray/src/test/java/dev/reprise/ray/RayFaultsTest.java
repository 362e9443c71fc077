package dev.reprise.ray;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.cache.store.FileResultStore;
import dev.reprise.cache.testing.Shows;
import dev.reprise.executor.Argument;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.AttemptResult.Lost;
import dev.reprise.executor.AttemptResult.Success;
import dev.reprise.executor.ExecutorFactory.Setting;
import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.executor.TaskCode;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import dev.reprise.executor.testing.Answers;
import dev.reprise.executor.testing.ClusterScript;
import dev.reprise.executor.testing.TestWork;
import dev.reprise.task.Resources;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of units whose worker goes away under them, on a real cluster. */
class RayFaultsTest {
  @TempDir Path folder;

  private FileResultStore store;
  private TestWork work;
  private final Answers answers = new Answers(Duration.ofSeconds(40));
  private TaskExecutor executor;

  @BeforeAll
  @Timeout(value = ClusterScript.START_MINUTES, unit = TimeUnit.MINUTES)
  static void startCluster() throws Exception {
    RayCluster.shared();
  }

  @BeforeEach
  void open() throws Exception {
    store = FileResultStore.openOrMake(folder.resolve("store"), FileResultStore.Settings.STANDARD);
    work = new TestWork("r1", store, List.of());
    executor = open(Map.of());
  }

  private TaskExecutor open(Map<String, String> options) throws Exception {
    return RayCluster.shared()
        .open(new Setting("r1", store, store.folder(), 0, new TreeMap<>(options)));
  }

  @AfterEach
  void close() {
    executor.close();
    assertThat(answers.violations()).isEmpty();
  }

  @Test
  @Shows("Fault 7")
  void worker_isKilledInMidTask_attemptIsLostNotAnError() throws Exception {
    Path told = folder.resolve("told");
    WorkChunk chunk = work.unit(task("tellAndWait"), new Argument.File(told, 0, 0));
    executor.submit(chunk, answers);
    answers.awaitStart(chunk.units().get(0).attempt());

    long pid = awaitNumber(told);
    ProcessHandle.of(pid).orElseThrow().destroyForcibly();

    Lost lost = lost(chunk);
    assertThat(lost.why()).contains("process " + pid).contains("died").contains("killed");
    assertWorks();
  }

  @Test
  @Shows("Fault 55")
  void userCode_callsExit_isToldAsThatAndIsNoUserError() throws Exception {
    WorkChunk chunk = work.unit(task("exit"), 0);
    executor.submit(chunk, answers);

    assertThat(lost(chunk).why())
        .contains("System.exit was called at dev.reprise.ray.UserTasks.exit(UserTasks.java:");
    assertWorks();
  }

  @Test
  @Shows("Fault 55")
  void userCode_haltsItsProcess_attemptIsLost() throws Exception {
    WorkChunk chunk = work.unit(task("halt"), 3);
    executor.submit(chunk, answers);

    assertThat(lost(chunk).why()).contains("died");
    assertWorks();
  }

  @Test
  void userCode_haltsInAChunk_noUnitRunsTwiceUnderOneAttempt() throws Exception {
    Path notes = folder.resolve("notes");
    TaskCode note = task("note");
    List<UnitWork> warmUp = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      warmUp.add(unit(notes, false));
    }
    executor.submit(work.chunk(note, warmUp), answers);
    answers.awaitCount(40);
    List<UnitWork> units = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      units.add(unit(notes, i == 30));
    }

    executor.submit(work.chunk(note, units), answers);

    answers.awaitCount(140);
    assertThat(Files.readAllLines(notes)).doesNotHaveDuplicates();
    assertThat(answers.await(units.get(30).attempt())).isInstanceOf(Lost.class);
    for (UnitWork behind : units.subList(31, 100)) {
      AttemptResult result = answers.await(behind.attempt());
      assertThat(result).isInstanceOfAny(Success.class, Lost.class);
    }
    assertThat(answers.await(units.get(99).attempt())).isInstanceOf(Success.class);
  }

  /** At the end of a wave no core idles behind a long chunk. */
  @Test
  void chunk_unitsTakeLongerThanThoseBeforeThem_isSharedWithTheIdleWorker() throws Exception {
    TaskCode nap = task("nap");
    executor.submit(work.chunk(nap, naps(20, 50)), answers); // both workers are there then
    executor.submit(work.chunk(nap, naps(400, 0)), answers);
    answers.awaitCount(420);
    List<UnitWork> slow = naps(12, 300);
    List<UnitWork> units = new ArrayList<>(slow);
    units.addAll(naps(100, 0));

    executor.submit(work.chunk(nap, units), answers);

    answers.awaitCount(420 + units.size());
    Map<Object, Integer> byWorker = new HashMap<>();
    for (UnitWork unit : slow) {
      Success success = (Success) answers.await(unit.attempt());
      byWorker.merge(work.value(success.manifest().partitions().get(0)), 1, Integer::sum);
    }
    assertThat(byWorker).hasSize(2);
    assertThat(byWorker.values()).allMatch(count -> count >= 3);
  }

  private List<UnitWork> naps(int count, int millis) {
    return Stream.generate(() -> work.unitOf("", millis)).limit(count).toList();
  }

  /** FAULTS 7: whether an effect is tried again says its policy, not the executor. */
  @Test
  void effect_happenedAndItsWorkerDiedBeforeItAnswered_isLostAndHappenedOnce() throws Exception {
    Path notes = folder.resolve("notes");
    TaskCode effect = task("noteAndDieBeforeTheAnswer");
    WorkChunk chunk = work.chunk(effect, List.of(work.unitOf("", new Argument.File(notes, 0, 0))));
    executor.submit(chunk, answers);

    assertThat(lost(chunk).why()).contains("died");
    assertWorks();
    assertThat(Files.readAllLines(notes)).hasSize(1);
  }

  @Test
  void submit_moreThanOneProcessorAndAFraction_isRoundedUpForRay() throws Exception {
    WorkChunk chunk =
        new WorkChunk(
            "r1",
            "add",
            task("add"),
            Resources.ONE_CPU.withCpus(1.5).withMemoryBytes(1_000_001),
            List.of(work.unitOf("", 1, 2)));
    executor.submit(chunk, answers);

    assertThat(answers.await(chunk.units().get(0).attempt())).isInstanceOf(Success.class);
  }

  @Test
  @Shows("Fault 47")
  void submit_resourceThatNoNodeHas_isRefusedNamingWhatThereIs() {
    TaskCode add = task("add");
    WorkChunk chunk =
        new WorkChunk(
            "r1", "add", add, Resources.ONE_CPU.with("unicorn", 1), List.of(work.unitOf("", 1, 2)));

    assertThatThrownBy(() -> executor.submit(chunk, answers))
        .isInstanceOf(ExecutorUnavailableException.class)
        .hasMessageContaining("unicorn")
        .hasMessageContaining("CPU=2.0");
  }

  /** FAULTS 47: Ray itself would let it wait for ever. */
  @Test
  @Shows("Fault 47")
  void submit_resourceThatNoNodeHasAndNodesMayCome_waitsAsLongAsTheyMayTake() throws Exception {
    TaskExecutor patient = open(Map.of("ray.scale-up", "3s"));
    WorkChunk chunk =
        new WorkChunk(
            "r1",
            "add",
            task("add"),
            Resources.ONE_CPU.with("unicorn", 1),
            List.of(work.unitOf("", 1, 2)));

    patient.submit(chunk, answers);

    assertThat(lost(chunk).why()).contains("unicorn", "no other has come for");
    assertThatThrownBy(() -> patient.submit(work.unit(task("add"), 1, 2), answers))
        .isInstanceOf(ExecutorUnavailableException.class);
    patient.close();
  }

  @Test
  void submit_nobodyAtTheAddress_saysHowToStartACluster() throws Exception {
    TaskExecutor lonely = open(Map.of("ray.address", "127.0.0.1:1"));

    assertThatThrownBy(() -> lonely.submit(work.unit(task("add"), 1, 2), answers))
        .isInstanceOf(ExecutorUnavailableException.class)
        .hasMessageContaining("127.0.0.1:1")
        .hasMessageContaining("reprise cluster ray start");
  }

  private UnitWork unit(Path notes, boolean end) {
    return work.unitOf("", new Argument.File(notes, 0, 0), end);
  }

  private TaskCode task(String method) {
    return work.code(UserTasks.class, method);
  }

  private Lost lost(WorkChunk chunk) throws InterruptedException {
    AttemptResult result = answers.await(chunk.units().get(0).attempt());
    assertThat(result).isInstanceOf(Lost.class);
    return (Lost) result;
  }

  private void assertWorks() throws Exception {
    WorkChunk chunk = work.unit(task("add"), 1, 2);
    executor.submit(chunk, answers);
    assertThat(answers.await(chunk.units().get(0).attempt())).isInstanceOf(Success.class);
  }

  private static long awaitNumber(Path file) throws Exception {
    for (int i = 0; i < 3000; i++) {
      if (Files.exists(file) && Files.size(file) > 0) {
        return Long.parseLong(Files.readString(file));
      }
      Thread.sleep(10);
    }
    throw new AssertionError("nothing in " + file);
  }
}
