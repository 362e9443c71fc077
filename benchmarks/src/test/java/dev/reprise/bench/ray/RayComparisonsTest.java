package dev.reprise.bench.ray;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.reprise.bench.ratio.Comparison;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Small ones of each comparison, on a real cluster: both sides run, more than once, and one that
 * comes to another result is found (PERFORMANCE, outputs of both sides are checked for equality).
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES) // Ray may have to be installed first
class RayComparisonsTest {
  @TempDir Path folder;

  private static void runTwice(Comparison comparison) throws Exception {
    for (int round = 0; round < 2; round++) {
      assertThat(comparison.ours()).isPositive();
      assertThat(comparison.peer()).isPositive();
    }
  }

  @Test
  void oneByOne_bothSides_runAndTellWhatTheRatioLeavesOut() throws Exception {
    List<ProcessHandle> processes;
    try (Comparison comparison = RayUnits.oneByOne(folder, 20, 500)) {
      runTwice(comparison);

      assertThat(comparison.notes()).hasSize(2);
      assertThat(comparison.notes().get(0))
          .matches("first unit .* ours \\d+\\.\\d+ s, the peer's \\d+\\.\\d+ s; the next: .*");
      assertThat(comparison.notes().get(1)).startsWith("500 units in flight: ");
      processes = comparison.processes().toList();
      assertThat(processes).hasSizeGreaterThan(4).allMatch(ProcessHandle::isAlive);
    }
    assertThat(processes).noneMatch(ProcessHandle::isAlive);
  }

  @Test
  void chunked_bothSides_haveTheSameResultsInEachRound() throws Exception {
    try (Comparison comparison = RayUnits.chunked(folder, 200, 20, 100_000)) {
      runTwice(comparison);
    }
  }

  @Test
  void oneByOne_peerComesToSomethingElse_isFound() throws Exception {
    try (Comparison comparison = RayUnits.oneByOne(folder, 5, Impostor.class.getName())) {
      assertThatIllegalStateException()
          .isThrownBy(comparison::peer)
          .withMessage("the peer's results are others");
    }
  }

  @Test
  void metg_bothSides_computeTheGraph() throws Exception {
    try (Comparison comparison = new RayMetg(folder, 10, 4, 5, 2)) {
      runTwice(comparison);
    }
  }

  /** Computes nothing. */
  static final class Impostor {
    private Impostor() {}

    public static void main(String[] arguments) throws Exception {
      DriverProcess.serve(question -> List.of("1", "1"));
    }
  }
}
