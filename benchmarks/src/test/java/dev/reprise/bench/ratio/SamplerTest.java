package dev.reprise.bench.ratio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Samples that a thread takes. */
class SamplerTest {
  private static final Duration PAUSE = Duration.ofMillis(1);

  @Test
  void samples_areTakenAgainAndAgainByADaemon() throws Exception {
    CountDownLatch taken = new CountDownLatch(3);
    try (Sampler ignored = new Sampler(PAUSE, () -> take(taken))) {
      assertThat(taken.await(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static void take(CountDownLatch taken) {
    if (Thread.currentThread().isDaemon()) {
      taken.countDown();
    }
  }

  @Test
  void close_aSampleHasFailed_tells() throws Exception {
    CountDownLatch failing = new CountDownLatch(1);
    Sampler sampler =
        new Sampler(
            PAUSE,
            () -> {
              failing.countDown();
              throw new IllegalStateException("no such process");
            });
    failing.await();

    assertThatThrownBy(sampler::close)
        .isInstanceOf(ExecutionException.class)
        .hasRootCauseMessage("no such process");
  }
}
