package dev.reprise.run;

import static dev.reprise.run.LabPipelines.months;
import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Pipeline;
import dev.reprise.plan.Outcome;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Runs whose index or committing side breaks or hangs, without a cache and with one that is
 * required.
 */
class CacheTroubleTest {
  private final RunLab lab = new RunLab();

  @Test
  void run_indexBreaks_runGoesOnWithoutAndSaysSoOnce() {
    lab.run(months(2, 1));
    lab.index.broken = true;
    var result = lab.run(months(2, 1));
    assertThat(result.summary().state()).isEqualTo(RunState.SUCCEEDED);
    assertThat(result.outcome("source")).isEqualTo("RAN INDEX_UNAVAILABLE");
    assertThat(lab.warnings.stream().filter(w -> w.startsWith("CACHE_UNAVAILABLE"))).hasSize(1);
  }

  /** FAULTS I3, I8: a cache fails no run and hangs none. */
  @Test
  void run_committingSideHangs_isToldOfThenGivenUpAndTheRunSucceedsWithout() {
    lab.commitsHang = true;
    lab.store.asBlobs = true;
    long began = lab.now();
    var result = lab.run(months(3, 1));
    assertThat(result.summary().message()).isEmpty();
    assertThat(result.summary().state()).isEqualTo(RunState.SUCCEEDED);
    assertThat(RunLab.counts(result)).containsOnly(Map.entry(Outcome.RAN, 9));
    assertThat(lab.now() - began)
        .isBetween(Patience.COMMIT.toNanos(), Patience.COMMIT.plusSeconds(3).toNanos());
    assertThat(lab.warnings)
        .satisfiesExactly(
            first ->
                assertThat(first)
                    .startsWith(
                        "COMMIT_SLOW 1 results wait to be kept, and the lab does not answer for 10 s;"
                            + " after 60 s the run goes on without"),
            second ->
                assertThat(second)
                    .isEqualTo(
                        "CACHE_UNAVAILABLE the cache cannot be used any more: the lab did not answer"
                            + " for 60 s"),
            third ->
                assertThat(third)
                    .startsWith(
                        "NOT_KEPT the result of 'source' is not kept: the lab did not answer for 60 s"),
            fourth -> assertThat(fourth).startsWith("NOT_KEPT 8 more not kept: the lab did"));
    assertThat(lab.index.entries).isEmpty();
  }

  @Test
  void run_committingSideIsSlow_isToldOfAndEverythingIsKept() {
    lab.commitsHang = true;
    lab.after(Patience.COMMIT.minusSeconds(5), lab::commitsGoOn);
    lab.run(months(3, 1));
    assertThat(lab.warnings).hasSize(1).first().asString().startsWith("COMMIT_SLOW 9 results");
    lab.run(months(3, 1));
    assertThat(lab.executions).isEmpty();
  }

  /** FAULTS 4: within ten seconds. */
  @Test
  void run_cancelledWhileTheCommittingSideHangs_endsInTimeAndTellsWhatRan() {
    lab.commitsHang = true;
    long began = lab.now();
    var graph = Pipeline.define("lab", months(3, 1)).graph();
    var result = lab.run(graph, loop -> lab.later(loop::cancel));
    assertThat(result.summary().exitCode()).isEqualTo(8);
    assertThat(lab.now() - began).isLessThan(Duration.ofSeconds(9).toNanos());
    // They ran, and whether they are kept nobody knows: that is what is told of them.
    assertThat(RunLab.counts(result)).containsOnly(Map.entry(Outcome.RAN, 9));
    assertThat(lab.warnings)
        .anyMatch(w -> w.contains("'source' is not kept: the lab did not answer before the run"));
  }

  @Test
  void run_cacheRequiredAndCommittingSideHangs_endsWithExitCode5() {
    lab.commitsHang = true;
    lab.options = RunOptions.DEFAULT.withCache(CacheMode.REQUIRE);
    assertThat(lab.run(months(3, 1)).summary().exitCode()).isEqualTo(5);
  }

  @Test
  void run_cacheRequiredAndBroken_endsWithExitCode5() {
    lab.index.broken = true;
    lab.options = RunOptions.DEFAULT.withCache(CacheMode.REQUIRE);
    var result = lab.run(months(2, 1));
    assertThat(result.summary().exitCode()).isEqualTo(5);
    assertThat(lab.executions).isEmpty();
  }

  @Test
  void run_cacheRequiredAndNoIndex_tellsThePlanThenEndsWithExitCode5() {
    lab.withoutIndex = true;
    lab.options = RunOptions.DEFAULT.withCache(CacheMode.REQUIRE);
    var result = lab.run(months(2, 1));
    assertThat(result.summary().exitCode()).isEqualTo(5);
    assertThat(result.outcome("source")).startsWith("SKIPPED RUN_STOPPED(the cache is required");
    assertThat(lab.reports).isNotEmpty();
    assertThat(lab.reportsBeforePlan).isZero();
    assertThat(lab.executions).isEmpty();
  }

  /** A cache that is required and does not keep is not there. */
  @Test
  void run_cacheRequiredAndAResultIsNotKept_endsWithExitCode5AndNamesIt() {
    lab.index.full = true;
    lab.options = RunOptions.DEFAULT.withCache(CacheMode.REQUIRE);
    var result = lab.run(months(2, 1));
    assertThat(result.summary().exitCode()).isEqualTo(5);
    assertThat(result.summary().message())
        .isEqualTo(
            "the cache is required, and the result of 'source' is not kept: the lab's disk is full");
    assertThat(lab.executions.keySet()).containsExactly("source");
  }

  @Test
  void run_cacheRequiredAndTheTaskWantsNone_isNoFailure() {
    lab.index.full = true;
    lab.options = RunOptions.DEFAULT.withCache(CacheMode.REQUIRE);
    var result =
        lab.run(p -> p.step("now", task((String x) -> x).named("now").uncached(), p.value("v")));
    assertThat(result.summary().exitCode()).isZero();
  }
}
