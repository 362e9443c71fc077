package dev.reprise.bench.ray;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A first failure is the one that is told. */
class AfterFailureTest {
  private final Exception failure = new IllegalStateException("first");

  @Test
  void close_failsToo_isAddedToTheFirstFailure() {
    Exception second = new IllegalStateException("second");

    AfterFailure.close(
        failure,
        () -> {
          throw second;
        });

    assertThat(failure).hasSuppressedException(second);
  }

  @Test
  void close_isInterrupted_threadStaysSo() {
    AfterFailure.close(
        failure,
        () -> {
          throw new InterruptedException();
        });

    assertThat(Thread.interrupted()).isTrue();
  }
}
