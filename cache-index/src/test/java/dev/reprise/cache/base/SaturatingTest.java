package dev.reprise.cache.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;

class SaturatingTest {
  private static final Duration FOREVER = ChronoUnit.FOREVER.getDuration();

  @Test
  void numbers_ofForEver_areTheLargestThereAre() {
    assertThat(Saturating.millis(FOREVER)).isEqualTo(Long.MAX_VALUE);
    assertThat(Saturating.nanos(FOREVER)).isEqualTo(Long.MAX_VALUE);
    assertThat(Saturating.nanos(FOREVER.negated())).isEqualTo(Long.MIN_VALUE);
    assertThat(Saturating.millis(FOREVER.negated())).isEqualTo(Long.MIN_VALUE);
    assertThat(Saturating.millis(Duration.ofSeconds(2))).isEqualTo(2000);
    assertThat(Saturating.nanos(Duration.ofSeconds(2))).isEqualTo(2_000_000_000L);
  }

  @Test
  void sum_beyondALong_stopsThere() {
    assertThat(Saturating.sum(Long.MAX_VALUE, 1)).isEqualTo(Long.MAX_VALUE);
    assertThat(Saturating.sum(-2, Long.MIN_VALUE)).isEqualTo(Long.MIN_VALUE);
    assertThat(Saturating.sum(Long.MAX_VALUE, Long.MIN_VALUE)).isEqualTo(-1);
    assertThat(Saturating.sum(40, 2)).isEqualTo(42);
  }

  @Test
  void limit_ofForEver_canBeAddedToAnyClock() {
    assertThat(Saturating.limit(FOREVER)).isEqualTo(Saturating.LONGEST);
    assertThat(Saturating.LONGEST.toNanos()).isPositive();
    assertThat(Saturating.limit(Duration.ofDays(1))).isEqualTo(Duration.ofDays(1));
  }
}
