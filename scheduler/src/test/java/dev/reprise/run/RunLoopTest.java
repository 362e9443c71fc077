package dev.reprise.run;

import static dev.reprise.run.LabPipelines.months;
import static dev.reprise.run.LabPipelines.names;
import static dev.reprise.run.LabPipelines.seventyMebibytes;
import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.api.Partitions;
import dev.reprise.api.Pipeline;
import dev.reprise.cache.index.LookupBatch.Answer;
import dev.reprise.executor.Argument;
import dev.reprise.executor.WorkChunk;
import dev.reprise.plan.Outcome;
import dev.reprise.task.Task2;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What runs, and what does not. */
class RunLoopTest {
  private final RunLab lab = new RunLab();

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
  void run_executorsHaveWork_answersGatherForHalfOfIt() {
    lab.nanosOfWork = () -> 3_000_000;

    var result = lab.run(months(6, 15));

    assertThat(result.summary().state()).isEqualTo(RunState.SUCCEEDED);
    assertThat(lab.gathered).isNotEmpty().containsOnly(1_500_000L);
  }

  @Test
  void run_executorsHaveWorkForLong_answersGatherForFiveMilliseconds() {
    lab.nanosOfWork = () -> Duration.ofHours(1).toNanos();

    lab.run(months(6, 15));

    assertThat(lab.gathered).isNotEmpty().containsOnly(5_000_000L);
  }

  /** A thread that sleeps wakes later than it should, and slots would idle until then. */
  @Test
  void run_executorsHaveWorkForAMoment_answersAreTakenAtOnce() {
    lab.nanosOfWork = () -> 199_998;

    lab.run(months(6, 15));

    assertThat(lab.gathered).isEmpty();
  }

  @Test
  void run_deadlineComesSooner_answersGatherUntilThen() {
    lab.nanosOfWork = () -> Duration.ofHours(1).toNanos();
    lab.options = RunLab.withTimeout(Duration.ofMillis(3));
    lab.meddle = (unit, attempt) -> RunLab.HANG;

    var result = lab.run(months(6, 15));

    assertThat(result.summary().exitCode()).isEqualTo(9);
    assertThat(lab.gathered).startsWith(3_000_000L);
  }

  @Test
  void run_slotsMayIdleSoon_nothingIsLeftToGather() {
    lab.run(months(6, 15));

    assertThat(lab.gathered).isEmpty();
  }

  @Test
  void run_nothingChanged_nothingRuns() {
    lab.run(months(6, 15));
    var again = lab.run(months(6, 15));
    assertThat(lab.executions).isEmpty();
    assertThat(RunLab.counts(again)).containsOnly(Map.entry(Outcome.CACHED, 15));
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

  /** What is left out does not run, so that it is named to run again is of no account. */
  @Test
  void run_stepLeftOutIsNamedToRunAgain_isTakenFromTheCache() {
    lab.run(months(2, 1));
    lab.options =
        RunOptions.DEFAULT.withOnly(Set.of("count")).withRerunFrom(Set.of("source", "clean"));
    var result = lab.run(months(2, 1));
    assertThat(lab.executions.keySet()).containsExactlyInAnyOrder("count:0", "count:1");
    assertThat(result.outcome("clean:0")).isEqualTo("CACHED");
    assertThat(result.outcome("count:0")).isEqualTo("RAN FORCED");
    assertThat(result.summary().exitCode()).isZero();
  }

  /** How many units there are of it nobody knows without the list. */
  @ParameterizedTest
  @ValueSource(strings = {"clean", "total"})
  void run_onlyAStepBehindAListThatIsMissing_isRefusedNamingIt(String step) {
    lab.run(months(2, 2));
    lab.codeVersions.put("source", "2");
    lab.options = RunOptions.DEFAULT.withOnly(Set.of(step));
    var result = lab.run(months(2, 2));
    assertThat(result.summary().exitCode()).isEqualTo(3);
    assertThat(result.summary().message())
        .isEqualTo(
            "step '%s' was selected and needs 'source', whose result is not in the cache; add --only source"
                .formatted(step));
    assertThat(lab.executions).isEmpty();
  }

  /** The result of {@code other} comes in the moment in which the run has to end. */
  @Test
  void run_stepNamedAloneLacksAResultInMidRun_endsInOrderAndKeepsWhatCame() {
    Pipeline.Definition definition =
        p -> {
          var first = p.step("first", task((String x) -> x + "1").named("first"), p.value("x"));
          p.step("other", task((String x) -> x + "2").named("other"), p.value("y"));
          var between = p.step("between", task((String x) -> x + "3").named("between"), first);
          p.step("last", task((String x) -> x + "4").named("last"), between);
        };
    lab.window = 2;
    lab.options = RunOptions.DEFAULT.withOnly(Set.of("first", "other", "last"));

    var result = lab.run(definition);

    assertThat(result.summary().exitCode()).isEqualTo(3);
    assertThat(result.summary().message()).contains("'last'").contains("'between'");
    assertThat(result.outcome("other")).isEqualTo("RAN NO_ENTRY");
    lab.options = RunOptions.DEFAULT;
    assertThat(lab.run(definition).outcome("other")).isEqualTo("CACHED");
  }

  /** What is found as a whole goes while it is taken: inside of it all is made. */
  @Test
  void run_indexBreaksWhileAWholeIsTaken_makesWhatItHandsOut() {
    Pipeline.Definition definition =
        p -> {
          Partitions<String> parts =
              p.nested(
                  "n",
                  in -> {
                    in.keptWhole();
                    var raw = in.step("raw", task((String x) -> x).named("raw"), in.value("a"));
                    return in.fanOut("list", task((String x) -> List.of(x, x)).named("list"), raw);
                  });
          p.result("parts", parts);
        };
    lab.run(definition);
    int states = 0;
    for (int good = 0; good < 4; good++) {
      lab.index.broken = false;
      lab.index.reads = 0;
      lab.index.goodReads = good;

      var result = lab.run(definition);

      assertThat(result.summary().state()).isEqualTo(RunState.SUCCEEDED);
      boolean made = result.outcome("n.list").startsWith("RAN");
      assertThat(made || result.outcome("n.list").equals("CACHED"))
          .as("with %d reads: %s", good, result.outcomes())
          .isTrue();
      states += made ? 1 : 0;
    }
    assertThat(states).as("runs that met it").isBetween(2, 3);
  }

  @Test
  void run_unknownStepNamed_isRefusedWithTheNearest() {
    lab.options = RunOptions.DEFAULT.withRerun(Set.of("cuont"));
    assertThatThrownBy(() -> lab.run(months(2, 2)))
        .hasMessageContaining(
            "(it has source, clean, count, total, report); did you mean 'count'?");
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

  /** A worker decodes once what is one object, see SharedValues there. */
  @Test
  void run_unitsOfOneChunkTakeAllOfAStep_theyHaveItAsOneObject() {
    List<WorkChunk> chunks = new ArrayList<>();
    lab.submitted = chunks::add;
    lab.window = 64;

    lab.run(
        p -> {
          Partitions<String> list =
              p.fanOut("list", task((Integer n) -> names(n)).named("list"), p.value(40));
          p.perPartition(
              "each",
              task((String own, List<String> all) -> own + all.size()).named("each"),
              list,
              list.all());
        });

    List<WorkChunk> each = chunks.stream().filter(chunk -> chunk.step().equals("each")).toList();
    assertThat(each).anySatisfy(chunk -> assertThat(chunk.units()).hasSizeGreaterThan(1));
    assertThat(each)
        .allSatisfy(
            chunk -> {
              Argument all = chunk.units().get(0).arguments().get(1);
              assertThat(((Argument.Listed) all).elements()).hasSize(40);
              assertThat(chunk.units())
                  .allSatisfy(unit -> assertThat(unit.arguments().get(1)).isSameAs(all));
            });
    assertThat(lab.executions).hasSize(41);
  }

  /** Each chunk costs its executor and its workers something. */
  @Test
  void run_manyUnitsOfAStepMayRun_goToTheExecutorAsOneChunkAsFarAsThereIsRoom() {
    List<Integer> sizes = new ArrayList<>();
    lab.submitted = chunk -> sizes.add(chunk.units().size());
    lab.window = 32;

    lab.run(
        p -> {
          Partitions<String> list =
              p.fanOut("list", task((Integer n) -> names(n)).named("list"), p.value(40));
          p.perPartition("each", task((String own) -> own + "!").named("each"), list);
        });

    assertThat(sizes.subList(0, 2)).containsExactly(1, 32);
    assertThat(lab.executions).hasSize(41);
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
                  IntStream.rangeClosed(Math.max(0, i - 1), Math.min(n - 1, i + 1)).toArray()));
    };
  }
}
