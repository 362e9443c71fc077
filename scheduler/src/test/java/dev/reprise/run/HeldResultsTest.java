package dev.reprise.run;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Partitions;
import dev.reprise.api.Pipeline;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.IndexBatch;
import dev.reprise.cache.index.IndexBatch.Change;
import dev.reprise.cache.store.Manifest;
import dev.reprise.plan.HeldResults;
import dev.reprise.plan.Outcome;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a run hands out and a later run of the same driver hands out again. */
class HeldResultsTest {
  private static final int WIDTH = 40;
  private static final int LIST = 1;

  private final RunLab lab = new RunLab();

  @BeforeEach
  void runOnce() {
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
    RunView view = result.view();
    return view.graph().nodes().stream()
        .filter(node -> node.name().equals("last"))
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

  @Test
  void run_anotherDriver_looksItUp() {
    lab.held = new HeldResults(HeldResults.USUAL_BYTES);
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
    passing.run(last(WIDTH, Duration.ofDays(1)));
    passing.index.asked.clear();

    passing.run(last(WIDTH, Duration.ofDays(1)));

    assertThat(passing.executions).isEmpty();
    assertThat(passing.index.asked).hasSize(WIDTH + LIST);
  }

  @Test
  void run_moreThanMayBeHeld_isLookedUp() {
    lab.held = new HeldResults(1_000);
    run(WIDTH);
    run(WIDTH);

    assertThat(asked()).isEqualTo(WIDTH + LIST);
  }
}
