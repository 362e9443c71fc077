package dev.reprise.run;

import static dev.reprise.task.Tasks.local;
import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reprise.api.Pipeline;
import dev.reprise.cache.claim.Claims;
import dev.reprise.cache.claim.Claims.Claim;
import dev.reprise.cache.testing.Shows;
import dev.reprise.executor.Platform;
import dev.reprise.graph.PipelineException;
import dev.reprise.plan.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run does about engines that cannot be had, and about steps that they cannot run. */
class EngineTroubleTest {
  private final RunLab lab = new RunLab();

  private static final Pipeline.Definition TWO_STEPS =
      p -> {
        var one = p.step("one", task((String x) -> x).named("one"), p.value("v"));
        p.step("two", task((String x) -> x).named("two"), one);
      };

  @Test
  void run_engineCannotBeHad_endsAtOnceAndNothingWasTried() {
    lab.unavailable = "no cluster is known";
    long began = lab.now();
    var result = lab.run(TWO_STEPS);
    assertThat(lab.now() - began).isLessThan(Duration.ofSeconds(1).toNanos());
    assertThat(result.summary().exitCode()).isEqualTo(4);
    assertThat(result.summary().message()).isEqualTo("no cluster is known");
    assertThat(lab.reports).hasSize(2).allMatch(report -> report.attempts() == 0);
  }

  @Test
  @Shows("Fault 46")
  void run_engineCannotBeStarted_endsAtOnceAndIsClosed() {
    lab.unreachable = "no cluster is known";
    var result = lab.run(TWO_STEPS);
    assertThat(result.summary().exitCode()).isEqualTo(4);
    assertThat(result.summary().message()).isEqualTo("no cluster is known");
    assertThat(lab.open).isZero();
  }

  @Test
  @Shows("Fault 62")
  void run_workersHaveAnotherJava_saysSoOnceAndKeepsWhatTheyMade() {
    Platform here = Platform.here();
    lab.platform = new Platform(here.java() + 4, "aarch64");

    var result = lab.run(TWO_STEPS);

    assertThat(result.summary().exitCode()).isZero();
    assertThat(lab.warnings)
        .containsExactly(
            "OTHER_PLATFORM 'one' on here ran with Java %s on aarch64, and this driver is %s: what a task returns may depend on that, and no key tells; use one version on all machines, or give such tasks a version that names it"
                .formatted(here.java() + 4, here),
            "OTHER_PLATFORM 1 more ran with Java %s on aarch64, and this driver is %s: what a task returns may depend on that, and no key tells; use one version on all machines, or give such tasks a version that names it"
                .formatted(here.java() + 4, here));
    assertThat(lab.run(TWO_STEPS).summary().outcomes()).containsEntry(Outcome.CACHED, 2);
    assertThat(lab.warnings).isEmpty();
  }

  @Test
  void run_engineDoesNotAnswer_deadlineEndsTheRun() {
    lab.startsHang = true;
    lab.options = RunLab.withTimeout(Duration.ofSeconds(3));
    long began = lab.now();
    var result = lab.run(TWO_STEPS);
    assertThat(lab.now() - began)
        .isBetween(Duration.ofSeconds(3).toNanos(), Duration.ofSeconds(4).toNanos());
    assertThat(result.summary().exitCode()).isEqualTo(9);
    assertThat(result.summary().message()).contains("its deadline of 3s");
    assertThat(lab.executions).isEmpty();
  }

  @Test
  void run_ofItsDeadlineSomeIsSpentBefore_hasTheRestAndNamesAllOfIt() {
    lab.startsHang = true;
    lab.options = RunLab.withTimeout(Duration.ofSeconds(5)).withSpent(Duration.ofSeconds(2));
    long began = lab.now();
    var result = lab.run(TWO_STEPS);
    assertThat(lab.now() - began)
        .isBetween(Duration.ofSeconds(3).toNanos(), Duration.ofSeconds(4).toNanos());
    assertThat(result.summary().message()).contains("its deadline of 5s");
    assertThat(RunOptions.DEFAULT.withSpent(Duration.ofSeconds(2)).timeLeft()).isNull();
  }

  @Test
  void run_cancelledWhileTheEngineStarts_endsAtOnceAndTheEngineIsNotOpened() {
    lab.startsHang = true;
    long began = lab.now();
    var result =
        lab.run(
            Pipeline.define("lab", TWO_STEPS).graph(),
            loop -> lab.after(Duration.ofSeconds(30), loop::cancel));
    assertThat(result.summary().exitCode()).isEqualTo(8);
    assertThat(lab.now() - began)
        .isBetween(Duration.ofSeconds(30).toNanos(), Duration.ofSeconds(31).toNanos());
    assertThat(lab.starts).hasSize(1);
    lab.starts.get(0).run();
    assertThat(lab.open).isZero();
  }

  @Test
  void run_engineStartsLate_stepsOfOtherEnginesDoNotWaitForIt() {
    lab.startsHang = true;
    lab.options = RunOptions.DEFAULT.withExecutor("cluster", Map.of());
    lab.after(
        Duration.ofMinutes(2),
        () -> {
          assertThat(lab.executions).containsExactly(Map.entry("here", 1));
          lab.starts.forEach(Runnable::run);
        });
    lab.startsAtOnce.add("local");
    var result =
        lab.run(
            p -> {
              p.step("here", local((String x) -> x).named("here"), p.value("v"));
              p.step("there", task((String x) -> x).named("there"), p.value("v"));
            });
    assertThat(result.summary().exitCode()).isZero();
    assertThat(lab.starting)
        .containsExactly(
            "cluster 2", "cluster 4", "cluster 8", "cluster 16", "cluster 32", "cluster 64");
    assertThat(lab.executions).hasSize(2);
    assertThat(lab.open).isZero();
  }

  @Test
  void audit_engineStartsLate_isToldLikeTheRunsOwnWait() {
    Pipeline.Definition one =
        p -> p.step("there", task((String x) -> x).named("there"), p.value("v"));
    lab.options = RunOptions.DEFAULT.withExecutor("cluster", Map.of());
    assertThat(lab.run(one).summary().exitCode()).isZero();
    lab.starting.clear();
    lab.startsHang = true;
    lab.options = lab.options.withAudit(Audit.of(1));
    lab.after(Duration.ofSeconds(10), () -> lab.starts.forEach(Runnable::run));
    assertThat(lab.run(one).summary().exitCode()).isZero();
    assertThat(lab.starting).containsExactly("cluster 2", "cluster 4", "cluster 8");
  }

  /** INTERFACES: what is made elsewhere needs no cluster here, nor fails for want of one. */
  @Test
  void run_onlyUnitIsMadeByAnotherRun_noEngineIsStarted() {
    lab.run(TWO_STEPS);
    lab.unreachable = "the cluster is full";
    var graph = Pipeline.define("lab", TWO_STEPS).graph();
    var entries = List.copyOf(lab.index.entries.values());
    lab.index.entries.clear();
    List<Claim> held =
        entries.stream()
            .map(each -> lab.claims.claim(each.key().digest(), "run other", Duration.ofHours(1)))
            .map(each -> ((Claims.Outcome.Granted) each).claim())
            .toList();
    var result =
        lab.run(
            graph,
            loop ->
                lab.later(
                    () -> {
                      entries.forEach(each -> lab.index.entries.put(each.key(), each));
                      held.forEach(lab.claims::release);
                    }));
    assertThat(result.summary().message()).isEmpty();
    assertThat(RunLab.counts(result))
        .containsOnly(Map.entry(Outcome.SHARED, 1), Map.entry(Outcome.CACHED, 1));
    assertThat(lab.opened).isZero();
  }

  /** The claim of a unit that waits for its engine keeps other runs from starting theirs. */
  @Test
  void run_otherRunLetsGoWithoutAResult_engineIsStartedThen() {
    var graph = Pipeline.define("lab", TWO_STEPS).graph();
    var first = lab.run(graph, loop -> {});
    var key = first.view().key(first.view().firstUnit(graph.find("one").orElseThrow().id()));
    lab.index.entries.clear();
    Claim other =
        ((Claims.Outcome.Granted)
                lab.claims.claim(key.orElseThrow(), "run other", Duration.ofHours(1)))
            .claim();
    var result =
        lab.run(
            graph,
            loop ->
                lab.later(
                    () -> {
                      assertThat(lab.opened).isZero();
                      lab.claims.release(other);
                    }));
    assertThat(RunLab.counts(result)).containsOnly(Map.entry(Outcome.RAN, 2));
    assertThat(lab.opened).isEqualTo(1);
  }

  /** Planning may take long as well: it reads every file that is new. */
  @Test
  void run_deadlinePassesWhileFilesAreRead_noMoreAreRead(@TempDir Path folder) throws Exception {
    for (int i = 0; i < 6; i++) {
      Files.writeString(folder.resolve(i + ".txt"), "content");
    }
    List<Path> read = new ArrayList<>();
    lab.digesting =
        file -> {
          read.add(file);
          lab.pass(Duration.ofSeconds(2));
        };
    lab.options = RunLab.withTimeout(Duration.ofSeconds(5));
    var result = lab.run(filesOf(folder));
    assertThat(read).hasSize(3);
    assertThat(result.summary().exitCode()).isEqualTo(9);
    assertThat(lab.executions).isEmpty();
  }

  private static Pipeline.Definition filesOf(Path folder) {
    return p -> {
      var files = p.files("files", folder, "*.txt");
      p.perPartition("size", task((Path file) -> "size").named("size"), files);
    };
  }

  /** FAULTS I9: an interrupt is neither a fault of the pipeline nor of ours. */
  @Test
  void run_threadIsInterruptedWhileFilesAreRead_isCancelledAndNoMoreAreRead(@TempDir Path folder)
      throws Exception {
    for (String file : List.of("a.txt", "b.txt")) {
      Files.writeString(folder.resolve(file), "content");
    }
    List<Path> read = new ArrayList<>();
    lab.digesting =
        file -> {
          read.add(file);
          Thread.currentThread().interrupt();
        };
    RunLoop loop = lab.loop(Pipeline.define("lab", filesOf(folder)).graph());
    assertThatExceptionOfType(InterruptedException.class).isThrownBy(loop::run);
    assertThat(read).hasSize(1);
    assertInterrupted();
  }

  /** An interrupt closes the channel through which a file is read. */
  @Test
  void run_readingAFileEndsByAnInterrupt_isCancelled(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("a.txt"), "content");
    lab.digesting =
        file -> {
          Thread.currentThread().interrupt();
          throw new PipelineException("source 'files': null");
        };
    RunLoop loop = lab.loop(Pipeline.define("lab", filesOf(folder)).graph());
    assertThatExceptionOfType(InterruptedException.class).isThrownBy(loop::run);
    assertInterrupted();
  }

  @Test
  void run_threadIsInterruptedWhileItWaits_isCancelledAndClosesWhatItOpened() {
    lab.meddle = (unit, attempt) -> RunLab.HANG;
    lab.later(() -> Thread.currentThread().interrupt());
    RunLoop loop = lab.loop(Pipeline.define("lab", TWO_STEPS).graph());
    assertThatExceptionOfType(InterruptedException.class).isThrownBy(loop::run);
    assertInterrupted();
    assertThat(lab.open).isZero();
  }

  private void assertInterrupted() {
    assertThat(lab.endings)
        .singleElement()
        .satisfies(
            summary -> {
              assertThat(summary.state()).isEqualTo(RunState.CANCELLED);
              assertThat(summary.exitCode()).isEqualTo(8);
              assertThat(summary.message()).isEqualTo("the run's thread was interrupted");
            });
  }

  /** A thread means something in this process alone. */
  private static final Pipeline.Definition BOUND_AND_FREE =
      p -> {
        var bound =
            p.step(
                "bound",
                task((Thread t, String x) -> x).named("bound"),
                p.value(Thread.currentThread()),
                p.value("v"));
        p.step("after", task((String x) -> x).named("after"), bound);
        p.step("free", local((String x) -> x).named("free"), p.value("v"));
      };

  private static final String BOUND =
      "step 'bound' cannot leave the driver: argument 'a': a thread stays where it is; or run the"
          + " step with local(...)";

  /** FAULTS 58, INTERFACES, Exit code 3: found before anything runs. */
  @Test
  void run_stepCannotLeaveTheDriver_isRefusedAndSaysWhichPartAndTheWayOut() {
    lab.options = RunOptions.DEFAULT.withExecutor("cluster", Map.of()).withKeepGoing(true);
    var result = lab.run(BOUND_AND_FREE);
    assertThat(result.summary().exitCode()).isEqualTo(3);
    assertThat(result.summary().message()).isEqualTo(BOUND);
    assertThat(result.outcomes().values()).allMatch(each -> each.startsWith("SKIPPED RUN_STOPPED"));
    assertThat(lab.executions).isEmpty();
    assertThat(lab.opened).isZero();
  }

  @Test
  @Shows("Fault 58")
  void plan_stepCannotLeaveTheDriver_saysWhatARunSays() {
    lab.options = RunOptions.DEFAULT.withExecutor("cluster", Map.of());
    RunLoop loop = lab.loop(Pipeline.define("lab", BOUND_AND_FREE).graph());
    loop.plan();
    assertThat(loop.exitCode()).isEqualTo(3);
    assertThat(loop.message()).isEqualTo(BOUND);
  }

  /** However long what comes before it would take. */
  @Test
  void plan_stepBehindOthersCannotLeaveTheDriver_isFoundAtOnce() {
    lab.options = RunOptions.DEFAULT.withExecutor("cluster", Map.of());
    RunLoop loop =
        lab.loop(
            Pipeline.define(
                    "lab",
                    p -> {
                      var list = p.fanOut("list", task((String x) -> List.of(x)), p.value("v"));
                      p.perPartition(
                          "bound",
                          task((String x, Thread b) -> x).named("bound"),
                          list,
                          p.value(Thread.currentThread()));
                    })
                .graph());
    loop.plan();
    assertThat(loop.message()).isEqualTo(BOUND.replace("'a'", "'b'"));
  }

  /** A secret, for one: it has a key, and so its step may have a result. */
  private static final Pipeline.Definition STAYS =
      p -> {
        var stays =
            p.step(
                "stays",
                task((String x) -> "made of " + x).named("stays"),
                p.value(RunLab.STAYS_HERE));
        p.step("after", task((String x) -> x).named("after"), stays);
      };

  @Test
  void run_stepCannotLeaveTheDriverAndItsResultIsThere_isReused() {
    lab.run(STAYS);
    lab.codeVersions.put("after", "2");
    lab.options = RunOptions.DEFAULT.withExecutor("cluster", Map.of());
    var result = lab.run(STAYS);
    assertThat(result.summary().message()).isEmpty();
    assertThat(lab.executions).containsExactly(Map.entry("after", 1));
  }

  @Test
  void run_resultOfAStepThatCannotLeaveTheDriverIsLost_theStepFails() {
    lab.store.asBlobs = true;
    lab.run(STAYS);
    lab.store.blobs.clear();
    lab.codeVersions.put("after", "2");
    lab.options = RunOptions.DEFAULT.withExecutor("cluster", Map.of());
    var result = lab.run(STAYS);
    assertThat(result.summary().exitCode()).isEqualTo(1);
    assertThat(result.summary().message())
        .isEqualTo(
            "'stays' failed: it cannot leave the driver: argument 'a': it stays here; or run the"
                + " step with local(...)");
    assertThat(result.outcome("after")).isEqualTo("SKIPPED UPSTREAM_FAILED(stays)");
    assertThat(lab.executions).isEmpty();
  }

  @Test
  void run_stepThatCannotLeaveTheDriverIsNotSelected_isNoMatter() {
    lab.options =
        RunOptions.DEFAULT.withExecutor("cluster", Map.of()).withOnly(java.util.Set.of("free"));
    var result = lab.run(BOUND_AND_FREE);
    assertThat(result.summary().message()).isEmpty();
    assertThat(lab.executions).containsExactly(Map.entry("free", 1));
  }

  @Test
  void run_stepCannotLeaveTheDriverAndDoesNot_runs() {
    var result = lab.run(BOUND_AND_FREE);
    assertThat(result.summary().exitCode()).isZero();
    assertThat(lab.executions).hasSize(3);
  }
}
