package dev.reprise.cli.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.testing.Shows;
import dev.reprise.console.ManualTime;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** FAULTS 4: a process that was told to end does, whatever its run and its closing do. */
class InterruptsTest {
  private static final Duration ALMOST = Duration.ofSeconds(9);

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final ManualTime time = new ManualTime();
  private int cancelled;
  private int halted;

  private Interrupts interrupts() {
    Interrupts interrupts = new Interrupts(new PrintStream(err, true, UTF_8), time, () -> halted++);
    interrupts.cancels(() -> cancelled++);
    return interrupts;
  }

  @Test
  void signal_runDoesNotEnd_isLeftBehindWithinTenSeconds() {
    try (Interrupts interrupts = interrupts()) {
      interrupts.onSignal();
      time.pass(ALMOST);
      assertThat(halted).isZero();
      time.pass(Duration.ofSeconds(1));
      assertThat(halted).isEqualTo(1);
    }
    assertThat(cancelled).isEqualTo(1);
    assertThat(err.toString(UTF_8))
        .isEqualTo(
            "cancelling; again to halt at once\nthe run did not end in time and is left behind\n");
  }

  @Test
  void signal_runEndsInTime_closingHasAsLongAgain() {
    try (Interrupts interrupts = interrupts()) {
      interrupts.onSignal();
      time.pass(ALMOST);
      interrupts.runEnded();
      time.pass(ALMOST);
      assertThat(halted).isZero();
      time.pass(Duration.ofSeconds(1));
      assertThat(halted).isEqualTo(1);
    }
    assertThat(err.toString(UTF_8)).endsWith("was not closed in time and is left behind\n");
  }

  @Test
  @Shows("Fault 4")
  void signal_again_haltsAtOnce() {
    try (Interrupts interrupts = interrupts()) {
      interrupts.onSignal();
      interrupts.onSignal();
      assertThat(halted).isEqualTo(1);
      assertThat(cancelled).isEqualTo(1);
    }
  }

  @Test
  void close_afterASignal_nobodyWaitsToHaltTheProcessAnyMore() {
    try (Interrupts interrupts = interrupts()) {
      interrupts.onSignal();
      interrupts.runEnded();
    }
    assertThat(time.pending()).isZero();
    assertThat(err.toString(UTF_8)).isEqualTo("cancelling; again to halt at once\n");
  }

  @Test
  void runEnded_noSignal_nobodyWaits() {
    try (Interrupts interrupts = interrupts()) {
      interrupts.runEnded();
      assertThat(time.pending()).isZero();
    }
  }
}
