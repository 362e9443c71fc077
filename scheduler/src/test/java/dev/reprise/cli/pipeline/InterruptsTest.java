package dev.reprise.cli.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class InterruptsTest {
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private static List<Thread> watchdogs() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("reprise-interrupt"))
        .toList();
  }

  @Test
  void close_afterASignal_nobodyWaitsToHaltTheProcessAnyMore() throws Exception {
    try (Interrupts interrupts = new Interrupts(new PrintStream(err, true, UTF_8), 8)) {
      interrupts.cancels(() -> {});
      interrupts.onSignal();
      assertThat(watchdogs()).hasSize(1);
    }

    for (Thread watchdog : watchdogs()) {
      watchdog.join(5_000);
    }
    assertThat(watchdogs()).isEmpty();
    assertThat(err.toString(UTF_8)).isEqualTo("cancelling; again to halt at once\n");
  }
}
