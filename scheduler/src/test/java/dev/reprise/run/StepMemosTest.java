package dev.reprise.run;

import static dev.reprise.run.LabPipelines.months;
import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Partitions;
import dev.reprise.api.Pipeline;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.IndexBatch;
import dev.reprise.cache.index.IndexBatch.Change;
import dev.reprise.plan.Outcome;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole steps that are found at once. */
class StepMemosTest {
  private static final int MONTHS = 40;

  /** The list, the total and the report: what is asked one by one when the steps are recalled. */
  private static final int ASKED_ALONE = 3;

  private final RunLab lab = new RunLab();

  @BeforeEach
  void runOnce() {
    lab.run(months(MONTHS, 15));
    lab.index.asked.clear();
  }

  private int asked() {
    int asked = lab.index.asked.values().stream().mapToInt(Integer::intValue).sum();
    lab.index.asked.clear();
    return asked;
  }

  private RunLab.Result again() {
    return lab.run(months(MONTHS, 15));
  }

  private CacheKey key(RunLab.Result result, String step, int partition) {
    RunView view = result.view();
    for (var node : view.graph().nodes()) {
      if (node.isStep() && node.name().equals(step)) {
        return new CacheKey(view.key(view.firstUnit(node.id()) + partition).orElseThrow());
      }
    }
    throw new AssertionError("no step " + step);
  }

  private void write(Change change) throws Exception {
    IndexBatch batch = new IndexBatch();
    batch.add(change);
    lab.index.write(batch);
  }

  @Test
  void run_nothingChanged_stepsAreFoundWithoutAskingForTheirUnits() {
    var result = again();

    assertThat(lab.executions).isEmpty();
    assertThat(RunLab.counts(result))
        .containsOnly(Map.entry(Outcome.CACHED, 2 * MONTHS + ASKED_ALONE));
    assertThat(result.summary().savedNanos()).isEqualTo((2 * MONTHS + ASKED_ALONE) * 1_000_000L);
    assertThat(asked()).isEqualTo(ASKED_ALONE);
  }

  @Test
  void run_found_everyUnitHasTheKeyThatItWouldHaveAlone() {
    var recalled = again();
    lab.index.forgetMemos();
    var alone = again();

    for (int month = 0; month < MONTHS; month++) {
      assertThat(key(recalled, "count", month)).isEqualTo(key(alone, "count", month));
    }
    assertThat(asked()).isEqualTo(2 * MONTHS + 2 * ASKED_ALONE);
  }

  @Test
  void plan_everythingFoundOneByOne_isRememberedForTheNext() {
    lab.index.forgetMemos();

    lab.loop(Pipeline.define("lab", months(MONTHS, 15)).graph()).plan();
    assertThat(asked()).isEqualTo(2 * MONTHS + ASKED_ALONE);

    again();
    assertThat(asked()).isEqualTo(ASKED_ALONE);
  }

  @Test
  void run_oneParameterChanged_whatDoesNotTakeItIsStillFoundAtOnce() {
    lab.run(months(MONTHS, 30));

    assertThat(lab.executions).hasSize(MONTHS + 2);
    assertThat(asked()).as("all but 'clean'").isEqualTo(MONTHS + ASKED_ALONE);
  }

  @Test
  void run_onePartitionMore_onlyItsConeRuns() {
    lab.run(months(MONTHS + 1, 15));

    assertThat(lab.executions.keySet())
        .containsExactlyInAnyOrder("source", "clean:40", "count:40", "total", "report");
  }

  /** FAULTS 39. */
  @Test
  void run_entryEvicted_thatUnitRuns() throws Exception {
    CacheKey evicted = key(again(), "clean", 7);
    write(new Change.Remove(evicted));

    var result = again();
    assertThat(lab.executions.keySet()).containsExactly("clean:7");
    assertThat(result.outcome("clean:7")).isEqualTo("RAN NO_ENTRY(its entry is gone)");

    asked();
    again();
    assertThat(asked()).as("remembered anew").isEqualTo(ASKED_ALONE);
  }

  /** FAULTS 38. */
  @Test
  void run_forcedStepMadeOtherResults_laterRunsHaveThese() {
    lab.options = RunOptions.DEFAULT.withRerun(Set.of("clean"));
    again();
    lab.options = RunOptions.DEFAULT;
    asked();

    again();
    assertThat(asked()).as("what was replaced is looked up").isEqualTo(2 * MONTHS + ASKED_ALONE);
    again();
    assertThat(asked()).isEqualTo(ASKED_ALONE);
  }

  /** A disk that loses a row and keeps a later one: nobody needs the row, or it is made again. */
  @Test
  void run_entryLostUnnoticed_unitIsMadeAgainWhenItsResultIsNeeded() {
    CacheKey lost = key(again(), "clean", 7);
    lab.index.entries.remove(lost);

    again();
    assertThat(lab.executions).isEmpty();

    lab.codeVersions.put("count", "2");
    var result = again();
    assertThat(result.summary().state()).isEqualTo(RunState.SUCCEEDED);
    assertThat(lab.executions).hasSize(MONTHS + 1).containsEntry("clean:7", 1);
  }

  @Test
  void run_memoDamagedInAnyByte_unitsAreLookedUp() {
    Map<String, Bytes> memos = lab.index.memos();
    assertThat(memos).hasSize(2);
    memos.forEach(
        (id, memo) -> {
          for (int at = 0; at < memo.size(); at += 41) {
            byte[] damaged = memo.array().clone();
            damaged[at] ^= 4;
            lab.index.putMemo(id, Bytes.wrap(damaged));
            var result = again();
            assertThat(RunLab.counts(result))
                .containsOnly(Map.entry(Outcome.CACHED, 2 * MONTHS + ASKED_ALONE));
            assertThat(asked()).isEqualTo(MONTHS + ASKED_ALONE);
          }
        });
  }

  @Test
  void run_cacheIsOnlyRead_nothingIsRemembered() {
    lab.index.forgetMemos();
    lab.options = RunOptions.DEFAULT.withCache(CacheMode.READ);
    again();
    assertThat(lab.index.memos()).isEmpty();
  }

  @Test
  void run_stepFailedInPart_isNotRemembered() {
    RunLab failing = new RunLab();
    failing.meddle = (unit, attempt) -> unit.equals("count:3") ? RunLab.error("no") : null;
    failing.run(months(MONTHS, 15));
    assertThat(failing.index.memos()).as("'clean' alone").hasSize(1);

    failing.meddle = (unit, attempt) -> null;
    failing.run(months(MONTHS, 15));
    assertThat(failing.executions).doesNotContainKey("clean:3").containsKeys("count:3", "total");
    assertThat(failing.index.memos()).hasSize(2);
  }

  /** A source of more units than one record holds. */
  @Test
  void run_moreUnitsThanARecordHolds_areFoundAtOnceToo() {
    RunLab wide = new RunLab();
    wide.window = 500;
    Pipeline.Definition definition = months(5_000, 1);
    wide.run(definition);
    assertThat(wide.index.memos()).as("two of each step").hasSize(4);
    wide.index.asked.clear();

    wide.run(definition);
    assertThat(wide.executions).isEmpty();
    assertThat(wide.index.asked).hasSize(ASKED_ALONE);
  }

  /** FAULTS I1: the records that are left are of units that are the same, and of a longer list. */
  @Test
  void run_stepShrankToWholeRecords_whatTakesAllOfItHasItsOwnKey() {
    RunLab wide = new RunLab();
    wide.window = 500;
    wide.run(months(8_193, 1));
    wide.run(months(8_192, 1));
    assertThat(wide.executions.keySet()).containsExactlyInAnyOrder("source", "total", "report");
    wide.index.asked.clear();

    wide.run(months(8_193, 1));
    assertThat(wide.executions).isEmpty();
  }

  /** FAULTS I1: a driver that is killed leaves one record of a step new, and another old. */
  @ParameterizedTest
  @ValueSource(ints = {0, 4_999})
  void run_recordsOfDifferentPlans_areNotTakenForOneWhole(int changed) {
    RunLab killed = new RunLab();
    killed.window = 500;
    killed.run(joined(5_000, changed, "before"));
    Map<String, Bytes> before = killed.index.memos();
    RunLab.Result edited = killed.run(joined(5_000, changed, "now"));
    assertThat(killed.executions.keySet())
        .containsExactlyInAnyOrder("source", "clean:" + changed, "total");
    Map<String, Bytes> now = killed.index.memos();
    assertThat(now).hasSameSizeAs(before).hasSize(2);
    for (String old : before.keySet()) {
      now.forEach(killed.index::putMemo);
      killed.index.putMemo(old, before.get(old));

      RunLab.Result again = killed.run(joined(5_000, changed, "now"));

      assertThat(killed.executions).isEmpty();
      assertThat(key(again, "total", 0)).isEqualTo(key(edited, "total", 0));
      assertThat(killed.index.memos()).as("remembered anew").isEqualTo(now);
    }
  }

  /** source, one of which differs -> clean each -> total. */
  private static Pipeline.Definition joined(int width, int place, String name) {
    return p -> {
      List<String> names = LabPipelines.names(width);
      names.set(place, name);
      Partitions<String> source =
          p.fanOut(
              "source",
              task((List<String> all) -> all).named("source"),
              p.value(List.copyOf(names)));
      Partitions<String> clean =
          p.perPartition("clean", task((String each) -> "clean " + each).named("clean"), source);
      p.step("total", task((List<String> all) -> String.join(",", all)).named("join"), clean.all());
    };
  }

  @Test
  void run_gatheringChosenOtherwise_isNotFoundAtOnce() {
    RunLab other = new RunLab();
    other.run(gathering(1));
    other.run(gathering(2));
    assertThat(other.executions).containsKey("total").hasSize(MONTHS + 1);
    other.index.asked.clear();
    other.run(gathering(2));
    assertThat(other.executions).isEmpty();
    assertThat(other.index.asked).hasSize(2);
  }

  /** FAULTS I1: a step that takes a part of another may be asked for before the whole is known. */
  @Test
  void run_stepBesideTakesOnlyPartsThatAreKnown_whatTakesTheWholeHasItsOwnKeyEachTime() {
    RunLab edited = new RunLab();
    for (int version = 1; version <= 3; version++) {
      edited.run(firsts(version));
      assertThat(edited.executions.keySet())
          .as("version %s", version)
          .contains("clean:39", "total");
    }
    edited.run(firsts(2));
    assertThat(edited.executions).isEmpty();
  }

  /** source, whose last differs -> clean each -> first of each ten -> joined; clean -> total. */
  private static Pipeline.Definition firsts(int version) {
    return p -> {
      Partitions<String> source =
          p.fanOut("source", task((Integer v) -> edited(v)).named("source"), p.value(version));
      Partitions<String> clean =
          p.perPartition("clean", task((String name) -> "clean " + name).named("clean"), source);
      Partitions<String> firsts =
          p.perPartition(
              "firsts",
              task((List<String> first) -> first.get(0)).named("firsts"),
              clean.gather((unit, width) -> new int[] {unit / 10 * 10}));
      p.step(
          "joined", task((List<String> all) -> String.join(",", all)).named("join"), firsts.all());
      p.step("total", task((List<String> all) -> String.join(",", all)).named("join"), clean.all());
    };
  }

  private static List<String> edited(int version) {
    List<String> names = LabPipelines.names(MONTHS);
    names.set(MONTHS - 1, "edited " + version);
    return names;
  }

  /** source -> pairs of neighbours this far away -> total. */
  private static Pipeline.Definition gathering(int distance) {
    return p -> {
      Partitions<String> source =
          p.fanOut(
              "source",
              task((Integer n) -> LabPipelines.names(n)).named("source"),
              p.value(MONTHS));
      Partitions<String> pairs =
          p.perPartition(
              "pairs",
              task((String own, List<String> near) -> own + near).named("pairs"),
              source,
              source.gather((unit, width) -> new int[] {unit, (unit + distance) % width}));
      p.step(
          "total", task((List<String> all) -> String.join(",", all)).named("total"), pairs.all());
    };
  }
}
