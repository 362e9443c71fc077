package dev.reprise.executor.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {
  private final Pace pace = new Pace();

  @Test
  void window_nothingKnown_isOneWaitingForEachRunning() {
    assertThat(pace.window(4)).isEqualTo(8);
  }

  @Test
  void window_slowUnits_isOneWaitingForEachRunning() {
    ran(Duration.ofMinutes(1));

    assertThat(pace.window(4)).isEqualTo(8);
  }

  @Test
  void window_quickUnits_isTenMillisecondsOfWork() {
    ran(Duration.ofNanos(100_000));

    assertThat(pace.window(2)).isBetween(150, 210);
  }

  @Test
  void window_trivialUnits_isBounded() {
    ran(Duration.ZERO);

    assertThat(pace.window(2)).isEqualTo(2002);
  }

  private void ran(Duration each) {
    for (int i = 0; i < 200; i++) {
      pace.ran(each.toNanos());
    }
  }
}
