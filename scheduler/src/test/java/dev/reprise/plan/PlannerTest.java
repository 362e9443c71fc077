package dev.reprise.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.index.LookupBatch.Answer;
import dev.reprise.cache.testing.Shows;
import dev.reprise.explain.Comparison.Difference;
import dev.reprise.graph.Edge.All;
import dev.reprise.graph.Edge.Constant;
import dev.reprise.graph.Edge.Each;
import dev.reprise.graph.Edge.Part;
import dev.reprise.graph.Edge.Whole;
import dev.reprise.graph.TaskGraph;
import dev.reprise.plan.PlanLab.Course;
import dev.reprise.plan.Planner.Rules;
import dev.reprise.plan.Reason.Code;
import dev.reprise.task.FailureKeeping;
import dev.reprise.task.TaskSpec;
import dev.reprise.task.Tasks;
import dev.reprise.testing.GraphMaker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PlannerTest {
  private final PlanLab lab = new PlanLab();

  /** files -> clean each -> delays each(late) -> total -> report. */
  private static TaskGraph flights(int late) {
    return graph(
        maker -> {
          int files = maker.files("files", "jan", "feb");
          int clean = maker.each("clean", new Each(files));
          int delays = maker.each("delays", new Each(clean), new Constant("late", late));
          int total = maker.step("total", new All(delays));
          maker.step("report", new Whole(total));
        });
  }

  /** days -> load each -> all. */
  private static TaskGraph days() {
    return graph(
        maker -> {
          int days = maker.fanOut("days");
          maker.step("all", new All(maker.each("load", new Each(days))));
        });
  }

  // ---- failures that are kept -------------------------------------------------------------------

  @Test
  void advance_failuresAreKeptOfOneStep_notesOfThatAloneAreReadAndInOneBatch() {
    lab.course(flights(15)).plan();
    assertThat(lab.index.noteReads).noneMatch(read -> read.startsWith("FAILURE"));

    lab.index.noteReads.clear();
    TaskSpec task = GraphMaker.task();
    TaskSpec keeps =
        task.withCache(
            task.cache()
                .withFailures(
                    new FailureKeeping(Duration.ofHours(1), List.of("java.lang.Exception"))));
    TaskGraph graph =
        graph(
            maker -> {
              int files = maker.files("files", "jan", "feb");
              maker.each("clean", keeps, new Each(files));
              maker.each("other", new Each(files));
            });
    lab.course(graph).plan();
    assertThat(lab.index.noteReads)
        .filteredOn(read -> read.startsWith("FAILURE"))
        .containsExactly("FAILURE x2");

    lab.index.noteReads.clear();
    Set<Integer> clean = Set.of(graph.find("clean").orElseThrow().id());
    lab.course(graph, PlanLab.rules(clean, Set.of())).plan();
    lab.course(graph, PlanLab.rules(Set.of(), clean)).plan();
    assertThat(lab.index.noteReads)
        .as("of a step that is forced, or does not run")
        .noneMatch(read -> read.startsWith("FAILURE"));
  }

  // ---- why units must run -----------------------------------------------------------------------

  /** Most units that are missing are of steps that never ran: one look tells that of them all. */
  @Test
  void advance_stepHasNeverRun_itsUnitsAreNotLookedForInHistories() {
    lab.course(wide(15)).run();
    assertThat(lab.index.noteReads).contains("UNIT_HISTORY x1").doesNotContain("UNIT_HISTORY x40");

    lab.index.noteReads.clear();
    lab.course(wide(16)).plan();
    assertThat(lab.index.noteReads).contains("UNIT_HISTORY x1", "UNIT_HISTORY x40");
  }

  private static TaskGraph wide(int late) {
    String[] labels = IntStream.range(0, 40).mapToObj(i -> "f" + i).toArray(String[]::new);
    return graph(
        maker ->
            maker.each(
                "clean", new Each(maker.files("files", labels)), new Constant("late", late)));
  }

  // ---- waves ------------------------------------------------------------------------------------

  @Test
  void advance_nothingCached_tellsWhatMustRunAndStopsThere() {
    Course course = lab.course(flights(15)).plan();
    assertThat(lab.told)
        .containsExactly(
            "digest files:jan",
            "digest files:feb",
            "run clean:jan NO_ENTRY",
            "run clean:feb NO_ENTRY");
    assertThat(course.units.state(course.unit("clean:jan"))).isEqualTo(UnitState.QUEUED);
    assertThat(course.units.state(course.unit("delays:jan"))).isEqualTo(UnitState.WAITING);
    assertThat(course.outcome("files:jan")).isEqualTo("CACHED");
  }

  @Test
  void advance_everythingCached_looksUpEachLevelInOneBatch() {
    lab.course(flights(15)).run();
    Course course = lab.course(flights(15)).plan();
    assertThat(lab.told).allMatch(line -> line.startsWith("digest"));
    assertThat(lab.index.lookups).extracting(List::size).containsExactly(2, 2, 1, 1);
    assertThat(course.units.open()).isZero();
    assertThat(course.outcome("report")).isEqualTo("CACHED");
    assertThat(course.reason("report")).isEqualTo("null");
    assertThat(course.units.durationNanos(course.unit("report"))).isEqualTo(1_000_000);
  }

  @Test
  @Shows("Fault 44")
  void advance_moreUnitsThanAWave_looksUpSeveralBatches() {
    String[] labels = IntStream.range(0, 70_000).mapToObj(i -> "f" + i).toArray(String[]::new);
    lab.course(graph(maker -> maker.each("clean", new Each(maker.files("files", labels))))).plan();
    assertThat(lab.index.lookups.stream().mapToInt(List::size).sum()).isEqualTo(70_000);
    assertThat(lab.index.lookups).allMatch(keys -> keys.size() <= 65_536).hasSize(2);
  }

  @Test
  void advance_unitWhoseInputIsTakenBack_waitsAgain() {
    Course course = lab.course(graph(maker -> maker.step("b", new Whole(maker.step("a")))));
    course.plan();
    int a = course.unit("a");
    course.units.move(a, UnitState.DISPATCHED);
    course.units.move(a, UnitState.COMMITTING);
    course.planner.ended(a, Outcome.RAN, PlanLab.content("a"));
    course.propagation.forget(a);
    course.planner.advance();
    assertThat(course.units.state(course.unit("b"))).isEqualTo(UnitState.WAITING);
    assertThat(lab.told).containsExactly("run a NO_ENTRY");
  }

  // ---- what changed -----------------------------------------------------------------------------

  @Test
  void advance_onlyTheParameterOfOneStepChanged_reusesWhatIsBeforeIt() {
    lab.course(flights(15)).run();
    lab.course(flights(30)).plan();
    assertThat(lab.told.stream().filter(line -> line.startsWith("run")))
        .containsExactly("run delays:jan ARG_CHANGED(late)", "run delays:feb ARG_CHANGED(late)");
  }

  @Test
  void ended_sameContentAsBefore_restIsFound() {
    lab.course(flights(15)).run();
    lab.resolver.code.put("clean", Map.of("clean()", 2));
    Course course = lab.course(flights(15)).run();
    assertThat(lab.told.stream().filter(line -> line.startsWith("run")))
        .containsExactly(
            "run clean:jan CODE_CHANGED(clean())", "run clean:feb CODE_CHANGED(clean())");
    assertThat(course.outcome("delays:jan")).isEqualTo("CACHED");
  }

  @Test
  void ended_otherContent_whatFollowsMissesBecauseOfIt() {
    lab.course(flights(15)).run();
    lab.contents.put("files:feb", "another file");
    lab.contents.put("clean:feb", "cleaned otherwise");
    Course course = lab.course(flights(15)).run();
    assertThat(lab.told.stream().filter(line -> line.startsWith("run")))
        .containsExactly(
            "run clean:feb UPSTREAM_CHANGED(files)", "run delays:feb UPSTREAM_CHANGED(clean)");
    assertThat(course.outcome("total")).isEqualTo("CACHED");
  }

  @Test
  void ended_contentThatComesBackDiffers_consumersThatEndedAreAskedAnew() {
    Course course =
        lab.course(
            graph(
                maker -> {
                  int a = maker.step("a");
                  maker.step(
                      "c", new All(maker.each("b", new Each(maker.files("f", "x")), new Whole(a))));
                }));
    course.run();
    lab.told.clear();
    int a = course.unit("a");
    course.gone(a);
    lab.contents.put("a", "another");
    lab.contents.put("b:x", "another too");
    course.finish(a);
    course.planner.advance();
    assertThat(lab.told).containsExactly("gone a", "run b:x UPSTREAM_CHANGED(a)");
    course.finish(course.unit("b:x"));
    course.planner.advance();
    assertThat(lab.told).endsWith("run c UPSTREAM_CHANGED(b)");
    assertThat(course.units.state(course.unit("c"))).isEqualTo(UnitState.QUEUED);
  }

  @Test
  void differences_ofAMiss_areKeptUntilTheNextKey() {
    lab.course(flights(15)).run();
    Course course = lab.course(flights(30)).plan();
    assertThat(course.planner.differences(course.unit("delays:jan")).differences())
        .extracting(Difference::name, Difference::before, Difference::now)
        .containsExactly(org.assertj.core.groups.Tuple.tuple("late", "15", "30"));
    assertThat(course.planner.differences(course.unit("clean:jan")).differences()).isEmpty();
  }

  @Test
  void argumentDigests_unitThatKeepsNothing_areThoseThatItsKeyWouldHave() {
    Course course =
        lab.course(
            graph(
                maker -> {
                  maker.step("keyed", new Constant("", 1));
                  maker.step("not", uncached(), new Constant("", 1));
                }));
    course.plan();
    int not = course.unit("not");
    assertThat(course.units.keyed(not)).isFalse();
    assertThat(course.planner.argumentDigests(not))
        .isEqualTo(course.planner.argumentDigests(course.unit("keyed")))
        .hasSize(1);
    assertThat(course.planner.parts(1)).isPresent();
  }

  // ---- why it must run --------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource(
      value = Answer.class,
      names = {"EXPIRED", "ENTRY_CORRUPT", "BLOB_MISSING", "BLOB_CORRUPT"})
  void advance_entryThatCannotBeUsed_runsForThatReason(Answer answer) {
    TaskGraph graph = graph(maker -> maker.step("a"));
    Course first = lab.course(graph).run();
    lab.index.misses.put(first.units.key(0), answer);
    lab.course(graph).plan();
    assertThat(lab.told).containsExactly("run a " + answer);
  }

  @Test
  void advance_indexFails_everythingRunsAndItIsToldOnce() {
    lab.course(flights(15)).run();
    lab.index.broken = true;
    lab.course(flights(15)).run();
    assertThat(lab.told.stream().filter(line -> line.startsWith("run")))
        .hasSize(6)
        .allMatch(line -> line.endsWith(" INDEX_UNAVAILABLE"));
    assertThat(lab.troubles).containsExactly("broken by the test");
  }

  @Test
  void advance_forcedStep_runsWithoutBeingLookedUpAndTheRestIsFound() {
    TaskGraph graph = flights(15);
    lab.course(graph).run();
    int clean = graph.find("clean").orElseThrow().id();
    lab.course(graph, PlanLab.rules(Set.of(clean), Set.of())).run();
    assertThat(lab.told.stream().filter(line -> line.startsWith("run")))
        .containsExactly("run clean:jan FORCED", "run clean:feb FORCED");
    assertThat(lab.index.lookups).extracting(List::size).containsExactly(1, 1, 1, 1);
  }

  @Test
  void advance_notReading_everythingRunsForTheReasonGiven() {
    TaskGraph graph = graph(maker -> maker.step("a"));
    lab.course(graph).run();
    Reason off = new Reason(Code.DISABLED, "--cache=off");
    Course course = lab.course(graph, new Rules(false, off, Set.of(), Set.of())).plan();
    assertThat(lab.told).containsExactly("run a DISABLED(--cache=off)");
    assertThat(lab.index.lookups).isEmpty();
    assertThat(course.units.keyed(0)).isTrue();
  }

  @Test
  void advance_stepWithoutKey_runsAndSaysWhy() {
    Course course =
        lab.course(
                graph(
                    maker -> {
                      maker.step("odd", new Constant("worker", Thread.currentThread()));
                      maker.step("off", uncached());
                    }))
            .plan();
    assertThat(lab.told)
        .containsExactly(
            "run odd KEY_UNAVAILABLE(worker: a thread has no canonical form)",
            "run off DISABLED(by the task)");
    assertThat(course.units.keyed(0)).isFalse();
    assertThat(lab.index.lookups).isEmpty();
  }

  @Test
  void advance_stepNotSelected_isUsedIfThereAndElseLeft() {
    TaskGraph graph = flights(15);
    lab.course(graph).run();
    Set<Integer> others = Set.of(graph.find("clean").orElseThrow().id());
    Course found = lab.course(graph, PlanLab.rules(Set.of(), others)).plan();
    assertThat(found.outcome("clean:jan")).isEqualTo("CACHED");
    lab.contents.put("files:jan", "another file");
    Course course = lab.course(graph, PlanLab.rules(Set.of(), others)).plan();
    assertThat(lab.told).endsWith("not selected clean:jan UPSTREAM_CHANGED(files)");
    assertThat(course.outcome("clean:jan")).isEqualTo("SKIPPED");
  }

  @Test
  void advance_resultOfAnotherRunThatWasWaitedFor_isShared() {
    TaskGraph graph = graph(maker -> maker.step("a"));
    lab.course(graph).run();
    lab.waited.add("a");
    Course course = lab.course(graph);
    course.propagation.start();
    course.units.reason(0, Reason.of(Code.NO_ENTRY));
    course.planner.advance();
    assertThat(course.outcome("a")).isEqualTo("SHARED");
    assertThat(course.reason("a")).isEqualTo("NO_ENTRY");
  }

  @Test
  void advance_maximumAge_isAskedOfTheIndex() {
    lab.course(
            graph(
                maker -> {
                  maker.step("any");
                  maker.step("day", with(task -> task.maxAge(Duration.ofDays(1))));
                  maker.step(
                      "eternity", with(task -> task.maxAge(Duration.ofSeconds(Long.MAX_VALUE))));
                }))
        .plan();
    long century = Duration.ofDays(36_500).toMillis(); // as long as for ever, and no overflow
    assertThat(lab.index.maxAges).containsExactly(Long.MAX_VALUE, 86_400_000L, century);
  }

  // ---- fan-outs ---------------------------------------------------------------------------------

  @Test
  void advance_fanOutCached_itsSizeAndElementsComeFromTheManifest() {
    lab.elements.put("days", 3);
    lab.course(days()).run();
    Course course = lab.course(days()).plan();
    assertThat(lab.told).isEmpty();
    assertThat(course.outcome("load:2")).isEqualTo("CACHED");
    assertThat(course.units.content(course.unit("days[]:1")))
        .isEqualTo(PlanLab.content("days[]:1"));
    assertThat(lab.index.lookups).extracting(List::size).containsExactly(1, 3, 1);
  }

  @Test
  void advance_oneElementChanged_theOthersAreFound() {
    lab.elements.put("days", 3);
    lab.course(days()).run();
    lab.contents.put("days[]:1", "another");
    lab.resolver.code.put("days", Map.of("days()", 2));
    lab.course(days()).run();
    assertThat(lab.told)
        .containsExactly("run days CODE_CHANGED(days())", "run load:1 UPSTREAM_CHANGED(days)");
  }

  @Test
  void advance_fanOutNotCached_whatFollowsHasNoUnits() {
    Course course = lab.course(days()).plan();
    assertThat(lab.told).containsExactly("run days NO_ENTRY");
    assertThat(course.units.count(course.graph.find("load").orElseThrow().id())).isEqualTo(-1);
  }

  @Test
  void advance_fanOutOfNothing_barrierTakesAnEmptyList() {
    lab.elements.put("days", 0);
    Course course = lab.course(days()).run();
    assertThat(lab.told).containsExactly("run days NO_ENTRY", "run all NO_ENTRY");
    assertThat(course.units.open()).isZero();
  }

  @Test
  void advance_manifestOfAFanOutGoneAtOnce_itRuns() {
    lab.elements.put("days", 2);
    lab.course(days()).run();
    lab.gone.add("days");
    lab.course(days()).plan();
    assertThat(lab.told).containsExactly("run days NO_ENTRY(its entry is gone)");
  }

  @Test
  void advance_manifestGoneWhenElementsAreTaken_itIsToldAndTheyWait() {
    lab.elements.put("days", 2);
    Course course = lab.course(days()).plan();
    course.finish(course.unit("days"));
    lab.gone.add("days");
    course.planner.advance();
    assertThat(lab.told).containsExactly("run days NO_ENTRY", "gone days");
    assertThat(course.units.state(course.unit("days[]:0"))).isEqualTo(UnitState.WAITING);
    assertThat(course.units.state(course.unit("days[]:1"))).isEqualTo(UnitState.WAITING);
    course.finish(course.unit("days"));
    course.planner.advance();
    assertThat(course.outcome("days[]:1")).isEqualTo("CACHED");
  }

  @Test
  void advance_severalResults_whatTakesOneIsUntouchedByAnother() {
    TaskGraph graph =
        graph(
            maker -> {
              int parts = maker.outputs("split", List.of("good", "bad"));
              maker.step("a", new Part(parts, 0));
              maker.step("b", new Part(parts, 1));
            });
    lab.elements.put("split", 2);
    lab.course(graph).run();
    lab.contents.put("split[]:1", "worse");
    lab.resolver.code.put("split", Map.of("split()", 2));
    Course course = lab.course(graph).run();
    assertThat(lab.told)
        .containsExactly("run split CODE_CHANGED(split())", "run b UPSTREAM_CHANGED(split)");
    assertThat(course.outcome("a")).isEqualTo("CACHED");
  }

  // ---- helpers ----------------------------------------------------------------------------------

  private static TaskGraph graph(Consumer<GraphMaker> make) {
    GraphMaker maker = new GraphMaker();
    make.accept(maker);
    return maker.build();
  }

  private static TaskSpec uncached() {
    return Tasks.task(() -> "").uncached().spec();
  }

  private static TaskSpec with(UnaryOperator<dev.reprise.task.Task0<String>> change) {
    return change.apply(Tasks.task(() -> "")).spec();
  }
}
