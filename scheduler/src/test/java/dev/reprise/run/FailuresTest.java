package dev.reprise.run;

import static dev.reprise.run.LabPipelines.months;
import static dev.reprise.run.LabPipelines.names;
import static dev.reprise.run.RunLab.error;
import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.api.Pipeline;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.testing.Shows;
import dev.reprise.executor.AttemptResult;
import dev.reprise.plan.Outcome;
import dev.reprise.task.RetryPolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Units that fail, are lost, take too long or are cancelled, and what becomes of the others. */
class FailuresTest {
  private final RunLab lab = new RunLab();

  @Test
  @Shows("Fault 54")
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
  @Shows("Fault 54")
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

  /** Whether a step has units at all may be known after something that they take has failed. */
  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void run_keepGoingAndInputFailsBeforeNumberIsKnown_whatTakesAllOfNoneRuns(int elements) {
    lab.meddle = (unit, attempt) -> unit.equals("broken") ? error("broken") : null;
    lab.options = RunOptions.DEFAULT.withKeepGoing(true);
    var result =
        lab.run(
            p -> {
              var broken = p.step("broken", task((String x) -> x).named("broken"), p.value("x"));
              var size =
                  p.step("size", task((String x) -> x).named("size"), p.value("" + elements));
              var list =
                  p.fanOut(
                      "list", task((String n) -> names(Integer.parseInt(n))).named("list"), size);
              var each =
                  p.perPartition(
                      "each", task((String a, String b) -> a).named("each"), list, broken);
              p.step("all", task((List<String> all) -> "" + all).named("all"), each.all());
            });
    assertThat(result.outcome("list")).startsWith("RAN");
    assertThat(result.outcome("broken")).startsWith("FAILED");
    if (elements == 0) {
      assertThat(result.outcomes().keySet())
          .containsExactlyInAnyOrder("broken", "size", "list", "all");
      assertThat(result.outcome("all")).startsWith("RAN");
    } else {
      assertThat(result.outcome("each:0")).isEqualTo("SKIPPED UPSTREAM_FAILED(broken)");
      assertThat(result.outcome("each:1")).isEqualTo("SKIPPED UPSTREAM_FAILED(broken)");
      assertThat(result.outcome("all")).isEqualTo("SKIPPED UPSTREAM_FAILED(broken)");
    }
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
  @Shows("Fault 53")
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
  @Shows("Fault 53")
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
  @Shows({"Fault 7", "Fault 53"})
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
  @Shows("Fault 53")
  void run_retriesForbidden_lostAttemptFailsAtOnce() {
    lab.meddle = (unit, attempt) -> new AttemptResult.Lost("worker gone", 0, Bytes.EMPTY);
    var result =
        lab.run(
            p ->
                p.step(
                    "pay",
                    task((String x) -> x).named("pay").retry(RetryPolicy.attempts(3).never()),
                    p.value("v")));
    assertThat(result.outcome("pay")).startsWith("FAILED");
    assertThat(lab.reports.get(0).attempts()).isEqualTo(1);
  }

  @Test
  @Shows("Fault 49")
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

  /** As Scala's, which declares none. */
  @Test
  void run_engineThrowsACheckedExceptionThatNobodyDeclares_isToldAsOver() {
    lab.meddle =
        (unit, attempt) -> {
          throw FailuresTest.<RuntimeException>undeclared(new IOException("of the engine"));
        };
    assertThatThrownBy(() -> lab.run(months(2, 1))).isInstanceOf(IOException.class);
    assertThat(lab.endings)
        .singleElement()
        .satisfies(summary -> assertThat(summary.exitCode()).isEqualTo(70));
    assertThat(lab.open).isZero();
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Exception> E undeclared(Exception thrown) throws E {
    throw (E) thrown;
  }
}
