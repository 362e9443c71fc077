package dev.reprise.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.store.InMemoryResultStore;
import dev.reprise.executor.TaskExecutor.AttemptListener;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.testing.Answers;
import dev.reprise.executor.testing.TestWork;
import dev.reprise.task.Resources;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which units on datasets run at the same time, on a cluster of four processors. */
class DatasetQueueTest {
  private final TestWork work = new TestWork("r1", new InMemoryResultStore(), List.of());
  private final AttemptListener nobody = new Answers(Duration.ZERO);
  private final List<Long> started = new ArrayList<>();
  private int slots = 4;

  private DatasetQueue queue(Places places, int maxParallel) {
    return new DatasetQueue(
        places,
        maxParallel,
        () -> slots,
        (unit, listener) -> started.add(unit.units().get(0).attempt()));
  }

  private DatasetQueue queue() {
    return queue(new Places(0), 0);
  }

  /** Adds a unit that asks for so many processors; returns its attempt. */
  private long add(DatasetQueue queue, double cpus) throws Exception {
    WorkChunk unit = work.unit(work.code(FaultDatasets.class, "numbers"));
    Resources asked = Resources.ONE_CPU.withCpus(cpus);
    queue.add(new WorkChunk("r1", "numbers", unit.code(), asked, unit.units()), nobody);
    return unit.units().get(0).attempt();
  }

  @Test
  void add_unitsOfOneProcessor_asManyRunAsThereAreProcessors() throws Exception {
    DatasetQueue queue = queue();
    List<Long> all = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      all.add(add(queue, 1));
    }
    assertThat(started).isEqualTo(all.subList(0, 4));

    queue.ended(all.get(2));

    assertThat(started).isEqualTo(all.subList(0, 5));
  }

  @Test
  void add_unitsOfMoreProcessors_fewerRun() throws Exception {
    DatasetQueue queue = queue();
    long two = add(queue, 2);
    long half = add(queue, 1.5);
    long other = add(queue, 1);
    assertThat(started).containsExactly(two, half);

    queue.ended(half);

    assertThat(started).containsExactly(two, half, other);
  }

  @Test
  void add_unitThatAsksForMoreThanThereIs_runsAloneAndInItsTurn() throws Exception {
    DatasetQueue queue = queue();
    long small = add(queue, 1);
    long large = add(queue, 100);
    long later = add(queue, 1);
    assertThat(started).as("nobody overtakes it").containsExactly(small);

    queue.ended(small);
    assertThat(started).containsExactly(small, large);

    queue.ended(large);
    assertThat(started).containsExactly(small, large, later);
  }

  @Test
  void ended_executorsCameMeanwhile_theyCount() throws Exception {
    DatasetQueue queue = queue();
    long first = add(queue, 4);
    long second = add(queue, 4);
    long third = add(queue, 4);
    slots = 8;

    queue.ended(first);

    assertThat(started).containsExactly(first, second, third);
  }

  @Test
  void add_noPlaceIsFree_waitsUntilOneIs() throws Exception {
    Places places = new Places(3);
    DatasetQueue queue = queue(places, 3);
    assertThat(places.take(2)).as("by units that are none on datasets").isEqualTo(2);
    long first = add(queue, 1);
    long second = add(queue, 1);
    assertThat(started).containsExactly(first);

    places.give(1);
    assertThat(started).containsExactly(first, second);
    assertThat(places.free()).isZero();

    queue.ended(first);
    queue.ended(second);
    assertThat(places.free()).isEqualTo(2);
  }

  @Test
  void remove_oneThatWaits_isNotStarted() throws Exception {
    DatasetQueue queue = queue(new Places(1), 1);
    long runs = add(queue, 1);
    long waits = add(queue, 1);
    long last = add(queue, 1);

    assertThat(queue.remove(Set.of(runs, waits)))
        .extracting(DatasetQueue.Waiting::attempt)
        .containsExactly(waits);

    queue.ended(runs);
    assertThat(started).containsExactly(runs, last);
  }

  @Test
  void close_someWait_areReturnedAndNoneIsStarted() throws Exception {
    DatasetQueue queue = queue(new Places(1), 1);
    long runs = add(queue, 1);
    long waits = add(queue, 1);

    assertThat(queue.close()).extracting(DatasetQueue.Waiting::attempt).containsExactly(waits);

    queue.ended(runs);
    assertThat(started).containsExactly(runs);
  }
}
