package dev.reprise.behaviours;

import static dev.reprise.task.Tasks.action;
import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.reprise.api.ClockedDriver;
import dev.reprise.api.Driver;
import dev.reprise.api.Parameters;
import dev.reprise.api.Pipeline;
import dev.reprise.api.Run;
import dev.reprise.cache.testing.Shows;
import dev.reprise.cli.CliLab;
import dev.reprise.cli.CliLab.Ran;
import dev.reprise.graph.PipelineException;
import dev.reprise.home.HomeOptions;
import dev.reprise.home.Submissions;
import dev.reprise.plan.Outcome;
import dev.reprise.run.CacheMode;
import dev.reprise.run.ResumeException;
import dev.reprise.run.RunListener;
import dev.reprise.run.RunListener.RunSummary;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunPolicy;
import dev.reprise.run.RunState;
import dev.reprise.run.RunView;
import dev.reprise.task.CachePolicy;
import dev.reprise.task.CachePolicy.Sharing;
import dev.reprise.task.Receipt;
import dev.reprise.task.RetryPolicy;
import dev.reprise.task.Task1;
import dev.reprise.task.Task2;
import dev.reprise.testkit.PipelineTester;
import dev.reprise.testkit.TestedRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class CofluxTest {
  @RegisterExtension final PipelineTester reprise = new PipelineTester();

  /** Whatever other tests ran. */
  @BeforeEach
  void forgetBodies() {
    Bodies.take();
  }

  @TempDir Path folder;

  private static final AtomicInteger COUNT = new AtomicInteger();

  static int next(String of) {
    Bodies.ran("next");
    return COUNT.incrementAndGet();
  }

  private static Pipeline counting(UnaryOperator<Task1<String, Integer>> how) {
    return Pipeline.define(
        "p", p -> p.result("n", p.step("n", how.apply(task(CofluxTest::next)), p.value("x"))));
  }

  private List<String> bodies(Pipeline pipeline) {
    return Bodies.of(reprise.driver(), pipeline);
  }

  @Test
  @Shows("Coflux 1")
  void reuse_acrossRuns_isAStepOfItsOwnMarkedAndLinkedToItsSource() {
    CliLab lab = new CliLab(folder);
    lab.with("p", p -> p.step("n", task(CofluxTest::next), p.value("y")));
    Bodies.take();
    String first = id(lab.run("run", "p", "--console=json").out());
    String second = id(lab.run("run", "p", "--console=json").out());

    assertThat(Bodies.take()).hasSize(1);
    assertThat(second).isNotEqualTo(first);
    assertThat(lab.run("runs", "show", second, "--output", "json").out().replaceAll("\\s+", ""))
        .contains("\"run\":\"" + second)
        .contains("\"step\":\"n\"", "\"outcomes\":{\"RAN\":0,\"CACHED\":1,");
    assertThat(lab.run("why", "n", "--output", "json").out().replaceAll("\\s+", ""))
        .contains("\"outcome\":\"CACHED\"", "\"origin\":{\"run\":\"" + first);
  }

  private static String id(String json) {
    return json.replaceFirst("(?s).*?\"run\":\"([^\"]+)\".*", "$1");
  }

  @Test
  @Shows("Coflux 2")
  void maxAge_judgedWhenRead_changingItLaterCountsForOldResults() throws Exception {
    ManualClock clock = new ManualClock();
    try (Driver driver = ClockedDriver.open(folder.resolve("home"), clock)) {
      assertThat(Bodies.of(driver, counting(task -> task))).hasSize(1);
      clock.advance(Duration.ofSeconds(60));
      assertThat(Bodies.of(driver, counting(task -> task.maxAge(Duration.ofSeconds(61)))))
          .isEmpty();
      assertThat(Bodies.of(driver, counting(task -> task.maxAge(Duration.ofSeconds(59)))))
          .hasSize(1);
      clock.advance(Duration.ofDays(1));
      assertThat(Bodies.of(driver, counting(task -> task.maxAge(Duration.ofDays(2))))).isEmpty();
      assertThat(Bodies.of(driver, counting(task -> task.maxAge(Duration.ofHours(23))))).hasSize(1);
      clock.advance(Duration.ofHours(2));
      assertThat(Bodies.of(driver, counting(task -> task.ttl(Duration.ofHours(1)))))
          .as("the producer's time to live is in the record, this one has none")
          .isEmpty();
    }
  }

  static String shout(String text) {
    Bodies.ran("shout");
    return text + "!";
  }

  static String cry(String text) {
    Bodies.ran("shout");
    return text + "!";
  }

  @Test
  @Shows("Coflux 4")
  void name_givenToATask_keepsResultsAfterARenameAndIsSharedByTasksOfOneName() throws Exception {
    String define = "p.step(\"s\", task(Jobs::%s).manualVersion(\"1\").named(\"s\"), p.value(1));";
    String body = "static int %s(int a) { ran(\"s\"); return a; }";
    try (Edition edition = new Edition(folder)) {
      assertThat(bodies(edition.of(define.formatted("one"), body.formatted("one")))).hasSize(1);
      assertThat(bodies(edition.of(define.formatted("two"), body.formatted("two")))).isEmpty();
    }
    Pipeline two =
        Pipeline.define(
            "p",
            p -> {
              var first =
                  p.step(
                      "first",
                      task(CofluxTest::shout).manualVersion("1").named("space"),
                      p.value("a"));
              var second =
                  p.step(
                      "second",
                      task(CofluxTest::cry).manualVersion("1").named("space"),
                      p.value("a"));
              p.after(second, first);
            });
    assertThat(bodies(two)).hasSize(1);
    Pipeline apart =
        Pipeline.define(
            "p",
            p -> {
              p.step(
                  "first", task(CofluxTest::shout).manualVersion("1").named("here"), p.value("a"));
              p.step(
                  "second", task(CofluxTest::cry).manualVersion("1").named("there"), p.value("a"));
            });
    assertThat(bodies(apart)).hasSize(2);
  }

  @Test
  @Shows("Coflux 6")
  void reuse_offForTheEarlierStep_isNoHitForTheLater() {
    assertThat(bodies(counting(Task1::uncached))).hasSize(1);
    assertThat(bodies(counting(task -> task))).as("nothing was kept").hasSize(1);
    assertThat(bodies(counting(Task1::uncached))).as("nothing is reused").hasSize(1);
    assertThat(bodies(counting(task -> task))).isEmpty();
  }

  private static volatile boolean broken;

  static int fragile(String of) {
    Bodies.ran("fragile");
    if (broken) {
      throw new IllegalStateException("broken");
    }
    return COUNT.incrementAndGet();
  }

  @Test
  @Shows("Coflux 9")
  void failure_isNeverMatchedAndTheNewestResultIs() throws Exception {
    Pipeline pipeline =
        Pipeline.define(
            "p", p -> p.result("n", p.step("n", task(CofluxTest::fragile), p.value("x"))));
    Bodies.take();
    broken = true;
    try {
      assertThat(reprise.run(pipeline).state()).isEqualTo(RunState.FAILED);
      assertThat(reprise.run(pipeline).state()).isEqualTo(RunState.FAILED);
      assertThat(Bodies.take()).hasSize(2);
    } finally {
      broken = false;
    }
    TestedRun first = reprise.run(pipeline);
    TestedRun again = reprise.run(pipeline, RunOptions.DEFAULT.withRerun(Set.of("n")));
    int newest = again.run().result("n", Integer.class);
    assertThat(newest).isEqualTo(first.run().result("n", Integer.class) + 1);
    broken = true;
    try {
      assertThat(reprise.run(pipeline, RunOptions.DEFAULT.withRerun(Set.of("n"))).state())
          .isEqualTo(RunState.FAILED);
    } finally {
      broken = false;
    }
    Bodies.take();
    TestedRun last = reprise.run(pipeline);
    assertThat(Bodies.take()).isEmpty();
    assertThat(last.run().result("n", Integer.class)).isEqualTo(newest);
  }

  @Test
  @Shows("Coflux 11")
  void result_filesOfTheIndexWereReplacedSince_isStillAHit() throws Exception {
    Pipeline pipeline = counting(task -> task);
    assertThat(bodies(pipeline)).hasSize(1);
    Set<String> first = logs();
    for (int i = 0; i < 30 && logs().stream().anyMatch(first::contains); i++) {
      reprise.reopen();
      assertThat(bodies(pipeline)).isEmpty();
    }
    assertThat(logs()).as("its logs were replaced").doesNotContainAnyElementsOf(first);
    assertThat(bodies(pipeline)).isEmpty();
  }

  private Set<String> logs() throws Exception {
    try (Stream<Path> files = Files.walk(reprise.home().resolve("index"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".log"))
          .collect(Collectors.toSet());
    }
  }

  private static volatile int failures;
  private static final AtomicInteger TRIES = new AtomicInteger();

  static int flaky(String of) {
    Bodies.ran("flaky");
    if (TRIES.incrementAndGet() <= failures) {
      throw new IllegalStateException("not yet");
    }
    return TRIES.get();
  }

  private static final class Retries implements RunListener {
    final List<Long> waits = new ArrayList<>();

    @Override
    public void unitRetried(RunView view, UnitReport report, Duration wait) {
      waits.add(wait.toMillis());
    }
  }

  /** Runs a body that fails so often before it succeeds; returns how often it ran. */
  private int attempts(int failing, RunState end, RetryPolicy policy, RunListener listener)
      throws Exception {
    failures = failing;
    TRIES.set(0);
    Bodies.take();
    Pipeline pipeline =
        Pipeline.define(
            "p",
            p -> p.step("flaky", task(CofluxTest::flaky).uncached().retry(policy), p.value("x")));
    assertThat(reprise.driver().submit(pipeline, RunOptions.DEFAULT, listener).await().state())
        .isEqualTo(end);
    return Bodies.take().size();
  }

  @Test
  @Shows("Coflux 19")
  void retries_limitBackOffWithoutLimitAndByError_areAsDeclared() throws Exception {
    RunListener none = new RunListener() {};
    RetryPolicy three =
        RetryPolicy.attempts(3).withBackoff(Duration.ofMillis(1), Duration.ofMillis(2));
    assertThat(attempts(2, RunState.SUCCEEDED, three, none)).isEqualTo(3);
    assertThat(attempts(9, RunState.FAILED, three, none)).isEqualTo(3);
    assertThat(attempts(1, RunState.FAILED, RetryPolicy.NONE, none)).isEqualTo(1);

    Retries retries = new Retries();
    RetryPolicy unlimited =
        RetryPolicy.attempts(Integer.MAX_VALUE)
            .withBackoff(Duration.ofMillis(1), Duration.ofMillis(4));
    assertThat(attempts(20, RunState.SUCCEEDED, unlimited, retries)).isEqualTo(21);
    assertThat(retries.waits).hasSize(20).startsWith(1L, 2L, 4L, 4L).endsWith(4L);

    assertThat(attempts(2, RunState.SUCCEEDED, three.onlyFor(IllegalStateException.class), none))
        .isEqualTo(3);
    assertThat(attempts(2, RunState.FAILED, three.onlyFor(ArithmeticException.class), none))
        .isEqualTo(1);
  }

  private static final CountDownLatch NEVER = new CountDownLatch(1);

  static int hang(String of) throws InterruptedException {
    Bodies.ran("hang");
    NEVER.await();
    return 0;
  }

  @Test
  @Shows("Coflux 25")
  void timeout_ofATask_endsItAsAFailureThatIsNotKept() {
    Pipeline pipeline =
        Pipeline.define(
            "p",
            p ->
                p.step(
                    "hang", task(CofluxTest::hang).timeout(Duration.ofMillis(300)), p.value("x")));
    Bodies.take();
    for (int i = 0; i < 2; i++) {
      TestedRun run = reprise.run(pipeline);
      assertThat(run.state()).isEqualTo(RunState.FAILED);
      assertThat(run.outcome("hang", "")).isEqualTo(Outcome.FAILED);
    }
    assertThat(Bodies.take()).hasSize(2);
  }

  private static volatile CountDownLatch open = new CountDownLatch(0);

  static int gated(String of) throws InterruptedException {
    Bodies.ran("gated");
    open.await();
    return fragile(of);
  }

  private static Pipeline twoGated(Sharing sharing) {
    return Pipeline.define(
        "p",
        p -> {
          var gated = task(CofluxTest::gated).sharing(sharing);
          p.step("one", gated, p.value("x"));
          p.step("two", gated, p.value("x"));
        });
  }

  /** Tells when a run's unit has begun, or when it waits for another run. */
  private static final class Course implements RunListener {
    final CountDownLatch begun = new CountDownLatch(1);
    final CountDownLatch waits = new CountDownLatch(1);

    @Override
    public void unitStarted(RunView view, int unit, int attempt) {
      begun.countDown();
    }

    @Override
    public void warning(String code, String message) {
      if (code.equals("WAITING")) {
        waits.countDown();
      }
    }
  }

  @Test
  @Shows("Coflux 8")
  void pending_equalStep_isJoinedBeforeItEndsAndFailsWithTheFirstIfAsked() throws Exception {
    Bodies.take();
    TestedRun joined = reprise.run(twoGated(Sharing.FAIL_TOGETHER));
    assertThat(joined.count(Outcome.RAN)).isEqualTo(1);
    assertThat(joined.count(Outcome.SHARED)).isEqualTo(1);
    assertThat(Bodies.take()).containsExactly("fragile", "gated");
    assertThat(reprise.run(twoGated(Sharing.NONE)).count(Outcome.CACHED)).isEqualTo(2);

    broken = true;
    try {
      Bodies.take();
      RunOptions on = RunOptions.DEFAULT.withKeepGoing(true).withPolicy(version("2"));
      TestedRun together = reprise.run(twoGated(Sharing.FAIL_TOGETHER), on);
      assertThat(together.count(Outcome.FAILED)).isEqualTo(2);
      assertThat(Bodies.take()).as("once").containsExactly("fragile", "gated");
      TestedRun takenOver = reprise.run(twoGated(Sharing.TAKE_OVER), on);
      assertThat(takenOver.count(Outcome.FAILED)).isEqualTo(2);
      assertThat(Bodies.take()).as("one takes over").hasSize(4);
      assertThat(failsInTwoRuns(Sharing.FAIL_TOGETHER)).as("of two runs").isEqualTo(1);
      assertThat(failsInTwoRuns(Sharing.TAKE_OVER)).as("of two runs").isEqualTo(2);
    } finally {
      broken = false;
    }
  }

  private static volatile String snapshot = "1";

  static int gatedWith(String of, String source) throws InterruptedException {
    return gated(of);
  }

  /** It did not fail, so nobody who waits for it does: what is not kept is made once more. */
  @Test
  void sharing_failTogetherAndTheFirstSucceedsAndKeepsNothing_runs() throws Exception {
    Pipeline pipeline =
        Pipeline.define(
            "p",
            p -> {
              var source = p.observed("s", p.value("at"), at -> snapshot);
              p.step(
                  "n",
                  task(CofluxTest::gatedWith).sharing(Sharing.FAIL_TOGETHER),
                  p.value("z"),
                  source);
            });
    open = new CountDownLatch(1);
    snapshot = "1";
    Bodies.take();
    Course owner = new Course();
    Run first = reprise.driver().submit(pipeline, RunOptions.DEFAULT, owner);
    owner.begun.await();
    Course waiter = new Course();
    Run second = reprise.driver().submit(pipeline, RunOptions.DEFAULT, waiter);
    waiter.waits.await();
    snapshot = "2";
    open.countDown();
    assertThat(first.await().state()).isEqualTo(RunState.SUCCEEDED);
    RunSummary summary = second.await();
    assertThat(summary.message()).isEmpty();
    assertThat(summary.state()).isEqualTo(RunState.SUCCEEDED);
    assertThat(Bodies.take()).hasSize(4);
  }

  /** Lets a run wait for another whose step fails; returns how many bodies ran. */
  private int failsInTwoRuns(Sharing sharing) throws Exception {
    Pipeline pipeline =
        Pipeline.define(
            "p", p -> p.step("n", task(CofluxTest::gated).sharing(sharing), p.value("y")));
    open = new CountDownLatch(1);
    Bodies.take();
    Course owner = new Course();
    Run first = reprise.driver().submit(pipeline, RunOptions.DEFAULT, owner);
    owner.begun.await();
    Course waiter = new Course();
    Run second = reprise.driver().submit(pipeline, RunOptions.DEFAULT, waiter);
    waiter.waits.await();
    open.countDown();
    assertThat(first.await().state()).isEqualTo(RunState.FAILED);
    assertThat(second.await().state()).isEqualTo(RunState.FAILED);
    if (sharing == Sharing.FAIL_TOGETHER) {
      assertThat(second.await().message()).contains(first.id(), "fail together");
    }
    return Bodies.take().size() / 2;
  }

  private static RunPolicy version(String version) {
    return RunPolicy.NONE.withAll(CachePolicy.DEFAULT.withVersion(version));
  }

  @Test
  void sharing_none_equalStepsRunEach() {
    Bodies.take();
    TestedRun run = reprise.run(twoGated(Sharing.NONE));
    assertThat(run.count(Outcome.RAN)).isEqualTo(2);
    assertThat(Bodies.take()).hasSize(4);
    assertThat(reprise.run(twoGated(Sharing.NONE)).count(Outcome.CACHED)).isEqualTo(2);
  }

  private List<String> inEnvironment(
      ManualClock clock, String environment, List<String> parents, Pipeline pipeline)
      throws Exception {
    return inEnvironment(clock, environment, parents, pipeline, RunOptions.DEFAULT);
  }

  private List<String> inEnvironment(
      ManualClock clock,
      String environment,
      List<String> parents,
      Pipeline pipeline,
      RunOptions options)
      throws Exception {
    HomeOptions home =
        HomeOptions.at(folder.resolve("home"))
            .withScope("project", environment)
            .withParents(parents);
    try (Driver driver = ClockedDriver.open(home, clock)) {
      return Bodies.of(driver, pipeline, options);
    }
  }

  @Test
  @Shows("Coflux 7")
  void environment_readsItsAncestorsInTheirOrder_neverTheReverseAndNoSibling() throws Exception {
    ManualClock clock = new ManualClock();
    List<String> none = List.of();
    List<String> prod = List.of("prod");
    List<String> both = List.of("staging", "prod");
    Pipeline pipeline = counting(task -> task);
    assertThat(inEnvironment(clock, "prod", none, pipeline)).hasSize(1);
    assertThat(inEnvironment(clock, "staging", prod, pipeline)).as("the parent's").isEmpty();
    assertThat(inEnvironment(clock, "dev", both, pipeline)).as("the grandparent's").isEmpty();
    assertThat(inEnvironment(clock, "dev", none, pipeline)).as("nothing was copied").hasSize(1);

    Pipeline other = counting(task -> task.version("other"));
    assertThat(inEnvironment(clock, "dev", both, other)).hasSize(1);
    assertThat(inEnvironment(clock, "staging", prod, other)).as("never the reverse").hasSize(1);
    assertThat(inEnvironment(clock, "prod", none, other)).as("never the reverse").hasSize(1);
    Pipeline third = counting(task -> task.version("third"));
    assertThat(inEnvironment(clock, "dev", prod, third)).hasSize(1);
    assertThat(inEnvironment(clock, "test", prod, third)).as("a sibling is blind").hasSize(1);
  }

  @Test
  void environment_ownResultIsTooOld_theYoungerOfAnAncestorIsTaken() throws Exception {
    ManualClock clock = new ManualClock();
    Pipeline young =
        Pipeline.define(
            "p",
            p -> {
              var n = task(CofluxTest::next).maxAge(Duration.ofDays(1));
              var made = p.step("n", n, p.value("z"));
              p.result("shown", p.step("shown", task(CofluxTest::shown), made));
            });
    List<String> parents = List.of("prod");
    assertThat(inEnvironment(clock, "dev", parents, young)).hasSize(2);
    clock.advance(Duration.ofDays(2));
    assertThat(inEnvironment(clock, "prod", List.of(), young)).hasSize(2);
    clock.advance(Duration.ofHours(1));
    assertThat(inEnvironment(clock, "dev", parents, young)).isEmpty();
    RunOptions again = RunOptions.DEFAULT.withRerun(Set.of("shown"));
    assertThat(inEnvironment(clock, "dev", parents, young, again))
        .as("gets what was found, not what lies nearer")
        .containsExactly("shown");
    clock.advance(Duration.ofDays(2));
    assertThat(inEnvironment(clock, "dev", parents, young)).as("both too old").hasSize(2);
  }

  static String shown(int number) {
    Bodies.ran("shown");
    return "number " + number;
  }

  /** A step of so many units is remembered as a whole, which must not outlive its environment. */
  @Test
  void environment_parentsGivenUpOrChanged_whatWasRememberedOfThemIsNot() throws Exception {
    ManualClock clock = new ManualClock();
    List<Integer> numbers = IntStream.range(0, 100).boxed().toList();
    Pipeline wide =
        Pipeline.define(
            "p",
            p -> {
              var each = p.fanOut("numbers", task(CofluxTest::same), p.value(numbers));
              var shown = p.perPartition("shown", task(CofluxTest::shown), each);
              p.result("count", p.step("count", task(CofluxTest::count), shown.all()));
            });
    assertThat(inEnvironment(clock, "prod", List.of(), wide)).hasSize(101);
    assertThat(inEnvironment(clock, "dev", List.of("prod"), wide)).isEmpty();
    assertThat(inEnvironment(clock, "dev", List.of("prod"), wide)).isEmpty();
    assertThat(inEnvironment(clock, "dev", List.of("test"), wide)).hasSize(101);
  }

  static List<Integer> same(List<Integer> numbers) {
    return numbers;
  }

  static int count(List<String> all) {
    Bodies.ran("count");
    return all.size();
  }

  @Test
  void environmentParents_bad_areRefusedWithWhatIsWanted() {
    CliLab lab = new CliLab(folder);
    lab.with("p", p -> p.step("n", task(CofluxTest::next), p.value("q")));
    String parents = "environment.parents=";
    for (String bad : List.of("a,,b", "a,a", ",")) {
      CliLab.Ran ran = lab.run("run", "p", "--conf", parents + bad);
      assertThat(ran.exit()).as(bad).isEqualTo(2);
      assertThat(ran.err()).contains("wanted names, each once");
    }
    CliLab.Ran own = lab.run("run", "p", "--conf", parents + "a,default");
    assertThat(own.exit()).isEqualTo(2);
    assertThat(own.err()).contains("environment 'default' is its own parent");

    Bodies.take();
    lab.run("run", "p", "--conf", "environment=prod");
    assertThat(lab.run("run", "p", "--conf", parents + "prod").exit()).isZero();
    assertThat(Bodies.take()).hasSize(1);
    assertThat(lab.run("why", "n", "--conf", parents + "prod").out())
        .contains("CACHED: made by run ");
  }

  @Test
  @Shows("Coflux 3")
  void keyedArguments_othersIgnoredOrderByTheListRenamedAndMovedHit() throws Exception {
    String keyed =
        "p.step(\"s\", task(Jobs::s).named(\"s\").manualVersion(\"1\").keyedBy(%s), %s);";
    String body = "static String s(%s) { ran(\"s\"); return \"s\"; }";
    String usual = body.formatted("int amount, String unit, boolean loud");
    String values = "p.value(1), p.value(\"m\"), p.value(%s)";
    String two = "\"amount\", \"unit\"";
    try (Edition edition = new Edition(folder)) {
      assertThat(bodies(edition.of(keyed.formatted(two, values.formatted(true)), usual)))
          .hasSize(1);
      assertThat(bodies(edition.of(keyed.formatted(two, values.formatted(false)), usual)))
          .as("others are ignored")
          .isEmpty();
      assertThat(
              bodies(
                  edition.of(
                      keyed.formatted("\"n\", \"in\"", values.formatted(true)),
                      body.formatted("int n, String in, boolean aloud"))))
          .as("renamed")
          .isEmpty();
      assertThat(
              bodies(
                  edition.of(
                      keyed.formatted(two, "p.value(true), p.value(\"m\"), p.value(1)"),
                      body.formatted("boolean loud, String unit, int amount"))))
          .as("moved")
          .isEmpty();
      assertThat(
              bodies(
                  edition.of(
                      keyed.formatted(two, "p.value(1), p.value(\"m\")"),
                      body.formatted("int amount, String unit"))))
          .as("one that is not listed is gone")
          .isEmpty();
      assertThat(
              bodies(
                  edition.of(
                      keyed.formatted("\"unit\", \"amount\"", values.formatted(true)), usual)))
          .as("the order of the list is the key's")
          .hasSize(1);
      assertThat(
              bodies(
                  edition.of(
                      keyed.formatted(two, values.formatted(true).replace("value(1)", "value(2)")),
                      usual)))
          .as("another value")
          .hasSize(1);
      assertThatExceptionOfType(PipelineException.class)
          .isThrownBy(
              () ->
                  reprise.run(
                      edition.of(keyed.formatted("\"amout\"", values.formatted(true)), usual)))
          .withMessageContaining(
              "step 's' has its key from argument 'amout', which it does not have")
          .withMessageContaining("'amount'");
    }
    for (UnaryOperator<Task1<String, Integer>> bad :
        List.<UnaryOperator<Task1<String, Integer>>>of(
            task -> task.keyedBy(),
            task -> task.keyedBy("of", "of"),
            task -> task.keyedBy("of").ignoring("of"))) {
      assertThatExceptionOfType(PipelineException.class).isThrownBy(() -> counting(bad));
    }
  }

  static int call(String what, int retryOf) {
    Bodies.ran("call " + what);
    if (broken) {
      throw new IllegalStateException("broken");
    }
    return COUNT.incrementAndGet();
  }

  static List<Integer> both(Integer one, Integer other) {
    return List.of(one, other);
  }

  /** Two steps that call the same, the second perhaps after the first, and what they made. */
  private static Pipeline calls(
      boolean memo, boolean inOrder, UnaryOperator<Task2<String, Integer, Integer>> how) {
    return Pipeline.define(
        "calls",
        p -> {
          if (memo) {
            p.memo();
          }
          var task = how.apply(task(CofluxTest::call).uncached());
          var first = p.step("first", task, p.value("x"), p.value(1));
          var second = p.step("second", task, p.value("x"), p.value(1));
          if (inOrder) {
            p.after(second, first);
          }
          p.result("both", p.step("both", task(CofluxTest::both).uncached(), first, second));
        });
  }

  @SuppressWarnings("unchecked") // ids of what ran
  private static List<Object> madeBy(TestedRun run) throws IOException {
    return new ArrayList<>(run.run().result("both", List.class));
  }

  @Test
  @Shows({"Coflux 12", "Coflux 13"})
  void memo_equalCallsOfOneRun_areOneExecutionAndNotAcrossRuns() throws Exception {
    for (boolean inOrder : List.of(true, false)) {
      Pipeline pipeline = calls(false, inOrder, Task2::memo);
      Bodies.take();
      TestedRun run = reprise.run(pipeline);
      assertThat(Bodies.take()).hasSize(1);
      assertThat(List.of(run.outcome("first", ""), run.outcome("second", "")))
          .containsExactlyInAnyOrder(Outcome.RAN, Outcome.MEMO);
      assertThat(madeBy(run)).containsExactly(COUNT.get(), COUNT.get());
      assertThat(reprise.run(pipeline).count(Outcome.RAN)).as("another run").isEqualTo(2);
      assertThat(Bodies.take()).hasSize(1);
      assertThat(reprise.run(calls(false, inOrder, task -> task)).executions()).isEqualTo(3);
      Bodies.take();
    }
  }

  @Test
  void memo_executionFails_anEqualCallTakesOver() throws Exception {
    broken = true;
    try {
      TestedRun run =
          reprise.run(calls(false, false, Task2::memo), RunOptions.DEFAULT.withKeepGoing(true));
      assertThat(run.count(Outcome.FAILED)).isEqualTo(2);
    } finally {
      broken = false;
    }
  }

  private static Pipeline twoArguments(String... memo) {
    return Pipeline.define(
        "two",
        p -> {
          var task = task(CofluxTest::call).cached().memo(memo);
          var first = p.step("first", task, p.value("x"), p.value(1));
          var second = p.step("second", task, p.value("x"), p.value(2));
          p.result("both", p.step("both", task(CofluxTest::both), first, second));
        });
  }

  @Test
  @Shows("Coflux 14")
  void memo_byListedArguments_leavesTheOthersOut() throws Exception {
    Bodies.take();
    TestedRun listed = reprise.run(twoArguments("what"));
    assertThat(Bodies.take()).hasSize(1);
    assertThat(madeBy(listed)).containsExactly(COUNT.get(), COUNT.get());
    assertThat(listed.count(Outcome.MEMO)).isEqualTo(1);
    RunOptions fresh = RunOptions.DEFAULT.withCache(CacheMode.REFRESH);
    reprise.run(twoArguments(), fresh);
    assertThat(Bodies.take()).as("by all arguments").hasSize(2);

    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(() -> reprise.run(twoArguments("wat")))
        .withMessageContaining("memo by argument 'wat', which is not in its key")
        .withMessageContaining("did you mean 'what'?");
  }

  @Test
  @Shows("Coflux 15")
  void memo_ofThePipeline_isOverruledByTheTaskAndTheRun() {
    record Case(
        boolean pipeline, UnaryOperator<Task2<String, Integer, Integer>> how, Boolean run) {}
    RunOptions options = RunOptions.DEFAULT;
    for (Case one :
        List.of(
            new Case(true, task -> task, null),
            new Case(false, task -> task, true),
            new Case(false, Task2::memo, true),
            new Case(true, Task2::memo, null))) {
      assertThat(
              Bodies.of(
                  reprise.driver(), calls(one.pipeline, true, one.how), options.withMemo(one.run)))
          .as(one.toString())
          .hasSize(1);
    }
    for (Case two :
        List.of(
            new Case(true, Task2::withoutMemo, null),
            new Case(true, Task2::withoutMemo, true),
            new Case(true, task -> task, false),
            new Case(false, Task2::memo, false),
            new Case(false, task -> task, null))) {
      assertThat(
              Bodies.of(
                  reprise.driver(), calls(two.pipeline, true, two.how), options.withMemo(two.run)))
          .as(two.toString())
          .hasSize(2);
    }
    CliLab lab = new CliLab(folder);
    lab.with(
        "calls",
        p -> {
          p.step("one", task(CofluxTest::next).uncached(), p.value("x"));
          p.step("two", task(CofluxTest::next).uncached(), p.value("x"));
        });
    Bodies.take();
    assertThat(lab.run("run", "calls", "--memo", "on").exit()).isZero();
    assertThat(Bodies.take()).hasSize(1);
    assertThat(lab.run("run", "calls", "--memo", "off").exit()).isZero();
    assertThat(Bodies.take()).hasSize(2);
    assertThat(lab.run("run", "calls", "--memo", "yes").err()).contains("wanted on or off");
    assertThat(lab.run("run", "calls", "--memo", "yes").exit()).isEqualTo(2);
  }

  @Test
  @Shows("Coflux 15")
  void memo_planVerbose_saysWhoDecides() {
    CliLab lab = new CliLab(folder);
    lab.with("none", p -> p.step("n", task(CofluxTest::next), p.value("x")));
    lab.with(
        "all",
        p -> {
          p.memo();
          p.step("n", task(CofluxTest::next), p.value("x"));
          p.step("own", task(CofluxTest::next).memo("of"), p.value("x"));
          p.step("not", task(CofluxTest::next).withoutMemo(), p.value("x"));
        });
    assertThat(lab.run("plan", "none", "-v").out()).doesNotContain("memo");
    assertThat(lab.run("plan", "none", "-v", "--memo", "on").out()).contains("memo on (run)");
    assertThat(lab.run("plan", "all", "-v").out())
        .contains("memo on (pipeline)", "memo on by of (task)", "memo off (task)");
    assertThat(lab.run("plan", "all", "-v", "--memo", "off").out())
        .contains("memo off (run)")
        .doesNotContain("memo on", "memo off (task)");
    assertThat(lab.run("plan", "all", "--console=json").out())
        .contains("{\"option\":\"memo\",\"value\":\"on\",\"from\":\"pipeline\"}");
  }

  static void notify(String whom) {
    Bodies.ran("notify");
  }

  private static Task1<String, Receipt> notification() {
    Task1<String, Receipt> task = action(CofluxTest::notify);
    return task.memo();
  }

  private static Pipeline notifying() {
    return Pipeline.define(
        "notifying",
        p -> {
          var sent = p.step("notify", notification(), p.value("ada"));
          var fragile = p.step("fragile", task(CofluxTest::fragile), p.value("x"));
          p.after(fragile, sent);
          var again = p.step("again", notification(), p.value("ada"));
          p.after(again, fragile);
        });
  }

  @Test
  @Shows("Coflux 16")
  void memo_runThatGoesOn_doesNotRepeatASideEffectUnlessItIsNamed() throws Exception {
    Bodies.take();
    broken = true;
    TestedRun failed;
    try {
      failed = reprise.run(notifying());
    } finally {
      broken = false;
    }
    assertThat(Bodies.take()).containsExactly("fragile", "notify");

    TestedRun resumed = reprise.run(notifying(), RunOptions.DEFAULT.withResume(failed.run().id()));
    assertThat(Bodies.take()).containsExactly("fragile");
    assertThat(resumed.outcome("again", "")).isEqualTo(Outcome.MEMO);

    TestedRun named =
        reprise.run(
            notifying(),
            RunOptions.DEFAULT.withResume(resumed.run().id()).withRerun(Set.of("notify")));
    assertThat(Bodies.take()).containsExactly("notify");
    assertThat(named.outcome("again", "")).isEqualTo(Outcome.MEMO);

    Pipeline counting = calls(false, true, Task2::memo);
    TestedRun first = reprise.run(counting);
    TestedRun rerun =
        reprise.run(
            counting, RunOptions.DEFAULT.withResume(first.run().id()).withRerun(Set.of("first")));
    assertThat(madeBy(rerun))
        .as("the later call takes the new")
        .containsExactly(COUNT.get(), COUNT.get());
    TestedRun last = reprise.run(counting, RunOptions.DEFAULT.withResume(rerun.run().id()));
    assertThat(madeBy(last)).isEqualTo(madeBy(rerun));
    assertThat(last.count(Outcome.RAN)).isZero();
  }

  @Test
  @Shows("Coflux 17")
  void memo_runOfAParentEnvironment_isReadByTheChildAndNeverTheReverse() throws Exception {
    ManualClock clock = new ManualClock();
    RunOptions goOn = RunOptions.DEFAULT.withResume("latest");
    HomeOptions prod = HomeOptions.at(folder.resolve("home")).withScope("project", "prod");
    Bodies.take();
    broken = true;
    try (Driver driver = ClockedDriver.open(prod, clock)) {
      assertThat(driver.submit(notifying()).await().state()).isEqualTo(RunState.FAILED);
    } finally {
      broken = false;
    }
    assertThat(Bodies.take()).containsExactly("fragile", "notify");
    assertThatExceptionOfType(ResumeException.class)
        .as("no parent")
        .isThrownBy(() -> inEnvironment(clock, "test", List.of("dev"), notifying(), goOn))
        .withMessageContaining("do not see each other's results");

    clock.advance(Duration.ofSeconds(1));
    assertThat(inEnvironment(clock, "dev", List.of("prod"), notifying(), goOn))
        .as("the parent has notified")
        .containsExactly("fragile");
    assertThatExceptionOfType(ResumeException.class)
        .as("never the reverse")
        .isThrownBy(() -> inEnvironment(clock, "prod", List.of(), notifying(), goOn))
        .withMessageContaining("is of 'project/dev', and this one of 'project/prod'");
  }

  @Test
  @Shows("Coflux 18")
  void memo_isMarkedInWhatPagesAreMadeFrom() {
    CliLab lab = new CliLab(folder);
    lab.with(
        "calls",
        p -> {
          p.memo();
          var one = p.step("one", task(CofluxTest::next).uncached(), p.value("x"));
          var two = p.step("two", task(CofluxTest::next).uncached(), p.value("x"));
          p.after(two, one);
        });
    Ran ran = lab.run("run", "calls");
    assertThat(ran.out()).containsPattern("MEMO +two ");
    assertThat(ran.lastLine()).contains("1 from memo");
    assertThat(lab.run("runs", "show").out()).containsPattern("MEMO +two ");
    assertThat(lab.run("runs", "show", "--output=json").out().replaceAll("\\s", ""))
        .contains("\"outcome\":\"MEMO\"", "\"message\":\"theexecutionofone\"");
    assertThat(lab.run("why", "two").out()).contains("MEMO (the execution of one)");
  }

  private static volatile CountDownLatch mayGoOn = new CountDownLatch(0);

  static int waiting(String of) throws InterruptedException {
    Bodies.ran("waiting");
    mayGoOn.await();
    return COUNT.incrementAndGet();
  }

  private static Pipeline order(String number) {
    return Pipeline.define(
        "order",
        p ->
            p.result(
                "n", p.step("n", task(CofluxTest::waiting).uncached(), p.param("number", "1"))),
        Parameters.NONE.with("number", number));
  }

  private static final RunOptions ONCE = RunOptions.DEFAULT.withIdempotencyKey("order 1");

  @Test
  @Shows("Coflux 24")
  void idempotencyKey_sameAgain_isTheSameRunThatGoesOnOrHasEnded() throws Exception {
    Bodies.take();
    mayGoOn = new CountDownLatch(1);
    HomeOptions beside = HomeOptions.at(reprise.home()).withAccess(HomeOptions.Access.NONE);
    int made;
    try (Driver other = Driver.open(beside, "")) {
      Run first = reprise.driver().submit(order("1"), ONCE);
      Run here = reprise.driver().submit(order("1"), ONCE);
      assertThat(here).isSameAs(first);
      Run there = other.submit(order("1"), ONCE);
      assertThat(there.id()).isEqualTo(first.id());
      assertThat(there.isEarlier()).isTrue();
      assertThat(there.state()).isEqualTo(RunState.RUNNING);
      assertThatIllegalStateException()
          .isThrownBy(there::cancel)
          .withMessageContaining("goes on in another process");
      mayGoOn.countDown();
      assertThat(there.await().state()).isEqualTo(RunState.SUCCEEDED);
      made = there.result("n", Integer.class);
      assertThat(first.await().state()).isEqualTo(RunState.SUCCEEDED);
      assertThat(first.result("n", Integer.class)).isEqualTo(made);
      assertThat(Bodies.take()).hasSize(1);
    }
    reprise.reopen();
    Run ended = reprise.driver().submit(order("1"), ONCE);
    assertThat(ended.await().outcomes()).containsEntry(Outcome.RAN, 1);
    assertThat(ended.isEarlier()).isTrue();
    assertThat(ended.result("n", Integer.class)).isEqualTo(made);
    assertThat(Bodies.take()).isEmpty();

    assertThatExceptionOfType(ResumeException.class)
        .isThrownBy(() -> reprise.driver().submit(order("2"), ONCE))
        .withMessageContaining("is that of run " + ended.id())
        .withMessageContaining("another run needs another key");
    RunOptions second = RunOptions.DEFAULT.withIdempotencyKey("order 2");
    assertThat(reprise.driver().submit(order("2"), second).await().exitCode()).isZero();
    assertThat(Bodies.take()).hasSize(1);
  }

  @Test
  void idempotencyKey_submittedByManyAtOnce_isOneRun() throws Exception {
    Bodies.take();
    List<CompletableFuture<Run>> runs =
        Stream.generate(
                () ->
                    CompletableFuture.supplyAsync(() -> reprise.driver().submit(order("1"), ONCE)))
            .limit(20)
            .toList();
    Set<String> ids = new HashSet<>();
    for (CompletableFuture<Run> run : runs) {
      assertThat(run.get().await().exitCode()).isZero();
      ids.add(run.get().id());
    }
    assertThat(ids).hasSize(1);
    assertThat(Bodies.take()).hasSize(1);
  }

  @Test
  void idempotencyKey_ofARunThatNeverBeganOrIsForgotten_isFreeAgain() throws Exception {
    Bodies.take();
    Path runs = reprise.home().resolve("runs");
    new Submissions(runs, Clock.systemUTC())
        .runOf("default/default", "order 1", "20200101-000000-0000");
    Run first = reprise.driver().submit(order("1"), ONCE);
    assertThat(first.await().exitCode()).isZero();
    assertThat(first.id()).isNotEqualTo("20200101-000000-0000");
    assertThat(Bodies.take()).hasSize(1);
    assertThat(reprise.driver().submit(order("1"), ONCE).id()).isEqualTo(first.id());
  }

  private static final String YOUNG = "20010601-115959-0000";

  /** Lets the key stand for a run that has no journal yet. */
  private Driver besideARunThatHasNotBegun(ManualClock clock) throws Exception {
    Path home = folder.resolve("home");
    new Submissions(home.resolve("runs"), clock).runOf("default/default", "order 1", YOUNG);
    return ClockedDriver.open(home, clock);
  }

  @Test
  void idempotencyKey_runDiesBeforeItBegins_endsTheWaitOfTheOthers() throws Exception {
    ManualClock clock = new ManualClock();
    try (Driver driver = besideARunThatHasNotBegun(clock)) {
      Run waiting = driver.submit(order("1"), ONCE);
      assertThat(waiting.id()).isEqualTo(YOUNG);
      clock.advance(Duration.ofMinutes(2));
      RunSummary lost = waiting.await(60_000);
      assertThat(lost).isNotNull();
      assertThat(lost.state()).isEqualTo(RunState.FAILED);
      assertThat(lost.message())
          .contains("has no journal that can be read")
          .contains("submit again");
      Bodies.take();
      assertThat(driver.submit(order("1"), ONCE).await().exitCode()).isZero();
      assertThat(Bodies.take()).hasSize(1);
    }
  }

  @Test
  void idempotencyKey_withTimeout_waitsNoLongerForAnothersRun() throws Exception {
    try (Driver driver = besideARunThatHasNotBegun(new ManualClock())) {
      RunSummary late =
          driver.submit(order("1"), ONCE.withTimeout(Duration.ofMillis(50))).await(60_000);
      assertThat(late).isNotNull();
      assertThat(late.exitCode()).isEqualTo(9);
      assertThat(late.message()).contains("has not ended within the deadline");
    }
  }

  @Test
  void idempotencyKey_otherRunBeginsLater_isRefusedWhenItsParametersAreKnown() throws Exception {
    ManualClock clock = new ManualClock();
    try (Driver driver = besideARunThatHasNotBegun(clock)) {
      Run other = driver.submit(order("1"));
      other.await();
      Path runs = folder.resolve("home/runs");
      Run waiting = driver.submit(order("2"), ONCE);
      assertThat(waiting.id()).isEqualTo(YOUNG);
      Files.move(runs.resolve(other.id()), runs.resolve(YOUNG));
      assertThatExceptionOfType(ResumeException.class)
          .isThrownBy(() -> waiting.await(60_000))
          .withMessageContaining("is that of run " + YOUNG)
          .withMessageContaining("another run needs another key");
    }
  }

  @Test
  void idempotencyKey_runsForgottenAgainAndAgain_staysFree() throws Exception {
    ManualClock clock = new ManualClock();
    Submissions submissions = new Submissions(folder.resolve("runs"), clock);
    for (int i = 0; i < 30; i++) {
      String id = "20010601-12%02d00-0000".formatted(2 * i);
      assertThat(submissions.runOf("scope", "key", id)).isEqualTo(id);
      assertThat(submissions.runOf("scope", "key", "20010601-120000-ffff")).isEqualTo(id);
      clock.advance(Duration.ofMinutes(2));
    }
  }

  @Test
  void idempotencyKey_journalCannotBegin_endsTheRunBeforeAnythingRuns() throws Exception {
    ManualClock clock = new ManualClock();
    Path home = folder.resolve("home");
    Bodies.take();
    try (Driver driver = ClockedDriver.open(home, clock)) {
      RunListener noJournal =
          new RunListener() {
            @Override
            public void started(RunHeader header, RunView run) {
              throw new UncheckedIOException(new IOException("the disk is full"));
            }
          };
      RunSummary ended = driver.submit(order("1"), ONCE, noJournal).await();
      assertThat(ended.state()).isEqualTo(RunState.FAILED);
      assertThat(ended.message()).contains("could not know that it goes on", "the disk is full");
      assertThat(Bodies.take()).isEmpty();
      assertThat(driver.submit(order("1"), RunOptions.DEFAULT, noJournal).await().exitCode())
          .as("without a key")
          .isZero();
    }
  }

  @Test
  void idempotencyKey_onTheCommandLine_waitsForTheRunAndEndsAsItDid() {
    CliLab lab = new CliLab(folder);
    lab.with("p", p -> p.step("n", task(CofluxTest::fragile).uncached(), p.value("x")));
    Bodies.take();
    broken = true;
    try {
      assertThat(lab.run("run", "p", "--idempotency-key", "k").exit()).isEqualTo(1);
    } finally {
      broken = false;
    }
    Ran again = lab.run("run", "p", "--idempotency-key", "k");
    assertThat(again.exit()).isEqualTo(1);
    assertThat(again.out()).contains("was submitted with this key before: FAILED, 'n' failed");
    assertThat(lab.run("run", "p", "--idempotency-key=k", "--console=json").out())
        .contains("\"earlier\":true", "\"state\":\"FAILED\"");
    assertThat(again.err()).isEmpty();
    Ran other = lab.run("run", "p", "--idempotency-key", "k", "--rerun", "n", "--cache=refresh");
    assertThat(other.exit()).isEqualTo(1);
    assertThat(other.err())
        .contains("that run was submitted with other values of --rerun, --cache, so what was");
    assertThat(Bodies.take()).hasSize(1);
    assertThat(lab.run("runs", "show").out()).contains("key        k\n");
    assertThat(lab.run("run", "p", "--idempotency-key", " ").exit()).isEqualTo(2);
  }
}
