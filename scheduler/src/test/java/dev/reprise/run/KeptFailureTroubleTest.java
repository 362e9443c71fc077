package dev.reprise.run;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Pipeline;
import dev.reprise.cache.base.Bytes;
import dev.reprise.executor.AttemptResult;
import dev.reprise.plan.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Failures that are to be kept where they cannot be, and what that must not do to a run. */
class KeptFailureTroubleTest {
  private final RunLab lab = new RunLab();

  private static void define(Pipeline.Builder p) {
    var part =
        p.step(
            "part",
            task((Integer n) -> "x")
                .named("part")
                .keepFailures(Duration.ofHours(1), IOException.class),
            p.value(1));
    p.step("whole", task((String of) -> of).named("whole"), part);
  }

  private static void equal(Pipeline.Builder p) {
    for (String name : List.of("one", "two", "three")) {
      p.step(
          name,
          task((Integer n) -> "x")
              .named("part")
              .keepFailures(Duration.ofHours(1), IOException.class),
          p.value(1));
    }
  }

  private void failing() {
    lab.meddle = (unit, attempt) -> RunLab.error("broken");
  }

  @Test
  void failure_indexIsFull_runFailsWithItAndWarns() {
    failing();
    lab.index.full = true;
    var result = lab.run(KeptFailureTroubleTest::define);
    assertThat(result.summary().exitCode()).isEqualTo(1);
    assertThat(result.summary().message()).isEqualTo("'part' failed: java.io.IOException: broken");
    assertThat(RunLab.counts(result))
        .containsOnly(Map.entry(Outcome.FAILED, 1), Map.entry(Outcome.SKIPPED, 1));
    assertThat(lab.warnings)
        .containsExactly("NOT_KEPT the failure of 'part' is not kept: the lab's disk is full");
    lab.index.full = false;
    assertThat(lab.run(KeptFailureTroubleTest::define).outcome("part"))
        .isEqualTo("FAILED NO_ENTRY");
    assertThat(lab.run(KeptFailureTroubleTest::define).outcome("part"))
        .startsWith("FAILED FAILURE_KEPT");
  }

  @Test
  void failure_committingSideHangs_runFailsWithItAndHangsNot() {
    failing();
    lab.commitsHang = true;
    long began = lab.now();
    var result = lab.run(KeptFailureTroubleTest::define);
    assertThat(result.summary().exitCode()).isEqualTo(1);
    assertThat(result.summary().message()).contains("'part' failed: java.io.IOException: broken");
    assertThat(lab.now() - began).isLessThan(Patience.COMMIT.plusSeconds(3).toNanos());
    assertThat(lab.warnings)
        .anyMatch(w -> w.startsWith("NOT_KEPT the failure of 'part' is not kept"));
  }

  @Test
  void failure_cancelledWhileTheCommittingSideHangs_endsInTime() {
    failing();
    lab.commitsHang = true;
    long began = lab.now();
    var graph = Pipeline.define("lab", KeptFailureTroubleTest::define).graph();
    var result = lab.run(graph, loop -> lab.after(Duration.ofSeconds(1), loop::cancel));
    assertThat(result.summary().exitCode()).isEqualTo(8);
    assertThat(lab.now() - began).isLessThan(Duration.ofSeconds(11).toNanos());
  }

  @Test
  void failure_cacheRequired_isNoTroubleOfTheCache() {
    failing();
    lab.index.full = true;
    lab.options = RunOptions.DEFAULT.withCache(CacheMode.REQUIRE);
    assertThat(lab.run(KeptFailureTroubleTest::define).summary().exitCode()).isEqualTo(1);
  }

  @Test
  void failure_ofALostAttempt_isNotKept() {
    lab.meddle = (unit, attempt) -> new AttemptResult.Lost("gone", 1, Bytes.EMPTY);
    assertThat(lab.run(KeptFailureTroubleTest::define).outcome("part"))
        .isEqualTo("FAILED NO_ENTRY");
    lab.meddle = (unit, attempt) -> null;
    assertThat(lab.run(KeptFailureTroubleTest::define).outcome("part")).isEqualTo("RAN NO_ENTRY");
  }

  @Test
  void failure_ofEqualUnits_isExecutedOnceHoweverManyRunAtOneTime() {
    for (int most = 1; most <= 3; most++) {
      RunLab anew = new RunLab();
      AtomicInteger executed = new AtomicInteger();
      anew.meddle =
          (unit, attempt) -> {
            executed.incrementAndGet();
            return RunLab.error("broken");
          };
      anew.options = RunOptions.DEFAULT.withKeepGoing(true).withMaxParallel(most);
      var result = anew.run(KeptFailureTroubleTest::equal);
      assertThat(RunLab.counts(result)).containsOnly(Map.entry(Outcome.FAILED, 3));
      assertThat(executed).as("%s at one time", most).hasValue(1);
    }
  }

  @Test
  void failure_indexCannotBeReadWhenItIsLookedFor_unitRuns() {
    failing();
    lab.run(KeptFailureTroubleTest::define);
    lab.index.broken = true;
    lab.meddle = (unit, attempt) -> null;
    assertThat(lab.run(KeptFailureTroubleTest::define).summary().state())
        .isEqualTo(RunState.SUCCEEDED);
  }
}
