package dev.reprise.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.graph.Edge;
import dev.reprise.graph.Edge.All;
import dev.reprise.graph.Edge.Each;
import dev.reprise.graph.Edge.FromNode;
import dev.reprise.graph.Edge.Gather;
import dev.reprise.graph.Edge.Whole;
import dev.reprise.graph.PipelineException;
import dev.reprise.graph.TaskGraph;
import dev.reprise.testing.GraphMaker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PropagationTest {
  private final GraphMaker maker = new GraphMaker();
  private UnitTable units;
  private Propagation propagation;

  private void start() {
    TaskGraph graph = maker.build();
    units = new UnitTable(graph);
    propagation = new Propagation(units);
    propagation.start();
  }

  // ---- what is ready when -----------------------------------------------------------------------

  @Test
  void start_sourcesAndStepsWithoutInputs_areReady() {
    int files = maker.files("files", "a", "b");
    maker.each("clean", new Each(files));
    maker.step("seed");
    start();
    assertThat(ready()).containsExactly("files:a", "files:b", "seed");
  }

  @Test
  void each_onePartitionKnown_itsOwnUnitIsReadyAlone() {
    int files = maker.files("files", "a", "b");
    maker.each("clean", new Each(files));
    start();
    know("files", 1);
    assertThat(ready()).containsExactly("files:a", "clean:b");
  }

  @Test
  void barrier_allButOneKnown_nothingIsReady() {
    int files = maker.files("files", "a", "b", "c");
    maker.step("sum", new All(files));
    start();
    know("files", 0);
    know("files", 2);
    assertThat(ready()).containsExactly("files:b");
    know("files", 1);
    assertThat(ready()).containsExactly("sum");
  }

  @Test
  void barrier_hundredThousandToHundredThousand_costsTheirSum() {
    int count = 100_000;
    String[] labels = IntStream.range(0, count).mapToObj(i -> "f" + i).toArray(String[]::new);
    int files = maker.files("files", labels);
    maker.each("each", new Each(files), new All(files));
    start();
    for (int i = 0; i < count; i++) {
      know("files", i);
    }
    assertThat(ready()).hasSize(count);
    // The same when every one of them comes back with another content.
    for (int i = count; i < 2 * count; i++) {
      units.end(i, Outcome.RAN);
      propagation.know(i, content("made"));
    }
    for (int i = 0; i < count; i++) {
      propagation.forget(i);
    }
    for (int i = 0; i < count; i++) {
      propagation.contentChanged(i);
      propagation.know(i, content("again"));
    }
    assertThat(ready()).hasSize(count);
  }

  @Test
  void gather_neighboursKnown_unitIsReady() {
    int files = maker.files("files", "a", "b", "c", "d");
    maker.each(
        "smooth", new Gather(files, (i, n) -> i + 1 < n ? new int[] {i, i + 1} : new int[0]));
    start();
    assertThat(ready()).contains("smooth:d").doesNotContain("smooth:a");
    know("files", 1);
    know("files", 2);
    assertThat(ready()).containsExactly("smooth:b");
  }

  @Test
  void combine_leavesKnownOneByOne_unitsBecomeReadyUpToTheRoot() {
    int files = maker.files("files", "a", "b", "c");
    int sum = maker.combine("sum", 2, files);
    maker.step("report", new Whole(sum));
    start();
    know("files", 2);
    assertThat(ready()).containsExactly("files:a", "files:b", "sum:2-3");
    know("sum", 1);
    know("files", 0);
    assertThat(ready()).isEmpty();
    know("files", 1);
    assertThat(ready()).containsExactly("sum:0-1");
    know("sum", 0);
    assertThat(ready()).containsExactly("sum:level2:0-3");
    know("sum", 2);
    assertThat(ready()).containsExactly("report");
  }

  @Test
  void after_orderWithoutData_holdsBackUntilTheWholeEarlierStepIsKnown() {
    int files = maker.files("files", "a", "b");
    int load = maker.each("load", new Each(files));
    maker.after(maker.step("publish"), load);
    start();
    know("files", 0);
    know("files", 1);
    know("load", 0);
    assertThat(ready()).doesNotContain("publish");
    know("load", 1);
    assertThat(ready()).containsExactly("publish");
  }

  // ---- sizes that the run finds out -------------------------------------------------------------

  @Test
  void size_elementsCounted_everythingThatFollowsHasUnits() {
    int days = maker.fanOut("days");
    int load = maker.each("load", new Each(days));
    int clean = maker.each("clean", new Each(load), new Each(days));
    maker.combine("sum", 2, clean);
    maker.step("report", new All(clean));
    start();
    assertThat(count("load")).isEqualTo(-1);
    assertThat(count("sum")).isEqualTo(-1);
    assertThat(count("report")).isEqualTo(1);
    List<Integer> unsized = new ArrayList<>();
    propagation.forEachUnsizedConsumer(node("days[]"), unsized::add);
    assertThat(unsized).containsExactly(node("load"), node("clean"));
    sized("days", 3);
    assertThat(count("load")).isEqualTo(3);
    assertThat(count("clean")).isEqualTo(3);
    assertThat(count("sum")).isEqualTo(3);
    assertThat(units.label(units.first(node("clean")) + 2)).isEqualTo("2");
    assertThat(ready()).containsExactly("days[]:0", "days[]:1", "days[]:2");
  }

  @Test
  void size_noElements_barriersAreReadyAndACombineHasOneUnit() {
    int days = maker.fanOut("days");
    int load = maker.each("load", new Each(days));
    maker.combine("sum", 2, load);
    maker.step("report", new All(load));
    start();
    ready();
    sized("days", 0);
    assertThat(ready()).containsExactlyInAnyOrder("sum:0-1", "report");
  }

  @Test
  void size_stepRanAgainWithAsManyElements_changesNothing() {
    maker.fanOut("days");
    start();
    sized("days", 2);
    propagation.size(node("days[]"), 2);
    assertThat(count("days[]")).isEqualTo(2);
  }

  @Test
  void size_stepRanAgainWithOtherElements_isABug() {
    maker.fanOut("days");
    start();
    sized("days", 2);
    assertThatIllegalStateException()
        .isThrownBy(() -> propagation.size(node("days[]"), 3))
        .withMessage("step 'days' has 2 elements, not 3");
  }

  /** What the user's code throws must not leave a step half made: other results go on to come. */
  @Test
  void size_mappingOfAConsumerThrows_thatStepHasNoUnitsAndOtherKnowledgeIsCarriedOn() {
    int files = maker.files("files", "a", "b");
    int days = maker.fanOut("days");
    maker.each(
        "smooth",
        new Each(days),
        new Gather(
            files,
            (unit, partitions) -> {
              throw new IllegalStateException("no neighbours");
            }));
    start();
    assertThatExceptionOfType(PipelineException.class).isThrownBy(() -> sized("days", 2));
    assertThat(count("days[]")).isEqualTo(2);
    assertThat(count("smooth")).isEqualTo(-1);
    know("files", 0);
    know("files", 1);
    assertThat(propagation.complete(node("files"))).isTrue();
  }

  @Test
  void each_inputsOfDifferentSizes_isRefused() {
    int days = maker.fanOut("days");
    int files = maker.files("files", "a", "b");
    maker.each("load", new Each(days), new Each(files));
    start();
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(() -> sized("days", 3))
        .withMessage(
            "step 'load' takes partitions of 'days' (3) and of 'files' (2) place by place; take one"
                + " of them with all()");
  }

  // ---- gathered partitions ----------------------------------------------------------------------

  @Test
  void gather_partitionThatIsNotThere_isRefused() {
    int files = maker.files("files", "a", "b");
    maker.each("smooth", new Gather(files, (i, n) -> new int[] {i + 1}));
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(this::start)
        .withMessage(
            "step 'smooth' gathers partition 2 of 'files' for its unit 1; there are 2, numbered"
                + " from 0");
  }

  @Test
  void gather_mappingThrows_isRefusedWithItsCause() {
    int files = maker.files("files", "a", "b");
    RuntimeException cause = new ArithmeticException("/ by zero");
    maker.each(
        "smooth",
        new Gather(
            files,
            (i, n) -> {
              throw cause;
            }));
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(this::start)
        .withMessage(
            "step 'smooth' cannot choose the partitions of 'files' for its unit 0:"
                + " java.lang.ArithmeticException: / by zero")
        .withCause(cause);
  }

  @Test
  void gather_mappingThatIsNotPure_isAskedOnceAndKept() {
    int files = maker.files("files", "a", "b");
    AtomicInteger asked = new AtomicInteger();
    int[] shared = new int[1];
    Gather gather =
        new Gather(
            files,
            (i, n) -> {
              shared[0] = asked.getAndIncrement() % 2;
              return shared;
            });
    maker.each("odd", gather);
    start();
    know("files", 0);
    know("files", 1);
    int first = units.first(node("odd"));
    FromNode edge = (FromNode) units.graph().node(node("odd")).inputs().get(0);
    assertThat(propagation.inputs(first, edge)).containsExactly(0);
    assertThat(propagation.inputs(first + 1, edge)).containsExactly(1);
    assertThat(propagation.inputs(first, edge)).containsExactly(0);
    assertThat(asked).hasValue(2);
  }

  @Test
  void gather_largerInputThanTheLeaders_isAllowed() {
    int files = maker.files("files", "a", "b", "c");
    int pair = maker.files("pair", "x", "y");
    maker.each("mix", new Each(pair), new Gather(files, (i, n) -> new int[] {n - 1}));
    start();
    assertThat(count("mix")).isEqualTo(2);
  }

  // ---- taken back -------------------------------------------------------------------------------

  @Test
  void forget_sameContentComesBack_consumersThatEndedStayEnded() {
    int a = maker.step("a");
    maker.step("b", new Whole(a));
    start();
    know("a", 0);
    visitAll();
    propagation.forget(0);
    assertThat(units.pending(1)).isEqualTo(1);
    propagation.know(0, content("a"));
    assertThat(ready()).isEmpty();
    assertThat(units.state(1)).isEqualTo(UnitState.DONE);
  }

  @Test
  void forget_otherContentComesBack_consumersThatEndedAreReadyAndUnknown() {
    int a = maker.step("a");
    int b = maker.step("b", new Whole(a));
    maker.step("c", new Whole(b));
    start();
    know("a", 0);
    know("b", 0);
    visitAll();
    propagation.forget(0);
    propagation.contentChanged(0);
    propagation.know(0, content("other"));
    assertThat(ready()).containsExactly("b");
    assertThat(units.known(1)).isFalse();
    assertThat(units.pending(2)).isEqualTo(1);
  }

  @Test
  void contentChanged_consumerInFlight_isMarkedAndReadyOnceItEnded() {
    int a = maker.step("a");
    maker.step("b", new Whole(a));
    start();
    know("a", 0);
    ready();
    units.move(1, UnitState.QUEUED);
    units.move(1, UnitState.DISPATCHED);
    propagation.forget(0);
    propagation.contentChanged(0);
    propagation.know(0, content("other"));
    assertThat(units.stale(1)).isTrue();
    assertThat(ready()).isEmpty();
    units.end(1, Outcome.RAN);
    propagation.know(1, content("b"));
    propagation.refresh(1);
    assertThat(ready()).containsExactly("b");
    assertThat(units.known(1)).isFalse();
  }

  @Test
  void contentChanged_whatComesAfterWithoutData_staysAsItIs() {
    int a = maker.step("a");
    int notify = maker.step("notify");
    maker.after(notify, a);
    start();
    know("a", 0);
    visitAll();
    propagation.forget(0);
    propagation.contentChanged(0);
    propagation.know(0, content("other"));
    assertThat(units.stale(1)).isFalse();
    assertThat(ready()).isEmpty();
  }

  @Test
  void contentChanged_consumerThatEndedWithoutAResult_staysAsItIs() {
    int files = maker.files("files", "a");
    maker.each("clean", new Each(files));
    start();
    know("files", 0);
    units.end(1, Outcome.SKIPPED);

    propagation.forget(0);
    propagation.contentChanged(0);
    propagation.know(0, content("again"));

    assertThat(units.stale(1)).isFalse();
    assertThat(units.state(1)).isEqualTo(UnitState.DONE);
  }

  @Test
  void contentChanged_belowTheRootOfACombine_leavesWhatTakesTheRoot() {
    int files = maker.files("files", "a", "b", "c");
    int sum = maker.combine("sum", 2, files);
    maker.step("report", new Whole(sum));
    start();
    IntStream.range(0, 3).forEach(i -> know("files", i));
    IntStream.range(0, 3).forEach(i -> know("sum", i));
    visitAll();
    int inner = units.first(node("sum"));
    propagation.forget(inner);
    propagation.contentChanged(inner);
    propagation.know(inner, content("other"));
    assertThat(ready()).containsExactly("sum:level2:0-3");
    assertThat(units.stale(units.first(node("report")))).isFalse();
  }

  @Test
  void know_twice_throws() {
    maker.step("a");
    start();
    know("a", 0);
    assertThatIllegalStateException().isThrownBy(() -> propagation.know(0, content("a")));
    assertThatIllegalStateException().isThrownBy(() -> propagation.contentChanged(0));
  }

  @Test
  void forget_nothingKnown_throws() {
    maker.step("a");
    start();
    assertThatIllegalStateException().isThrownBy(() -> propagation.forget(0));
  }

  @Test
  void forEachConsumer_everyKindOfEdge_isFollowedOnce() {
    int files = maker.files("files", "a", "b");
    int each = maker.each("each", new Each(files));
    maker.step("all", new All(files));
    maker.combine("sum", 2, files);
    maker.step("first", new Edge.Part(files, 0));
    maker.after(each, files);
    start();
    List<String> consumers = new ArrayList<>();
    propagation.forEachConsumer(1, unit -> consumers.add(name(unit)));
    assertThat(consumers).containsExactly("each:b", "sum:0-1", "each:a", "each:b", "all");
  }

  // ---- helpers ----------------------------------------------------------------------------------

  private int node(String name) {
    return units.graph().find(name).orElseThrow().id();
  }

  private int count(String name) {
    return units.count(node(name));
  }

  private String name(int unit) {
    String label = units.label(unit);
    return units.node(unit).name() + (label.isEmpty() ? "" : ":" + label);
  }

  /** Takes all that is ready and did not end meanwhile. */
  private List<String> ready() {
    List<String> ready = new ArrayList<>();
    while (!propagation.ready().isEmpty()) {
      int unit = propagation.ready().poll();
      if (units.state(unit) == UnitState.READY) {
        ready.add(name(unit));
      }
    }
    return ready;
  }

  private void know(String node, int partition) {
    int unit = units.first(node(node)) + partition;
    if (units.state(unit) != UnitState.DONE) {
      units.end(unit, Outcome.RAN);
    }
    propagation.know(unit, content(node));
  }

  /** Ends whatever is ready, without its content becoming known. */
  private void visitAll() {
    while (!propagation.ready().isEmpty()) {
      int unit = propagation.ready().poll();
      if (units.state(unit) == UnitState.READY) {
        units.end(unit, Outcome.RAN);
      }
    }
  }

  private void sized(String step, int elements) {
    propagation.size(node(step + "[]"), elements);
    know(step, 0);
  }

  private static Fingerprint content(String of) {
    return Hasher.of(of).finish();
  }
}
