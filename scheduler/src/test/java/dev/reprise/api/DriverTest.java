package dev.reprise.api;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.reprise.cache.testing.Shows;
import dev.reprise.home.HomeOptions;
import dev.reprise.home.HomeOptions.Access;
import dev.reprise.journal.RecordedUnit;
import dev.reprise.journal.RunHistory;
import dev.reprise.plan.Outcome;
import dev.reprise.run.CacheMode;
import dev.reprise.run.RunListener;
import dev.reprise.run.RunListener.PlanSummary;
import dev.reprise.run.RunListener.RunSummary;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunView;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a driver's runs have to do with each other, with their home and with this process. */
class DriverTest {
  @TempDir Path home;

  private static volatile CountDownLatch gate = new CountDownLatch(0);

  static String slow(String value) throws InterruptedException {
    gate.await();
    return value;
  }

  private static Pipeline slowStep() {
    return Pipeline.define("p", p -> p.step("slow", task(DriverTest::slow), p.value("v")));
  }

  /** It would wait for the run that waits for it. */
  @Test
  void close_byAListener_isRefused() throws Exception {
    List<Throwable> refusals = new CopyOnWriteArrayList<>();
    try (Driver driver = Driver.open(home)) {
      RunListener closes =
          new RunListener() {
            @Override
            public void finished(RunView view, RunSummary summary) {
              refusals.add(catchThrowable(driver::close));
            }

            @Override
            public void planned(RunView view, PlanSummary summary) {
              refusals.add(catchThrowable(driver::close));
            }
          };
      driver.plan(slowStep(), RunOptions.DEFAULT, closes);
      assertThat(driver.submit(slowStep(), RunOptions.DEFAULT, closes).await().exitCode()).isZero();
    }
    assertThat(refusals)
        .hasSize(3)
        .allSatisfy(
            each ->
                assertThat(each)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("a listener cannot close the driver"));
  }

  @Test
  @Shows("Argo 12")
  void submit_twoRunsNeedOneUnit_secondSharesItAndItsJournalTellsSo() throws Exception {
    gate = new CountDownLatch(1);
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch waits = new CountDownLatch(1);
    List<RunListener.UnitReport> told = new CopyOnWriteArrayList<>();
    try (Driver driver = Driver.open(home)) {
      Run first =
          driver.submit(
              slowStep(),
              RunOptions.DEFAULT,
              new RunListener() {
                @Override
                public void unitStarted(RunView view, int unit, int attempt) {
                  started.countDown();
                }
              });
      started.await();
      Run second =
          driver.submit(
              slowStep(),
              RunOptions.DEFAULT,
              new RunListener() {
                @Override
                public void warning(String code, String message) {
                  if (code.equals("WAITING")) {
                    waits.countDown();
                  }
                }

                @Override
                public void unitFinished(RunView view, UnitReport report) {
                  told.add(report);
                }
              });
      waits.await();
      gate.countDown();

      assertThat(first.await().outcomes()).containsEntry(Outcome.RAN, 1);
      assertThat(second.await().outcomes()).containsEntry(Outcome.SHARED, 1);
      String made = "made by run " + first.id();
      assertThat(told).singleElement().extracting(RunListener.UnitReport::message).isEqualTo(made);
      RecordedUnit recorded =
          new RunHistory(HomeOptions.at(home).runsFolder())
              .read(second.id())
              .step("slow")
              .orElseThrow()
              .unit(0)
              .orElseThrow();
      assertThat(recorded.outcome()).isEqualTo(Outcome.SHARED);
      assertThat(recorded.message()).isEqualTo(made);
    }
  }

  @Test
  void submit_cacheRequiredAndTheDiskIsFull_endsWithExitCode5AndNothingRan() throws Exception {
    RunOptions required = RunOptions.DEFAULT.withCache(CacheMode.REQUIRE);
    try (Driver driver = Driver.open(full(home), "test")) {
      RunSummary summary = driver.submit(slowStep(), required).await();
      assertThat(summary.exitCode()).isEqualTo(5);
      assertThat(summary.message())
          .startsWith("the cache is required, and nothing is kept: the disk of " + home)
          .contains("free some space");
      assertThat(summary.outcomes()).containsEntry(Outcome.RAN, 0);
      // A run that does not require it goes on without.
      assertThat(driver.submit(slowStep()).await().exitCode()).isZero();
    }
  }

  private static HomeOptions full(Path home) {
    return HomeOptions.at(home).withAccess(Access.REQUIRE).withFreeSpaceFloor(Long.MAX_VALUE);
  }

  static String name(Path file) {
    return file.getFileName().toString();
  }

  /** INTERFACES, Exit code 3. No cluster is asked for anything: none could run the step. */
  @Test
  void submit_valueCannotLeaveThisProcess_isRefusedAsByThePlanNamingItAndTheWayOut()
      throws Exception {
    Pipeline pipeline =
        Pipeline.define("p", p -> p.step("name", task(DriverTest::name), p.value(Path.of("data"))));
    try (Driver driver = Driver.open(home)) {
      RunOptions options = RunOptions.DEFAULT.withExecutor("cluster", Map.of());
      RunSummary summary = driver.submit(pipeline, options).await();
      assertThat(summary.exitCode()).isEqualTo(3);
      assertThat(summary.message())
          .isEqualTo(
              "step 'name' cannot leave the driver: argument 'file': a Path says where a file is on"
                  + " this machine; declare the file as an input; or run the step with local(...)");
      assertThat(summary.outcomes()).containsEntry(Outcome.SKIPPED, 1);
      Driver.Plan plan = driver.plan(pipeline, options);
      assertThat(plan.exitCode()).isEqualTo(3);
      assertThat(plan.message()).isEqualTo(summary.message());
    }
  }
}
