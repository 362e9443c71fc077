package dev.reprise.executor.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.testing.Shows;
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
  @Shows("Fault 44")
  void window_trivialUnits_isBounded() {
    ran(Duration.ZERO);

    assertThat(pace.window(2)).isEqualTo(2002);
  }

  @Test
  void nanosOf_nothingKnown_isNone() {
    assertThat(pace.nanosOf(100, 2)).isZero();
  }

  @Test
  void nanosOf_alikeUnits_isWhatEachSlotHas() {
    ran(Duration.ofNanos(100_000));

    assertThat(pace.nanosOf(20, 2)).isEqualTo(1_000_000);
  }

  @Test
  void nanosOf_fewerUnitsThanSlots_isNone() {
    ran(Duration.ofMillis(40));

    assertThat(pace.nanosOf(1, 4)).isZero();
  }

  @Test
  void nanosOf_notAsManyForEachSlot_isWhatTheLeastHas() {
    ran(Duration.ofNanos(100_000));

    assertThat(pace.nanosOf(7, 4)).isEqualTo(100_000);
  }

  @Test
  void nanosOf_unitsBecomeQuicker_isSoAtOnce() {
    ran(Duration.ofMillis(10));
    pace.ran(1_000);

    assertThat(pace.nanosOf(20, 2)).isEqualTo(10_000);
  }

  @Test
  void nanosOf_oneSlowUnit_isOfUsualOnes() {
    ran(Duration.ofNanos(100_000));
    pace.ran(800_000);

    assertThat(pace.nanosOf(20, 2)).isLessThan(2_000_000);
  }

  private void ran(Duration each) {
    for (int i = 0; i < 200; i++) {
      pace.ran(each.toNanos());
    }
  }
}
