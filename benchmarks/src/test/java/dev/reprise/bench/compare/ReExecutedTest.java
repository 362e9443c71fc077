package dev.reprise.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.reprise.bench.taskbench.Pattern;
import dev.reprise.bench.taskbench.TaskBench.Shape;
import dev.reprise.run.CacheMode;
import dev.reprise.run.RunOptions;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that are killed, and what executes again in the next. */
class ReExecutedTest {
  private static final int WIDTH = 50;
  private static final int STEPS = 6;
  private static final int KILLS = 2;

  @TempDir Path folder;

  @Test
  void ours_runsAreKilled_executesNoMoreThanCouldNotBeKept() throws Exception {
    try (ReExecuted comparison = new ReExecuted(folder, WIDTH, STEPS, KILLS)) {
      double again = comparison.ours();
      assertThat(comparison.peer()).isPositive();
      assertThat(again).isLessThanOrEqualTo(comparison.peer());
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void ours_runKeepsNothing_executesMoreThanThat() throws Exception {
    try (ReExecuted comparison =
        new ReExecuted(folder, WIDTH, STEPS, KILLS, Forgetful.class.getName())) {
      assertThat(comparison.ours()).isGreaterThan(comparison.peer());
    }
  }

  @Test
  void ours_runEndsBeforeItIsKilled_isFound() {
    ReExecuted comparison = new ReExecuted(folder, WIDTH, STEPS, KILLS, Idle.class.getName());

    assertThatIllegalStateException()
        .isThrownBy(comparison::ours)
        .withMessageStartingWith("the run ended by itself: nothing to do");
  }

  /** Runs the graph, and keeps nothing. */
  static final class Forgetful {
    private Forgetful() {}

    public static void main(String[] arguments) throws Exception {
      Shape shape =
          new Shape(
              Pattern.STENCIL_1D,
              Integer.parseInt(arguments[2]),
              Integer.parseInt(arguments[3]),
              Long.parseLong(arguments[4]));
      try (Workplace work = Workplace.in(Path.of(arguments[0]))) {
        work.run(
            WitnessedGraph.of(shape, new Witness(arguments[1])).pipeline(),
            RunOptions.DEFAULT.withCache(CacheMode.OFF));
      }
    }
  }

  /** Runs nothing. */
  static final class Idle {
    private Idle() {}

    public static void main(String[] arguments) {
      System.out.println("nothing to do");
    }
  }
}
