package dev.reprise.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reprise.home.PublishTurns.Turn;
import dev.reprise.run.Publisher.Caller;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** One after the other at each path, and nobody waits for ever or in silence. */
class PublishTurnsTest {
  private static final Path PLACE = Path.of("/out/a");

  private final PublishTurns turns = new PublishTurns(PublishTurns.PATIENCE_SECONDS);

  private static final class Run implements Caller {
    final List<String> warnings = new CopyOnWriteArrayList<>();
    final CountDownLatch told = new CountDownLatch(1);
    volatile boolean over;

    @Override
    public boolean goesOn() {
      return !over;
    }

    @Override
    public void warn(String code, String message) {
      warnings.add(code + " " + message);
      told.countDown();
    }
  }

  private CompletableFuture<Turn> later(Run run) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return turns.take(PLACE, run);
          } catch (IOException e) {
            throw new IllegalStateException(e.getMessage());
          }
        },
        task -> new Thread(task).start());
  }

  @Test
  void take_anotherPublishesThere_isToldAndGetsItsTurnThen() throws Exception {
    Turn first = turns.take(PLACE, new Run());
    Run run = new Run();
    CompletableFuture<Turn> second = later(run);
    try (Turn elsewhere = turns.take(Path.of("/out/b"), new Run())) {
      assertThat(elsewhere.decide()).as("each path has its own").isTrue();
    }
    run.told.await();
    assertThat(run.warnings)
        .containsExactly(
            "PUBLISH_WAITS another run of this driver publishes at /out/a; this one waits for that");
    assertThat(second).isNotDone();
    assertThat(first.decide()).isTrue();
    first.close();
    assertThat(second.get().decide()).isTrue();
    assertThat(run.warnings).as("once").hasSize(1);
  }

  @Test
  void take_runIsOverMeanwhile_waitsNoLonger() throws Exception {
    turns.take(PLACE, new Run());
    Run run = new Run();
    CompletableFuture<Turn> second = later(run);
    run.told.await();
    run.over = true;
    assertThatExceptionOfType(Exception.class)
        .isThrownBy(second::get)
        .withMessageContaining("the run was over before it was its turn at /out/a");
  }

  @Test
  void take_runBeforeIsOverAndHangs_takesItsTurn() throws Exception {
    Run cancelled = new Run();
    Turn hanging = turns.take(PLACE, cancelled);
    CompletableFuture<Turn> second = later(new Run());
    cancelled.over = true;
    Turn taken = second.get();
    cancelled.over = false;
    assertThat(hanging.decide()).as("it comes too late, whatever its run says").isFalse();
    hanging.close();
    assertThat(taken.decide()).as("and takes nothing with it").isTrue();
  }

  @Test
  void take_runBeforeIsOverAndHasDecided_isWaitedFor() throws Exception {
    Run cancelled = new Run();
    Turn renames = turns.take(PLACE, cancelled);
    assertThat(renames.decide()).isTrue();
    cancelled.over = true;
    Run run = new Run();
    CompletableFuture<Turn> second = later(run);
    run.told.await();
    assertThat(second).isNotDone();
    renames.close();
    assertThat(second.get().decide()).isTrue();
  }

  @Test
  void take_runBeforeIsOverAndHangsInTheRename_failsAndSaysWhy() throws Exception {
    PublishTurns hasty = new PublishTurns(0);
    Run cancelled = new Run();
    assertThat(hasty.take(PLACE, cancelled).decide()).isTrue();
    cancelled.over = true;
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> hasty.take(PLACE, new Run()))
        .withMessageContaining("a run that is over hangs while it puts its result there");
  }
}
