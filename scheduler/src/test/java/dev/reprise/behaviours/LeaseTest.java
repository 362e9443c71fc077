package dev.reprise.behaviours;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.reprise.api.Driver;
import dev.reprise.api.Pipeline;
import dev.reprise.api.Run;
import dev.reprise.cache.testing.Shows;
import dev.reprise.cli.CliLab;
import dev.reprise.home.HomeOptions;
import dev.reprise.plan.Outcome;
import dev.reprise.run.RunListener;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** For how long a run that makes something keeps others waiting. */
class LeaseTest {
  private static final Duration SHORT = Duration.ofSeconds(1);

  @TempDir Path folder;

  private static final AtomicInteger COUNT = new AtomicInteger();
  private static volatile CountDownLatch open = new CountDownLatch(0);

  static int make(String of) throws InterruptedException {
    int count = COUNT.incrementAndGet();
    Bodies.ran("make");
    open.await();
    return count;
  }

  private static Pipeline pipeline() {
    return Pipeline.define(
        "p", p -> p.result("n", p.step("n", task(LeaseTest::make), p.value(""))));
  }

  @BeforeEach
  void reset() {
    COUNT.set(0);
    open = new CountDownLatch(0);
    Bodies.take();
  }

  /** What a run tells; one that is stuck holds its run up when its unit begins. */
  private static final class Course implements RunListener {
    final CountDownLatch begun = new CountDownLatch(1);
    final CountDownLatch waits = new CountDownLatch(1);
    final CountDownLatch goesOn;
    final List<Keeping> kept = new CopyOnWriteArrayList<>();
    final List<String> warnings = new CopyOnWriteArrayList<>();

    Course(int stuck) {
      goesOn = new CountDownLatch(stuck);
    }

    @Override
    public void unitStarted(RunView view, int unit, int attempt) {
      begun.countDown();
      try {
        goesOn.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void unitFinished(RunView view, UnitReport report) {
      kept.add(report.keeping());
    }

    @Override
    public void warning(String code, String message) {
      warnings.add(code + ": " + message);
      if (code.equals("WAITING")) {
        waits.countDown();
      }
    }
  }

  private HomeOptions options(Duration lease) {
    return HomeOptions.at(folder.resolve("home")).withLease(lease);
  }

  @Test
  @Shows("Flyte 18")
  void lease_ofARunThatWorksForLonger_isExtended() throws Exception {
    open = new CountDownLatch(1);
    try (Driver driver = Driver.open(options(SHORT), "test")) {
      Course owner = new Course(0);
      Run first = driver.submit(pipeline(), RunOptions.DEFAULT, owner);
      owner.begun.await();
      Course waiter = new Course(0);
      Run second = driver.submit(pipeline(), RunOptions.DEFAULT, waiter);
      waiter.waits.await();
      assertThat(waiter.begun.await(5 * SHORT.toMillis() / 2, TimeUnit.MILLISECONDS))
          .as("it waits for longer than the lease")
          .isFalse();
      open.countDown();
      assertThat(first.await().outcomes()).containsEntry(Outcome.RAN, 1);
      assertThat(second.await().outcomes()).containsEntry(Outcome.SHARED, 1);
    }
    assertThat(Bodies.take()).hasSize(1);
  }

  @Test
  @Shows("Flyte 18")
  void lease_ofARunThatIsStuck_endsAndWhatItMakesLateIsNotKept() throws Exception {
    try (Driver driver = Driver.open(options(SHORT), "test")) {
      Course stuck = new Course(1);
      Run first = driver.submit(pipeline(), RunOptions.DEFAULT, stuck);
      stuck.begun.await();
      Course waiter = new Course(0);
      Run second = driver.submit(pipeline(), RunOptions.DEFAULT, waiter);
      assertThat(second.await().outcomes()).as("it takes over").containsEntry(Outcome.RAN, 1);
      assertThat(waiter.warnings).anyMatch(each -> each.contains("waits for run " + first.id()));
      assertThat(waiter.kept).containsExactly(RunListener.Keeping.KEPT);
      stuck.goesOn.countDown();
      assertThat(first.await().outcomes()).containsEntry(Outcome.RAN, 1);
      assertThat(stuck.kept)
          .containsExactly(RunListener.Keeping.not("its claim ran out and is another run's now"));
      assertThat(first.result("n", Integer.class)).as("its own").isEqualTo(1);
      Run third = driver.submit(pipeline());
      assertThat(third.await().outcomes()).containsEntry(Outcome.CACHED, 1);
      assertThat(third.result("n", Integer.class)).isEqualTo(2);
    }
    assertThat(Bodies.take()).hasSize(2);
  }

  @Test
  @Shows("Flyte 18")
  void lease_outOfBounds_isTheNearestAndToldSo() throws Exception {
    CliLab lab = new CliLab(folder);
    lab.with("p", p -> p.step("n", task(LeaseTest::make), p.value("")));
    CliLab.Ran longer = lab.run("run", "p", "--conf", "lease=2h");
    assertThat(longer.exit()).isZero();
    assertThat(longer.err())
        .contains("a lease of 2h was asked for, and it can be from 1s to 10m: it is 10m");
    assertThat(lab.run("run", "p", "--conf", "lease=1ms").err()).contains("it is 1s");
    assertThat(lab.run("run", "p", "--conf", "lease=30s").err()).doesNotContain("lease");
    assertThat(lab.run("doctor", "--show-config", "--conf", "lease=30s").out())
        .containsPattern("lease +30s");
    for (String bad : List.of("0s", "soon", "-1s")) {
      CliLab.Ran ran = lab.run("run", "p", "--conf", "lease=" + bad);
      assertThat(ran.exit()).as(bad).isEqualTo(2);
      assertThat(ran.err()).contains("'lease' cannot be");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> options(Duration.ZERO))
        .withMessage("a lease must be positive, not PT0S");
  }
}
