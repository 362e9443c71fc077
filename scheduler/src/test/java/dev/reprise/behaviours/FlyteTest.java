package dev.reprise.behaviours;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reprise.api.ClockedDriver;
import dev.reprise.api.Driver;
import dev.reprise.api.Parameters;
import dev.reprise.api.Pipeline;
import dev.reprise.api.Run;
import dev.reprise.cache.code.CodeFingerprint.Mode;
import dev.reprise.cache.testing.Shows;
import dev.reprise.cli.CliLab;
import dev.reprise.cli.CliLab.Ran;
import dev.reprise.graph.PipelineException;
import dev.reprise.home.HomeOptions;
import dev.reprise.plan.Outcome;
import dev.reprise.run.CacheMode;
import dev.reprise.run.RunListener;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunPolicy;
import dev.reprise.run.RunState;
import dev.reprise.run.RunView;
import dev.reprise.task.CachePolicy;
import dev.reprise.task.CachePolicy.Sharing;
import dev.reprise.task.Task1;
import dev.reprise.task.VersionStrategy;
import dev.reprise.testkit.PipelineTester;
import dev.reprise.testkit.TestedRun;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FlyteTest {
  @RegisterExtension final PipelineTester reprise = new PipelineTester();

  /** Whatever other tests ran. */
  @BeforeEach
  void forgetBodies() {
    Bodies.take();
  }

  @TempDir Path folder;

  private List<String> bodies(Pipeline pipeline) {
    return Bodies.of(reprise.driver(), pipeline);
  }

  static String greet(String name) {
    Bodies.ran("greet");
    return "hello " + name;
  }

  private static Pipeline greeting(String pipeline, UnaryOperator<Task1<String, String>> how) {
    return Pipeline.define(
        pipeline,
        p ->
            p.result("text", p.step("greet", how.apply(task(FlyteTest::greet)), p.value("world"))));
  }

  @Test
  @Shows({"Flyte 2", "Flyte 3", "Coflux 5"})
  void version_sameThenAnotherThenTheFirst_runsOncePerVersionInAllPipelines() {
    UnaryOperator<Task1<String, String>> first = task -> task.manualVersion("1-0");
    assertThat(bodies(greeting("one", first))).hasSize(1);
    assertThat(bodies(greeting("one", first))).isEmpty();
    assertThat(bodies(greeting("another", first))).isEmpty();

    UnaryOperator<Task1<String, String>> second = task -> task.manualVersion("2-0");
    assertThat(bodies(greeting("one", second))).hasSize(1);
    assertThat(bodies(greeting("one", first))).as("the old entry is still there").isEmpty();
    assertThat(bodies(greeting("one", second))).isEmpty();
  }

  @Test
  @Shows("Flyte 4")
  void scope_anotherProjectOrEnvironment_seesNothing() throws Exception {
    Pipeline pipeline = greeting("p", task -> task);
    for (String project : List.of("a", "b")) {
      for (String environment : List.of("dev", "staging", "prod")) {
        assertThat(inScope(project, environment, pipeline)).hasSize(1);
        assertThat(inScope(project, environment, pipeline)).isEmpty();
      }
    }
  }

  private List<String> inScope(String project, String environment, Pipeline pipeline)
      throws Exception {
    HomeOptions options = HomeOptions.at(folder.resolve("home")).withScope(project, environment);
    try (Driver driver = Driver.open(options, "test")) {
      return Bodies.of(driver, pipeline);
    }
  }

  @Test
  @Shows("Flyte 5")
  void signature_inputOrOutputAddedRemovedRenamedOrOfAnotherType_isAMiss() throws Exception {
    String one = "static String f(int a) { ran(\"f\"); return \"f\"; }";
    String call = "p.step(\"f\", task(Jobs::f).manualVersion(\"1\").named(\"f\"), p.value(1));";
    String call2 =
        "p.step(\"f\", task(Jobs::f).manualVersion(\"1\").named(\"f\"), p.value(1), p.value(2));";
    String record = "public record Out(%s) {} static Out f(int a) { ran(\"f\"); return %s; }";
    String parts =
        "p.outputs(\"f\", Out.class, task(Jobs::f).manualVersion(\"1\").named(\"f\"), p.value(1));";
    String gives =
        "static java.util.List<%s> f(int a) { ran(\"f\"); return java.util.List.of(%s); }";
    String list = call.replace("p.step(\"f\"", "p.step(\"list\"");
    String fan = call.replace("p.step(", "p.fanOut(");
    try (Edition edition = new Edition(folder)) {
      assertThat(bodies(edition.of(call, one))).hasSize(1);
      assertThat(bodies(edition.of(call, one))).isEmpty();
      record Other(String define, String members) {}
      for (Other other :
          List.of(
              new Other(call2, one.replace("int a", "int a, int b")),
              new Other(call2, one.replace("int a", "int a, int c")),
              new Other(call, one.replace("int a", "int b")),
              new Other(call.replace("value(1)", "value(1L)"), one.replace("int a", "long a")),
              new Other(call, one.replace("String f", "Object f")),
              new Other(parts, record.formatted("int x", "new Out(1)")),
              new Other(parts, record.formatted("int y", "new Out(1)")),
              new Other(parts, record.formatted("int x, int y", "new Out(1, 2)")),
              new Other(parts, record.formatted("long x", "new Out(1)")),
              new Other(list, gives.formatted("Integer", "1")),
              new Other(list, gives.formatted("Long", "1L")),
              new Other(fan, gives.formatted("Integer", "1")),
              new Other(fan, gives.formatted("Long", "1L")))) {
        Pipeline pipeline = edition.of(other.define(), other.members());
        assertThat(bodies(pipeline)).as(other.toString()).hasSize(1);
        assertThat(bodies(pipeline)).as(other.toString()).isEmpty();
      }
      assertThat(bodies(edition.of(call, one))).as("what was there before").isEmpty();
    }
  }

  @Test
  @Shows("Flyte 6")
  void manualVersion_bodyEdited_isStillAHit() throws Exception {
    String define = "p.step(\"f\", task(Jobs::f).manualVersion(\"1\"), p.value(1));";
    String body = "static String f(int a) { ran(\"f\"); return \"%s\"; }";
    try (Edition edition = new Edition(folder)) {
      assertThat(bodies(edition.of(define, body.formatted("old")))).hasSize(1);
      assertThat(bodies(edition.of(define, body.formatted("new")))).isEmpty();
    }
  }

  static String show(@Nullable Object value) {
    Bodies.ran("show");
    return String.valueOf(value);
  }

  enum Color {
    RED,
    GREEN
  }

  record Point(int x, @Nullable String name) {}

  /** A value of each kind, made anew, and others that it must not be taken for. */
  static Stream<Arguments> values() {
    return Stream.of(
        Arguments.of(1, 1, List.of(2, 1L, "1")),
        Arguments.of(1L, 1L, List.of(2L, 1)),
        Arguments.of(true, true, List.of(false)),
        Arguments.of(1.5, 1.5, List.of(1.25, 1.5f)),
        Arguments.of('a', 'a', List.of('b', "a")),
        Arguments.of(new String("text"), "text", List.of("Text", "")),
        Arguments.of(
            new BigDecimal("1.50"), new BigDecimal("1.50"), List.of(new BigDecimal("1.5"))),
        Arguments.of(Color.RED, Color.RED, List.of(Color.GREEN, "RED")),
        Arguments.of(
            LocalDate.of(2001, 1, 2), LocalDate.parse("2001-01-02"), List.of(LocalDate.EPOCH)),
        Arguments.of(Instant.ofEpochSecond(1), Instant.ofEpochMilli(1000), List.of(Instant.EPOCH)),
        Arguments.of(Duration.ofMinutes(1), Duration.ofSeconds(60), List.of(Duration.ZERO)),
        Arguments.of(new byte[] {1, 2}, new byte[] {1, 2}, List.of(new byte[] {2, 1})),
        Arguments.of(
            List.of("a", "b"), new ArrayList<>(List.of("a", "b")), List.of(List.of("b", "a"))),
        Arguments.of(
            Map.of("a", 1, "b", 2),
            new HashMap<>(Map.of("b", 2, "a", 1)),
            List.of(Map.of("a", 2, "b", 1))),
        Arguments.of(
            Map.of("a", List.of(new Point(1, null))),
            Map.of("a", List.of(new Point(1, null))),
            List.of(Map.of("a", List.of(new Point(1, ""))), Map.of("a", List.of()))),
        Arguments.of(null, null, List.of("", "null", List.of(), 0)));
  }

  @ParameterizedTest
  @MethodSource("values")
  @Shows("Flyte 7")
  void input_equalIsAHit_anyOtherIsAMiss(
      @Nullable Object value, @Nullable Object equal, List<?> others) {
    assertThat(bodies(showing(value))).hasSize(1);
    assertThat(bodies(showing(equal))).isEmpty();
    for (Object other : others) {
      assertThat(bodies(showing(other))).as(String.valueOf(other)).hasSize(1);
    }
    assertThat(bodies(showing(value))).isEmpty();
  }

  private static Pipeline showing(@Nullable Object value) {
    return Pipeline.define("p", p -> p.step("show", task(FlyteTest::show), p.value(value)));
  }

  @Test
  @Shows("Flyte 7")
  void parameter_defaultGivenInWords_isAHit() {
    Pipeline.Definition definition =
        p -> p.step("show", task(FlyteTest::show), p.param("late", 15));
    assertThat(bodies(Pipeline.define("p", definition))).hasSize(1);
    assertThat(bodies(Pipeline.define("p", definition, new Parameters(Map.of("late", "15")))))
        .isEmpty();
    assertThat(bodies(Pipeline.define("p", definition, new Parameters(Map.of("late", "16")))))
        .hasSize(1);
  }

  /** Has no canonical form: a class of the user's that is no value. */
  static final class Frame {
    final List<Integer> data;
    final long loadedAt;

    Frame(List<Integer> data, long loadedAt) {
      this.data = data;
      this.loadedAt = loadedAt;
    }
  }

  @Test
  @Shows("Flyte 9")
  void hashFunction_ofAType_decidesAlsoInsideListsAndMaps() {
    record Case(Object value, Object equal, Object other) {}
    Frame frame = new Frame(List.of(1, 2), 10);
    Frame equal = new Frame(List.of(1, 2), 99);
    Frame other = new Frame(List.of(1, 3), 10);
    for (Case each :
        List.of(
            new Case(frame, equal, other),
            new Case(List.of(frame, frame), List.of(frame, equal), List.of(frame, other)),
            new Case(Map.of("a", frame), Map.of("a", equal), Map.of("a", other)),
            new Case(
                Map.of("a", List.of(frame)),
                Map.of("a", List.of(equal)),
                Map.of("a", List.of(other))))) {
      assertThat(bodies(hashing(each.value()))).hasSize(1);
      assertThat(bodies(hashing(each.equal()))).isEmpty();
      assertThat(bodies(hashing(each.other()))).hasSize(1);
    }
    Pipeline without =
        Pipeline.define("p", p -> p.step("show", task(FlyteTest::show), p.value(frame)));
    assertThat(bodies(without)).hasSize(1);
    assertThat(bodies(without)).as("no key without the function").hasSize(1);
  }

  private static Pipeline hashing(Object value) {
    return Pipeline.define(
        "p",
        p -> {
          p.hashText(Frame.class, frame -> frame.data.toString());
          p.step("show", task(FlyteTest::show), p.value(value));
        });
  }

  static int sum(int amount, int verbosity) {
    Bodies.ran("sum");
    return amount;
  }

  private static Pipeline summing(int amount, int verbosity, String ignored) {
    return Pipeline.define(
        "p",
        p ->
            p.step(
                "sum",
                task(FlyteTest::sum).ignoring(ignored),
                p.value(amount),
                p.value(verbosity)));
  }

  @Test
  @Shows("Flyte 10")
  void ignored_inputDiffers_isAHitAndAnyOtherAMissAndAnUnknownNameIsRefused() {
    assertThat(bodies(summing(1, 0, "verbosity"))).hasSize(1);
    assertThat(bodies(summing(1, 9, "verbosity"))).isEmpty();
    assertThat(bodies(summing(2, 0, "verbosity"))).hasSize(1);
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(() -> reprise.run(summing(1, 0, "verbose")))
        .withMessageContaining("'verbose'")
        .withMessageContaining("'verbosity'");
  }

  @Test
  @Shows("Flyte 11")
  void manualMode_withoutAVersion_isRefusedByTheDefinition() {
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(() -> greeting("p", task -> task.codeIdentity(Mode.MANUAL)))
        .withMessageContaining("needs a version; call manualVersion(...)");
    assertThat(bodies(greeting("p", task -> task.codeIdentity(Mode.BODY)))).hasSize(1);
  }

  private static volatile int drawn;

  static int draw(String from) {
    Bodies.ran("draw");
    return drawn;
  }

  @Test
  @Shows("Flyte 13")
  void overwriting_aRun_runsAllAndTheNextFindsTheNewAndTheRecordTellsSo() throws Exception {
    Pipeline.Definition definition =
        p -> {
          var draw = p.step("draw", task(FlyteTest::draw), p.value("urn"));
          p.result("drawn", p.step("show", task(FlyteTest::show), draw));
        };
    Pipeline pipeline = Pipeline.define("draws", definition);
    RunOptions refresh = RunOptions.DEFAULT.withCache(CacheMode.REFRESH);
    drawn = 1;
    assertThat(bodies(pipeline)).containsExactly("draw", "show");
    drawn = 2;
    assertThat(bodies(pipeline)).isEmpty();
    assertThat(Bodies.of(reprise.driver(), pipeline, refresh)).containsExactly("draw", "show");
    TestedRun next = reprise.run(pipeline);
    assertThat(next.count(Outcome.CACHED)).isEqualTo(2);
    assertThat(next.run().result("drawn", String.class)).isEqualTo("2");

    CliLab lab = new CliLab(folder).with("draws", definition);
    lab.run("run", "draws");
    drawn = 3;
    assertThat(lab.run("run", "draws", "--cache=refresh").lastLine())
        .startsWith("0 cached · 2 ran");
    assertThat(lab.run("runs", "show", "latest", "--output", "json").out())
        .contains("\"cache\" : \"refresh\"", "\"code\" : \"FORCED\"");
    assertThat(lab.run("run", "draws").lastLine()).startsWith("2 cached · 0 ran");
    assertThat(lab.run("result", "drawn").out()).startsWith("3");
  }

  private static volatile CountDownLatch gate = new CountDownLatch(0);

  static int slow(int value) throws InterruptedException {
    Bodies.ran("slow " + value);
    gate.await();
    return value;
  }

  private static Pipeline slowly(int value) {
    return Pipeline.define("p", p -> p.step("slow", task(FlyteTest::slow), p.value(value)));
  }

  /** Tells when its run waits for another, and for which. */
  private static final class Waits implements RunListener {
    final CountDownLatch waits = new CountDownLatch(1);
    final CountDownLatch started = new CountDownLatch(1);
    final List<String> told = new CopyOnWriteArrayList<>();

    @Override
    public void unitStarted(RunView view, int unit, int attempt) {
      started.countDown();
    }

    @Override
    public void warning(String code, String message) {
      if (code.equals("WAITING")) {
        told.add(message);
        waits.countDown();
      }
    }
  }

  @Test
  @Shows("Flyte 15")
  void equalCalls_ofSeveralRunsAtOnce_runOnceAndTheOthersWaitForANamedOwner() throws Exception {
    Bodies.take();
    gate = new CountDownLatch(1);
    Waits owners = new Waits();
    Run owner = reprise.driver().submit(slowly(1), RunOptions.DEFAULT, owners);
    owners.started.await();
    List<Run> others = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Waits waiter = new Waits();
      others.add(reprise.driver().submit(slowly(1), RunOptions.DEFAULT, waiter));
      waiter.waits.await();
      assertThat(waiter.told).singleElement().asString().contains(owner.id());
    }
    Waits parallel = new Waits();
    Run different = reprise.driver().submit(slowly(2), RunOptions.DEFAULT, parallel);
    assertThat(parallel.started.await(30, TimeUnit.SECONDS)).as("others do not wait").isTrue();
    gate.countDown();

    assertThat(owner.await().outcomes()).containsEntry(Outcome.RAN, 1);
    assertThat(different.await().outcomes()).containsEntry(Outcome.RAN, 1);
    for (Run other : others) {
      assertThat(other.await().outcomes()).containsEntry(Outcome.SHARED, 1);
    }
    assertThat(Bodies.take()).containsExactly("slow 1", "slow 2");
  }

  private static volatile int bad = -1;

  static int square(int factor, int number) {
    Bodies.ran("square " + number);
    if (number == bad) {
      throw new IllegalArgumentException(number + " is bad");
    }
    return factor * number * number;
  }

  static int total(List<Integer> squares) {
    Bodies.ran("total");
    return squares.stream().mapToInt(Integer::intValue).sum();
  }

  static List<Integer> numbers(List<Integer> numbers) {
    return numbers;
  }

  /** A fan-out whose elements' task has the factor bound. */
  private static Pipeline squares(int factor, int... numbers) {
    List<Integer> boxed = Arrays.stream(numbers).boxed().toList();
    return Pipeline.define(
        "squares",
        p -> {
          var each = p.fanOut("numbers", task(FlyteTest::numbers), p.value(boxed));
          var squares =
              p.perPartition(
                  "square", task((Integer n) -> square(factor, n)).named("square"), each);
          p.result("total", p.step("total", task(FlyteTest::total), squares.all()));
        });
  }

  @Test
  @Shows({"Flyte 19", "Dagster 13"})
  void fanOut_oneElementOf50Changed_runsThatAloneAlsoSharedOverwrittenAndWithABoundArgument()
      throws Exception {
    int[] fifty = IntStream.range(0, 50).toArray();
    assertThat(bodies(squares(1, fifty))).hasSize(51);
    assertThat(bodies(squares(1, fifty))).isEmpty();
    int[] changed = fifty.clone();
    changed[7] = 1007;
    assertThat(bodies(squares(1, changed))).containsExactly("square 1007", "total");
    TestedRun each = reprise.run(squares(1, changed));
    assertThat(each.count("square", Outcome.CACHED)).isEqualTo(50);

    assertThat(bodies(squares(2, changed))).as("the bound argument is in the key").hasSize(51);
    RunOptions refresh = RunOptions.DEFAULT.withCache(CacheMode.REFRESH);
    assertThat(Bodies.of(reprise.driver(), squares(2, changed), refresh)).hasSize(51);

    Run one = reprise.driver().submit(squares(3, fifty));
    Run two = reprise.driver().submit(squares(3, fifty));
    assertThat(one.await().state()).isEqualTo(RunState.SUCCEEDED);
    assertThat(two.await().state()).isEqualTo(RunState.SUCCEEDED);
    assertThat(Bodies.take()).as("of both together").hasSize(51);
  }

  @Test
  @Shows("Flyte 20")
  void failure_ofATaskOrAnElement_isNotKeptAndNothingPartialIsTakenForAllOfIt() {
    RunOptions keepGoing = RunOptions.DEFAULT.withKeepGoing(true);
    Bodies.take();
    bad = 3;
    try {
      for (int i = 0; i < 2; i++) {
        TestedRun failed = reprise.run(squares(1, 1, 2, 3, 4, 5), keepGoing);
        assertThat(failed.state()).isEqualTo(RunState.FAILED);
        assertThat(failed.count("total", Outcome.SKIPPED)).isEqualTo(1);
      }
      assertThat(Bodies.take())
          .as("the failed one each time, the others once")
          .containsExactly("square 1", "square 2", "square 3", "square 3", "square 4", "square 5");
    } finally {
      bad = -1;
    }
    assertThat(bodies(squares(1, 1, 2, 3, 4, 5))).containsExactly("square 3", "total");
    assertThat(bodies(squares(1, 1, 2, 3, 4, 5))).isEmpty();
  }

  @Test
  @Shows("Flyte 23")
  void cache_writeOrLookupFails_taskRunsAndTheRunSucceeds() throws Exception {
    CliLab lab = new CliLab(folder);
    lab.with("p", p -> p.step("greet", task(FlyteTest::greet), p.value("world")));
    Bodies.take();
    Ran full = lab.run("run", "p", "--conf", "store-free-space-floor=900TiB");
    assertThat(full.exit()).isZero();
    assertThat(full.err()).contains("nothing is kept: ");
    assertThat(lab.run("run", "p").exit()).isZero();
    assertThat(Bodies.take()).as("it was not kept at first").containsExactly("greet", "greet");

    Path marker = folder.resolve(".reprise/index/reprise-index");
    Files.writeString(marker, "9\n");
    Ran blind = lab.run("run", "p", "-v");
    assertThat(blind.exit()).isZero();
    assertThat(blind.out()).contains("INDEX_UNAVAILABLE");
    assertThat(Bodies.take()).containsExactly("greet");
    Files.writeString(marker, "1\n");
    assertThat(lab.run("run", "p").exit()).isZero();
    assertThat(Bodies.take()).isEmpty();
  }

  @Test
  @Shows("Flyte 25")
  void localCache_offOrCleared_runsAgain() {
    CliLab lab = new CliLab(folder);
    lab.with("p", p -> p.step("greet", task(FlyteTest::greet), p.value("world")));
    Bodies.take();
    lab.run("run", "p");
    lab.run("run", "p");
    assertThat(Bodies.take()).hasSize(1);
    assertThat(lab.run("run", "p", "--cache=off").exit()).isZero();
    assertThat(Bodies.take()).hasSize(1);
    assertThat(lab.run("cache", "clear", "--yes").exit()).isZero();
    lab.run("run", "p");
    lab.run("run", "p");
    assertThat(Bodies.take()).hasSize(1);
  }

  @Test
  @Shows("Flyte 26")
  void policy_givenAtTheCall_isOfThatCallAlone() {
    Task1<String, String> greet = task(FlyteTest::greet);
    Pipeline pipeline =
        Pipeline.define(
            "p",
            p -> {
              p.step("as-declared", greet, p.value("a"));
              p.step("uncached", greet.uncached(), p.value("b"));
              p.step("versioned", greet.version("2"), p.value("a"));
            });
    reprise.run(pipeline);
    TestedRun again = reprise.run(pipeline);
    assertThat(again.outcome("as-declared", "")).isEqualTo(Outcome.CACHED);
    assertThat(again.executions("uncached")).isEqualTo(1);
    assertThat(again.outcome("versioned", "")).isEqualTo(Outcome.CACHED);
  }

  @Test
  @Shows("Flyte 22")
  void hit_askedWhy_namesRunStepAndAttemptThatMadeIt() throws Exception {
    CliLab lab = new CliLab(folder);
    lab.with("p", p -> p.step("greet", task(FlyteTest::greet), p.value("world")));
    String first = idOf(lab.run("run", "p", "--console=json"));
    String second = idOf(lab.run("run", "p", "--console=json"));

    assertThat(lab.run("why", "greet").out()).contains("CACHED: made by run ");
    assertThat(lab.run("why", "greet", "--output", "json").out().replaceAll("\\s+", ""))
        .contains("\"run\":\"" + second)
        .contains("\"origin\":{\"run\":\"%s\",\"step\":\"greet\",\"attempt\":1,".formatted(first));
  }

  private static String idOf(Ran ran) {
    return Pattern.compile("\"run\":\"([^\"]+)\"")
        .matcher(ran.out())
        .results()
        .findFirst()
        .orElseThrow()
        .group(1);
  }

  private static volatile boolean ownerFails;

  static int owned(String of) throws InterruptedException {
    Bodies.ran("owned");
    gate.await();
    if (ownerFails) {
      ownerFails = false;
      throw new IllegalStateException("unlucky");
    }
    return 1;
  }

  /** What happens to an owner that dies without a word is shown of claims themselves. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Shows("Flyte 17")
  void owner_failsOrIsCancelled_exactlyOneWaiterTakesOver(boolean fails) throws Exception {
    Pipeline pipeline =
        Pipeline.define("p", p -> p.step("owned", task(FlyteTest::owned), p.value("x")));
    Bodies.take();
    gate = new CountDownLatch(1);
    ownerFails = fails;
    Waits first = new Waits();
    Run owner = reprise.driver().submit(pipeline, RunOptions.DEFAULT, first);
    first.started.await();
    List<Run> waiters = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Waits waiter = new Waits();
      waiters.add(reprise.driver().submit(pipeline, RunOptions.DEFAULT, waiter));
      waiter.waits.await();
    }
    if (!fails) {
      owner.cancel();
      assertThat(owner.await().state()).isEqualTo(RunState.CANCELLED);
    }
    gate.countDown();

    assertThat(owner.await().state()).isNotEqualTo(RunState.SUCCEEDED);
    int ran = 0;
    int shared = 0;
    for (Run waiter : waiters) {
      ran += waiter.await().outcomes().get(Outcome.RAN);
      shared += waiter.await().outcomes().get(Outcome.SHARED);
    }
    assertThat(ran).isEqualTo(1);
    assertThat(shared).isEqualTo(2);
    assertThat(Bodies.take()).hasSize(2);
  }

  static String other(String name) {
    Bodies.ran("other");
    return name;
  }

  @Test
  @Shows("Flyte 29")
  void eviction_ofOneExecutionOfATaskOrOfAProject_runsThatAgainAlone() {
    CliLab lab = new CliLab(folder);
    lab.with(
        "p",
        p -> {
          var names = p.fanOut("names", task(FlyteTest::numbers), p.value(List.of(1, 2, 3)));
          p.perPartition("show", task(FlyteTest::show), names);
          p.step("other", task(FlyteTest::other), p.value("x"));
        });
    lab.run("run", "p");
    lab.run("run", "p", "--conf", "project=neighbour");
    Bodies.take();

    assertThat(lab.run("cache", "evict", "--step", "show:1").out()).startsWith("removed 1 entry");
    lab.run("run", "p");
    assertThat(Bodies.take()).containsExactly("show");

    assertThat(lab.run("cache", "evict", "--step", "show").out()).startsWith("removed 3 entries");
    lab.run("run", "p");
    assertThat(Bodies.take()).containsExactly("show", "show", "show");

    assertThat(lab.run("cache", "clear", "--yes").out()).startsWith("removed 5 entries");
    lab.run("run", "p", "--conf", "project=neighbour");
    assertThat(Bodies.take()).as("of another project").isEmpty();
    lab.run("run", "p");
    assertThat(Bodies.take()).containsExactly("other", "show", "show", "show");
  }

  private static final CachePolicy OFF = CachePolicy.OFF;

  /** Reuse is on by default here; this is the line with the policy off, wherever that is said. */
  @ParameterizedTest
  @ValueSource(strings = {"task", "pipeline", "nested pipeline", "run", "step of the run"})
  @Shows("Flyte 1")
  void policy_offWhereverItIsSaid_theSameCallRunsEachTime(String place) {
    Pipeline pipeline =
        Pipeline.define(
            "p",
            p -> {
              if (place.equals("pipeline")) {
                p.policy(OFF);
              }
              Task1<String, String> greet = task(FlyteTest::greet);
              p.nested(
                  "inner",
                  inner -> {
                    if (place.equals("nested pipeline")) {
                      inner.policy(OFF);
                    }
                    boolean ofTask = place.equals("task");
                    return inner.step(
                        "greet", ofTask ? greet.uncached() : greet, inner.value("world"));
                  });
            });
    RunPolicy policy =
        switch (place) {
          case "run" -> RunPolicy.NONE.withAll(OFF);
          case "step of the run" -> RunPolicy.NONE.withStep("inner.greet", OFF);
          default -> RunPolicy.NONE;
        };
    RunOptions options = RunOptions.DEFAULT.withPolicy(policy);
    assertThat(Bodies.of(reprise.driver(), pipeline, options)).hasSize(1);
    assertThat(Bodies.of(reprise.driver(), pipeline, options)).hasSize(1);
    RunOptions on = RunOptions.DEFAULT.withPolicy(policy.withStep("inner.greet", ON));
    assertThat(Bodies.of(reprise.driver(), pipeline, on)).as("nothing was kept").hasSize(1);
    assertThat(Bodies.of(reprise.driver(), pipeline, on)).isEmpty();
  }

  private static final CachePolicy ON = CachePolicy.DEFAULT.withEnabled(true);

  @Test
  @Shows("Flyte 1")
  void policy_offInTheEnvironment_runsEachTimeUnlessTheTaskSaysOtherwise() {
    CliLab lab = new CliLab(folder);
    lab.with(
        "p",
        p -> {
          p.step("greet", task(FlyteTest::greet), p.value("world"));
          p.step("other", task(FlyteTest::other).cached(), p.value("world"));
        });
    lab.environment.put("REPRISE_POLICY_ENABLED", "false");
    Bodies.take();
    lab.run("run", "p");
    lab.run("run", "p");
    assertThat(Bodies.take()).containsExactly("greet", "greet", "other");
    assertThat(lab.run("plan", "p", "-v").out())
        .contains("DISABLED(by the run)", "enabled false (run)", "enabled true (task)");
    assertThat(lab.run("plan", "p", "-v", "--policy", "enabled=greet=true,other=no").out())
        .contains("enabled true (run, for this step)")
        .contains("DISABLED(by the run, for this step)");
    lab.run("run", "p", "--policy", "enabled=false", "--policy", "enabled=other=false");
    assertThat(Bodies.take()).containsExactly("greet", "other");
  }

  @Test
  @Shows("Flyte 16")
  void sharing_ofATaskWithoutCache_isRefusedByTheDefinition() {
    for (Sharing sharing : Sharing.values()) {
      assertThatExceptionOfType(PipelineException.class)
          .isThrownBy(() -> greeting("p", task -> task.uncached().sharing(sharing)))
          .withMessageContaining("'greet'")
          .withMessageContaining("has no cache");
    }
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(
            () ->
                Pipeline.define(
                    "p",
                    p -> {
                      p.policy(OFF);
                      var greet = task(FlyteTest::greet).sharing(Sharing.TAKE_OVER);
                      p.step("greet", greet, p.value("world"));
                    }))
        .withMessageContaining("(pipeline)");
    assertThat(bodies(greeting("p", task -> task.sharing(Sharing.NONE)))).hasSize(1);
  }

  @Test
  @Shows("Flyte 24")
  void maxAge_ofAllAndPerTask_nearestCountsAndZeroNeverHits() throws Exception {
    ManualClock clock = new ManualClock();
    Pipeline pipeline =
        Pipeline.define(
            "p",
            p -> {
              p.step("greet", task(FlyteTest::greet), p.value("a"));
              var other = task(FlyteTest::other).maxAge(Duration.ofHours(1));
              p.step("other", other, p.value("a"));
            });
    RunOptions day = maxAge(Duration.ofDays(1));
    try (Driver driver = ClockedDriver.open(folder.resolve("home"), clock)) {
      assertThat(Bodies.of(driver, pipeline, day)).containsExactly("greet", "other");
      clock.advance(Duration.ofHours(2));
      assertThat(Bodies.of(driver, pipeline, day)).containsExactly("other");
      clock.advance(Duration.ofHours(23));
      assertThat(Bodies.of(driver, pipeline, day)).containsExactly("greet", "other");

      RunOptions never = maxAge(Duration.ZERO);
      assertThat(Bodies.of(driver, pipeline, never)).as("made in this very millisecond").hasSize(1);
      assertThat(Bodies.of(driver, pipeline, never)).hasSize(1);
      assertThat(Bodies.of(driver, pipeline, RunOptions.DEFAULT)).isEmpty();

      Pipeline twice =
          Pipeline.define(
              "p",
              p -> {
                p.step("one", task(FlyteTest::greet), p.value("b"));
                p.step("two", task(FlyteTest::greet), p.value("b"));
              });
      assertThat(Bodies.of(driver, twice, never)).as("nor in flight").hasSize(2);
    }
  }

  private static RunOptions maxAge(Duration age) {
    return RunOptions.DEFAULT.withPolicy(
        RunPolicy.NONE.withAll(CachePolicy.DEFAULT.withMaxAge(age)));
  }

  @Test
  void policySetting_bad_isRefusedWithWhatIsWanted() {
    CliLab lab = new CliLab(folder);
    lab.with("p", p -> p.step("greet", task(FlyteTest::greet), p.value("world")));
    for (String bad :
        List.of(
            "max-age=soon",
            "max-age=-1h",
            "ttl=0s",
            "version=1.0",
            "read-version=a b",
            "enabled=perhaps",
            "enabled==true",
            "enabled=true,false",
            "sharing=some")) {
      Ran ran = lab.run("run", "p", "--policy", bad);
      assertThat(ran.exit()).as(bad).isEqualTo(2);
      assertThat(ran.err()).as(bad).contains("'policy.", ", wanted ", "STEP=... for one step");
    }
    Ran unknown = lab.run("run", "p", "--policy", "max-aeg=1d");
    assertThat(unknown.exit()).isEqualTo(2);
    assertThat(unknown.err()).contains("did you mean 'policy.max-age'?");
    Ran step = lab.run("run", "p", "--policy", "max-age=gret=1d");
    assertThat(step.exit()).isEqualTo(2);
    assertThat(step.err()).contains("gret", "greet");
  }

  static byte[] large(String from) throws Exception {
    Bodies.ran("large");
    Path lost = inTheWay;
    if (lost != null) { // while the run goes on, as when a disk is taken away
      Files.move(lost, lost.resolveSibling("away"));
      Files.writeString(lost, "in the way");
    }
    return new byte[200_000];
  }

  private static volatile @Nullable Path inTheWay;

  @Test
  @Shows("Flyte 21")
  void step_whateverBecameOfItsResult_tellsLookUpWriteAndReservation() throws Exception {
    CliLab lab = new CliLab(folder);
    lab.with(
        "p",
        p -> {
          p.step("disabled", task(FlyteTest::other).uncached(), p.value("a"));
          p.step("unkeyed", task(FlyteTest::show), p.value(new Frame(List.of(), 1)));
          p.step("usual", task(FlyteTest::show), p.value("usual"));
          p.step("first", task(FlyteTest::show), p.value("joint"));
          p.step("second", task(FlyteTest::show), p.value("joint"));
        });
    String first = unitsOf(lab, "run", "p");
    assertThat(first)
        .contains(unit("disabled", "RAN", "DISABLED", "NOT_KEPT", "DISABLED(by the task)"))
        .contains(unit("unkeyed", "RAN", "KEY_UNAVAILABLE", "NOT_KEPT", "KEY_UNAVAILABLE("))
        .contains(unit("first", "RAN", "NO_ENTRY", "KEPT", ""))
        .contains(unit("second", "SHARED", "NO_ENTRY", "KEPT", ""))
        .contains(unit("usual", "RAN", "NO_ENTRY", "KEPT", ""));
    String again = unitsOf(lab, "run", "p");
    assertThat(again).doesNotContain("usual:");
    assertThat(unitsOf(lab, "run", "p", "--rerun", "usual"))
        .contains(unit("usual", "RAN", "FORCED", "KEPT", ""));
    assertThat(unitsOf(lab, "run", "p", "--cache=read", "--rerun", "usual"))
        .contains(unit("usual", "RAN", "FORCED", "NOT_KEPT", "--cache=read"));
    lab.run("cache", "evict", "--step", "usual");
    assertThat(lab.run("why", "usual").out()).contains("not kept: --cache=read");
    assertThat(unitsOf(lab, "run", "p"))
        .contains(unit("usual", "RAN", "NO_ENTRY(its entry is gone)", "KEPT"));
    Path marker = folder.resolve(".reprise/index/reprise-index");
    String version = Files.readString(marker);
    Files.writeString(marker, "9\n");
    assertThat(unitsOf(lab, "run", "p"))
        .contains(unit("usual", "RAN", "INDEX_UNAVAILABLE", "NOT_KEPT", ""));
    Files.writeString(marker, version);
  }

  @Test
  @Shows("Flyte 21")
  void step_whoseResultCannotBeWritten_tellsWhyAndRunsInTheNextRun() throws Exception {
    CliLab lab = new CliLab(folder);
    lab.with("p", p -> p.step("large", task(FlyteTest::large), p.value("a")));
    lab.run("run", "p", "--policy", "version=warm-up");
    inTheWay = folder.resolve(".reprise/store/blobs");
    try {
      assertThat(inTheWay).isDirectory();
      assertThat(unitsOf(lab, "run", "p"))
          .contains(unit("large", "RAN", "VERSION_CHANGED", "NOT_KEPT", "its bytes"));
    } finally {
      inTheWay = null;
    }
  }

  /** What the journal of the last run tells of its units, a line each. */
  private static String unitsOf(CliLab lab, String... command) {
    Ran ran = lab.run(command);
    assertThat(ran.exit()).as(ran.err()).isZero();
    String json = lab.run("runs", "show", "latest", "--output", "json").out();
    StringBuilder units = new StringBuilder();
    String step = "";
    for (String line : json.lines().map(String::strip).toList()) {
      if (line.startsWith("\"step\"")) {
        step = text(line);
      } else if (line.startsWith("\"outcome\"")) {
        units.append("\n").append(step).append(": ").append(text(line));
      } else if (line.startsWith("\"code\"") || line.startsWith("\"kept\"")) {
        units.append(' ').append(text(line));
      } else if (line.startsWith("\"detail\"") && text(line).contains("gone")) {
        units.append('(').append(text(line)).append(')');
      } else if (line.startsWith("\"not_kept_because\"")) {
        units.append(' ').append(text(line));
      }
    }
    return units.toString();
  }

  private static String unit(String step, String... words) {
    return "\n" + step + ": " + String.join(" ", words).strip();
  }

  private static String text(String line) {
    return line.replaceFirst("^\"[a-z_]+\" : \"?", "").replaceFirst("\"?,?$", "");
  }

  private static VersionStrategy fixed(String version) {
    return VersionStrategy.named("fixed", step -> version);
  }

  @Test
  @Shows("Flyte 12")
  void autoKey_bodyCountsCosmeticsDoNotSaltDoesStrategiesCombineAndAFailingOneIsNamed()
      throws Exception {
    String define = "p.step(\"f\", task(Jobs::f), p.value(1));";
    String body = "static String f(int a) { ran(\"f\"); return \"%s\"; }";
    try (Edition edition = new Edition(folder)) {
      assertThat(bodies(edition.of(define, body.formatted("old")))).hasSize(1);
      String cosmetic = "/* a comment */\n  " + body.formatted("old").replace("{ ", "{\n\n");
      assertThat(bodies(edition.of(define, cosmetic))).isEmpty();
      assertThat(bodies(edition.of(define, body.formatted("new")))).hasSize(1);
      String salted = define.replace("Jobs::f)", "Jobs::f).salt(\"%s\")");
      for (String salt : List.of("a", "b, any text", "")) {
        Pipeline pipeline = edition.of(salted.formatted(salt), body.formatted("old"));
        assertThat(bodies(pipeline)).as(salt).hasSize(1);
        assertThat(bodies(pipeline)).as(salt).isEmpty();
      }
      assertThat(bodies(edition.of(define, body.formatted("old")))).as("without").isEmpty();
    }
    for (VersionStrategy each :
        List.of(
            fixed("a").and(fixed("b")),
            fixed("b").and(fixed("a")),
            fixed("a"),
            fixed("ab"),
            fixed("a").and(fixed("b").and(fixed("c"))))) {
      UnaryOperator<Task1<String, String>> versioned = task -> task.versionedBy(each);
      assertThat(bodies(greeting("p", versioned))).hasSize(1);
      assertThat(bodies(greeting("p", versioned))).isEmpty();
    }
    assertThat(bodies(greeting("p", task -> task.version("a")))).as("a version as any").isEmpty();

    VersionStrategy failing =
        VersionStrategy.named(
            "registry",
            step -> {
              throw new IOException("no answer for " + step.name());
            });
    for (VersionStrategy each : List.of(failing, fixed("a").and(failing))) {
      assertThatExceptionOfType(PipelineException.class)
          .isThrownBy(() -> reprise.run(greeting("p", task -> task.versionedBy(each))))
          .withMessageContaining("step 'greet': version strategy 'registry' failed: ")
          .withMessageContaining("no answer for greet");
    }
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(() -> reprise.run(greeting("p", task -> task.versionedBy(fixed("1.0")))))
        .withMessageContaining("version strategy 'fixed': bad version '1.0'");
    CliLab lab = new CliLab(folder);
    lab.with("p", p -> p.step("f", task(FlyteTest::greet).versionedBy(failing), p.value("a")));
    assertThat(lab.run("plan", "p").exit()).isEqualTo(3);
  }
}
