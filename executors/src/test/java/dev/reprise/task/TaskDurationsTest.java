package dev.reprise.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.reprise.cache.base.Saturating;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whatever durations a user declares, nobody who counts with them meets an overflow. */
class TaskDurationsTest {
  private static final Duration FOREVER = ChronoUnit.FOREVER.getDuration();
  private static final Duration NEGATIVE = Duration.ofSeconds(-1);

  @Test
  void declare_forEver_isTheLongestThatCanBeCounted() {
    CachePolicy cache = CachePolicy.DEFAULT.withTimeToLive(FOREVER).withMaxAge(FOREVER);
    assertThat(cache.timeToLive()).isEqualTo(Saturating.LONGEST);
    assertThat(cache.maxAge()).isEqualTo(Saturating.LONGEST);
    Timeout timeout = Timeout.NONE.withRun(FOREVER).withStart(FOREVER);
    assertThat(timeout).isEqualTo(new Timeout(Saturating.LONGEST, Saturating.LONGEST));
    RetryPolicy retry = RetryPolicy.attempts(3).withBackoff(FOREVER, FOREVER);
    assertThat(retry.backoff()).isEqualTo(Saturating.LONGEST);
  }

  @Test
  void declare_notPositive_isRefused() {
    for (Duration bad : List.of(Duration.ZERO, NEGATIVE)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> CachePolicy.DEFAULT.withTimeToLive(bad));
      assertThatIllegalArgumentException().isThrownBy(() -> Timeout.NONE.withRun(bad));
      assertThatIllegalArgumentException().isThrownBy(() -> Timeout.NONE.withStart(bad));
    }
    assertThatIllegalArgumentException().isThrownBy(() -> CachePolicy.DEFAULT.withMaxAge(NEGATIVE));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RetryPolicy.NONE.withBackoff(NEGATIVE, FOREVER));
  }

  @Test
  void backoffMillis_longBackoffDoubledOften_isNeverBeyondTheLongestNorNegative() {
    RetryPolicy retry = RetryPolicy.attempts(99).withBackoff(Duration.ofDays(3000), FOREVER);
    for (int next = 2; next < 100; next++) {
      assertThat(retry.backoffMillis(next))
          .isBetween(Duration.ofDays(3000).toMillis(), Saturating.LONGEST.toMillis());
    }
  }
}
