package dev.reprise.executor.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.testing.Shows;
import dev.reprise.executor.Argument;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.AttemptResult.Cancelled;
import dev.reprise.executor.AttemptResult.Lost;
import dev.reprise.executor.AttemptResult.Success;
import dev.reprise.executor.TaskCode;
import dev.reprise.executor.WorkChunk.UnitWork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What every executor must do. An engine's test extends this and opens its executor on a real
 * engine; see {@link ContractHarness} for what it may adjust.
 */
public abstract class TaskExecutorContract extends FailuresContract {
  @Test
  void started_always_comesBeforeTheAnswer() throws Exception {
    long attempt = submit(task("add"), 1, 2);

    answers.await(attempt);

    assertThat(answers.hasStarted(attempt)).isTrue();
  }

  @Test
  void cancel_queuedUnits_areAnsweredAndNeverRun() throws Exception {
    List<UnitWork> units = new ArrayList<>();
    for (int i = 0; i < 4 * executor.window(); i++) {
      units.add(work.unitOf(""));
    }
    executor.submit(work.chunk(task("sleep"), units), answers);
    answers.awaitStart(units.get(0).attempt());

    executor.cancel(units.stream().mapToLong(UnitWork::attempt).toArray());

    answers.awaitCount(units.size());
    UnitWork last = units.get(units.size() - 1);
    assertThat(answers.await(last.attempt())).isInstanceOf(Cancelled.class);
    assertThat(answers.hasStarted(last.attempt())).isFalse();
  }

  @Test
  @Shows("Fault 49")
  void cancel_runningUnit_endsItAndRegainsItsSlot() throws Exception {
    long attempt = submit(task("sleep"));
    answers.awaitStart(attempt);

    executor.cancel(new long[] {attempt});

    assertThat(answers.await(attempt)).isInstanceOf(Cancelled.class);
    assertThat(value(succeed(task("add"), 1, 2))).isEqualTo(3);
  }

  @Test
  void cancel_unitThatAsks_endsIt() throws Exception {
    long attempt = submit(task("ask"));
    answers.awaitStart(attempt);

    executor.cancel(new long[] {attempt});

    assertThat(answers.await(attempt)).isInstanceOf(Cancelled.class);
  }

  @Test
  @Shows("Fault 49")
  void cancel_unitThatHeedsNothing_isGivenUpAndItsLateResultDropped() throws Exception {
    Path release = folder.resolve("release");
    TaskCode code = work.inlineLimit(0).code(ContractTasks.class, "ignore");
    work.inlineLimit(10_000);
    long attempt = submit(code, new Argument.File(release, 0, 0));
    answers.awaitStart(attempt);
    // About to run, an engine says; what is cancelled before it runs need not run.
    awaitFile(folder.resolve("release.runs"));

    executor.cancel(new long[] {attempt});
    AttemptResult result = answers.await(attempt);
    assertThat(result).isInstanceOfAny(Cancelled.class, Lost.class);
    assertThat(value(succeed(task("add"), 1, 2))).isEqualTo(3);

    // What it brings in the end is nobody's.
    Files.createFile(release); // at once: what is written here would meet what the unit writes
    awaitContent(release, "seen");
    executor.close();
    awaitNoTemporaries();
    assertThat(answers.count()).isEqualTo(2);
  }

  @Test
  void cancel_unknownOrAnsweredAttempts_doesNothing() throws Exception {
    long attempt = submit(task("add"), 1, 2);
    answers.await(attempt);

    executor.cancel(new long[] {attempt, 12345});

    assertThat(value(succeed(task("add"), 2, 2))).isEqualTo(4);
  }

  @Test
  void cancel_someUnitsOfAChunk_othersRun() throws Exception {
    UnitWork first = work.unitOf("a", 1, 2);
    UnitWork second = work.unitOf("b", 3, 4);
    executor.submit(work.chunk(task("add"), List.of(first, second)), answers);

    executor.cancel(new long[] {first.attempt()});

    assertThat(answers.await(first.attempt())).isInstanceOfAny(Cancelled.class, Success.class);
    assertThat(answers.await(second.attempt())).isInstanceOf(Success.class);
  }

  @Test
  void close_unitsQueuedAndRunning_allAreAnsweredInTime() throws Exception {
    List<UnitWork> units = new ArrayList<>();
    for (int i = 0; i < 2 * executor.window(); i++) {
      units.add(work.unitOf(""));
    }
    executor.submit(work.chunk(task("sleep"), units), answers);
    answers.awaitStart(units.get(0).attempt());

    long begun = System.nanoTime();
    executor.close();
    executor.close();

    assertThat(System.nanoTime() - begun).isLessThan(patience().toNanos());
    assertThat(answers.count()).isEqualTo(units.size());
    for (UnitWork unit : units) {
      assertThat(answers.await(unit.attempt())).isInstanceOfAny(Cancelled.class, Lost.class);
    }
  }

  @Test
  void close_nothingSubmitted_returns() {
    executor.close();

    assertThat(answers.count()).isZero();
  }

  private void awaitFile(Path file) throws Exception {
    for (long i = 0; i < patience().toMillis() / 10 && Files.notExists(file); i++) {
      Thread.sleep(10);
    }
    assertThat(file).exists();
  }

  private static void awaitContent(Path file, String wanted) throws Exception {
    for (int i = 0; i < 3000 && !Files.readString(file).equals(wanted); i++) {
      Thread.sleep(10);
    }
    assertThat(file).hasContent(wanted);
  }

  private void awaitNoTemporaries() throws Exception {
    for (int i = 0; i < 3000 && temporaries() > 0; i++) {
      Thread.sleep(10);
    }
    assertThat(temporaries()).isZero();
  }
}
