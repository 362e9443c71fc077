package dev.reprise.ray;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.store.FileResultStore;
import dev.reprise.cache.testing.Shows;
import dev.reprise.executor.Answer;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.AttemptResult.Cancelled;
import dev.reprise.executor.AttemptResult.Lost;
import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import dev.reprise.executor.testing.Answers;
import dev.reprise.executor.testing.ManualTicker;
import dev.reprise.executor.testing.TestWork;
import dev.reprise.ray.bootstrap.Reply.Failure;
import dev.reprise.ray.connect.RayCalls.Node;
import dev.reprise.ray.worker.ChunkReply;
import dev.reprise.ray.worker.TaskFiles;
import dev.reprise.task.Resources;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of units whose tasks Ray has no answer for. */
class TrafficTest {
  private static final RuntimeException DEAD =
      new IllegalArgumentException("Unrecognized metadata [50, 51]");

  @TempDir Path folder;

  private final ManualTicker time = new ManualTicker();
  private final Answers answers = new Answers(Duration.ZERO);
  private TestWork work;
  private Traffic traffic;
  private Path channel;

  @BeforeEach
  void open() throws IOException {
    work =
        new TestWork(
            "r1",
            FileResultStore.openOrMake(folder.resolve("store"), FileResultStore.Settings.STANDARD),
            List.of());
    channel = Files.createDirectories(folder.resolve("channel"));
    traffic = traffic(Duration.ZERO);
  }

  private Traffic traffic(Duration scaleUp) {
    Capacity capacity = new Capacity(List.of(node("one"), node("two")));
    return new Traffic(
        new TaskFiles(channel),
        new Waiting(capacity, 0, StepPace.MOST_UNITS),
        new Unplaceable(scaleUp.toNanos()),
        0,
        time);
  }

  @AfterEach
  void check() {
    assertThat(answers.violations()).isEmpty();
  }

  @Test
  void died_noWorkerHadBegunTheTask_goesOutAgainUnderItsAttempt() throws Exception {
    long attempt = add("add");
    Flight first = traffic.next();

    traffic.died(first, DEAD);

    Flight second = traffic.next();
    assertThat(second.open.keySet()).containsExactly(attempt);
    assertThat(answers.count()).isZero();
  }

  /** It may sit in a queue of a node that is cut off. */
  @Test
  void died_noWorkerHadBegunTheTask_noneBeginsItAnyMore() throws Exception {
    add("add");
    Flight first = traffic.next();

    traffic.died(first, DEAD);

    assertThat(new TaskFiles(channel).takeBack(first.task)).isFalse();
  }

  @Test
  void died_sixthTimeBeforeItBegan_isLost() throws Exception {
    long attempt = add("add");
    for (int i = 0; i < 5; i++) {
      traffic.died(traffic.next(), DEAD);
      assertThat(answers.count()).isZero();
    }

    traffic.died(traffic.next(), DEAD);

    assertThat(lost(attempt)).isEqualTo("a worker died: its node died (Ray's error 23)");
  }

  @Test
  void died_workerHadBegun_unitThatRanIsLostAndThoseBehindItGoOutAgain() throws Exception {
    addQuickOnes("add");
    Flight flight = traffic.next();
    List<Long> attempts = List.copyOf(flight.open.keySet());
    assertThat(attempts).hasSizeGreaterThan(1);
    begin(flight, attempts.get(0));

    traffic.died(flight, DEAD);

    assertThat(lost(attempts.get(0))).startsWith("process 7 on one died");
    assertThat(answers.has(attempts.get(1))).isFalse();
    assertThat(traffic.next().open.keySet()).containsExactly(attempts.get(1));
  }

  /** FAULTS 7: what was not told in time may have happened. */
  @Test
  void died_workerHadBegunAndIsNotKnownHowFar_allAreLost() throws Exception {
    long attempt = add("add");
    Flight flight = traffic.next();
    Files.createFile(channel.resolve(flight.task + ".at"));

    traffic.died(flight, DEAD);

    assertThat(lost(attempt)).startsWith("a worker died");
    assertThat(traffic.next()).isNull();
  }

  @Test
  void died_effect_isLostWhateverIsKnownOfItsWorker() throws Exception {
    long attempt = add("noteAndDieBeforeTheAnswer");

    traffic.died(traffic.next(), DEAD);

    assertThat(lost(attempt)).startsWith("a worker died");
    assertThat(traffic.next()).isNull();
  }

  @Test
  void next_effects_goAlone() throws Exception {
    addQuickOnes("noteAndDieBeforeTheAnswer");

    assertThat(traffic.next().open).hasSize(1);
  }

  /** At the end of a wave no core idles behind a long chunk. */
  @Test
  void answered_workerGaveBackWhatItHadNotBegun_goesOutAgainUnderItsAttempt() throws Exception {
    addQuickOnes("add");
    Flight flight = traffic.next();
    List<Long> attempts = List.copyOf(flight.open.keySet());
    Answer slow = new Answer(attempts.get(0), new Cancelled(1, Bytes.EMPTY));

    traffic.answered(
        flight,
        new ChunkReply(
            flight.budgetNanos, false, List.of(slow), attempts.subList(1, attempts.size())));

    assertThat(answers.has(attempts.get(0))).isTrue();
    assertThat(answers.has(attempts.get(1))).isFalse();
    assertThat(traffic.next().open.keySet()).startsWith(attempts.get(1));
  }

  /** FAULTS 46: a node without the store's mount is quick to answer. */
  @Test
  void failed_onOneNodeOfTwo_unitsGoOutAgainAndTheRunGoesOn() throws Exception {
    add("add");

    traffic.failed(traffic.next(), new Failure("one", "worker on one: no store"));

    assertThat(answers.count()).isZero();
    assertThat(traffic.next()).isNotNull();
    add("add");
  }

  @Test
  @Shows("Fault 46")
  void failed_onAllNodes_isTheClustersFault() throws Exception {
    long attempt = add("add");
    traffic.failed(traffic.next(), new Failure("one", "worker on one: no store"));

    traffic.failed(traffic.next(), new Failure("two", "worker on two: no store"));

    assertThat(lost(attempt)).isEqualTo("worker on two: no store");
    assertThatThrownBy(() -> add("add"))
        .isInstanceOf(ExecutorUnavailableException.class)
        .hasMessage("worker on two: no store");
  }

  @Test
  void failed_onAllNodesAfterOneHadAnswered_costsUnitsAttemptsNotTheRun() throws Exception {
    add("add");
    traffic.answered(traffic.next(), new ChunkReply(1, false, List.of(), List.of()));
    add("add");
    traffic.failed(traffic.next(), new Failure("one", "worker on one: no store"));

    traffic.failed(traffic.next(), new Failure("two", "worker on two: no store"));

    assertThat(traffic.next()).isNotNull();
    add("add");
  }

  @Test
  void refused_byRay_costsItsOwnUnitsAnAttemptAndNoOthers() throws Exception {
    long refused = add("add");
    Flight flight = traffic.next();
    long other = add("halt");

    traffic.refused(flight, "Ray refuses its task: a resource value should be an integer");

    assertThat(lost(refused)).contains("should be an integer");
    assertThat(traffic.next().open.keySet()).containsExactly(other);
  }

  /** FAULTS 47. */
  @Test
  void add_wantsWhatNoNodeHas_isRefusedUnlessNodesMayCome() throws Exception {
    assertThatThrownBy(() -> traffic.add(unicorn(), answers))
        .isInstanceOf(ExecutorUnavailableException.class)
        .hasMessageContainingAll("unicorn", "one has {CPU=1.0}", "-Dreprise.ray.scale-up=10m");

    traffic = traffic(Duration.ofMinutes(10));
    traffic.add(unicorn(), answers);

    assertThat(traffic.next()).as("Ray starts nodes for tasks that wait").isNotNull();
  }

  @Test
  void capacity_noNodeComesInTime_endsTheWaitSayingWhatIsMissing() throws Exception {
    traffic = traffic(Duration.ofMinutes(10));
    WorkChunk unicorn = unicorn();
    traffic.add(unicorn, answers);
    traffic.next();
    traffic.capacity(new Capacity(List.of(node("one"))));
    time.advance(Duration.ofMinutes(9));
    traffic.capacity(new Capacity(List.of(node("one"))));
    assertThat(answers.count()).isZero();

    time.advance(Duration.ofMinutes(1));
    traffic.capacity(new Capacity(List.of(node("one"))));

    String why =
        "step 'add' asks for {CPU=1.0, unicorn=1.0}, and no node of the Ray cluster has that";
    assertThat(lost(unicorn.units().get(0).attempt())).startsWith(why).endsWith("for 600 s");
    assertThatThrownBy(() -> add("add"))
        .isInstanceOf(ExecutorUnavailableException.class)
        .hasMessageStartingWith(why);
  }

  @Test
  void capacity_nodeComesInTime_waitsForItsWorker() throws Exception {
    traffic = traffic(Duration.ofMinutes(10));
    traffic.add(unicorn(), answers);
    traffic.next();
    traffic.capacity(new Capacity(List.of(node("one"))));
    time.advance(Duration.ofMinutes(9));
    Node stable = new Node("stable", Map.of("CPU", 1.0, "unicorn", 1.0), "/tmp/stable");

    traffic.capacity(new Capacity(List.of(node("one"), stable)));
    time.advance(Duration.ofHours(1));
    traffic.capacity(new Capacity(List.of(node("one"), stable)));

    assertThat(answers.count()).isZero();
  }

  /** DESIGN 7: no hanging without a deadline. */
  @Test
  void capacity_onlyNodeThatHadWhatIsWantedHasGone_waitsAMinuteForIt() throws Exception {
    long attempt = add("add");
    traffic.next();
    Node small = new Node("small", Map.of("CPU", 0.5), "/tmp/small");
    traffic.capacity(new Capacity(List.of(small)));
    time.advance(Duration.ofSeconds(59));
    traffic.capacity(new Capacity(List.of(small)));
    assertThat(answers.count()).isZero();

    time.advance(Duration.ofSeconds(1));
    traffic.capacity(new Capacity(List.of(small)));

    assertThat(lost(attempt)).contains("small has {CPU=0.5}").endsWith("for 60 s");
  }

  private WorkChunk unicorn() {
    return new WorkChunk(
        "r1",
        "add",
        work.code(UserTasks.class, "add"),
        Resources.ONE_CPU.with("unicorn", 1),
        List.of(unit()));
  }

  private long add(String method) throws Exception {
    WorkChunk chunk = work.chunk(work.code(UserTasks.class, method), List.of(unit()));
    traffic.add(chunk, answers);
    return chunk.units().get(0).attempt();
  }

  /** A dozen units of a step that is known to take little time. */
  private void addQuickOnes(String method) throws Exception {
    long first = add(method);
    Answer quick = new Answer(first, new Cancelled(1, Bytes.EMPTY));
    traffic.answered(traffic.next(), new ChunkReply(1_000, false, List.of(quick), List.of()));
    List<UnitWork> units = Stream.generate(this::unit).limit(12).toList();
    traffic.add(work.chunk(work.code(UserTasks.class, method), units), answers);
  }

  private UnitWork unit() {
    return work.unitOf("");
  }

  private void begin(Flight flight, long attempt) throws IOException {
    byte[] worker = "process 7 on one".getBytes();
    ByteBuffer told = ByteBuffer.allocate(Long.BYTES + worker.length);
    Files.write(channel.resolve(flight.task + ".at"), told.putLong(attempt).put(worker).array());
  }

  private String lost(long attempt) throws InterruptedException {
    AttemptResult result = answers.await(attempt);
    assertThat(result).isInstanceOf(Lost.class);
    return ((Lost) result).why();
  }

  private static Node node(String host) {
    return new Node(host, Map.of("CPU", 1.0), "/tmp/" + host);
  }
}
