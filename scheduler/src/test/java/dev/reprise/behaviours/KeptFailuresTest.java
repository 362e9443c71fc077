package dev.reprise.behaviours;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.api.ClockedDriver;
import dev.reprise.api.Driver;
import dev.reprise.api.Pipeline;
import dev.reprise.api.Run;
import dev.reprise.api.Staleness;
import dev.reprise.api.Staleness.Cause;
import dev.reprise.api.Staleness.Mark;
import dev.reprise.home.HomeOptions;
import dev.reprise.run.CacheMode;
import dev.reprise.run.Resume;
import dev.reprise.run.RunListener;
import dev.reprise.run.RunListener.RunSummary;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunState;
import dev.reprise.run.RunView;
import dev.reprise.task.CachePolicy;
import dev.reprise.task.FailureKeeping;
import dev.reprise.task.RetryPolicy;
import dev.reprise.task.Task2;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Failures that tasks keep by their class, for a short time. */
class KeptFailuresTest {
  private static final Duration TIME = Duration.ofMinutes(10);
  private static final Set<Integer> BAD = ConcurrentHashMap.newKeySet();
  private static volatile Supplier<Exception> thrown = () -> new IOException("not yet");
  private static volatile CountDownLatch gate = new CountDownLatch(0);

  @TempDir Path folder;
  private final ManualClock clock = new ManualClock();
  private Driver driver;

  @BeforeEach
  void open() throws Exception {
    BAD.clear();
    thrown = () -> new IOException("not yet");
    gate = new CountDownLatch(0);
    driver = ClockedDriver.open(folder.resolve("home"), clock);
    Bodies.take();
  }

  @AfterEach
  void close() {
    driver.close();
  }

  static List<Integer> items() {
    return List.of(1, 2, 3);
  }

  static String check(int number, String text) throws Exception {
    Bodies.ran("check");
    gate.await();
    if (BAD.contains(number)) {
      throw thrown.get();
    }
    return number + text;
  }

  static int sink(Object all) {
    return 1;
  }

  private static Task2<Integer, String, String> keeping() {
    return task(KeptFailuresTest::check).keepFailures(TIME, IOException.class);
  }

  private static Pipeline one(UnaryOperator<Task2<Integer, String, String>> how) {
    return Pipeline.define(
        "p",
        p ->
            p.step(
                "sink",
                task(KeptFailuresTest::sink),
                p.step("check", how.apply(keeping()), p.value(1), p.value("x"))));
  }

  private static Pipeline one() {
    return one(task -> task);
  }

  /** How a run ended, and what became of its units that were not cached. */
  private record Ended(Run run, RunSummary summary, int bodies, Map<String, String> units) {
    RunState state() {
      return summary.state();
    }
  }

  private static final class Told implements RunListener {
    final Map<String, String> units = Collections.synchronizedMap(new TreeMap<>());
    final List<String> warnings = Collections.synchronizedList(new ArrayList<>());
    final CountDownLatch begun = new CountDownLatch(1);
    final CountDownLatch waits = new CountDownLatch(1);

    @Override
    public void unitStarted(RunView view, int unit, int attempt) {
      begun.countDown();
    }

    @Override
    public void unitFinished(RunView view, UnitReport report) {
      String name = view.graph().node(view.nodeOf(report.unit())).name();
      String label = view.label(report.unit());
      units.put(
          label.isEmpty() ? name : name + ":" + label,
          report.outcome() + " " + report.reason() + " " + report.message());
    }

    @Override
    public void warning(String code, String message) {
      warnings.add(code + " " + message);
      if (code.equals("WAITING")) {
        waits.countDown();
      }
    }
  }

  private Ended run(Driver in, Pipeline pipeline, RunOptions options) throws Exception {
    Bodies.take();
    Told told = new Told();
    Run run = in.submit(pipeline, options, told);
    RunSummary summary = run.await();
    return new Ended(run, summary, Bodies.take().size(), told.units);
  }

  private Ended run(Pipeline pipeline, RunOptions options) throws Exception {
    return run(driver, pipeline, options);
  }

  private Ended run(Pipeline pipeline) throws Exception {
    return run(pipeline, RunOptions.DEFAULT);
  }

  private int bodies(Pipeline pipeline, RunOptions options) throws Exception {
    return run(pipeline, options).bodies;
  }

  private int bodies(Pipeline pipeline) throws Exception {
    return bodies(pipeline, RunOptions.DEFAULT);
  }

  @Test
  void failure_ofAClassThatIsKept_endsTheNextRunAtOnceAndIsTold() throws Exception {
    BAD.add(1);
    Ended first = run(one());
    assertThat(first.bodies).isEqualTo(1);
    assertThat(first.units.get("check")).contains("FAILED NO_ENTRY", "not yet; kept for 10m");

    clock.advance(TIME.minusMillis(1));
    Ended second = run(one());
    assertThat(second.bodies).isZero();
    assertThat(second.state()).isEqualTo(RunState.FAILED);
    assertThat(second.summary.exitCode()).isEqualTo(1);
    assertThat(second.units.get("check"))
        .contains("FAILED FAILURE_KEPT(java.io.IOException in run " + first.run.id())
        .contains("until 2001-06-01T12:10:00Z")
        .contains("java.io.IOException: not yet; not executed, since it failed so in run")
        .contains("at 2001-06-01T12:00:00Z")
        .contains("--rerun check tries again now", "'reprise cache evict --key ");
    assertThat(second.units.get("sink")).contains("SKIPPED UPSTREAM_FAILED(check)");

    clock.advance(Duration.ofMillis(1));
    BAD.clear();
    Ended third = run(one());
    assertThat(third.bodies).as("its time is over").isEqualTo(1);
    assertThat(third.state()).isEqualTo(RunState.SUCCEEDED);
  }

  @Test
  void failure_ofATaskThatKeepsNone_isNeverKept() throws Exception {
    BAD.add(1);
    Pipeline none = one(task -> task.cache(CachePolicy.DEFAULT));
    assertThat(bodies(none)).isEqualTo(1);
    assertThat(bodies(none)).isEqualTo(1);
    assertThat(bodies(one())).as("nothing was kept by the others").isEqualTo(1);
    assertThat(bodies(none)).as("nor is it believed by them").isEqualTo(1);
    assertThat(bodies(one())).isZero();
  }

  @Test
  void failure_ofASubclass_isKept_ofAnotherClassOrWithSuchACause_isNot() throws Exception {
    BAD.add(1);
    thrown = () -> new IllegalStateException("wrapped", new IOException("cause"));
    assertThat(bodies(one())).isEqualTo(1);
    assertThat(bodies(one())).isEqualTo(1);
    thrown = () -> new FileNotFoundException("gone");
    assertThat(bodies(one())).isEqualTo(1);
    assertThat(bodies(one())).isZero();
    assertThat(run(one(task -> task.keepFailures(TIME, FileNotFoundException.class))).bodies)
        .as("the class of what was thrown")
        .isZero();
  }

  @Test
  void failure_keptByWhatIsDeclaredNow_theStrictestCounts() throws Exception {
    BAD.add(1);
    assertThat(bodies(one())).isEqualTo(1);
    clock.advance(Duration.ofMinutes(4));
    assertThat(bodies(one(task -> task.keepFailures(TIME, IllegalStateException.class))))
        .as("the class is not declared any more")
        .isEqualTo(1); // and it is not kept, so the first one stays
    assertThat(bodies(one(task -> task.keepFailures(Duration.ofMinutes(5), IOException.class))))
        .isZero();
    assertThat(bodies(one(task -> task.maxAge(Duration.ofMinutes(5))))).isZero();
    clock.advance(Duration.ofMinutes(1));
    assertThat(bodies(one())).as("as it was kept").isZero();
    BAD.clear();
    assertThat(run(one(task -> task.maxAge(Duration.ofMinutes(5)))).state())
        .as("older than what the task takes")
        .isEqualTo(RunState.SUCCEEDED);
  }

  @Test
  void failure_keptShorterThanIsDeclaredNow_countsAsItWasKept() throws Exception {
    BAD.add(1);
    assertThat(bodies(one(task -> task.keepFailures(Duration.ofMinutes(1), IOException.class))))
        .isEqualTo(1);
    clock.advance(Duration.ofMinutes(1));
    assertThat(bodies(one())).isEqualTo(1);
    clock.advance(Duration.ofMinutes(-1));
    assertThat(bodies(one())).as("it is from the future").isEqualTo(1);
  }

  /** What a pipeline is made of. */
  record Form(boolean fanOut, boolean nested, boolean retried, boolean memo) {
    Pipeline pipeline() {
      return Pipeline.define(
          "p",
          p -> {
            if (nested) {
              p.nested("part", this::declare);
            } else {
              declare(p);
            }
          });
    }

    private boolean declare(Pipeline.Builder p) {
      var check = keeping();
      check =
          retried
              ? check.retry(
                  RetryPolicy.attempts(2).withBackoff(Duration.ofMillis(1), Duration.ofMillis(1)))
              : check;
      check = memo ? check.memo() : check;
      if (fanOut) {
        var items = p.fanOut("items", task(KeptFailuresTest::items));
        var each = p.perPartition("check", check, items, p.value("x"));
        p.step("sink", task(KeptFailuresTest::sink), each.all());
      } else {
        p.step(
            "sink", task(KeptFailuresTest::sink), p.step("check", check, p.value(2), p.value("x")));
      }
      return true;
    }

    int tries() {
      return retried ? 2 : 1;
    }
  }

  static Stream<Form> forms() {
    return IntStream.range(0, 16)
        .mapToObj(i -> new Form((i & 1) != 0, (i & 2) != 0, (i & 4) != 0, (i & 8) != 0));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void failure_inEachForm_isKeptPerUnitAfterAllRetries(Form form) throws Exception {
    RunOptions on = RunOptions.DEFAULT.withKeepGoing(true);
    String step = form.nested ? "part.check" : "check";
    int good = form.fanOut ? 2 : 0;
    BAD.add(2);
    Ended first = run(form.pipeline(), on);
    assertThat(first.bodies).isEqualTo(good + form.tries());
    Ended second = run(form.pipeline(), on);
    assertThat(second.bodies).as("the others are cached").isZero();
    String unit = form.fanOut ? step + ":1" : step;
    assertThat(second.units.get(unit)).contains("FAILED FAILURE_KEPT");
    assertThat(second.units.values().stream().filter(end -> end.contains("FAILURE_KEPT")))
        .hasSize(1);

    RunOptions resumed = on.withResume(Resume.of(second.run.id(), Set.of()));
    assertThat(bodies(form.pipeline(), resumed)).as("resumed").isEqualTo(form.tries());
    assertThat(bodies(form.pipeline(), on)).as("which kept it again").isZero();
    assertThat(bodies(form.pipeline(), on.withRerun(Set.of(step))))
        .as("made anew")
        .isEqualTo(good + form.tries());

    BAD.clear();
    assertThat(bodies(form.pipeline(), on.withCache(CacheMode.REFRESH))).isEqualTo(good + 1);
    Ended last = run(form.pipeline(), on);
    assertThat(last.state()).isEqualTo(RunState.SUCCEEDED);
    assertThat(last.bodies).as("a result is there").isZero();
  }

  @ParameterizedTest
  @EnumSource(CacheMode.class)
  void failure_inEachMode_isKeptWhereItWritesAndFoundWhereItReads(CacheMode mode) throws Exception {
    RunOptions options = RunOptions.DEFAULT.withCache(mode);
    BAD.add(1);
    Told told = new Told();
    driver.submit(one(), options, told).await();
    assertThat(Bodies.take()).hasSize(1);
    assertThat(told.warnings).as("it says so by its mode").noneMatch(w -> w.contains("not kept"));
    assertThat(told.units.get("check").contains("kept for 10m")).isEqualTo(mode.writes());
    assertThat(bodies(one())).isEqualTo(mode.writes() ? 0 : 1);
    assertThat(bodies(one(), options)).isEqualTo(mode.reads() ? 0 : 1);
  }

  @Test
  void failure_found_endsTheRunUnlessItIsToKeepGoing() throws Exception {
    Pipeline two =
        Pipeline.define(
            "p",
            p -> {
              p.step("check", keeping(), p.value(1), p.value("x"));
              p.step("other", keeping(), p.value(2), p.value("x"));
            });
    BAD.add(1);
    run(two, RunOptions.DEFAULT.withOnly(Set.of("check")));
    Ended stopped = run(two);
    assertThat(stopped.bodies).isZero();
    assertThat(stopped.units.get("other")).contains("SKIPPED RUN_STOPPED(check)");
    Ended all = run(two, RunOptions.DEFAULT.withKeepGoing(true));
    assertThat(all.bodies).isEqualTo(1);
    assertThat(all.units.get("other")).contains("RAN");
    assertThat(all.summary.exitCode()).isEqualTo(1);
    Ended left = run(two, RunOptions.DEFAULT.withOnly(Set.of("other")));
    assertThat(left.state())
        .as("the step that failed was not asked for")
        .isEqualTo(RunState.SUCCEEDED);
  }

  @Test
  void success_afterAFailure_takesItsPlaceAlsoIfItFailsAgain() throws Exception {
    BAD.add(1);
    run(one());
    BAD.clear();
    assertThat(bodies(one(), RunOptions.DEFAULT.withRerun(Set.of("check")))).isEqualTo(1);
    BAD.add(1);
    assertThat(bodies(one(), RunOptions.DEFAULT.withCache(CacheMode.REFRESH)))
        .as("fails again, and there is a result")
        .isEqualTo(1);
    Ended found = run(one());
    assertThat(found.state()).as("the result counts").isEqualTo(RunState.SUCCEEDED);
    assertThat(found.bodies).isZero();
  }

  private static Exception at(String... classes) {
    Exception thrown = new IOException("no space left on device");
    thrown.setStackTrace(
        Stream.of(classes)
            .map(name -> new StackTraceElement(name, "write", "X.java", 1))
            .toArray(StackTraceElement[]::new));
    return thrown;
  }

  @Test
  void failure_thatTheEngineThrew_isNotKeptWhateverItsClass() throws Exception {
    BAD.add(1);
    String[] ofSpark = {
      "java.io.FileOutputStream", "org.apache.spark.storage.DiskBlockObjectWriter", "com.acme.Job"
    };
    thrown = () -> at(ofSpark);
    Ended ended = run(one());
    assertThat(ended.bodies).isEqualTo(1);
    assertThat(ended.units.get("check")).contains("no space left");
    assertThat(bodies(one())).as("it was not the task's").isEqualTo(1);

    thrown = () -> at("java.io.FileInputStream", "com.acme.Job", "org.apache.spark.rdd.RDD");
    assertThat(bodies(one())).isEqualTo(1);
    assertThat(bodies(one())).as("thrown by what Spark called").isZero();
  }

  @Test
  void result_expired_countsAgainstAnOlderFailureAndForNothingAgainstANewerOne() throws Exception {
    UnaryOperator<Task2<Integer, String, String>> brief = task -> task.ttl(Duration.ofMinutes(2));
    BAD.add(1);
    run(one(brief));
    BAD.clear();
    Pipeline undeclared =
        one(task -> task.cache(CachePolicy.DEFAULT.withTimeToLive(Duration.ofMinutes(2))));
    clock.advance(Duration.ofMinutes(1));
    assertThat(bodies(undeclared)).as("it looks for no failure").isEqualTo(1);
    clock.advance(Duration.ofMinutes(3));
    assertThat(bodies(one(brief))).as("it could be made since").isEqualTo(1);
    clock.advance(Duration.ofMinutes(3));
    BAD.add(1);
    assertThat(bodies(one(brief))).as("expired").isEqualTo(1);
    assertThat(bodies(one(brief))).as("failed since").isZero();
  }

  private Staleness stale(Pipeline pipeline) {
    return Staleness.of(driver.plan(pipeline, RunOptions.DEFAULT)).stream()
        .filter(each -> each.step().equals("check"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void stale_resultThatIsExpiredAndFailureThatIsKept_isMarkedByTheResult() throws Exception {
    UnaryOperator<Task2<Integer, String, String>> brief = task -> task.ttl(Duration.ofMinutes(2));
    run(one(brief));
    clock.advance(Duration.ofMinutes(3));
    BAD.add(1);
    run(one(brief));
    Staleness expired = stale(one(brief));
    assertThat(expired.mark()).isEqualTo(Mark.STALE);
    assertThat(expired.causes()).containsExactly(Cause.AGE);
    assertThat(expired.because()).hasSize(2).first().isEqualTo("EXPIRED");
    assertThat(expired.because().get(1)).startsWith("FAILURE_KEPT(java.io.IOException in run");

    UnaryOperator<Task2<Integer, String, String>> next = task -> task.version("2");
    run(one(next));
    Staleness made = stale(one(next));
    assertThat(made.mark()).as("there is a result of the version before").isEqualTo(Mark.STALE);
    assertThat(made.causes()).containsExactly(Cause.CODE);
    assertThat(made.because()).first().asString().startsWith("VERSION_CHANGED");
  }

  @Test
  void failure_ofAnotherProject_isNotSeen() throws Exception {
    BAD.add(1);
    run(one());
    driver.close();
    HomeOptions home = HomeOptions.at(folder.resolve("home"));
    driver = ClockedDriver.open(home.withScope("other", "default"), clock);
    assertThat(bodies(one())).isEqualTo(1);
    assertThat(bodies(one())).isZero();
  }

  @Test
  void failure_underAReadVersion_isKeptUnderTheOther() throws Exception {
    UnaryOperator<Task2<Integer, String, String>> reading =
        task -> task.version("new").readVersion("old");
    BAD.add(1);
    assertThat(bodies(one(reading))).isEqualTo(1);
    assertThat(bodies(one(reading))).isZero();
    assertThat(bodies(one(task -> task.version("new")))).as("the same execution").isZero();
    assertThat(bodies(one(task -> task.version("old")))).isEqualTo(1);
  }

  @Test
  void equalUnits_ofARunThatFails_endAlikeAndRunOnce() throws Exception {
    BAD.add(1);
    Pipeline equal =
        Pipeline.define(
            "p",
            p -> {
              for (int i = 0; i < 5; i++) {
                p.step("check" + i, keeping(), p.value(1), p.value("x"));
              }
            });
    Ended end = run(equal, RunOptions.DEFAULT.withKeepGoing(true));
    assertThat(end.bodies).isEqualTo(1);
    assertThat(end.units.values().stream().filter(unit -> unit.contains("FAILURE_KEPT")))
        .hasSize(4);
  }

  @Test
  void equalUnit_ofAnotherRunThatFails_endsTheOneThatWaits() throws Exception {
    BAD.add(1);
    gate = new CountDownLatch(1);
    Told first = new Told();
    Run owner = driver.submit(one(), RunOptions.DEFAULT, first);
    first.begun.await();
    Told second = new Told();
    Run waiting = driver.submit(one(), RunOptions.DEFAULT, second);
    second.waits.await();
    gate.countDown();
    assertThat(owner.await().state()).isEqualTo(RunState.FAILED);
    assertThat(waiting.await().state()).isEqualTo(RunState.FAILED);
    assertThat(Bodies.take()).hasSize(1);
    assertThat(second.units.get("check")).contains("FAILURE_KEPT").contains(owner.id());
  }

  @Test
  void timeout_ofATaskThatKeepsEveryException_isNotKept() throws Exception {
    UnaryOperator<Task2<Integer, String, String>> limited =
        task -> task.keepFailures(TIME, Exception.class).timeout(Duration.ofMillis(50));
    gate = new CountDownLatch(1);
    assertThat(run(one(limited)).units.get("check")).contains("ran longer than its deadline");
    assertThat(bodies(one(limited))).isEqualTo(1);
  }

  @Test
  void cancelled_whileItRuns_isNotKept() throws Exception {
    UnaryOperator<Task2<Integer, String, String>> all =
        task -> task.keepFailures(TIME, Exception.class);
    gate = new CountDownLatch(1);
    Told told = new Told();
    Run run = driver.submit(one(all), RunOptions.DEFAULT, told);
    told.begun.await();
    run.cancel();
    assertThat(run.await().state()).isEqualTo(RunState.CANCELLED);
    gate.countDown();
    assertThat(run(one(all)).state()).isEqualTo(RunState.SUCCEEDED);
  }

  record Opaque(Thread of) {}

  static Object unkeepable(String text) {
    Bodies.ran("unkeepable");
    return new Opaque(Thread.currentThread());
  }

  @Test
  void result_thatCannotBeEncoded_isNoFailureOfTheTask() throws Exception {
    Pipeline pipeline =
        Pipeline.define(
            "p",
            p ->
                p.step(
                    "s",
                    task(KeptFailuresTest::unkeepable).keepFailures(TIME, Exception.class),
                    p.value("x")));
    assertThat(bodies(pipeline)).isEqualTo(1);
    assertThat(bodies(pipeline)).isEqualTo(1);
  }

  static String read(Path file) throws IOException {
    Bodies.ran("read");
    if (Files.readString(file).equals("old")) {
      Files.writeString(file, "newer");
      throw new IOException("changed under it");
    }
    throw new IOException("newer");
  }

  @Test
  void file_changedWhileItsUnitFailed_failureIsNotKept() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "old");
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));
    Pipeline pipeline =
        Pipeline.define(
            "p",
            p ->
                p.step(
                    "s",
                    task(KeptFailuresTest::read).keepFailures(TIME, IOException.class),
                    p.file("in", file)));
    assertThat(bodies(pipeline)).isEqualTo(1);
    Files.writeString(file, "old");
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));
    assertThat(bodies(pipeline)).as("what failed may have been another file").isEqualTo(1);
    Files.writeString(file, "fails as it is");
    assertThat(bodies(pipeline)).isEqualTo(1);
    assertThat(bodies(pipeline)).isZero();
  }

  private static volatile String version = "1";

  static String observed(String where) throws IOException {
    Bodies.ran("observed");
    version = "2";
    throw new IOException("no such table");
  }

  @Test
  void source_anotherWhenItsUnitHasFailed_failureIsNotKept() throws Exception {
    version = "1";
    Pipeline pipeline =
        Pipeline.define(
            "p",
            p ->
                p.step(
                    "s",
                    task(KeptFailuresTest::observed).keepFailures(TIME, IOException.class),
                    p.observed("table", p.value("t"), any -> version)));
    Told told = new Told();
    driver.submit(pipeline, RunOptions.DEFAULT, told).await();
    assertThat(told.warnings)
        .anyMatch(w -> w.startsWith("NOT_KEPT the failure of 's' is not kept"));
    version = "1";
    Bodies.take();
    assertThat(bodies(pipeline)).isEqualTo(1);
    version = "2";
    assertThat(bodies(pipeline)).isEqualTo(1);
    assertThat(bodies(pipeline)).isZero();
  }

  @Test
  void declaration_thatMakesNoSense_isRefused() {
    var task = task(KeptFailuresTest::check);
    assertThatThrownBy(() -> task.keepFailures(Duration.ZERO, IOException.class))
        .hasMessageContaining("check")
        .hasMessageContaining("more than nothing and at most a day");
    assertThatThrownBy(() -> task.keepFailures(Duration.ofSeconds(-1), IOException.class))
        .hasMessageContaining("at most a day");
    assertThatThrownBy(() -> task.keepFailures(Duration.ofDays(1).plusNanos(1), IOException.class))
        .hasMessageContaining("at most a day");
    assertThatThrownBy(() -> task.keepFailures(TIME)).hasMessageContaining("name the exceptions");
    assertThatThrownBy(() -> task.keepFailures(TIME, (Class<? extends Throwable>) null))
        .hasMessageContaining("an exception that is kept is null");
    assertThatThrownBy(() -> task.keepFailures(TIME, IOException.class, null))
        .hasMessageContaining("an exception that is kept is null");
    assertThatThrownBy(() -> task.keepFailures(TIME, (Class<? extends Throwable>[]) null))
        .hasMessageContaining("an exception that is kept is null");
    assertThatThrownBy(() -> task.keepFailures(null, IOException.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("check")
        .hasMessageContaining("is null; say it, such as Duration.ofMinutes(10)");
    assertThatThrownBy(() -> new FailureKeeping(TIME, null)).hasMessageContaining("is null");
    for (Class<? extends Throwable> bad :
        List.of(Throwable.class, Error.class, OutOfMemoryError.class, AssertionError.class)) {
      assertThatThrownBy(() -> task.keepFailures(TIME, bad))
          .hasMessageContaining(bad.getName())
          .hasMessageContaining("are not kept");
    }
    assertThatThrownBy(() -> one(uncached -> uncached.uncached()))
        .hasMessageContaining("step 'check' keeps failures, and has no cache to keep them in");
  }
}
