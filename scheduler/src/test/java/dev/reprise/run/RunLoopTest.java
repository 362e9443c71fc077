package dev.reprise.run;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.api.Partitions;
import dev.reprise.api.Pipeline;
import dev.reprise.api.Value;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.claim.Claims;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.index.LookupBatch.Answer;
import dev.reprise.executor.AttemptResult;
import dev.reprise.plan.Outcome;
import dev.reprise.task.RetryPolicy;
import dev.reprise.task.Task1;
import dev.reprise.task.Task2;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class RunLoopTest {
  private static final String MEBIBYTE = "#".repeat(1 << 20);

  private final RunLab lab = new RunLab();

  /** Results that lie inline in the index and are more than a run keeps of it in memory. */
  private static Pipeline.Definition seventyMebibytes() {
    return p -> {
      Partitions<String> names =
          p.fanOut("names", task((Integer n) -> names(n)).named("names"), p.value(70));
      Partitions<String> big =
          p.perPartition("big", task((String x) -> x + MEBIBYTE).named("big"), names);
      p.step("total", task((List<String> all) -> "total").named("total"), big.all());
    };
  }

  /** source -> clean each -> count each(limit) -> total -> report. */
  private static Pipeline.Definition months(int months, int limit) {
    return p -> {
      Value<Integer> n = p.value(months);
      Partitions<String> source =
          p.fanOut("source", task((Integer count) -> names(count)).named("source"), n);
      Partitions<String> clean =
          p.perPartition(
              "clean", task((String month) -> month.split("#")[0]).named("clean"), source);
      Partitions<String> count =
          p.perPartition(
              "count",
              task((String month, Integer min) -> month + ">" + min).named("count"),
              clean,
              p.value(limit));
      Value<String> total =
          p.step(
              "total",
              task((List<String> all) -> String.join(",", all)).named("total"),
              count.all());
      p.result(
          "report", p.step("report", task((String t) -> "report " + t).named("report"), total));
    };
  }

  private static List<String> names(int count) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add("m" + i);
    }
    return names;
  }

  @Test
  void run_nothingCached_everyUnitRunsOnce() {
    var result = lab.run(months(6, 15));
    assertThat(result.summary().state()).isEqualTo(RunState.SUCCEEDED);
    assertThat(lab.executions)
        .hasSize(15)
        .allSatisfy((unit, count) -> assertThat(count).isEqualTo(1));
    assertThat(result.outcome("total")).isEqualTo("RAN NO_ENTRY");
  }

  @Test
  void run_nothingChanged_nothingRuns() {
    lab.run(months(6, 15));
    var again = lab.run(months(6, 15));
    assertThat(lab.executions).isEmpty();
    assertThat(RunLab.counts(again)).containsOnly(java.util.Map.entry(Outcome.CACHED, 15));
    assertThat(again.summary().savedNanos()).isEqualTo(15_000_000);
  }

  @Test
  void run_oneParameterChanged_onlyWhatTakesItRuns() {
    lab.run(months(6, 15));
    var changed = lab.run(months(6, 30));
    assertThat(lab.executions).hasSize(8);
    assertThat(changed.outcome("count:2")).isEqualTo("RAN ARG_CHANGED(b)");
    assertThat(changed.outcome("total")).isEqualTo("RAN UPSTREAM_CHANGED(count)");
    assertThat(changed.outcome("clean:2")).isEqualTo("CACHED");
    lab.run(months(6, 15));
    assertThat(lab.executions).isEmpty();
  }

  @Test
  void run_onePartitionMore_onlyItsConeRuns() {
    lab.run(months(6, 15));
    lab.run(months(7, 15));
    assertThat(lab.executions.keySet())
        .containsExactlyInAnyOrder("source", "clean:6", "count:6", "total", "report");
  }

  @Test
  void run_codeOfOneTaskChanged_itAndWhatFollowsRuns() {
    lab.run(months(2, 15));
    lab.codeVersions.put("count", "2");
    var changed = lab.run(months(2, 15));
    assertThat(changed.outcome("count:0")).isEqualTo("RAN CODE_CHANGED(count())");
    // Early cutoff: the counts are equal, so nothing after them runs.
    assertThat(lab.executions.keySet()).containsExactlyInAnyOrder("count:0", "count:1");
    assertThat(changed.outcome("total")).isEqualTo("CACHED");
  }

  @Test
  void run_stepForced_itRunsAndEqualContentStopsThere() {
    lab.run(months(2, 15));
    lab.options = RunOptions.DEFAULT.withRerun(Set.of("clean"));
    var forced = lab.run(months(2, 15));
    assertThat(forced.outcome("clean:0")).isEqualTo("RAN FORCED");
    assertThat(lab.executions.keySet()).containsExactlyInAnyOrder("clean:0", "clean:1");
    lab.options = RunOptions.DEFAULT.withRerunFrom(Set.of("count"));
    lab.run(months(2, 15));
    assertThat(lab.executions.keySet())
        .containsExactlyInAnyOrder("count:0", "count:1", "total", "report");
  }

  @Test
  void run_unitFails_dependentsAreSkippedAndRunStops() {
    lab.meddle = (unit, attempt) -> unit.equals("clean:1") ? error("broken") : null;
    lab.window = 1;
    var result = lab.run(months(4, 15));
    assertThat(result.summary().exitCode()).isEqualTo(1);
    assertThat(result.outcome("clean:0")).startsWith("RAN");
    assertThat(result.outcome("clean:1")).startsWith("FAILED");
    assertThat(result.outcome("count:1")).isEqualTo("SKIPPED UPSTREAM_FAILED(clean)");
    assertThat(result.outcome("clean:3")).isEqualTo("SKIPPED RUN_STOPPED(clean)");
    assertThat(result.outcome("report")).isEqualTo("SKIPPED UPSTREAM_FAILED(clean)");
  }

  @Test
  void run_keepGoing_everythingElseRuns() {
    lab.meddle = (unit, attempt) -> unit.equals("clean:1") ? error("broken") : null;
    lab.options = RunOptions.DEFAULT.withKeepGoing(true);
    var result = lab.run(months(4, 15));
    assertThat(result.outcome("count:3")).startsWith("RAN");
    assertThat(result.outcome("total")).isEqualTo("SKIPPED UPSTREAM_FAILED(clean)");
    lab.meddle = (unit, attempt) -> null;
    lab.run(months(4, 15));
    assertThat(lab.executions.keySet())
        .containsExactlyInAnyOrder("clean:1", "count:1", "total", "report");
  }

  @Test
  void run_fanOutFails_stepsOfUnknownSizeAreOver() {
    lab.meddle = (unit, attempt) -> unit.equals("source") ? error("broken") : null;
    var result = lab.run(months(4, 15));
    assertThat(result.summary().exitCode()).isEqualTo(1);
    assertThat(result.outcomes().keySet()).containsExactlyInAnyOrder("source", "total", "report");
    assertThat(result.outcome("report")).startsWith("SKIPPED");
  }

  @Test
  void run_userErrorWithRetries_succeedsOnTheLastAttempt() {
    lab.meddle = (unit, attempt) -> attempt < 3 ? error("flaky") : null;
    var result =
        lab.run(
            p ->
                p.step(
                    "flaky",
                    task((String x) -> x).named("flaky").retry(RetryPolicy.attempts(3)),
                    p.value("v")));
    assertThat(result.summary().state()).isEqualTo(RunState.SUCCEEDED);
    assertThat(lab.reports.get(0).attempts()).isEqualTo(3);
  }

  @Test
  void run_retriesForAnotherError_failsAtOnce() {
    lab.meddle = (unit, attempt) -> error("flaky");
    var result =
        lab.run(
            p ->
                p.step(
                    "flaky",
                    task((String x) -> x)
                        .named("flaky")
                        .retry(RetryPolicy.attempts(3).onlyFor(ArithmeticException.class)),
                    p.value("v")));
    assertThat(result.outcome("flaky")).startsWith("FAILED");
    assertThat(lab.reports.get(0).attempts()).isEqualTo(1);
  }

  @Test
  void run_attemptLost_isRepeatedWithinBounds() {
    AttemptResult lost = new AttemptResult.Lost("worker gone", 0, Bytes.EMPTY);
    lab.meddle = (unit, attempt) -> attempt == 1 ? lost : null;
    assertThat(lab.run(months(1, 1)).summary().state()).isEqualTo(RunState.SUCCEEDED);
    lab.meddle = (unit, attempt) -> lost;
    var result = lab.run(months(1, 2));
    assertThat(result.outcome("count:0")).startsWith("FAILED");
    assertThat(lab.reports.get(0).attempts()).isEqualTo(3);
    assertThat(lab.reports.get(0).message()).contains("lost after 3 attempts: worker gone");
  }

  @Test
  void run_attemptPastItsDeadline_isCancelledAndFails() {
    lab.meddle = (unit, attempt) -> RunLab.HANG;
    var result =
        lab.run(
            p ->
                p.step(
                    "slow",
                    task((String x) -> x).named("slow").timeout(Duration.ofSeconds(5)),
                    p.value("v")));
    assertThat(result.outcome("slow")).startsWith("FAILED");
    assertThat(lab.reports.get(0).message()).contains("ran longer than its deadline of 5000 ms");
    assertThat(lab.reports.get(0).durationNanos()).isEqualTo(Duration.ofSeconds(5).toNanos());
  }

  @Test
  void run_runPastItsDeadline_endsWithItsOwnExitCode() {
    lab.meddle = (unit, attempt) -> RunLab.HANG;
    lab.options = RunLab.withTimeout(Duration.ofSeconds(3));
    var result = lab.run(months(2, 1));
    assertThat(result.summary().exitCode()).isEqualTo(9);
  }

  @Test
  void run_cancelled_everyUnitEndsAndCommittedOnesAreReused() {
    lab.window = 1;
    AtomicReference<RunLoop> running = new AtomicReference<>();
    lab.meddle =
        (unit, attempt) -> {
          if (unit.equals("clean:2")) {
            running.get().cancel();
          }
          return null;
        };
    var result = lab.run(Pipeline.define("lab", months(4, 1)).graph(), running::set);
    assertThat(result.summary().state()).isEqualTo(RunState.CANCELLED);
    assertThat(result.summary().exitCode()).isEqualTo(8);
    assertThat(result.outcome("report")).isEqualTo("CANCELLED RUN_CANCELLED");
    lab.meddle = (unit, attempt) -> null;
    lab.run(months(4, 1));
    assertThat(lab.executions.keySet()).doesNotContain("source", "clean:0", "clean:1");
  }

  @Test
  void run_equalUnits_runOnceAndOthersShare() {
    var result =
        lab.run(
            p -> {
              Task1<String, String> same = task((String x) -> x + "!").named("same");
              p.step("one", same, p.value("v"));
              p.step("two", same, p.value("v"));
            });
    assertThat(lab.executions).hasSize(1);
    assertThat(RunLab.counts(result))
        .containsEntry(Outcome.RAN, 1)
        .containsEntry(Outcome.SHARED, 1);
  }

  @Test
  void run_leaderOfEqualUnitsFails_followerTakesOver() {
    lab.meddle = (unit, attempt) -> unit.equals("one") ? error("unlucky") : null;
    lab.options = RunOptions.DEFAULT.withKeepGoing(true);
    var result =
        lab.run(
            p -> {
              Task1<String, String> same = task((String x) -> x + "!").named("same");
              p.step("one", same, p.value("v"));
              p.step("two", same, p.value("v"));
            });
    assertThat(result.outcome("one")).startsWith("FAILED");
    assertThat(result.outcome("two")).startsWith("RAN");
  }

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
    assertThat(RunLab.counts(result)).containsOnly(java.util.Map.entry(Outcome.RAN, 9));
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
            fourth ->
                assertThat(fourth).startsWith("NOT_KEPT 8 more results are not kept: the lab did"));
    assertThat(lab.index.entries).isEmpty();
  }

  @Test
  void run_committingSideIsSlow_isToldOfAndEverythingIsKept() {
    lab.commitsHang = true;
    lab.after(Patience.COMMIT.minusSeconds(5), lab::commitsGoOn);
    lab.run(months(3, 1));
    assertThat(lab.warnings).hasSize(1).first().asString().startsWith("COMMIT_SLOW 1 results");
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
    // It ran, and whether it is kept nobody knows: that is what is told of it.
    assertThat(result.outcome("source")).isEqualTo("RAN NO_ENTRY");
    assertThat(RunLab.counts(result))
        .containsOnly(
            java.util.Map.entry(Outcome.RAN, 1), java.util.Map.entry(Outcome.CANCELLED, 8));
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

  @Test
  void run_errorOfOurOwn_isThrownAndListenersAreToldThatTheRunIsOver() {
    lab.window = 1;
    lab.meddle =
        (unit, attempt) -> {
          if (unit.equals("clean:1")) {
            throw new IllegalStateException("a bug");
          }
          return null;
        };
    assertThatThrownBy(() -> lab.run(months(2, 1))).hasMessage("a bug");
    assertThat(lab.endings)
        .singleElement()
        .satisfies(
            summary -> {
              assertThat(summary.state()).isEqualTo(RunState.FAILED);
              assertThat(summary.exitCode()).isEqualTo(70);
              assertThat(summary.message()).contains("a bug");
              assertThat(summary.outcomes())
                  .containsEntry(Outcome.RAN, 1)
                  .containsEntry(Outcome.FAILED, 0);
            });
  }

  @Test
  void run_cacheOff_everythingRunsAndNothingIsKept() {
    lab.options = RunOptions.DEFAULT.withCache(CacheMode.OFF);
    var result = lab.run(months(2, 1));
    assertThat(result.outcome("total")).isEqualTo("RAN DISABLED(--cache=off)");
    assertThat(lab.index.entries).isEmpty();
  }

  @Test
  void run_cacheWrite_everythingRunsAndIsKept() {
    lab.run(months(2, 1));
    lab.options = RunOptions.DEFAULT.withCache(CacheMode.WRITE);
    lab.run(months(2, 1));
    assertThat(lab.executions).hasSize(7);
    lab.options = RunOptions.DEFAULT;
    lab.run(months(2, 1));
    assertThat(lab.executions).isEmpty();
  }

  @Test
  void run_inputBlobDamaged_whatMadeItRunsAgain() {
    lab.store.asBlobs = true;
    lab.run(months(3, 1));
    byte[] blob = lab.store.blobs.get(LabStore.address(RunLab.encode("m1")));
    blob[0] ^= 1;
    var result = lab.run(months(3, 2));
    assertThat(result.summary().state()).isEqualTo(RunState.SUCCEEDED);
    // The element of 'source' has the same bytes as the result of 'clean', so both lost their blob,
    // and neither entry is trusted before it is made again.
    assertThat(lab.executions.keySet())
        .containsExactlyInAnyOrder(
            "source", "clean:1", "count:0", "count:1", "count:2", "total", "report");
    assertThat(result.outcome("source")).startsWith("RAN BLOB_MISSING(blob ");
  }

  @Test
  void run_inputBlobMissing_healsAndRunSucceeds() {
    lab.store.asBlobs = true;
    lab.run(months(3, 1));
    lab.store.blobs.remove(LabStore.address(RunLab.encode("m0>1")));
    lab.codeVersions.put("total", "2");
    var result = lab.run(months(3, 1));
    assertThat(result.summary().state()).isEqualTo(RunState.SUCCEEDED);
    assertThat(result.outcome("count:0")).startsWith("RAN BLOB_MISSING(blob ");
    assertThat(lab.executions.keySet()).containsExactlyInAnyOrder("count:0", "total");
  }

  /** FAULTS I3: what is damaged runs again, wherever it lies. */
  @Test
  void run_inputIsDamagedThatIsNotPublished_whatMadeItRunsAgain() {
    lab.store.asBlobs = true;
    lab.commitsHang = true;
    lab.meddle =
        (unit, attempt) -> {
          if (unit.equals("report")) {
            byte[] total = RunLab.encode("m0>1,m1>1");
            lab.store.pending.replaceAll(
                (name, bytes) ->
                    attempt == 1 && Arrays.equals(bytes, total) ? new byte[] {1} : bytes);
          }
          return null;
        };
    var result = lab.run(months(2, 1));
    assertThat(result.summary().message()).isEmpty();
    assertThat(result.outcome("total")).startsWith("RAN BLOB_CORRUPT(blob ");
    assertThat(lab.executions).containsEntry("total", 2).containsEntry("report", 1);
  }

  /** FAULTS I1, I3: as in a store that is read-only by now. */
  @Test
  void run_damagedBlobCannotBeSetAside_isMadeAgainAndServedFromElsewhere() {
    lab.store.asBlobs = true;
    lab.store.quarantineFails = true;
    lab.run(months(2, 1));
    lab.store.blobs.get(LabStore.address(RunLab.encode("m0>1,m1>1")))[0] ^= 1;
    lab.codeVersions.put("report", "2");
    var result = lab.run(months(2, 1));
    assertThat(result.summary().message()).isEmpty();
    assertThat(lab.executions.keySet()).containsExactlyInAnyOrder("total", "report");
    assertThat(lab.executions).containsEntry("total", 1);
    assertThat(lab.warnings)
        .anyMatch(w -> w.startsWith("NOT_KEPT the result of 'total' is not kept: a damaged blob"));
  }

  /** FAULTS I1, I5: what another run lets go of without making it is still the lost one. */
  @Test
  void run_lostResultIsClaimedByAnotherRun_isMadeAgainWhenItLetsGo() {
    lab.run(months(2, 1));
    lab.codeVersions.put("total", "2");
    var graph = Pipeline.define("lab", months(2, 1)).graph();
    var held = new ArrayList<dev.reprise.cache.claim.Claims.Claim>();
    var running = new AtomicReference<RunLoop>();
    lab.meddle =
        (unit, attempt) -> {
          if (!unit.equals("total") || attempt > 1) {
            return null;
          }
          RunView view = running.get().view();
          var key = view.key(view.firstUnit(graph.find("count").orElseThrow().id())).orElseThrow();
          held.add(
              ((dev.reprise.cache.claim.Claims.Outcome.Granted)
                      lab.claims.claim(key, "run other", Duration.ofSeconds(60)))
                  .claim());
          lab.later(() -> lab.claims.release(held.get(0)));
          return unreadable();
        };
    var result = lab.run(graph, running::set);
    assertThat(result.summary().message()).isEmpty();
    assertThat(lab.warnings).anyMatch(w -> w.contains("'count:0' waits for run other"));
    assertThat(lab.executions).containsEntry("count:0", 1).containsEntry("total", 1);
  }

  /** FAULTS I8: a result that is lost however often it is made has another fault. */
  @Test
  void run_inputIsLostHoweverOftenItIsMade_failsAndSaysWhatIsWrong() {
    lab.store.asBlobs = true;
    lab.meddle =
        (unit, attempt) -> {
          if (unit.equals("report")) {
            lab.store.blobs.remove(LabStore.address(RunLab.encode("m0>1,m1>1")));
          }
          return null;
        };
    var result = lab.run(months(2, 1));
    assertThat(result.summary().message())
        .startsWith(
            "'report' failed: an input cannot be read, not even after it was made again: blob")
        .contains("is MISSING");
    assertThat(lab.executions).containsEntry("total", 4).doesNotContainKey("report");
  }

  @Test
  void run_inputIsNoValueAnyMore_isMadeAgainOnceAndTakesItsPlace() {
    lab.run(months(2, 1));
    lab.codeVersions.put("total", "2");
    lab.meddle = (unit, attempt) -> unit.equals("total") && attempt == 1 ? unreadable() : null;
    var result = lab.run(months(2, 1));
    assertThat(result.summary().state()).isEqualTo(RunState.SUCCEEDED);
    assertThat(result.outcome("count:0")).startsWith("RAN BLOB_CORRUPT").contains("no such enum");
    assertThat(lab.executions.keySet()).containsExactlyInAnyOrder("count:0", "total");
  }

  /** FAULTS I3: however many results there are, also if memory cannot hold their manifests. */
  @Test
  void run_oneOfMoreInputsThanMemoryHoldsIsNoValue_isFoundAndMadeAgain() {
    Pipeline.Definition definition = seventyMebibytes();
    lab.run(definition);
    lab.codeVersions.put("total", "2");
    AttemptResult tenthIsNoValue =
        new AttemptResult.InputUnreadable(
            0,
            Hasher.of("lab").putBytes(RunLab.encode("m10" + MEBIBYTE)).finish(),
            "argument 1 cannot be decoded",
            0,
            Bytes.EMPTY);
    lab.meddle = (unit, attempt) -> unit.equals("total") && attempt == 1 ? tenthIsNoValue : null;
    var result = lab.run(definition);
    assertThat(result.summary().message()).isEmpty();
    assertThat(lab.executions)
        .containsExactlyInAnyOrderEntriesOf(java.util.Map.of("big:10", 1, "total", 1));
  }

  @Test
  void run_inputIsNoValueHoweverOftenItIsMade_failsAndSaysWhy() {
    lab.meddle = (unit, attempt) -> unit.equals("total") ? unreadable() : null;
    var result = lab.run(months(2, 1));
    assertThat(result.summary().state()).isEqualTo(RunState.FAILED);
    assertThat(result.summary().message()).contains("no such enum constant");
    assertThat(lab.executions).containsEntry("count:0", 2).containsEntry("count:1", 1);
  }

  /**
   * Both have the same content, and the one that was made again is not the one that is no value.
   */
  @Test
  void run_twoInputsAreEqualAndOneWasMadeAgain_theOtherIsMadeAgain() {
    Pipeline.Definition definition =
        p -> {
          Value<String> a = p.step("a", task((String x) -> "m0>1").named("a"), p.value("1"));
          Value<String> b = p.step("b", task((String x) -> "m0>1").named("b"), p.value("2"));
          Value<String> first = p.step("first", task((String x) -> "f").named("first"), a);
          p.step(
              "second",
              task((String x, String y, String z) -> x + y + z).named("second"),
              a,
              b,
              first);
        };
    lab.meddle =
        (unit, attempt) ->
            (unit.equals("first") || unit.equals("second")) && attempt == 1 ? unreadable() : null;
    var result = lab.run(definition);
    assertThat(result.summary().message()).isEmpty();
    assertThat(lab.executions).containsEntry("a", 2).containsEntry("b", 2);
  }

  /** One by one they would be asked for, as each pushes another out. */
  @Test
  void run_moreInputsThanMemoryHolds_areReadTogether() {
    lab.run(seventyMebibytes());
    lab.codeVersions.put("total", "2");
    lab.index.reads = 0;
    lab.run(seventyMebibytes());
    assertThat(lab.executions).containsOnlyKeys("total");
    assertThat(lab.index.reads).as("for the list of names, and for the inputs").isEqualTo(2);
  }

  @Test
  void run_manyUnitsTakeAllOfTheSame_readItOnce() {
    Pipeline.Definition definition =
        p -> {
          Partitions<String> clean =
              p.perPartition(
                  "clean",
                  task((String x) -> x).named("clean"),
                  p.fanOut("names", task((Integer n) -> names(n)).named("names"), p.value(20)));
          for (int i = 0; i < 5; i++) {
            p.step("all" + i, task((List<String> all) -> "" + all).named("all" + i), clean.all());
          }
        };
    lab.run(definition);
    for (int i = 0; i < 5; i++) {
      lab.codeVersions.put("all" + i, "2");
    }
    lab.index.reads = 0;
    lab.run(definition);
    assertThat(lab.executions).hasSize(5);
    assertThat(lab.index.reads).as("for the list of names, and for the inputs").isEqualTo(2);
  }

  private static AttemptResult unreadable() {
    return new AttemptResult.InputUnreadable(
        0,
        Hasher.of("lab").putBytes(RunLab.encode("m0>1")).finish(),
        "argument 1 cannot be decoded: no such enum constant",
        0,
        Bytes.EMPTY);
  }

  @Test
  void run_healedResultDiffers_itsConsumersGetNewKeys() {
    lab.store.asBlobs = true;
    Pipeline.Definition definition =
        p -> {
          Value<String> dice =
              p.step("dice", task((String x) -> x + calls()).named("dice"), p.value("d"));
          Value<String> early =
              p.step("early", task((String d) -> "early " + d).named("early"), dice);
          p.step("late", task((String d, String e) -> d + " and " + e).named("late"), dice, early);
        };
    CALLS.set(0);
    lab.run(definition);
    lab.store.blobs.remove(LabStore.address(RunLab.encode("d1")));
    lab.codeVersions.put("late", "2");
    var result = lab.run(definition);
    assertThat(result.summary().state()).isEqualTo(RunState.SUCCEEDED);
    assertThat(lab.executions.keySet()).containsExactlyInAnyOrder("dice", "early", "late");
    assertThat(lab.executions).containsEntry("late", 1);
  }

  /** FAULTS I1: what is found for the new key is what its consumers get. */
  @Test
  void run_healedResultDiffersAndWhatFollowsIsFound_consumersGetWhatIsFound() {
    lab.store.asBlobs = true;
    Pipeline.Definition definition =
        p -> {
          Value<String> dice =
              p.step("dice", task((String x) -> x + CALLS.get()).named("dice"), p.value("d"));
          Value<String> next = p.step("next", task((String d) -> "next " + d).named("next"), dice);
          Value<String> early =
              p.step("early", task((String n) -> "early " + n).named("early"), next);
          p.step("late", task((String d, String e) -> d + ", " + e).named("late"), dice, early);
        };
    CALLS.set(1);
    lab.run(definition);
    CALLS.set(2);
    lab.options = RunOptions.DEFAULT.withRerun(Set.of("dice"));
    lab.run(definition);
    lab.options = RunOptions.DEFAULT;
    lab.store.blobs.remove(LabStore.address(RunLab.encode("d2")));
    lab.codeVersions.put("early", "2");
    lab.codeVersions.put("late", "2");
    CALLS.set(1);
    var result = lab.run(definition);
    assertThat(result.summary().message()).isEmpty();
    assertThat(result.outcome("next")).isEqualTo("CACHED");
    assertThat(lab.executions)
        .containsExactlyInAnyOrderEntriesOf(java.util.Map.of("dice", 1, "early", 2, "late", 1));
    var view = result.view();
    var late = view.firstUnit(view.graph().find("late").orElseThrow().id());
    assertThat(view.content(late))
        .contains(Hasher.of("lab").putBytes(RunLab.encode("d1, early next d1")).finish());
  }

  private static final AtomicInteger CALLS = new AtomicInteger();

  private static int calls() {
    return CALLS.incrementAndGet();
  }

  @Test
  void run_entryExpired_runsAndReplaces() {
    lab.run(months(1, 1));
    lab.index.entries.keySet().forEach(key -> lab.index.answers.put(key, Answer.EXPIRED));
    var result = lab.run(months(1, 1));
    assertThat(result.outcome("source")).isEqualTo("RAN EXPIRED");
    lab.run(months(1, 1));
    assertThat(lab.executions).isEmpty();
  }

  @Test
  void run_argumentWithoutCanonicalForm_runsUncachedAndNamesIt() {
    Pipeline.Definition definition =
        p ->
            p.step(
                "odd",
                task((Thread t, String x) -> x).named("odd"),
                p.value(Thread.currentThread()),
                p.value("v"));
    var result = lab.run(definition);
    assertThat(result.outcome("odd"))
        .isEqualTo("RAN KEY_UNAVAILABLE(a: a thread has no canonical form)");
    lab.run(definition);
    assertThat(lab.executions).hasSize(1);
  }

  @Test
  void run_taskUncached_runsEachTimeAndSaysWhy() {
    Pipeline.Definition definition =
        p -> p.step("now", task((String x) -> x).named("now").uncached(), p.value("v"));
    lab.run(definition);
    assertThat(lab.run(definition).outcome("now")).isEqualTo("RAN DISABLED(by the task)");
  }

  @Test
  void run_onlyOneStep_othersAreReusedOrSkipped() {
    lab.run(months(2, 1));
    lab.options = RunOptions.DEFAULT.withOnly(Set.of("count"));
    var result = lab.run(months(2, 2));
    assertThat(lab.executions.keySet()).containsExactlyInAnyOrder("count:0", "count:1");
    assertThat(result.outcome("total")).isEqualTo("SKIPPED NOT_SELECTED");
    assertThat(result.summary().exitCode()).isZero();
  }

  @Test
  void run_onlyAStepWhoseInputsAreMissing_isRefusedNamingThem() {
    lab.options = RunOptions.DEFAULT.withOnly(Set.of("report"));
    var result = lab.run(months(2, 2));
    assertThat(result.summary().exitCode()).isEqualTo(3);
    assertThat(result.summary().message()).contains("'report'").contains("--only");
    assertThat(lab.reports).isNotEmpty();
    assertThat(lab.reportsBeforePlan).isZero();
  }

  @Test
  void run_unknownStepNamed_isRefusedWithTheNearest() {
    lab.options = RunOptions.DEFAULT.withRerun(Set.of("cuont"));
    assertThatThrownBy(() -> lab.run(months(2, 2)))
        .hasMessageContaining("has no step 'cuont'; did you mean 'count'?");
  }

  @Test
  void run_combineTree_changedLeafRepeatsItsWayToTheRoot() {
    lab.run(tree(20, -1));
    assertThat(lab.executions).hasSize(1 + 20 + 5 + 2 + 1);
    lab.run(tree(20, 7));
    assertThat(lab.executions.keySet())
        .containsExactlyInAnyOrder(
            "list", "leaf:7", "sum:4-7", "sum:level2:0-15", "sum:level3:0-63");
  }

  private static Pipeline.Definition tree(int leaves, int changed) {
    return p -> {
      Partitions<String> list =
          p.fanOut(
              "list",
              task((Integer n, Integer other) -> {
                    String[] all = names(n).toArray(String[]::new);
                    if (other >= 0) {
                      all[other] = "changed";
                    }
                    return Arrays.asList(all);
                  })
                  .named("list"),
              p.value(leaves),
              p.value(changed));
      Partitions<String> leaf =
          p.perPartition("leaf", task((String x) -> x + ".").named("leaf"), list);
      p.combine("sum", 4, task((List<String> all) -> String.join("", all)).named("sum"), leaf);
    };
  }

  @Test
  void run_gatheredNeighbours_changedPartitionReachesItsNeighboursAlone() {
    lab.run(stencil(10, -1));
    assertThat(lab.executions).hasSize(21);
    lab.run(stencil(10, 4));
    assertThat(lab.executions.keySet())
        .containsExactlyInAnyOrder("list", "first:4", "second:3", "second:4", "second:5");
  }

  private static Pipeline.Definition stencil(int width, int changed) {
    return p -> {
      Task2<Integer, Integer, List<String>> make =
          task(
              (Integer n, Integer other) -> {
                String[] all = names(n).toArray(String[]::new);
                if (other >= 0) {
                  all[other] = "changed";
                }
                return Arrays.asList(all);
              });
      Partitions<String> list =
          p.fanOut("list", make.named("list"), p.value(width), p.value(changed));
      Partitions<String> first =
          p.perPartition("first", task((String x) -> x + ".").named("first"), list);
      p.perPartition(
          "second",
          task((String own, List<String> near) -> own + near).named("second"),
          first,
          first.gather(
              (i, n) ->
                  java.util.stream.IntStream.rangeClosed(Math.max(0, i - 1), Math.min(n - 1, i + 1))
                      .toArray()));
    };
  }

  @Test
  void run_resultOfAnotherRunInFlight_waitsAndShares() {
    lab.run(months(1, 1));
    var graph = Pipeline.define("lab", months(1, 2)).graph();
    // Somebody else holds the claim of the unit and stores its result before letting go.
    lab.meddle = (unit, attempt) -> null;
    var held = new ArrayList<dev.reprise.cache.claim.Claims.Claim>();
    var first = lab.run(graph, loop -> {});
    var key = first.view().key(first.view().firstUnit(graph.find("count").orElseThrow().id()));
    var entry = lab.index.entries.remove(new dev.reprise.cache.index.CacheKey(key.orElseThrow()));
    held.add(
        ((dev.reprise.cache.claim.Claims.Outcome.Granted)
                lab.claims.claim(key.orElseThrow(), "run other", Duration.ofSeconds(60)))
            .claim());
    var result =
        lab.run(
            graph,
            loop ->
                lab.later(
                    () -> {
                      lab.index.entries.put(entry.key(), entry);
                      lab.claims.release(held.get(0));
                    }));
    assertThat(result.outcome("count:0")).startsWith("SHARED");
    assertThat(lab.warnings).anyMatch(w -> w.contains("waits for run other"));
    assertThat(lab.executions).doesNotContainKey("count:0");
    // Listeners hear of each unit that was not CACHED, and of none twice.
    assertThat(lab.reports)
        .singleElement()
        .satisfies(
            report -> {
              assertThat(report.outcome()).isEqualTo(Outcome.SHARED);
              assertThat(report.message()).isEqualTo("made by run other");
              assertThat(report.attempts()).isZero();
            });
  }

  /** Two runs of one driver: it was looked up before, and its claim is free again. */
  @Test
  void run_anotherRunMadeTheResultSinceItWasLookedUp_isSharedAndNotMadeAgain() {
    var graph = Pipeline.define("lab", months(2, 1)).graph();
    var first = lab.run(graph, loop -> {});
    var clean = first.view().firstUnit(graph.find("clean").orElseThrow().id());
    var entries = new ArrayList<dev.reprise.cache.index.CacheEntry>();
    for (int unit : List.of(clean, clean + 1)) {
      var key = new dev.reprise.cache.index.CacheKey(first.view().key(unit).orElseThrow());
      entries.add(lab.index.entries.remove(key));
    }
    lab.window = 1;
    lab.meddle =
        (unit, attempt) -> {
          var claims = lab.claims;
          var claim = claims.claim(entries.get(1).key().digest(), "run 2", Duration.ofMinutes(1));
          lab.index.entries.put(entries.get(1).key(), entries.get(1));
          claims.release(((Claims.Outcome.Granted) claim).claim());
          return null;
        };
    var result = lab.run(graph, loop -> {});
    assertThat(result.outcome("clean:0")).startsWith("RAN");
    assertThat(result.outcome("clean:1")).startsWith("SHARED");
    assertThat(lab.executions).containsExactly(java.util.Map.entry("clean:0", 1));
    assertThat(lab.reports)
        .extracting(RunListener.UnitReport::message)
        .containsExactlyInAnyOrder("", "made by another run");
  }

  /** DESIGN §6: also if the first has ended before there was room for the second. */
  @Test
  void run_equalUnitsOneAfterTheOther_runOnce() {
    lab.window = 1;
    var result =
        lab.run(
            p -> {
              p.step("one", task((String x) -> "made of " + x).named("made"), p.value("x"));
              p.step("between", task((String x) -> x).named("between"), p.value("x"));
              p.step("two", task((String x) -> "made of " + x).named("made"), p.value("x"));
            });
    assertThat(lab.executions).containsOnlyKeys("one", "between").containsEntry("one", 1);
    assertThat(result.outcome("two")).startsWith("SHARED");
    assertThat(lab.reports)
        .extracting(RunListener.UnitReport::message)
        .contains("made by an equal unit of this run");
  }

  @Test
  void run_noOtherRunLetGoOfAKey_looksEachKeyUpOnce() {
    lab.window = 1;
    var result = lab.run(Pipeline.define("lab", months(100, 1)).graph(), loop -> {});
    assertThat(result.outcome("clean:99")).startsWith("RAN");
    assertThat(lab.index.asked)
        .hasSizeGreaterThan(200)
        .allSatisfy((key, n) -> assertThat(n).isOne());
  }

  private static AttemptResult error(String message) {
    return new AttemptResult.UserError(
        dev.reprise.executor.ErrorInfo.of(new IOException(message)), 10, Bytes.EMPTY);
  }
}
