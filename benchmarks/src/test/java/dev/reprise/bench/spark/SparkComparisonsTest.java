package dev.reprise.bench.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.reprise.bench.ratio.Comparison;
import dev.reprise.bench.spark.NewProcess.Told;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Small ones of each comparison: both sides run, more than once, and one that comes to another
 * result is found (PERFORMANCE, outputs of both sides are checked for equality).
 */
@Timeout(240)
class SparkComparisonsTest {
  private static final long ROWS = 1000;
  private static final int PARTITIONS = 3;

  @TempDir Path folder;

  private static void runTwice(Comparison comparison) throws Exception {
    try (comparison) {
      for (int round = 0; round < 2; round++) {
        assertThat(comparison.ours()).isPositive();
        assertThat(comparison.peer()).isPositive();
      }
    }
  }

  private static void refusesPeer(Comparison comparison, String message) throws Exception {
    try (comparison) {
      assertThat(comparison.ours()).isPositive();
      assertThatIllegalStateException().isThrownBy(comparison::peer).withMessageContaining(message);
    }
  }

  @Test
  void first_bothSides_makeTheSameTablesAndLeaveNoFiles() throws Exception {
    runTwice(new SparkFirst(folder, ROWS, PARTITIONS));

    assertThat(folder).isDirectoryNotContaining(path -> !path.endsWith("spark"));
  }

  @Test
  void first_peerDropsARow_isFound() throws Exception {
    refusesPeer(
        new SparkFirst(
            folder,
            ROWS,
            PARTITIONS,
            (spark, to) -> {
              var trips = Trips.trips(spark, ROWS, PARTITIONS).where("id <> 7");
              trips.write().parquet(to.resolve("trips").toString());
              Trips.delays(trips).write().parquet(to.resolve("delays").toString());
            }),
        "the peer's trips are others");
  }

  @Test
  void readBack_bothSides_haveTheSameAnswer() throws Exception {
    runTwice(new SparkReadBack(folder, ROWS, PARTITIONS));
  }

  @Test
  void readBack_peerReadsLess_isFound() throws Exception {
    refusesPeer(
        new SparkReadBack(
            folder,
            ROWS,
            PARTITIONS,
            (spark, parquet) -> spark.read().parquet(parquet.toString()).where("delay < 100")),
        "the peer's answer is [");
  }

  @Test
  void smallUnits_bothSides_haveTheSameResultsInEachRound() throws Exception {
    runTwice(new SparkSmallUnits(folder, 5, 2));
  }

  @Test
  void smallUnits_peerMixesUpSteps_isFound() throws Exception {
    refusesPeer(
        new SparkSmallUnits(
            folder,
            1,
            2,
            (spark, round) ->
                List.of(
                    List.of(SparkSmallUnits.unit(1, 0, round), SparkSmallUnits.unit(0, 0, round)))),
        "the peer's result of unit 0 of step 0 is another");
  }

  @Test
  void metg_bothSides_computeTheGraph() throws Exception {
    runTwice(new SparkMetg(folder, 10, 4, 2));
  }

  @Test
  void metg_peerLeavesAPointOut_isFound() throws Exception {
    refusesPeer(
        new SparkMetg(folder, 10, 4, 2, (spark, shape) -> new long[shape.width()]),
        "the peer's results are others");
  }

  @Test
  void cached_bothSides_runInNewProcesses() throws Exception {
    runTwice(new SparkCached(folder, 10, 4));
  }

  @Test
  void cached_peerIsAnother_isFound() throws Exception {
    refusesPeer(
        new SparkCached(folder, 10, 4, Impostor.class.getName()), "the peer said 1 threads");
  }

  /** Starts nothing. */
  static final class Impostor {
    private Impostor() {}

    public static void main(String[] arguments) {
      System.out.println(new Told(1, EmptySpark.result(1)));
    }
  }
}
