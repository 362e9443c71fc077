package dev.reprise.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.store.FileResultStore;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.TaskCode;
import dev.reprise.executor.TaskExecutor.AttemptListener;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.testing.ManualTicker;
import dev.reprise.executor.testing.TestWork;
import dev.reprise.task.Resources;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which units share a Spark task, for two slots. */
class WaitingUnitsTest {
  private static final int SLOTS = 2;
  private static final int ALL = Integer.MAX_VALUE;
  private static final long MILLISECOND = 1_000_000;
  private static final Claim TWO_CPUS = new Claim(2, new TreeMap<>(Map.of()));

  private static final AttemptListener NOBODY =
      new AttemptListener() {
        @Override
        public void started(long attempt) {}

        @Override
        public void finished(long attempt, AttemptResult result) {}
      };

  @TempDir private Path folder;
  private TestWork work;
  private final Grouping grouping = new Grouping();
  private final WaitingUnits waiting = new WaitingUnits(grouping, new ManualTicker());

  @BeforeEach
  void makeWork() throws Exception {
    FileResultStore store =
        FileResultStore.openOrMake(folder.resolve("store"), FileResultStore.Settings.STANDARD);
    work = new TestWork("r1", store, List.of());
  }

  private void add(String step, int count, Claim claim, String method) {
    TaskCode code = work.code(FaultTasks.class, method);
    WorkChunk chunk =
        new WorkChunk(
            "r1",
            step,
            code,
            Resources.ONE_CPU,
            IntStream.range(0, count).mapToObj(i -> work.unitOf("p" + i, i)).toList());
    chunk.units().forEach(unit -> waiting.add(new OpenUnit(chunk, unit, claim, NOBODY)));
  }

  private void add(String step, int count) {
    add(step, count, Claim.NONE, "sleepIfNegative");
  }

  private List<Integer> sizes(int most) {
    return waiting.take(most, SLOTS).stream().map(group -> group.units().size()).toList();
  }

  @Test
  void take_oneUnitEachOfManyUnknownSteps_theyShareTwoTasksASlot() {
    IntStream.range(0, 200).forEach(i -> add("step-" + i / 2, 1));

    assertThat(sizes(ALL)).hasSize(4).containsOnly(50);
    assertThat(waiting.isEmpty()).isTrue();
  }

  @Test
  void take_fewUnknownUnits_eachHasATaskAsItMayBeLong() {
    IntStream.range(0, 8).forEach(i -> add("step-" + i, 1));

    assertThat(sizes(ALL)).hasSize(8);
  }

  @Test
  void take_fewUnitsKnownToBeShort_shareATask() {
    grouping.ran("step", MILLISECOND / 10);
    add("step", 8);

    assertThat(sizes(ALL)).containsExactly(8);
  }

  @Test
  void take_oneUnknownAmongFewShortUnits_itTravelsAloneAndTheOthersTogether() {
    grouping.ran("short", MILLISECOND / 10);
    add("short", 3);
    add("unknown", 1);
    add("short", 4);

    assertThat(sizes(ALL)).containsExactly(7, 1);
  }

  @Test
  void take_manyUnknownUnits_aTaskHasNoMoreThanSixtyFour() {
    add("step", 1000);

    assertThat(sizes(ALL)).hasSize(16).allMatch(size -> size <= 64);
  }

  @Test
  void take_stepKnownToBeLong_itsUnitsTravelAloneAndTheOthersTogether() {
    grouping.ran("long", 100 * MILLISECOND);
    grouping.ran("short", MILLISECOND);
    add("short", 10);
    add("long", 2);
    add("short", 10);

    List<Group> groups = waiting.take(ALL, SLOTS);

    assertThat(groups)
        .filteredOn(group -> group.units().get(0).step().equals("long"))
        .hasSize(2)
        .allMatch(group -> group.units().size() == 1);
    assertThat(groups).hasSize(3);
  }

  @Test
  void take_unitsThatClaimOtherThings_shareNoTask() {
    for (int i = 0; i < 32; i++) {
      add("small-" + i, 1);
      add("large-" + i, 1, TWO_CPUS, "sleepIfNegative");
    }

    for (Group group : waiting.take(ALL, SLOTS)) {
      assertThat(group.units()).hasSizeGreaterThan(1).allMatch(u -> u.claim.equals(group.claim()));
    }
  }

  @Test
  void take_effectsAndUnitsThatComeBackWithAJob_travelAlone() {
    add("effect", 10, Claim.NONE, "effect");
    assertThat(sizes(ALL)).containsOnly(1);

    add("back", 100);
    List<Group> groups = waiting.take(ALL, SLOTS);
    assertThat(groups).hasSizeLessThan(10);
    for (OpenUnit unit : groups.get(0).units()) {
      unit.again = true;
      waiting.add(unit);
    }
    assertThat(sizes(ALL)).containsOnly(1);
  }

  @Test
  void take_unitThatWasLostWithOthers_itsNextAttemptIsAloneAndTheRestOfItsStepIsNot() {
    add("step", 100);
    OpenUnit lost = waiting.take(ALL, SLOTS).get(0).units().get(3);
    grouping.keepApart(lost);
    add("step", 100);

    List<Group> groups = waiting.take(ALL, SLOTS);

    Group own =
        groups.stream()
            .filter(group -> group.units().stream().anyMatch(u -> u.work.label().equals("p3")))
            .findFirst()
            .orElseThrow();
    assertThat(own.units()).hasSize(1);
    assertThat(groups).hasSizeLessThan(12);
  }

  @Test
  void take_noRoomForAll_theRestWaitsInItsOrder() {
    add("step", 200);

    assertThat(sizes(2)).containsExactly(50, 50);
    assertThat(waiting.size()).isEqualTo(100);
    assertThat(waiting.take(1, SLOTS).get(0).units().get(0).work.label()).isEqualTo("p100");
  }

  @Test
  void chunks_ofAGroupOfSeveralSteps_areByStepInTheOrderOfItsUnits() {
    IntStream.range(0, 50).forEach(i -> add("step-" + i, 4));

    List<WorkChunk> chunks = waiting.take(1, SLOTS).get(0).chunks();

    assertThat(chunks)
        .extracting(WorkChunk::step)
        .startsWith("step-0", "step-1")
        .doesNotHaveDuplicates();
    assertThat(chunks.get(0).units())
        .extracting(u -> u.label())
        .containsExactly("p0", "p1", "p2", "p3");
  }
}
