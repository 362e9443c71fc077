package dev.reprise.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.cache.fingerprint.NoCanonicalFormException;
import dev.reprise.graph.ObservedSpec;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LookTest {
  private final AtomicInteger asked = new AtomicInteger();
  private final ObservedSpec source = new ObservedSpec("orders", "x", () -> "1");

  @Test
  void version_ofASourceThatManyStepsTake_isAskedOnceInALookAndAgainInTheNext() throws Exception {
    Look look = new Look();
    assertThat(look.version(source, any -> "v" + asked.incrementAndGet())).isEqualTo("v1");
    assertThat(look.version(source, any -> "v" + asked.incrementAndGet())).isEqualTo("v1");
    assertThat(new Look().version(source, any -> "v" + asked.incrementAndGet())).isEqualTo("v2");
  }

  @Test
  void version_probeFails_isNotAskedAgainAndFailsForAll() {
    Look look = new Look();
    Look.Probe failing =
        any -> {
          asked.incrementAndGet();
          throw new NoCanonicalFormException("", "the probe failed");
        };
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> look.version(source, failing))
          .isInstanceOf(NoCanonicalFormException.class)
          .hasMessageContaining("the probe failed");
    }
    assertThat(asked).hasValue(1);
  }
}
