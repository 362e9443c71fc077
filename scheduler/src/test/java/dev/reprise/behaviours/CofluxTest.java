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
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunState;
import dev.reprise.run.RunView;
import dev.reprise.task.Receipt;
import dev.reprise.task.RetryPolicy;
import dev.reprise.task.Task1;
import dev.reprise.task.Task2;
import dev.reprise.testkit.PipelineTester;
import dev.reprise.testkit.TestedRun;
import java.io.IOException;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class CofluxTest {
  @RegisterExtension final PipelineTester reprise = new PipelineTester();
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
    assertThat(Bodies.take()).hasSize(1);
    assertThat(lab.run("runs", "show").out()).contains("key        k\n");
    assertThat(lab.run("run", "p", "--idempotency-key", " ").exit()).isEqualTo(2);
  }
}
