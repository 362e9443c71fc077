package dev.reprise.ray;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.store.FileResultStore;
import dev.reprise.executor.Answer;
import dev.reprise.executor.AttemptResult.Cancelled;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import dev.reprise.executor.testing.Answers;
import dev.reprise.executor.testing.TestWork;
import dev.reprise.ray.connect.RayCalls.Node;
import dev.reprise.ray.worker.ChunkReply;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How units are cut into tasks, on two slots. */
class WaitingTest {
  private static final long MICRO = 1_000;
  private static final long SECOND = 1_000_000_000;

  @TempDir Path folder;
  private final Answers answers = new Answers(Duration.ZERO);
  private TestWork work;

  @BeforeEach
  void open() throws Exception {
    FileResultStore store =
        FileResultStore.openOrMake(folder.resolve("store"), FileResultStore.Settings.STANDARD);
    work = new TestWork("r1", store, List.of());
  }

  private static Waiting waiting(int maxParallel, int maxChunk) {
    Node node = new Node("one", Map.of("CPU", 2.0), "/tmp/one");
    return new Waiting(new Capacity(List.of(node)), maxParallel, maxChunk);
  }

  @Test
  void next_nothingIsKnownOfTheStep_goesOneByOneTwoForEachSlot() {
    Waiting waiting = waiting(0, 1000);
    add(waiting, 100);

    assertThat(sizes(waiting, Long.MAX_VALUE)).containsExactly(1, 1, 1, 1);
  }

  @Test
  void next_shortUnits_shareTasksThatGetSmallerTowardsTheEnd() {
    Waiting waiting = waiting(0, 1000);
    learn(waiting, 10 * MICRO);
    add(waiting, 100);

    List<Integer> sizes = sizes(waiting, 1);

    assertThat(sizes.get(0)).isEqualTo(25);
    assertThat(sizes.stream().mapToInt(each -> each).sum()).isEqualTo(100);
    int left = 100;
    for (int size : sizes) {
      assertThat(size).isEqualTo(Math.max(1, left / 4));
      left -= size;
    }
  }

  @Test
  void next_longUnits_goOneByOneTwoForEachSlot() {
    Waiting waiting = waiting(0, 1000);
    learn(waiting, SECOND);
    add(waiting, 100);

    assertThat(sizes(waiting, Long.MAX_VALUE)).containsExactly(1, 1, 1, 1);
  }

  @Test
  void next_shortUnitsThatMayNotShareTasks_standInALongerLine() {
    Waiting waiting = waiting(0, 1);
    learn(waiting, 10 * MICRO);
    add(waiting, 100);

    assertThat(sizes(waiting, Long.MAX_VALUE)).hasSize(32).containsOnly(1);
    assertThat(waiting.window()).isEqualTo(64);
  }

  @Test
  void next_atMostSoManyAtOneTime_noneWaitsAtTheDoor() {
    Waiting waiting = waiting(1, 1000);
    learn(waiting, 10 * MICRO);
    add(waiting, 8);

    assertThat(sizes(waiting, Long.MAX_VALUE)).hasSize(1);
  }

  /** Sizes of tasks that are made one after the other; at most so many are on their way. */
  private static List<Integer> sizes(Waiting waiting, long most) {
    List<Integer> sizes = new ArrayList<>();
    Flight flight = waiting.next(0, 0);
    while (flight != null) {
      sizes.add(flight.open.size());
      flight = waiting.next(Math.min(most - 1, sizes.size()), 0);
    }
    return sizes;
  }

  /** A unit of the step took so long. */
  private void learn(Waiting waiting, long nanos) {
    add(waiting, 1);
    Flight flight = waiting.next(0, 0);
    long attempt = flight.open.keySet().iterator().next();
    Answer answer = new Answer(attempt, new Cancelled(1, Bytes.EMPTY));
    waiting.measure(flight, new ChunkReply(nanos, false, List.of(answer), List.of()), nanos);
  }

  private void add(Waiting waiting, int count) {
    List<UnitWork> units = Stream.generate(() -> work.unitOf("")).limit(count).toList();
    WorkChunk chunk = work.chunk(work.code(UserTasks.class, "add"), units);
    waiting.add(chunk, answers);
  }
}
