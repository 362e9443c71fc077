package dev.reprise.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResourcesTest {
  @ParameterizedTest
  @ValueSource(doubles = {0, -1, 10_000.5, Double.NaN, Double.POSITIVE_INFINITY})
  void withCpus_noNumberOfProcessors_isRefusedNamingBothBounds(double cpus) {
    assertThatThrownBy(() -> Resources.ONE_CPU.withCpus(cpus))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a unit cannot ask for %s processors; give a number above 0 and at most 10000", cpus);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -0.5, Double.NaN, Double.POSITIVE_INFINITY})
  void with_noAmount_isRefusedNamingTheResource(double amount) {
    assertThatThrownBy(() -> Resources.ONE_CPU.with("gpu", amount))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a unit cannot ask for %s of resource 'gpu'; give a number above 0, or leave it out",
            amount);
  }

  @Test
  void with_fractions_areTaken() {
    Resources resources = Resources.ONE_CPU.withCpus(0.25).with("gpu", 1.5);

    assertThat(resources.cpus()).isEqualTo(0.25);
    assertThat(resources.custom()).containsEntry("gpu", 1.5);
  }
}
