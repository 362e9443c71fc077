package dev.reprise.run;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Partitions;
import dev.reprise.api.Pipeline;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.IndexBatch;
import dev.reprise.cache.index.IndexBatch.Change;
import dev.reprise.cache.store.Manifest;
import dev.reprise.plan.HeldMemos;
import dev.reprise.plan.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What one driver's runs know of each other. */
class HeldMemosTest {
  private static final int WIDTH = 40;
  private static final int LIST = 1;

  private final RunLab lab = new RunLab();

  @BeforeEach
  void runOnce() {
    lab.held = new HeldMemos(HeldMemos.USUAL_BYTES);
    run(WIDTH);
  }

  private RunLab.Result run(int width) {
    lab.index.asked.clear();
    return lab.run(last(width, null));
  }

  /** source -> last each, which is handed out. */
  private static Pipeline.Definition last(int width, Duration timeToLive) {
    return p -> {
      Partitions<String> source =
          p.fanOut(
              "source", task((Integer n) -> LabPipelines.names(n)).named("source"), p.value(width));
      var last = task((String x) -> x + "!").named("last");
      p.perPartition("last", timeToLive == null ? last : last.ttl(timeToLive), source);
    };
  }

  private static int unit(RunLab.Result result, int place) {
    return unit(result, "last", place);
  }

  private static int unit(RunLab.Result result, String step, int place) {
    RunView view = result.view();
    return view.graph().nodes().stream()
        .filter(node -> node.name().equals(step))
        .mapToInt(node -> view.firstUnit(node.id()) + place)
        .findFirst()
        .orElseThrow();
  }

  private static Manifest manifest(RunLab.Result result, int place) {
    return result.view().manifest(unit(result, place)).orElseThrow();
  }

  private static CacheKey key(RunLab.Result result, int place) {
    return new CacheKey(result.view().key(unit(result, place)).orElseThrow());
  }

  private int asked() {
    return lab.index.asked.values().stream().mapToInt(Integer::intValue).sum();
  }

  @Test
  void run_nothingChanged_whatWasHandedOutIsNotLookedUp() {
    Manifest before = manifest(run(WIDTH), 7);
    RunLab.Result again = run(WIDTH);

    assertThat(RunLab.counts(again)).containsOnly(Map.entry(Outcome.CACHED, WIDTH + LIST));
    assertThat(asked()).isEqualTo(LIST);
    assertThat(manifest(again, 7)).isEqualTo(before);
    assertThat(again.summary().savedNanos()).isEqualTo((WIDTH + LIST) * 1_000_000L);
  }

  /**
   * source -> first each -> total: of 'first' nothing is handed out, and its memo is in the index.
   */
  private static Pipeline.Definition inner() {
    return p -> {
      Partitions<String> source =
          p.fanOut(
              "source", task((Integer n) -> LabPipelines.names(n)).named("source"), p.value(WIDTH));
      Partitions<String> first =
          p.perPartition("first", task((String x) -> x + "?").named("first"), source);
      p.step("total", task((List<String> all) -> "" + all).named("total"), first.all());
    };
  }

  @Test
  void run_memosAreGoneFromTheIndex_theDriverHasThem() {
    lab.run(inner());
    lab.index.forgetMemos();
    lab.index.asked.clear();
    lab.run(inner());

    assertThat(lab.executions).isEmpty();
    assertThat(lab.index.asked).hasSize(LIST + 1);
  }

  /** What another pipeline of this name took from inside is handed out by this one. */
  @Test
  void run_stepWasNotHandedOutBefore_itIsLookedUp() {
    RunLab.Result before = lab.run(inner());
    lab.index.entries.remove(
        new CacheKey(before.view().key(unit(before, "first", 7)).orElseThrow())); // unnoticed
    Pipeline.Definition shorter =
        p -> {
          Partitions<String> source =
              p.fanOut(
                  "source",
                  task((Integer n) -> LabPipelines.names(n)).named("source"),
                  p.value(WIDTH));
          p.perPartition("first", task((String x) -> x + "?").named("first"), source);
        };

    RunLab.Result now = lab.run(shorter);

    assertThat(now.outcome("first:7")).startsWith("RAN NO_ENTRY");
    assertThat(lab.executions).hasSize(1);
  }

  /** FAULTS 39: memos that are held say nothing of an index that was changed, either. */
  @Test
  void run_innerEntryEvicted_thatUnitRuns() throws Exception {
    RunLab.Result before = lab.run(inner());
    IndexBatch batch = new IndexBatch();
    batch.add(
        new Change.Remove(new CacheKey(before.view().key(unit(before, "first", 7)).orElseThrow())));
    lab.index.write(batch);

    assertThat(lab.run(inner()).outcome("first:7")).startsWith("RAN NO_ENTRY");
    assertThat(lab.executions).hasSize(1);
  }

  @Test
  void run_anotherDriver_looksItUp() {
    lab.held = new HeldMemos(HeldMemos.USUAL_BYTES);
    run(WIDTH);

    assertThat(asked()).isEqualTo(WIDTH + LIST);
  }

  @Test
  void run_oneUnitMore_thatOneAloneIsLookedUp() {
    run(WIDTH + 1);

    assertThat(lab.executions.keySet()).containsExactlyInAnyOrder("source", "last:" + WIDTH);
    assertThat(asked()).isEqualTo(1 + LIST);
    run(WIDTH + 1);
    assertThat(asked()).as("remembered with the others").isEqualTo(LIST);
  }

  /** A disk that loses a row: what is handed out does not come from there. */
  @Test
  void run_entryLostUnnoticed_itsResultIsHandedOutAllTheSame() {
    RunLab.Result before = run(WIDTH);
    Manifest result = manifest(before, 7);
    lab.index.entries.remove(key(before, 7));

    assertThat(manifest(run(WIDTH), 7)).isEqualTo(result);
    assertThat(lab.executions).isEmpty();
  }

  /** FAULTS 39. */
  @Test
  void run_entryEvicted_thatUnitRuns() throws Exception {
    IndexBatch batch = new IndexBatch();
    batch.add(new Change.Remove(key(run(WIDTH), 7)));
    lab.index.write(batch);

    assertThat(run(WIDTH).outcome("last:7")).startsWith("RAN NO_ENTRY");
    assertThat(lab.executions).hasSize(1);
  }

  @Test
  void run_resultsMayExpire_theyAreLookedUp() {
    RunLab passing = new RunLab();
    passing.held = new HeldMemos(HeldMemos.USUAL_BYTES);
    passing.run(last(WIDTH, Duration.ofDays(1)));
    passing.index.asked.clear();

    passing.run(last(WIDTH, Duration.ofDays(1)));

    assertThat(passing.executions).isEmpty();
    assertThat(passing.index.asked).hasSize(WIDTH + LIST);
  }

  @Test
  void run_moreThanMayBeHeld_isLookedUp() {
    lab.held = new HeldMemos(1_000);
    run(WIDTH);
    run(WIDTH);

    assertThat(asked()).isEqualTo(WIDTH + LIST);
  }
}
