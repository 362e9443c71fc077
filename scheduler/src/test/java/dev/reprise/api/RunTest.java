package dev.reprise.api;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.reprise.graph.PipelineException;
import dev.reprise.journal.RunBrief;
import dev.reprise.journal.RunHistory;
import dev.reprise.run.RunListener;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunState;
import dev.reprise.run.RunView;
import dev.reprise.testkit.PipelineTester;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a run is to its caller when it does not end well. */
class RunTest {
  @RegisterExtension final PipelineTester reprise = new PipelineTester();

  @TempDir Path folder;

  private static List<Integer> noList(int size) {
    throw new IllegalStateException("no list of " + size);
  }

  private static int twice(int number) {
    return 2 * number;
  }

  private static int sum(List<Integer> numbers) {
    return numbers.stream().mapToInt(number -> number).sum();
  }

  private record Handles(Partitions<Integer> twice, Value<Integer> total) {}

  /** An empty list would be a wrong result. */
  @Test
  void result_partitionsThatAreNotKnown_isNoResult() throws Exception {
    var defined =
        Pipeline.with(
            "fan",
            (Pipeline.Builder p) -> {
              var list = p.fanOut("list", task(RunTest::noList), p.value(3));
              var twice = p.perPartition("twice", task(RunTest::twice), list);
              p.result("all", twice);
              return new Handles(twice, p.combine("total", 2, task(RunTest::sum), twice));
            });
    Run run = reprise.driver().submit(defined.pipeline());
    assertThat(run.await().state()).isEqualTo(RunState.FAILED);

    String message =
        "step '%s' has no result in run %s: its partitions follow from a result that there is not;"
            + " the run is FAILED";
    assertThatIllegalStateException()
        .isThrownBy(() -> run.results(defined.handles().twice()))
        .withMessage(message, "twice", run.id());
    assertThatIllegalStateException()
        .isThrownBy(() -> run.result("all", List.class))
        .withMessage(message, "twice", run.id());
    assertThatIllegalStateException()
        .isThrownBy(() -> run.result(defined.handles().total()))
        .withMessage(message, "total", run.id());
  }

  /** Throws what no listener should, which is an internal error of the run. */
  private static RunListener breaking() {
    return new RunListener() {
      @Override
      public void unitFinished(RunView view, UnitReport report) {
        throw new AssertionError("broken on purpose");
      }
    };
  }

  private static final class Told implements RunListener {
    final List<RunSummary> ends = new ArrayList<>();

    @Override
    public void finished(RunView view, RunSummary summary) {
      ends.add(summary);
    }
  }

  @Test
  void run_thatBreaks_isOverForItsListenersAndItsJournal() throws Exception {
    Pipeline pipeline = twiceOne();
    Told told = new Told();
    long before = threads("reprise-journal");

    Run run = reprise.driver().submit(pipeline, RunOptions.DEFAULT, told, breaking());

    assertThatIllegalStateException().isThrownBy(run::await).withMessageContaining(run.id());
    assertThat(told.ends).hasSize(1);
    assertThat(told.ends.get(0).exitCode()).isEqualTo(70);
    RunBrief brief = new RunHistory(reprise.home().resolve("runs")).readBrief(run.id());
    assertThat(Objects.requireNonNull(brief.summary()).state()).isEqualTo(RunState.FAILED);
    assertThat(brief.summary().message()).contains("error of Reprise").contains("on purpose");
    assertThat(threads("reprise-journal")).isEqualTo(before);
  }

  @Test
  void close_oneRunBreaks_waitsForTheOthersAndTells() throws Exception {
    Driver driver = Driver.open(folder);
    Pipeline pipeline = twiceOne();
    CountDownLatch firstMayBreak = new CountDownLatch(1);
    CountDownLatch secondMayEnd = new CountDownLatch(1);
    Run first = driver.submit(pipeline, RunOptions.DEFAULT, waitingFor(firstMayBreak), breaking());
    // Of another result than the first may have kept: with nothing to do it would succeed.
    Run second = driver.submit(twiceOf(2), RunOptions.DEFAULT, waitingFor(secondMayEnd));
    List<Throwable> thrown = new CopyOnWriteArrayList<>();
    Thread closer =
        new Thread(
            () -> {
              try {
                driver.close();
              } catch (IllegalStateException e) {
                thrown.add(e);
              }
            });
    closer.start();
    awaitWaiting(closer); // for the runs, which it has cancelled

    firstMayBreak.countDown();
    assertThatIllegalStateException().isThrownBy(first::await);
    closer.join(300);
    assertThat(closer.isAlive()).as("the home is still the second run's").isTrue();
    secondMayEnd.countDown();
    closer.join();

    assertThat(second.state()).isEqualTo(RunState.CANCELLED);
    assertThat(first.state()).isEqualTo(RunState.FAILED);
    assertThat(thrown).hasSize(1);
  }

  @Test
  void close_interrupted_waitsForTheRunsAllTheSameAndStaysInterrupted() throws Exception {
    Driver driver = Driver.open(folder);
    CountDownLatch mayGoOn = new CountDownLatch(1);
    Run run = driver.submit(twiceOne(), RunOptions.DEFAULT, waitingFor(mayGoOn));
    AtomicReference<RunState> whenClosed = new AtomicReference<>();
    AtomicBoolean interrupted = new AtomicBoolean();
    Thread closer =
        new Thread(
            () -> {
              Thread.currentThread().interrupt();
              driver.close();
              whenClosed.set(run.state());
              interrupted.set(Thread.currentThread().isInterrupted());
            });
    closer.start();
    awaitWaiting(closer);
    mayGoOn.countDown();
    closer.join();

    assertThat(whenClosed).hasValue(RunState.CANCELLED);
    assertThat(interrupted).isTrue();
  }

  @Test
  void submit_driverIsClosed_isRefused() throws Exception {
    Driver driver = Driver.open(folder);
    driver.close();
    driver.close();
    String message = "the driver is closed; open another";
    assertThatIllegalStateException()
        .isThrownBy(() -> driver.submit(twiceOne()))
        .withMessage(message);
    assertThatIllegalStateException()
        .isThrownBy(() -> driver.plan(twiceOne(), RunOptions.DEFAULT))
        .withMessage(message);
  }

  /** A run that begins while the driver closes is closed with it, or does not begin. */
  @Test
  void submit_driverIsBeingClosed_waitsForTheRunToBeginAndEndsIt() throws Exception {
    Driver driver = Driver.open(folder);
    begins = new CountDownLatch(1);
    mayBegin = new CountDownLatch(1);
    Pipeline pipeline =
        Pipeline.define(
            "p",
            p -> {
              p.hashText(SlowToHash.class, SlowToHash::hash);
              p.step("s", task(RunTest::text), p.value(new SlowToHash("v")));
            });
    AtomicReference<Run> run = new AtomicReference<>();
    Thread submitter = new Thread(() -> run.set(driver.submit(pipeline)));
    submitter.start();
    begins.await();
    assertThat(run).as("what is still being submitted").hasValue(null);
    Thread closer = new Thread(driver::close);
    closer.start();
    awaitWaiting(closer);
    mayBegin.countDown();
    closer.join();
    submitter.join();

    assertThat(run.get().state()).isNotEqualTo(RunState.RUNNING);
  }

  private static volatile CountDownLatch begins = new CountDownLatch(0);
  private static volatile CountDownLatch mayBegin = new CountDownLatch(0);

  /** Its key is made while a run is submitted. */
  record SlowToHash(String text) {
    String hash() {
      begins.countDown();
      awaitLatch(mayBegin);
      return text;
    }
  }

  private static String text(SlowToHash of) {
    return of.text();
  }

  private static Pipeline twiceOne() {
    return twiceOf(1);
  }

  private static Pipeline twiceOf(int number) {
    return Pipeline.define("p", p -> p.step("s", task(RunTest::twice), p.value(number)));
  }

  private static void awaitWaiting(Thread thread) {
    while (thread.isAlive() && thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static RunListener waitingFor(CountDownLatch latch) {
    return new RunListener() {
      @Override
      public void started(RunHeader header, RunView view) {
        awaitLatch(latch);
      }
    };
  }

  @Test
  void plan_thatCannotBeMade_leavesNoThread() throws Exception {
    for (String file : List.of("a/1", "a/2", "b/1")) {
      Files.createDirectories(folder.resolve(file).getParent());
      Files.writeString(folder.resolve(file), file);
    }
    Pipeline pipeline =
        Pipeline.define(
            "p",
            p ->
                p.perPartition(
                    "both",
                    task(RunTest::both),
                    p.files("a", folder.resolve("a"), "*"),
                    p.files("b", folder.resolve("b"), "*")));

    long before = threads("reprise-commit");
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(() -> reprise.driver().plan(pipeline, RunOptions.DEFAULT))
        .withMessageContaining("place by place");

    assertThat(threads("reprise-commit")).isEqualTo(before);
  }

  private static String both(Path one, Path other) {
    return one + " " + other;
  }

  private static long threads(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith(name))
        .count();
  }
}
