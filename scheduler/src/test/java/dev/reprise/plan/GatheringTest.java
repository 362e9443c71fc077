package dev.reprise.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.graph.Edge.Mapping;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GatheringTest {
  private static final int PARTITIONS = 1000;

  private static Gathering of(int units, Mapping mapping) {
    return Gathering.of("step", "source", mapping, units, PARTITIONS);
  }

  @Test
  void partitions_neighboursOfSeveralUnits_areEachOfThemOnceAscending() {
    Gathering gathering = of(500, (unit, n) -> new int[] {unit + 101, unit, unit + 100});

    assertThat(gathering.partitions(300, 303, 10))
        .containsExactly(300, 301, 302, 400, 401, 402, 403);
  }

  @Test
  void partitions_farApart_areFound() {
    Gathering gathering = of(3, (unit, n) -> new int[] {n - 1 - unit, 63, 64, 0});

    assertThat(gathering.partitions(0, 3, 6)).containsExactly(0, 63, 64, 997, 998, 999);
    assertThat(gathering.partitions(1, 2, 6)).containsExactly(0, 63, 64, 998);
  }

  @Test
  void partitions_moreThanAreWanted_areNone() {
    Gathering gathering = of(4, (unit, n) -> IntStream.range(0, 10 + unit).toArray());

    assertThat(gathering.partitions(0, 2, 11)).hasSize(11);
    assertThat(gathering.partitions(0, 3, 11)).isNull();
  }

  @Test
  void partitions_unitsThatTakeNone_isEmpty() {
    assertThat(of(4, (unit, n) -> new int[0]).partitions(0, 4, 0)).isEmpty();
  }
}
