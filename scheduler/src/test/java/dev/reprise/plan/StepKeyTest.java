package dev.reprise.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reprise.cache.code.CodeFingerprint.Mode;
import dev.reprise.cache.codec.RowOrder;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Secret;
import dev.reprise.explain.StepParts.ArgumentKind;
import dev.reprise.explain.StepParts.ArgumentPart;
import dev.reprise.graph.Edge;
import dev.reprise.graph.Edge.Constant;
import dev.reprise.graph.Edge.Whole;
import dev.reprise.graph.Node;
import dev.reprise.graph.PipelineException;
import dev.reprise.graph.TaskGraph;
import dev.reprise.plan.TaskResolver.Captured;
import dev.reprise.task.CachePolicy;
import dev.reprise.task.Engine;
import dev.reprise.task.Functions.A0;
import dev.reprise.task.Task;
import dev.reprise.task.TaskSpec;
import dev.reprise.task.Tasks;
import dev.reprise.testing.FakeResolver;
import dev.reprise.testing.FakeValues;
import dev.reprise.testing.GraphMaker;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StepKeyTest {
  private final FakeResolver resolver = new FakeResolver();
  private final TreeMap<String, Object> engine = new TreeMap<>();

  // ---- what is in the key -----------------------------------------------------------------------

  @Test
  void key_sameTaskAndArgumentsInOtherStepsAndPipelines_isEqual() {
    GraphMaker maker = new GraphMaker();
    maker.step("unrelated");
    int a = maker.step("one", clean(), new Constant("late", 15));
    int b = maker.step("two", clean(), new Constant("later", 15));
    TaskGraph graph = maker.build();
    assertThat(keyOf(graph, a).task())
        .isEqualTo(keyOf(graph, b).task())
        .isEqualTo(key(clean(), new Constant("", 15)).task());
  }

  @Test
  void key_anyPartOfTheTaskChanged_isAnother() {
    assertOther(test -> test.resolver.code.put("clean", Map.of("clean()", 2)));
    assertOther(test -> test.resolver.signatures.put("clean", "(I)V"));
    assertOther(test -> test.engine.put("timeZone", "UTC"));
    assertOther(test -> test.resolver.captured.put("clean", List.of(new Captured("x", 1))));
    assertOther(test -> test.resolver.parameters.put("clean", List.of("threshold")));
    assertOtherTask(task -> task.named("tidy"));
    assertOtherTask(task -> task.version("2"));
    assertOtherTask(task -> task.codeIdentity(Mode.BODY));
    assertOtherTask(task -> task.manualVersion("2"));
    assertOtherTask(task -> task.rowOrderMatters());
    assertOtherTask(task -> task.with(effect(task.spec())));
  }

  @Test
  void key_whatDoesNotChangeResults_isNotInIt() {
    assertSameTask(task -> task.cpus(4).memory(1 << 30));
    assertSameTask(task -> task.timeout(Duration.ofMinutes(1)));
    assertSameTask(task -> task.ttl(Duration.ofDays(1)).maxAge(Duration.ofDays(1)));
    assertSameTask(task -> task.register(String.class));
  }

  @Test
  void key_caveatsOfTheCode_areToldAndNotInIt() {
    Fingerprint without = key(clean()).task();
    resolver.caveats.put("clean", List.of("clean() calls something"));
    StepKey with = key(clean());
    assertThat(with.task()).isEqualTo(without);
    assertThat(with.parts().caveats()).containsExactly("clean() calls something");
  }

  @Test
  void key_valuesOfSettingsAndCaptures_areInIt() {
    engine.put("timeZone", "UTC");
    resolver.captured.put("clean", List.of(new Captured("x", 1), new Captured("y", 2)));
    Fingerprint first = key(clean()).task();
    engine.put("timeZone", "CET");
    Fingerprint second = key(clean()).task();
    resolver.captured.put("clean", List.of(new Captured("x", 2), new Captured("y", 1)));
    assertThat(List.of(first, second, key(clean()).task())).doesNotHaveDuplicates();
  }

  /** FAULTS: secrets are in keys as an HMAC alone. */
  @Test
  void key_secretSetting_isInItAndShownAsItsDigestAlone() {
    engine.put("password", Secret.of("hunter2"));
    StepKey first = key(clean());
    engine.put("password", Secret.of("*******"));
    StepKey second = key(clean());
    assertThat(second.task()).isNotEqualTo(first.task());
    assertThat(second.parts().engine()).isNotEqualTo(first.parts().engine());
    assertThat(second.parts().engine().get("password")).startsWith(Secret.SHOWN_AS);
    assertThat(second.parts().engine().toString()).doesNotContain("hunter2", "*******");
  }

  @Test
  void key_formOfTheResult_isInIt() {
    TaskSpec task = clean();
    GraphMaker maker = new GraphMaker();
    int one = maker.step("one", task);
    int elements = maker.fanOut("elements", task) - 1;
    int parts = maker.outputs("parts", task, List.of("good", "bad")) - 1;
    int swapped = maker.outputs("swapped", task, List.of("bad", "good")) - 1;
    TaskGraph graph = maker.build();
    assertThat(
            List.of(
                keyOf(graph, one).task(),
                keyOf(graph, elements).task(),
                keyOf(graph, parts).task(),
                keyOf(graph, swapped).task()))
        .doesNotHaveDuplicates();
    assertThat(keyOf(graph, one).parts().signature()).isEqualTo("()V");
    assertThat(keyOf(graph, elements).parts().signature()).isEqualTo("()V as elements");
    assertThat(keyOf(graph, parts).parts().signature()).isEqualTo("()V as [good, bad]");
  }

  @Test
  void arguments_namedByTheClassFile_areOrderedByName() {
    resolver.parameters.put("clean", List.of("zeta", "alpha"));
    StepKey key = key(clean(), new Constant("", 1), new Constant("", 2));
    assertThat(key.arguments())
        .containsExactly(
            new StepKey.KeyArgument(1, FakeValues.of(2)),
            new StepKey.KeyArgument(0, FakeValues.of(1)));
  }

  /** Methods of what is given may run in the task, which its signature need not tell. */
  @Test
  void key_classesInConstantsAndCapturedValues_areIdentifiedWithTheCode() {
    resolver.captured.put("clean", List.of(new Captured("x", Duration.ZERO)));
    key(clean(), new Constant("", 1), new Constant("", "text"));
    assertThat(resolver.met.get("clean"))
        .containsExactlyInAnyOrder(Duration.class, Integer.class, String.class);
  }

  /** {@code a - b} of (a, b) and of (b, a) is the same bytecode, and not the same result. */
  @Test
  void key_parametersChangePlaces_isAnother() {
    resolver.parameters.put("clean", List.of("a", "b"));
    StepKey before = key(clean(), new Constant("", 1), new Constant("", 2));
    resolver.parameters.put("clean", List.of("b", "a"));
    StepKey after = key(clean(), new Constant("", 2), new Constant("", 1));

    assertThat(after.arguments().stream().map(StepKey.KeyArgument::constant).toList())
        .isEqualTo(before.arguments().stream().map(StepKey.KeyArgument::constant).toList());
    assertThat(after.task()).isNotEqualTo(before.task());
    assertThat(before.parts().signature()).isEqualTo("()V");
    assertThat(after.parts().signature()).isEqualTo("()V of [b, a]");
  }

  @Test
  void parts_everyArgument_isToldByTheNameThatPeopleKnow() {
    GraphMaker maker = new GraphMaker();
    int days = maker.fanOut("days");
    int load = maker.step("load");
    int step =
        maker.each(
            "clean",
            clean(),
            new Edge.Each(days),
            new Constant("late-minutes", 15),
            new Constant("", "x"),
            new Whole(load));
    resolver.captured.put("clean", List.of(new Captured("limit", 7)));
    assertThat(keyOf(maker.build(), step).parts().arguments())
        .containsExactly(
            new ArgumentPart("limit", "limit", ArgumentKind.CAPTURED, "7"),
            new ArgumentPart("arg0", "days", ArgumentKind.UPSTREAM, ""),
            new ArgumentPart("arg1", "late-minutes", ArgumentKind.GIVEN, "15"),
            new ArgumentPart("arg2", "arg2", ArgumentKind.GIVEN, "x"),
            new ArgumentPart("arg3", "load", ArgumentKind.UPSTREAM, ""));
  }

  // ---- arguments left out -----------------------------------------------------------------------

  @Test
  void ignoring_parameterOfTheFunction_leavesItOut() {
    resolver.parameters.put("clean", List.of("month", "threads"));
    StepKey eight = key(ignoring("threads"), new Constant("", "may"), new Constant("n", 8));
    StepKey nine = key(ignoring("threads"), new Constant("", "may"), new Constant("n", 9));
    assertThat(eight.arguments()).hasSize(1).isEqualTo(nine.arguments());
    assertThat(eight.task()).isEqualTo(nine.task());
    assertThat(eight.parts().arguments()).extracting(ArgumentPart::name).containsExactly("month");
  }

  @Test
  void ignoring_parameterOfThePipeline_leavesItOut() {
    StepKey key = key(ignoring("threads"), new Constant("month", 1), new Constant("threads", 8));
    assertThat(key.arguments()).extracting(StepKey.KeyArgument::input).containsExactly(0);
  }

  @Test
  void ignoring_nameOfOneParameterAndOfTheSourceOfAnother_leavesOutTheParameterAlone() {
    resolver.parameters.put("clean", List.of("late", "limit"));
    StepKey key = key(ignoring("late"), new Constant("x", 1), new Constant("late", 2));
    assertThat(key.arguments()).extracting(StepKey.KeyArgument::input).containsExactly(1);
  }

  @Test
  void ignoring_nothingThatIsThere_isRefusedWithTheNearest() {
    resolver.parameters.put("clean", List.of("month", "threads"));
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(() -> key(ignoring("thread\n"), new Constant("", "may"), new Constant("n", 8)))
        .withMessage(
            "step 'step' ignores argument 'thread\\u{a}', which it does not have; it has [month,"
                + " n]; did you mean 'threads'?");
  }

  // ---- no key -----------------------------------------------------------------------------------

  @Test
  void unavailable_argumentWithoutForm_isNamedAsPeopleKnowIt() {
    StepKey key =
        key(clean(), new Constant("ok", 1), new Constant("worker", Thread.currentThread()));
    assertThat(key.unavailable())
        .hasToString("KEY_UNAVAILABLE(worker: a thread has no canonical form)");
    assertThat(key.arguments()).isEmpty();
  }

  @Test
  void unavailable_capturedValueWithoutForm_isNamed() {
    resolver.captured.put(
        "clean", List.of(new Captured("ok", 1), new Captured("worker", Thread.currentThread())));
    assertThat(key(clean()).unavailable())
        .hasToString("KEY_UNAVAILABLE(worker: a thread has no canonical form)");
  }

  @Test
  void unavailable_codeThatCannotBeRead_saysWhy() {
    resolver.unreadable.put("clean", "no class file of test.Tasks");
    assertThat(key(clean()).unavailable())
        .hasToString("KEY_UNAVAILABLE(code: no class file of test.Tasks)");
  }

  @Test
  void unavailable_ignoredArgumentWithoutForm_isNoObstacle() {
    resolver.parameters.put("clean", List.of("worker"));
    StepKey key = key(ignoring("worker"), new Constant("", Thread.currentThread()));
    assertThat(key.unavailable()).isNull();
  }

  @Test
  void unavailable_taskThatDoesNotReuse_isComposedForRunsThatGoOnFromThisOne() {
    StepKey off = key(Tasks.task(() -> "").named("clean").uncached().spec());
    assertThat(off.unavailable()).hasToString("DISABLED(by the task)");
    assertThat(off.isComposed()).isTrue();
    assertThat(off.task()).as("as if it were kept").isEqualTo(key(clean()).task());
    assertThat(key(TaskSpec.ofEffect(Engine.ANY, (A0) () -> {}, 0)).unavailable())
        .hasToString("DISABLED(a side effect)");
  }

  @Test
  void unavailable_taskThatDoesNotReuseAndCodeThatCannotBeRead_isDisabledAllTheSame() {
    resolver.unreadable.put("clean", "no class file of test.Tasks");
    StepKey off = key(Tasks.task(() -> "").named("clean").uncached().spec());
    assertThat(off.unavailable()).hasToString("DISABLED(by the task)");
    assertThat(off.isComposed()).isFalse();
  }

  @Test
  void keys_askedManyTimes_areMadeOnce() {
    GraphMaker maker = new GraphMaker();
    maker.step("step", clean());
    StepKeys keys = keys(maker.build());
    keys.of(0);
    keys.of(0);
    assertThat(keys.encodedParts(0)).isSameAs(keys.encodedParts(0));
    assertThat(resolver.identified).containsExactly(Map.entry("clean", 1));
  }

  // ---- helpers ----------------------------------------------------------------------------------

  private static TaskSpec clean() {
    return Tasks.task(() -> "").named("clean").spec();
  }

  private static TaskSpec ignoring(String... names) {
    return Tasks.task(() -> "").named("clean").ignoring(names).spec();
  }

  private static TaskSpec effect(TaskSpec of) {
    TaskSpec effect = TaskSpec.ofEffect(of.engine(), of.function(), of.arity());
    return new TaskSpec(
        of.engine(),
        of.function(),
        of.arity(),
        true,
        of.name(),
        CachePolicy.DEFAULT,
        effect.retry(),
        effect.timeout(),
        effect.resources(),
        List.of(),
        RowOrder.ANY,
        null);
  }

  record Place(String name, int at, Color color, LocalDate day, @Nullable Place next) {}

  record Labels(List<String> names) {}

  record Box<T>(T inside) {}

  enum Color {
    RED
  }

  @Test
  void compose_valueThatMayBeChangedLater_isEncodedAtOnceAndOthersWhenTheyAreNeeded() {
    Place place = new Place("a", 1, Color.RED, LocalDate.EPOCH, null);
    List<Object> fixed = List.of("text", 15, 1.5, Color.RED, LocalDate.EPOCH, 'c', place);
    List<Object> open =
        List.of(
            new ArrayList<>(List.of(1)),
            new int[] {1},
            new StringBuilder("text"),
            new AtomicInteger(1),
            new Labels(new ArrayList<>()),
            new Box<>(5));
    GraphMaker maker = new GraphMaker();
    Stream.concat(fixed.stream(), open.stream())
        .forEach(
            value ->
                maker.step(
                    "takes-" + value.getClass().getSimpleName().replace("[]", ""),
                    clean(),
                    new Constant("", value)));

    keys(maker.build()).compose();

    assertThat(resolver.passed).containsExactlyElementsOf(open);
  }

  private StepKey key(TaskSpec task, Edge... inputs) {
    GraphMaker maker = new GraphMaker();
    int step = maker.step("step", task, inputs);
    return keyOf(maker.build(), step);
  }

  private StepKey keyOf(TaskGraph graph, int node) {
    return keys(graph).of(node);
  }

  private StepKeys keys(TaskGraph graph) {
    return new StepKeys(graph, resolver, new FakeValues(), (Node node) -> engine);
  }

  private static void assertOther(Consumer<StepKeyTest> change) {
    StepKeyTest before = new StepKeyTest();
    StepKeyTest after = new StepKeyTest();
    change.accept(after);
    assertThat(after.key(clean(), new Constant("", 1)).task())
        .isNotEqualTo(before.key(clean(), new Constant("", 1)).task());
  }

  private void assertOtherTask(UnaryOperator<Task<?, ?>> change) {
    assertThat(changed(change)).isNotEqualTo(key(clean()).task());
  }

  private void assertSameTask(UnaryOperator<Task<?, ?>> change) {
    assertThat(changed(change)).isEqualTo(key(clean()).task());
  }

  private Fingerprint changed(UnaryOperator<Task<?, ?>> change) {
    Task<?, ?> task = change.apply(Tasks.task(() -> "").named("clean"));
    return key(task.spec()).task();
  }
}
