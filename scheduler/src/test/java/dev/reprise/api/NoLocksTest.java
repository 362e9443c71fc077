package dev.reprise.api;

import static dev.reprise.task.Tasks.local;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.index.FileLocking;
import dev.reprise.cache.testing.Shows;
import dev.reprise.home.Home;
import dev.reprise.home.HomeOptions;
import dev.reprise.home.HomeOptions.Access;
import dev.reprise.plan.Outcome;
import dev.reprise.run.CacheMode;
import dev.reprise.run.RunListener.RunSummary;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** FAULTS row 25: a home on a file system without locks costs the cache, and no run. */
class NoLocksTest {
  private static final FileLocking NO_LOCKS =
      file -> {
        throw new IOException("No locks available");
      };

  @TempDir Path home;

  static int twice(int number) {
    return 2 * number;
  }

  private static Pipeline pipeline() {
    return Pipeline.define(
        "p", p -> p.result("twice", p.step("twice", local(NoLocksTest::twice), p.value(21))));
  }

  private Driver open(Access access, FileLocking locking) throws Exception {
    HomeOptions options = HomeOptions.at(home).withAccess(access);
    Clock clock = Clock.systemUTC();
    return Driver.of(Home.open(options, "test", clock, locking), clock);
  }

  private static RunSummary run(Driver driver, CacheMode cache) throws Exception {
    Run run = driver.submit(pipeline(), RunOptions.DEFAULT.withCache(cache));
    RunSummary end = run.await();
    if (end.state() == RunState.SUCCEEDED) {
      assertThat(run.result("twice", Integer.class)).isEqualTo(42);
    }
    return end;
  }

  @Test
  @Shows("Fault 25")
  void run_indexCannotBeLocked_goesOnWithoutCacheAndSaysWhatToDo() throws Exception {
    for (int i = 0; i < 2; i++) {
      try (Driver driver = open(Access.WRITE, NO_LOCKS)) {
        assertThat(driver.warnings())
            .singleElement()
            .asString()
            .startsWith("no cache: the index " + home.toRealPath().resolve("index"))
            .contains("lies on a file system without locks (No locks available)")
            .contains("name a --home on a local disk");

        RunSummary end = run(driver, CacheMode.ON);

        assertThat(end.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(end.outcomes()).containsEntry(Outcome.RAN, 1);
      }
    }
  }

  @Test
  @Shows("Fault 25")
  void run_cacheIsRequiredAndCannotBeLocked_endsWithFive() throws Exception {
    try (Driver driver = open(Access.REQUIRE, NO_LOCKS)) {
      RunSummary end = run(driver, CacheMode.REQUIRE);

      assertThat(end.exitCode()).isEqualTo(5);
      assertThat(end.outcomes()).containsEntry(Outcome.SKIPPED, 1);
    }
  }

  /** The way out that the warning names. */
  @Test
  @Shows("Fault 25")
  void run_indexIsOnlyRead_takesNoLockAndReuses() throws Exception {
    try (Driver driver = open(Access.WRITE, FileLocking.SYSTEM)) {
      run(driver, CacheMode.ON);
    }
    try (Driver driver = open(Access.READ, NO_LOCKS)) {
      assertThat(driver.warnings()).isEqualTo(List.of());
      assertThat(run(driver, CacheMode.READ).outcomes()).containsEntry(Outcome.CACHED, 1);
    }
  }
}
