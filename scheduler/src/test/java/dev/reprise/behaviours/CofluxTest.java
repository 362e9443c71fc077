package dev.reprise.behaviours;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.ClockedDriver;
import dev.reprise.api.Driver;
import dev.reprise.api.Pipeline;
import dev.reprise.cache.testing.Shows;
import dev.reprise.cli.CliLab;
import dev.reprise.plan.Outcome;
import dev.reprise.run.RunListener;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunState;
import dev.reprise.run.RunView;
import dev.reprise.task.RetryPolicy;
import dev.reprise.task.Task1;
import dev.reprise.testkit.PipelineTester;
import dev.reprise.testkit.TestedRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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
}
