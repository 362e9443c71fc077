package dev.reprise.run;

import static dev.reprise.run.LabPipelines.months;
import static dev.reprise.run.RunLab.error;
import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Pipeline;
import dev.reprise.cache.claim.Claims;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.testing.Shows;
import dev.reprise.plan.Outcome;
import dev.reprise.task.Task1;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Equal units, of one run and of several, run once: DESIGN §6. */
class EqualUnitsTest {
  private final RunLab lab = new RunLab();

  @Test
  @Shows("Fault 35")
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
  @Shows("Fault 35")
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
  void run_resultOfAnotherRunInFlight_waitsAndShares() {
    lab.run(months(1, 1));
    var graph = Pipeline.define("lab", months(1, 2)).graph();
    // Somebody else holds the claim of the unit and stores its result before letting go.
    lab.meddle = (unit, attempt) -> null;
    var held = new ArrayList<Claims.Claim>();
    var first = lab.run(graph, loop -> {});
    var key = first.view().key(first.view().firstUnit(graph.find("count").orElseThrow().id()));
    var entry = lab.index.entries.remove(new CacheKey(key.orElseThrow()));
    held.add(
        ((Claims.Outcome.Granted)
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
    var entries = new ArrayList<CacheEntry>();
    for (int unit : List.of(clean, clean + 1)) {
      var key = new CacheKey(first.view().key(unit).orElseThrow());
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
    assertThat(lab.executions).containsExactly(Map.entry("clean:0", 1));
    assertThat(lab.reports)
        .extracting(RunListener.UnitReport::message)
        .containsExactlyInAnyOrder("", "made by another run");
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
}
