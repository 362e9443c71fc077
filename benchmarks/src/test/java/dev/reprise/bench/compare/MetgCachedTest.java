package dev.reprise.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.reprise.bench.compare.MetgCached.Making;
import dev.reprise.bench.compare.MetgCached.Peer;
import dev.reprise.bench.taskbench.Edits;
import dev.reprise.bench.taskbench.Metg;
import dev.reprise.bench.taskbench.Pattern;
import dev.reprise.bench.taskbench.TaskBench;
import dev.reprise.bench.taskbench.TaskBench.Shape;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Small units with a cache, against a cache that is written by hand. */
class MetgCachedTest {
  private static final int WIDTH = 100; // more than a range
  private static final int STEPS = 4;

  @TempDir Path folder;

  private MetgCached against(Pattern pattern, Making peer) throws Exception {
    Shape shape = new Shape(pattern, WIDTH, STEPS, 0);
    return new MetgCached(folder, shape, Metg.calibrate(2), peer, "");
  }

  @ParameterizedTest
  @EnumSource
  void peer_anyPattern_computesAndKeepsTheGraph(Pattern pattern) throws Exception {
    assertThat(against(pattern, CachingForkJoin::new).peer()).isPositive();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void worst_bothSides_computeTheGraphAndThePatternIsTold() throws Exception {
    try (MetgCached comparison = MetgCached.worst(folder, 20, 3)) {
      assertThat(comparison.ours()).isPositive();
      assertThat(comparison.peer()).isPositive();
      assertThat(comparison.notes().get(0)).matches("worst of all patterns: [A-Z_1D]+, .*");
    }
  }

  @Test
  void peer_leavesPointsOut_isFound() throws Exception {
    MetgCached comparison =
        against(Pattern.STENCIL_1D, (place, shape) -> made(new long[WIDTH], WIDTH * STEPS));

    assertThatIllegalStateException()
        .isThrownBy(comparison::peer)
        .withMessage("the peer's results are others");
  }

  @Test
  void peer_keepsLess_isFound() throws Exception {
    MetgCached comparison =
        against(
            Pattern.STENCIL_1D,
            (place, shape) ->
                made(TaskBench.expected(shape, Edits.NONE)[STEPS - 1], WIDTH * STEPS - 1));

    assertThatIllegalStateException()
        .isThrownBy(comparison::peer)
        .withMessage("the peer kept 399 of 400 results");
  }

  private static Peer made(long[] last, long kept) {
    return new Peer() {
      @Override
      public long[] run() {
        return last;
      }

      @Override
      public long kept() {
        return kept;
      }

      @Override
      public void close() {}
    };
  }
}
