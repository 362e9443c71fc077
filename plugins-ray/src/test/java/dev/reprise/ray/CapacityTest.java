package dev.reprise.ray;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.ray.connect.RayCalls.Node;
import dev.reprise.task.Resources;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CapacityTest {
  /** Ray throws away a task that asks for 1.5, and cannot see less than a ten-thousandth. */
  @ParameterizedTest
  @CsvSource({"1, 1", "1.5, 2", "2.0001, 3", "0.5, 0.5", "0.1, 0.1", "0.00004, 0.0001"})
  void wanted_amountThatRayDoesNotTake_isRoundedUp(double amount, double expected) {
    Resources resources = Resources.ONE_CPU.withCpus(amount).with("gpu", amount);

    assertThat(Capacity.wanted(resources)).isEqualTo(Map.of("CPU", expected, "gpu", expected));
  }

  @Test
  void slots_amountRoundedUp_isWhatNodesAreDividedBy() {
    Capacity capacity =
        new Capacity(List.of(node("a", Map.of("CPU", 4.0)), node("b", Map.of("CPU", 3.0))));

    assertThat(capacity.slots(Resources.ONE_CPU.withCpus(1.5))).isEqualTo(3);
    assertThat(capacity.slots(Resources.ONE_CPU.withCpus(0.1))).isEqualTo(70);
  }

  /** A driver that was killed must not slow down those that come after it (ADR-0003). */
  @Test
  void asked_otherRuns_askForATraceOfSomethingElse() {
    Resources resources = Resources.ONE_CPU.with("gpu", 1);

    Map<String, Double> one = Capacity.asked(resources, "20261122-193151-73f5");
    Map<String, Double> other = Capacity.asked(resources, "20261122-193210-01aa");

    assertThat(one).isEqualTo(Capacity.asked(resources, "20261122-193151-73f5"));
    assertThat(one).containsAllEntriesOf(Capacity.wanted(resources)).hasSize(3).isNotEqualTo(other);
    assertThat(one.values()).contains(0.0001);
  }

  private static Node node(String host, Map<String, Double> resources) {
    return new Node(host, resources, "/tmp/" + host);
  }
}
