package dev.reprise.bench.taskbench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How the smallest units that are worth while are found. */
class MetgTest {
  private static final int CORES = 2;
  private static final int UNITS = 100;
  private static final double ITERATION = 10;

  private final List<Long> tried = new ArrayList<>();

  /** A graph in which each unit costs so many nanoseconds besides its work. */
  private Metg withCost(double nanos) {
    return new Metg(
        CORES,
        UNITS,
        ITERATION,
        work -> {
          tried.add(work);
          return UNITS * (nanos + work * ITERATION) / CORES;
        });
  }

  @Test
  void find_costIsTheSameForAllWork_isTwiceTheCost() throws Exception {
    assertThat(withCost(4000).find()).isCloseTo(8000, within(1.0));
    assertThat(tried).as("the first is not measured").containsExactly(1L, 1L, 400L);
  }

  @Test
  void find_again_beginsWhereTheLastSearchEnded() throws Exception {
    Metg metg = withCost(4000);
    metg.find();
    tried.clear();

    assertThat(metg.find()).isCloseTo(8000, within(1.0));
    assertThat(tried).containsExactly(400L);
  }

  @Test
  void find_costGrowsWithWork_isWhereHalfOfTheTimeIsWork() throws Exception {
    Metg metg =
        new Metg(
            1,
            1,
            ITERATION,
            work -> {
              double useful = work * ITERATION;
              return useful + 4000 + 0.5 * useful;
            });

    // 8000 of work and 4000 + 4000 besides
    assertThat(metg.find()).isBetween(14_000.0, 16_500.0);
  }

  /** On a machine that others use, all takes several times as long, work included. */
  @Test
  void find_everythingTakesSixTimesAsLong_isNotSearchedForEver() throws Exception {
    Metg metg =
        new Metg(
            1,
            1,
            ITERATION,
            work -> {
              tried.add(work);
              return 6 * (work * ITERATION + 4000);
            });

    assertThat(metg.find()).isPositive();
    assertThat(tried).hasSizeLessThan(12).allMatch(work -> work <= 2 * 6 * 401);
  }

  @Test
  void find_unitsAreFasterThanTheirWork_isRefused() {
    Metg metg = new Metg(CORES, UNITS, ITERATION, work -> 1);

    assertThatIllegalStateException()
        .isThrownBy(metg::find)
        .withMessage("units took less time than their work does alone");
  }

  @Test
  void calibrate_theKernel_takesSomeNanosecondsPerIteration() throws Exception {
    assertThat(Metg.calibrate(CORES)).isBetween(10.0, 100_000.0);
  }
}
