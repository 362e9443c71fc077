package dev.reprise.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.reprise.bench.compare.InlineResult.Put;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small results in the index, against a bare RocksDB. */
class InlineResultTest {
  private static final int MORE_THAN_A_BATCH = 1500;

  @TempDir Path folder;

  @Test
  void bothSides_severalRounds_keepTheSameEntriesAndLeaveNoFiles() throws Exception {
    try (InlineResult comparison = new InlineResult(folder, MORE_THAN_A_BATCH)) {
      for (int round = 0; round < 2; round++) {
        assertThat(comparison.ours()).isPositive();
        assertThat(comparison.peer()).isPositive();
      }
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void peer_leavesAnEntryOut_isFound() {
    int[] puts = {0};
    refuses(
        (batch, key, entry) -> {
          if (++puts[0] != 4) {
            batch.put(key, entry);
          }
        });
  }

  @Test
  void peer_keepsFewerBytes_isFound() {
    int[] puts = {0};
    refuses(
        (batch, key, entry) -> batch.put(key, ++puts[0] == 4 ? Arrays.copyOf(entry, 7) : entry));
  }

  private void refuses(Put put) {
    assertThatIllegalStateException()
        .isThrownBy(() -> new InlineResult(folder, 10, put).peer())
        .withMessage("the peer's entry of result 3 is another");
  }
}
