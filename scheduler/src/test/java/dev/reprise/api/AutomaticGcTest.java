package dev.reprise.api;

import static dev.reprise.task.Tasks.local;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.testing.Shows;
import dev.reprise.home.GcOptions;
import dev.reprise.home.HomeOptions;
import dev.reprise.home.HomeOptions.Access;
import dev.reprise.journal.RunHistory;
import dev.reprise.plan.Outcome;
import dev.reprise.run.CacheMode;
import dev.reprise.run.RunListener;
import dev.reprise.run.RunListener.RunSummary;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** FAULTS row 22: what a driver does about its home's limits when a run has ended. */
class AutomaticGcTest {
  private static final int CHARACTERS = 50_000;

  @TempDir Path home;
  private final List<String> told = new ArrayList<>();
  private GcOptions gc = GcOptions.NONE.withTold(told::add);

  static String text(int number) {
    return Integer.toString(number).repeat(CHARACTERS);
  }

  private static Pipeline pipeline(int number) {
    return Pipeline.define(
        "p", p -> p.result("text", p.step("text", local(AutomaticGcTest::text), p.value(number))));
  }

  private Driver open() throws Exception {
    return Driver.open(HomeOptions.at(home).withGc(gc), "test");
  }

  /** Runs in a driver of its own. */
  private Outcome run(int number) throws Exception {
    ageBlobs();
    try (Driver driver = open()) {
      return run(driver, number);
    }
  }

  private static Outcome run(Driver driver, int number) throws Exception {
    RunSummary summary = driver.submit(pipeline(number)).await();
    assertThat(summary.exitCode()).isZero();
    return summary.outcomes().get(Outcome.CACHED) == 1 ? Outcome.CACHED : Outcome.RAN;
  }

  @Test
  void run_noLimit_nothingIsEvictedToldOrWritten() throws Exception {
    run(1);
    run(2);

    assertThat(blobs()).isEqualTo(2);
    assertThat(told).isEmpty();
    assertThat(home.resolve("size")).doesNotExist();
  }

  @Test
  @Shows("Fault 22")
  void run_bringsTheHomeOverItsLimit_whatEarlierRunsMadeGoesAndItsOwnStays() throws Exception {
    gc = gc.withMaxBytes(120_000);
    run(1);
    run(2);
    assertThat(told).isEmpty();
    assertThat(blobs()).isEqualTo(2);

    run(3);

    assertThat(told)
        .containsExactly("cache     evicted 1 entry, 49 KiB freed; 98 KiB of at most 117 KiB left");
    assertThat(blobs()).isEqualTo(2);
    assertThat(run(3)).isEqualTo(Outcome.CACHED);
    assertThat(told).hasSize(1);
  }

  @Test
  void run_usedWhatWouldGo_anotherGoes() throws Exception {
    gc = gc.withMaxBytes(120_000);
    run(1);
    run(2);
    ageBlobs();
    try (Driver driver = open()) {
      assertThat(run(driver, 1)).isEqualTo(Outcome.CACHED);
      assertThat(run(driver, 3)).isEqualTo(Outcome.RAN);
    }

    assertThat(told).hasSize(1);
    assertThat(run(1)).isEqualTo(Outcome.CACHED);
    assertThat(run(3)).isEqualTo(Outcome.CACHED);
    assertThat(run(2)).isEqualTo(Outcome.RAN);
  }

  @Test
  void run_needsMoreThanTheLimit_keepsItAllAndSaysSo() throws Exception {
    gc = gc.withMaxBytes(60_000);
    try (Driver driver = open()) {
      run(driver, 1);
      run(driver, 2);
      Run last = driver.submit(pipeline(3));
      last.await();
      assertThat(last.result("text", String.class)).isEqualTo(text(3));
    }

    assertThat(told)
        .last()
        .isEqualTo(
            "cache     147 KiB, more than the 59 KiB of gc.max-size: 147 KiB was used by runs of this"
                + " process, 0 B is pinned");
    assertThat(run(1)).isEqualTo(Outcome.CACHED);
    assertThat(run(2)).isEqualTo(Outcome.CACHED);
  }

  @Test
  void run_allIsCached_doesNotCountWhateverTheLimit() throws Exception {
    run(1);
    run(2);
    gc = gc.withMaxBytes(1);

    assertThat(run(1)).isEqualTo(Outcome.CACHED);

    assertThat(told).isEmpty();
    assertThat(blobs()).isEqualTo(2);
  }

  @Test
  void run_driverBeforeDiedOrHadNoLimit_isCountedAnew() throws Exception {
    gc = gc.withMaxBytes(1_000_000);
    run(1);
    assertThat(home.resolve("size")).hasContent("reprise-size 1 " + size());
    GcOptions limited = gc;
    gc = GcOptions.NONE;
    run(2);
    assertThat(home.resolve("size")).as("it is not right any more").doesNotExist();
    gc = limited;

    run(3);

    assertThat(home.resolve("size")).hasContent("reprise-size 1 " + size());
    Files.writeString(home.resolve("size"), "reprise-size 1 x");
    run(4);
    assertThat(home.resolve("size")).hasContent("reprise-size 1 " + size());
  }

  @Test
  void run_pinsCannotBeRead_succeedsAndSaysWhyNothingWent() throws Exception {
    run(1);
    Files.writeString(home.resolve("pins"), "garbage");
    gc = gc.withMaxBytes(1);

    run(2);

    assertThat(blobs()).isEqualTo(2);
    assertThat(told)
        .containsExactly(
            "the home was not brought within its limits: the file of pins "
                + home.resolve("pins")
                + " is damaged, so that nothing may be evicted; mend it, or remove it and pin anew");
  }

  @Test
  void run_keepRuns_forgetsOlderOnesAndNotThemselves() throws Exception {
    gc = gc.withKeepRuns(2);
    RunHistory history = new RunHistory(home.resolve("runs"));
    List<String> last = List.of();
    for (int i = 0; i < 4; i++) {
      run(i);
      assertThat(history.ids()).hasSize(Math.min(2, i + 1));
      assertThat(last).noneMatch(id -> history.ids().indexOf(id) == 0);
      last = history.ids();
    }

    assertThat(history.read(last.get(0)).damage()).isEmpty();
    assertThat(blobs()).isEqualTo(4);
  }

  @Test
  void run_keepsOneRunAndBytes_whatItsOwnRunsFoundStaysWhileTheDriverIsOpen() throws Exception {
    run(1);
    run(2);
    ageBlobs();
    gc = gc.withMaxBytes(60_000).withKeepRuns(1);
    try (Driver driver = open()) {
      assertThat(run(driver, 1)).isEqualTo(Outcome.CACHED);
      assertThat(run(driver, 3)).isEqualTo(Outcome.RAN);
      assertThat(run(driver, 4)).isEqualTo(Outcome.RAN);
      awaitRuns(3); // forgets the older ones after the end of a run was told
      assertThat(run(driver, 1)).isEqualTo(Outcome.CACHED);
    }

    assertThat(run(2)).isEqualTo(Outcome.RAN);
    assertThat(new RunHistory(home.resolve("runs")).ids()).hasSize(1);
  }

  @Test
  @Shows("Fault 52")
  void run_clockWasSetBack_whatItsOwnRunsFoundAndMadeStays() throws Exception {
    run(1);
    run(2);
    ageBlobs();
    gc = gc.withMaxBytes(60_000);
    MovableClock clock = new MovableClock();
    try (Driver driver = Driver.open(HomeOptions.at(home).withGc(gc), "test", clock)) {
      clock.offset = Duration.ofHours(-5);
      assertThat(run(driver, 1)).isEqualTo(Outcome.CACHED);
      assertThat(run(driver, 3)).isEqualTo(Outcome.RAN);
      assertThat(run(driver, 4)).isEqualTo(Outcome.RAN);
      assertThat(run(driver, 1)).isEqualTo(Outcome.CACHED);
      assertThat(run(driver, 3)).isEqualTo(Outcome.CACHED);
    }
    assertThat(told).last().asString().contains(" was used by runs of this process");
  }

  private static final class MovableClock extends Clock {
    private volatile Duration offset = Duration.ZERO;

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return Instant.now().plus(offset);
    }
  }

  @Test
  void run_journalOfAnEarlierOneOfThisDriverIsDamaged_evictsNothingAndSaysWhy() throws Exception {
    run(1);
    ageBlobs();
    gc = gc.withMaxBytes(60_000);
    try (Driver driver = open()) {
      Run second = driver.submit(pipeline(1));
      second.await();
      Path journal = home.resolve("runs").resolve(second.id()).resolve("journal");
      byte[] whole = Files.readAllBytes(journal);
      Files.write(journal, Arrays.copyOf(whole, whole.length - 1));
      run(driver, 3);
    }

    assertThat(told).hasSize(1);
    assertThat(told.get(0)).contains("what the run used is not known, since its journal ");
    assertThat(blobs()).isEqualTo(2);
  }

  @Test
  void run_journalOfAnotherProcessCannotBeRead_evictsAllTheSame() throws Exception {
    run(1);
    ageBlobs();
    Path broken = home.resolve("runs/29991231-000000-7f3a");
    Files.createDirectories(broken);
    Files.writeString(broken.resolve("journal"), "garbage");
    gc = gc.withMaxBytes(60_000);

    run(3);

    assertThat(told).hasSize(1);
    assertThat(told.get(0)).startsWith("cache     evicted 1 entry");
  }

  @Test
  void run_readsAlone_evictsNothing() throws Exception {
    run(1);
    gc = gc.withMaxBytes(1);
    try (Driver driver =
        Driver.open(HomeOptions.at(home).withAccess(Access.READ).withGc(gc), "test")) {
      driver.submit(pipeline(2), RunOptions.DEFAULT.withCache(CacheMode.READ)).await();
    }

    assertThat(told).isEmpty();
    assertThat(run(1)).isEqualTo(Outcome.CACHED);
  }

  static String never(int number) throws InterruptedException {
    new CountDownLatch(1).await(); // until the run is cancelled
    return text(number);
  }

  @Test
  void run_wasCancelled_evictsNothingSinceSomebodyWaits() throws Exception {
    run(1);
    gc = gc.withMaxBytes(1);
    Pipeline half =
        Pipeline.define(
            "half",
            p -> {
              var made = p.step("made", local(AutomaticGcTest::text), p.value(2));
              var never = p.step("never", local(AutomaticGcTest::never), p.value(3));
              p.after(never, made);
            });
    try (Driver driver = open()) {
      CountDownLatch kept = new CountDownLatch(1);
      Run run =
          driver.submit(
              half,
              RunOptions.DEFAULT,
              new RunListener() {
                @Override
                public void unitFinished(RunView view, UnitReport report) {
                  kept.countDown();
                }
              });
      assertThat(kept.await(30, TimeUnit.SECONDS)).isTrue();
      run.cancel();
      assertThat(run.await().exitCode()).isEqualTo(8);
    }

    assertThat(told).isEmpty();
    assertThat(blobs()).isEqualTo(2);
  }

  private void awaitRuns(int count) throws IOException {
    while (new RunHistory(home.resolve("runs")).ids().size() != count) {
      Thread.onSpinWait();
    }
  }

  /** What earlier runs published is as old as if they were of another day. */
  private void ageBlobs() throws IOException {
    Path blobs = home.resolve("store/blobs");
    if (Files.exists(blobs)) {
      try (Stream<Path> all = Files.walk(blobs)) {
        for (Path each : all.filter(Files::isRegularFile).toList()) {
          Files.setLastModifiedTime(each, FileTime.from(Instant.now().minus(Duration.ofDays(1))));
        }
      }
    }
  }

  private long blobs() throws IOException {
    try (Stream<Path> all = Files.walk(home.resolve("store/blobs"))) {
      return all.filter(Files::isRegularFile).count();
    }
  }

  private long size() throws IOException {
    try (Stream<Path> all = Files.walk(home.resolve("store/blobs"))) {
      return all.map(Path::toFile)
          .filter(file -> file.isFile())
          .mapToLong(file -> file.length())
          .sum();
    }
  }
}
