package dev.reprise.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that sync, against runs in memory. */
class DurabilityTest {
  @TempDir Path folder;

  @Test
  void bothSides_severalRounds_keepEverythingAndLeaveNoFiles() throws Exception {
    try (Durability comparison = new Durability(folder, 10, 3)) {
      for (int round = 0; round < 2; round++) {
        assertThat(comparison.ours()).isPositive();
        assertThat(comparison.peer()).isPositive();
      }
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void peer_keepsNothing_isFound() throws Exception {
    try (Durability comparison = new Durability(folder, 10, 3, Workplace::withoutCache)) {
      assertThat(comparison.ours()).isPositive();
      assertThatIllegalStateException()
          .isThrownBy(comparison::peer)
          .withMessage("0 of 31 units were found");
    }
  }
}
