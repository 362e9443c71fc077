package dev.reprise.behaviours;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Pipeline;
import dev.reprise.api.Run;
import dev.reprise.cache.testing.Shows;
import dev.reprise.plan.Outcome;
import dev.reprise.run.CacheMode;
import dev.reprise.run.RunListener;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunView;
import dev.reprise.task.CachePolicy.Sharing;
import dev.reprise.task.RetryPolicy;
import dev.reprise.task.Task1;
import dev.reprise.testkit.PipelineTester;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Reuse together with retries. */
class RetryTest {
  private static final RetryPolicy TWICE =
      RetryPolicy.attempts(2).withBackoff(Duration.ofMillis(1), Duration.ofMillis(1));

  @RegisterExtension final PipelineTester reprise = new PipelineTester();

  /** Whatever other tests ran. */
  @BeforeEach
  void forgetBodies() {
    Bodies.take();
  }

  private static final AtomicInteger CALLS = new AtomicInteger();
  private static volatile CountDownLatch fails = new CountDownLatch(0);

  /** The first call fails when it is told to; all others give a result. */
  static String fragile(String of) throws InterruptedException {
    Bodies.ran("fragile");
    if (CALLS.incrementAndGet() == 1) {
      fails.await();
      throw new IllegalStateException("the first");
    }
    return of + "!";
  }

  private static Pipeline pipeline(UnaryOperator<Task1<String, String>> how) {
    return Pipeline.define(
        "p",
        p -> {
          var fragile = how.apply(task(RetryTest::fragile).retry(TWICE));
          p.result("one", p.step("one", fragile, p.value("x")));
          p.step("equal", fragile, p.value("x"));
        });
  }

  /** What a run tells. */
  private static final class Told implements RunListener {
    final CountDownLatch begun = new CountDownLatch(1);
    final CountDownLatch waits = new CountDownLatch(1);
    final List<String> messages = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void unitStarted(RunView view, int unit, int attempt) {
      begun.countDown();
    }

    @Override
    public void unitFinished(RunView view, UnitReport report) {
      messages.add(report.outcome() + " " + report.message());
    }

    @Override
    public void warning(String code, String message) {
      if (code.equals("WAITING")) {
        waits.countDown();
      }
    }
  }

  /** How a run went whose first attempt failed when another run had made the result. */
  private record Went(Told told, Run first, Run waiting, int bodies, Run maker) {
    int count(Run run, Outcome outcome) throws InterruptedException {
      return run.await().outcomes().getOrDefault(outcome, 0);
    }
  }

  /**
   * Lets a run begin an attempt, another wait for it, a third one, which waits for nobody, make the
   * result, and then the attempt fail.
   */
  private Went overtaken(UnaryOperator<Task1<String, String>> how, RunOptions options)
      throws Exception {
    CALLS.set(0);
    Bodies.take();
    fails = new CountDownLatch(1);
    Told told = new Told();
    Run first = reprise.driver().submit(pipeline(how), options, told);
    told.begun.await();
    Told other = new Told();
    Run waiting = reprise.driver().submit(pipeline(how), RunOptions.DEFAULT, other);
    other.waits.await();
    Run maker =
        reprise
            .driver()
            .submit(
                pipeline(how),
                RunOptions.DEFAULT.withCache(CacheMode.WRITE).withOnly(Set.of("one")));
    assertThat(maker.await().outcomes()).containsEntry(Outcome.RAN, 1);
    fails.countDown();
    first.await();
    waiting.await();
    return new Went(told, first, waiting, Bodies.take().size(), maker);
  }

  @Test
  @Shows("Coflux 26")
  void laterAttempt_resultMadeMeanwhile_isFoundAndTheBodyRunsNoMore() throws Exception {
    Went went = overtaken(task -> task, RunOptions.DEFAULT);
    assertThat(went.bodies).as("the one that failed, the other run's").isEqualTo(2);
    assertThat(went.first.result("one", String.class)).isEqualTo("x!");
    assertThat(went.count(went.first, Outcome.RAN)).isZero();
    assertThat(went.told.messages)
        .contains("SHARED made by run " + went.maker.id() + ", before attempt 2");
    assertThat(went.count(went.waiting, Outcome.RAN)).isZero();

    Went failing =
        overtaken(task -> task.version("2").sharing(Sharing.FAIL_TOGETHER), RunOptions.DEFAULT);
    assertThat(failing.bodies).isEqualTo(2);
    assertThat(failing.count(failing.first, Outcome.FAILED)).isZero();
    assertThat(failing.count(failing.waiting, Outcome.FAILED)).isZero();
  }

  @Test
  @Shows("Coflux 26")
  void laterAttempt_nothingMadeMeanwhile_runsAndIsKeptOnce() throws Exception {
    CALLS.set(0);
    assertThat(Bodies.of(reprise.driver(), pipeline(task -> task))).hasSize(2);
    assertThat(Bodies.of(reprise.driver(), pipeline(task -> task))).isEmpty();
  }

  @Test
  void laterAttempt_ofAStepThatIsForced_runsWhateverIsThere() throws Exception {
    Went went =
        overtaken(
            task -> task.version("forced"),
            RunOptions.DEFAULT.withRerun(Set.of("one")).withOnly(Set.of("one")));
    assertThat(went.bodies).as("it runs again").isEqualTo(3);
    assertThat(went.count(went.first, Outcome.RAN)).isEqualTo(1);
  }

  @Test
  void laterAttempt_ofAStepThatReadsAnotherVersion_looksUnderThatAlone() throws Exception {
    Went went = overtaken(task -> task.version("new").readVersion("old"), RunOptions.DEFAULT);
    assertThat(went.bodies).as("what is there is of the version it does not read").isEqualTo(4);
  }
}
