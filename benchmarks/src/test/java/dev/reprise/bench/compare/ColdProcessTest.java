package dev.reprise.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** New processes that have nothing to do. */
class ColdProcessTest {
  @TempDir Path folder;

  @Test
  void bothSides_severalRounds_findEverything() throws Exception {
    try (ColdProcess comparison = new ColdProcess(folder, 10, 4)) {
      for (int round = 0; round < 2; round++) {
        assertThat(comparison.ours()).isPositive();
        assertThat(comparison.peer()).isPositive();
      }
    }
  }

  @Test
  void peer_oneFileIsGone_findsWorkWhichIsFound() throws Exception {
    try (ColdProcess comparison = new ColdProcess(folder, 10, 4)) {
      Files.delete(comparison.ninja().file("step-1/3"));

      assertThatIllegalStateException()
          .isThrownBy(comparison::peer)
          .withMessageStartingWith("the peer found work to do: ");
      assertThat(comparison.peer()).as("and does it").isPositive();
    }
  }

  @Test
  void ours_findsNothing_isFound() throws Exception {
    try (ColdProcess comparison = new ColdProcess(folder, 10, 4, Elsewhere.class.getName())) {
      assertThatIllegalStateException()
          .isThrownBy(comparison::ours)
          .withMessageStartingWith("ours said '0 units found, of ");
    }
  }

  /** Runs the graph in a home where nothing is kept. */
  static final class Elsewhere {
    private Elsewhere() {}

    public static void main(String[] arguments) throws Exception {
      CachedGraph.main(new String[] {arguments[0] + "-other", arguments[1], arguments[2]});
    }
  }
}
