package dev.reprise.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.reprise.cache.testing.Shows;
import dev.reprise.graph.Edge.All;
import dev.reprise.graph.Edge.Each;
import dev.reprise.graph.Edge.Part;
import dev.reprise.graph.Edge.Whole;
import dev.reprise.graph.Node.Kind;
import dev.reprise.task.Engine;
import dev.reprise.task.Functions.F0;
import dev.reprise.task.TaskSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GraphBuilderTest {
  private final GraphBuilder builder = new GraphBuilder("daily");

  // ---- what a graph is made of ------------------------------------------------------------------

  @Test
  void build_stepsDeclaredAgainstTheFlow_putsInputsFirst() {
    step("join", new Whole(builder.reference("clean", false)));
    step("clean", new Whole(builder.reference("load", false)));
    step("load");
    assertThat(builder.build().nodes())
        .extracting(Node::name)
        .containsExactly("load", "clean", "join");
  }

  @Test
  void build_unrelatedSteps_stayInTheOrderOfTheDefinition() {
    step("c");
    step("a");
    step("b");
    assertThat(builder.build().nodes()).extracting(Node::name).containsExactly("c", "a", "b");
  }

  @Test
  void build_everyKindOfEdge_keepsItsMeaningUnderNewIds() {
    Edge.Mapping mapping = (i, n) -> new int[] {i};
    int late = builder.reference("files", true);
    builder.step(
        "x",
        Kind.EACH,
        task(),
        List.of(
            new Each(late), new All(late), new Edge.Labelled(late), new Edge.Gather(late, mapping)),
        0);
    builder.step("sum", Kind.COMBINE, task(), List.of(new Edge.Tree(late)), 2);
    step("first", new Part(late, 0), new Edge.Constant("k", 7));
    files("files", "one", "two");
    TaskGraph graph = builder.build();
    int files = graph.find("files").orElseThrow().id();
    assertThat(graph.find("x").orElseThrow().inputs())
        .containsExactly(
            new Each(files),
            new All(files),
            new Edge.Labelled(files),
            new Edge.Gather(files, mapping));
    assertThat(graph.find("sum").orElseThrow().inputs()).containsExactly(new Edge.Tree(files));
    assertThat(graph.find("first").orElseThrow().inputs())
        .containsExactly(new Part(files, 0), new Edge.Constant("k", 7));
  }

  @Test
  @Shows("Fault 57")
  void build_disconnectedParts_areOneGraph() {
    step("a");
    step("b");
    assertThat(builder.build().nodes()).hasSize(2);
  }

  @Test
  void build_nothingDeclared_isRefused() {
    assertRefused(builder::build, "pipeline 'daily' has no steps; add one with step(...)");
  }

  @Test
  void build_sourcesAlone_isRefused() {
    files("files", "one");
    assertRefused(builder::build, "pipeline 'daily' has no steps; add one with step(...)");
  }

  // ---- names ------------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(strings = {"clean", "by-airport", "v1.2_x", "été", "清洗", "أسماء", "7"})
  void checkName_lettersDigitsAndAFewSigns_passes(String name) {
    assertThat(GraphBuilder.checkName("a step", name)).isEqualTo(name);
  }

  static Stream<Arguments> badNames() {
    return Stream.of(
        arguments("", "''"),
        arguments("../x", "'../x'"),
        arguments("a/b", "'a/b'"),
        arguments("a b", "'a b'"),
        arguments("a[]", "'a[]'"),
        arguments("<script>", "'<script>'"),
        arguments("a\u0000b", "'a\\u{0}b'"),
        arguments("a\nb", "'a\\u{a}b'"),
        arguments("\u001b[31mred", "'\\u{1b}[31mred'"),
        arguments("\u202egnp.exe", "'\\u{202e}gnp.exe'"),
        arguments("\ud83d\ude80", "'\ud83d\ude80'"),
        arguments("a\ud83d", "'a\\u{d83d}'"));
  }

  @ParameterizedTest
  @MethodSource("badNames")
  @Shows("Fault 63")
  void checkName_anythingElse_isRefusedAndShownHarmless(String name, String shown) {
    assertRefused(
        () -> GraphBuilder.checkName("a step", name),
        "bad name of a step: " + shown + "; use 1 to 200 letters, digits, '.', '_' and '-'");
  }

  @Test
  @Shows("Fault 63")
  void checkName_tenThousandLetters_isRefusedAndCut() {
    assertRefused(
        () -> step("x".repeat(10_000)),
        "bad name of a step: '"
            + "x".repeat(80)
            + "… (10000 characters)'; use 1 to 200 letters, digits, '.', '_' and '-'");
    assertThatCode(() -> step("x".repeat(200))).doesNotThrowAnyException();
    assertThatExceptionOfType(PipelineException.class).isThrownBy(() -> step("x".repeat(201)));
  }

  @Test
  void checkName_everythingThatHasAName_isChecked() {
    assertRefused(() -> new GraphBuilder("a/b"), "bad name of a pipeline: 'a/b'");
    assertRefused(() -> files("a/b", "one"), "bad name of a source: 'a/b'");
    assertRefused(
        () -> builder.result("threshold", new Edge.Constant("threshold", 3)),
        "result 'threshold' is a value that is given to the pipeline");
    assertRefused(
        () -> builder.result("a/b", new Edge.Constant("", 1)), "bad name of a result: 'a/b'");
  }

  @Test
  void step_nameTaken_isRefused() {
    step("clean");
    assertRefused(() -> step("clean"), "pipeline 'daily' has two steps named 'clean'; rename one");
    assertRefused(
        () -> files("clean", "one"), "pipeline 'daily' has two steps named 'clean'; rename one");
  }

  @Test
  void result_nameTaken_isRefused() {
    int clean = step("clean");
    builder.result("clean", new Whole(clean));
    assertRefused(
        () -> builder.result("clean", new Whole(clean)),
        "pipeline 'daily' has two results named 'clean'; rename one");
  }

  // ---- references -------------------------------------------------------------------------------

  @Test
  void build_unknownReference_isRefusedWithTheNearestName() {
    step("clean");
    step("join", new Whole(builder.reference("claen", false)));
    assertRefused(
        builder::build,
        "pipeline 'daily' refers to step 'claen', which it does not have; did you mean 'clean'?");
  }

  @Test
  void build_referenceToNothingNear_isRefusedWithoutAGuess() {
    step("join", new Whole(builder.reference("something\nelse", false)));
    assertRefused(
        builder::build,
        "pipeline 'daily' refers to step 'something\\u{a}else', which it does not have");
  }

  @Test
  void build_unknownReferenceNearAFanOut_namesTheStepNotItsView() {
    fanOut("days");
    step("join", new Whole(builder.reference("days[", false)));
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(builder::build)
        .withMessageEndingWith("; did you mean 'days'?");
  }

  @Test
  void build_referenceOfAClassThatTheStepGives_isTaken() {
    builder.step("count", Kind.SINGLE, task(() -> 1), List.of(), 0);
    builder.step("any", Kind.SINGLE, task(() -> (Object) "text"), List.of(), 0);
    step(
        "join",
        new Whole(builder.reference("count", false, int.class)),
        new Whole(builder.reference("count", false, Integer.class)),
        new Whole(builder.reference("count", false, Number.class)),
        new Whole(builder.reference("any", false, String.class)));
    assertThat(builder.build().find("join").orElseThrow().inputs()).hasSize(4);
  }

  @Test
  void build_referenceOfAnotherClass_isRefused() {
    builder.step("count", Kind.SINGLE, task(() -> 1), List.of(), 0);
    step("join", new Whole(builder.reference("count", false, Long.class)));
    assertRefused(
        builder::build,
        "step 'join' takes java.lang.Long from 'count', which gives java.lang.Integer; refer to it"
            + " by that class");
  }

  @Test
  void build_referenceToAFanOut_isItsListOrItsElements() {
    step("count", new Whole(builder.reference("days", false)));
    builder.step("load", Kind.EACH, task(), List.of(new Each(builder.reference("days", true))), 0);
    fanOut("days");
    TaskGraph graph = builder.build();
    assertThat(graph.find("count").orElseThrow().inputs())
        .containsExactly(new Whole(graph.find("days").orElseThrow().id()));
    assertThat(graph.find("load").orElseThrow().inputs())
        .containsExactly(new Each(graph.find("days[]").orElseThrow().id()));
  }

  // ---- cycles -----------------------------------------------------------------------------------

  @Test
  @Shows("Fault 56")
  void build_stepTakesItself_isRefusedWithThePath() {
    step("a", new Whole(builder.reference("a", false)));
    assertRefused(
        builder::build, "pipeline 'daily' has a cycle: a -> a; remove one of these inputs");
  }

  @Test
  @Shows("Fault 56")
  void build_cycle_isRefusedWithThePathAlongTheFlow() {
    step("load");
    step("clean", new Whole(0), new Whole(builder.reference("join", false)));
    step("join", new Whole(1));
    step("report", new Whole(2));
    assertRefused(
        builder::build,
        "pipeline 'daily' has a cycle: clean -> join -> clean; remove one of these inputs");
  }

  @Test
  void build_cycleThroughAFanOut_namesStepsAlone() {
    int days =
        builder.step(
            "days", Kind.FAN_OUT, task(), List.of(new Whole(builder.reference("all", false))), 0);
    step("all", new All(builder.elements(days)));
    assertRefused(
        builder::build,
        "pipeline 'daily' has a cycle: days -> all -> days; remove one of these inputs");
  }

  @Test
  void build_cycleByOrderAlone_isRefusedWithThePath() {
    int a = step("a");
    int b = step("b", new Whole(a));
    builder.after(a, b);
    assertRefused(
        builder::build, "pipeline 'daily' has a cycle: a -> b -> a; remove one of these inputs");
  }

  @Test
  void build_longCycle_isRefusedWithBothEndsOfThePath() {
    int length = 1_000;
    step("s0", new Whole(builder.reference("s" + (length - 1), false)));
    for (int i = 1; i < length; i++) {
      step("s" + i, new Whole(i - 1));
    }
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(builder::build)
        .withMessageStartingWith("pipeline 'daily' has a cycle: s0 -> s1 -> s2 -> ")
        .withMessageContaining(" -> s9 -> … 981 more … -> s991 -> ")
        .withMessageEndingWith(" -> s999 -> s0; remove one of these inputs");
  }

  // ---- depth ------------------------------------------------------------------------------------

  @Test
  @Shows("Fault 57")
  void build_chainOfAHundredThousand_needsNoDeepStack() throws InterruptedException {
    int length = 100_000;
    step("s0");
    for (int i = 1; i < length; i++) {
      step("s" + i, new Whole(i - 1));
    }
    assertThat(onASmallStack(builder::build).nodes()).hasSize(length);
  }

  @Test
  @Shows("Fault 57")
  void build_cycleOfAHundredThousand_needsNoDeepStack() throws InterruptedException {
    int length = 100_000;
    step("s0", new Whole(builder.reference("s" + (length - 1), false)));
    for (int i = 1; i < length; i++) {
      step("s" + i, new Whole(i - 1));
    }
    assertThat(
            onASmallStack(
                () -> {
                  try {
                    builder.build();
                    return "built";
                  } catch (PipelineException e) {
                    return String.valueOf(e.getMessage());
                  }
                }))
        .startsWith("pipeline 'daily' has a cycle: s0 -> s1 -> ");
  }

  private static <T> T onASmallStack(Supplier<T> work) throws InterruptedException {
    List<T> result = new ArrayList<>();
    Thread thread = new Thread(null, () -> result.add(work.get()), "small stack", 128 << 10);
    thread.start();
    thread.join();
    return result.get(0);
  }

  // ---- values and partitions --------------------------------------------------------------------

  @Test
  void build_oneValueTakenOfPartitions_isRefused() {
    files("flights", "one", "two");
    step("clean", new Whole(0));
    assertRefused(
        builder::build,
        "'clean' takes one value of 'flights', which has partitions; take them with all() or each"
            + " by each");
  }

  @Test
  void build_partitionsTakenOfOneValue_isRefused() {
    step("load");
    builder.step("clean", Kind.EACH, task(), List.of(new Each(0)), 0);
    assertRefused(
        builder::build, "'clean' takes partitions of 'load', which has one value; take the value");
  }

  @Test
  void build_partitionsTakenOfACombine_isRefused() {
    files("flights", "one");
    builder.step("sum", Kind.COMBINE, task(), List.of(new Edge.Tree(0)), 2);
    step("all", new All(builder.reference("sum", true)));
    assertRefused(
        builder::build, "'all' takes partitions of 'sum', which has one value; take the value");
  }

  @Test
  void build_resultThatDoesNotFit_isRefused() {
    files("flights", "one");
    step("load");
    builder.result("flights", new Whole(builder.reference("flights", false)));
    assertRefused(
        builder::build,
        "'result flights' takes one value of 'flights', which has partitions; take them with all()"
            + " or each by each");
  }

  @Test
  void build_wholeRecordTakenOfAStepWithSeveralResults_isRefused() {
    int split = builder.step("split", Kind.FAN_OUT, task(), List.of(), 0);
    builder.parts(split, List.of("good", "bad"));
    step("report", new Whole(builder.reference("split", false)));
    assertRefused(
        builder::build,
        "'report' takes one value of 'split', which has several: good, bad; take one of them with"
            + " get(...)");
  }

  @Test
  void build_resultOfAStepWithSeveralThatIsNotThere_isRefused() {
    int split = builder.step("split", Kind.FAN_OUT, task(), List.of(), 0);
    int parts = builder.parts(split, List.of("good", "bad"));
    step("report", new Part(parts, 2));
    assertRefused(builder::build, "'report' takes result 2 of 'split', which has 2");
  }

  // ---- order without data -----------------------------------------------------------------------

  @Test
  void after_oneStep_comesAfterTheOther() {
    int late = step("late");
    int early = step("early");
    builder.after(late, early);
    TaskGraph graph = builder.build();
    assertThat(graph.nodes()).extracting(Node::name).containsExactly("early", "late");
    assertThat(graph.node(1).after()).containsExactly(0);
  }

  @Test
  void after_references_areStepsDeclaredLater() {
    builder.after(builder.reference("late", false), builder.reference("early", true));
    step("late");
    fanOut("early");
    TaskGraph graph = builder.build();
    assertThat(graph.nodes()).extracting(Node::name).containsExactly("early", "late", "early[]");
    assertThat(graph.node(1).after()).containsExactly(0);
  }

  @Test
  void after_elementsOfAFanOut_holdsBackTheStepItself() {
    int elements = fanOut("days");
    int create = step("create");
    builder.after(elements, create);
    TaskGraph graph = builder.build();
    assertThat(graph.nodes()).extracting(Node::name).containsExactly("create", "days", "days[]");
    assertThat(graph.find("days").orElseThrow().after()).containsExactly(0);
    assertThat(graph.find("days[]").orElseThrow().after()).isEmpty();
  }

  @Test
  void after_oneOfSeveralResults_holdsBackTheStepItself() {
    int split = builder.step("split", Kind.FAN_OUT, task(), List.of(), 0);
    int parts = builder.parts(split, List.of("good"));
    int create = step("create");
    builder.after(parts, create);
    assertThat(builder.build().find("split").orElseThrow().after()).containsExactly(0);
  }

  @Test
  void after_unknownReference_isRefusedWithTheNearestName() {
    step("clean");
    builder.after(0, builder.reference("claen", false));
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(builder::build)
        .withMessageEndingWith("which it does not have; did you mean 'clean'?");
  }

  private int step(String name, Edge... inputs) {
    return builder.step(name, Kind.SINGLE, task(), List.of(inputs), 0);
  }

  private int fanOut(String name) {
    return builder.elements(builder.step(name, Kind.FAN_OUT, task(), List.of(), 0));
  }

  private int files(String name, String... labels) {
    List<Path> paths = List.of(labels).stream().map(label -> Path.of("/data", label)).toList();
    return builder.files(name, new FileSet(Path.of("/data"), "*", List.of(labels), paths));
  }

  private static TaskSpec task() {
    return task(() -> "");
  }

  private static <R> TaskSpec task(F0<R> function) {
    return TaskSpec.of(Engine.ANY, function, 0);
  }

  private static void assertRefused(ThrowingCallable what, String message) {
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(what)
        .satisfies(e -> assertThat(e.getMessage()).startsWith(message));
  }
}
