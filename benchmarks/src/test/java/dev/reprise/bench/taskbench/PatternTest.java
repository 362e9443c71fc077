package dev.reprise.bench.taskbench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.reprise.bench.taskbench.TaskBench.Place;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The patterns, and units that notice what they should not have been given. */
class PatternTest {
  @ParameterizedTest
  @CsvSource({
    "TRIVIAL, 1, 3, ''",
    "NO_COMM, 1, 3, '3'",
    "STENCIL_1D, 1, 3, '2 3 4'",
    "STENCIL_1D, 1, 0, '0 1'",
    "STENCIL_1D, 1, 7, '6 7'",
    "STENCIL_1D_PERIODIC, 1, 0, '0 1 7'",
    "DOM, 1, 3, '2 3'",
    "DOM, 1, 0, '0'",
    "TREE, 1, 5, '2'",
    "TREE, 3, 5, '2'",
    "TREE, 4, 5, '5'",
    "FFT, 1, 3, '2 3 4'",
    "FFT, 2, 3, '1 3 5'",
    "FFT, 3, 3, '3 7'",
    "FFT, 4, 3, '2 3 4'",
    "ALL_TO_ALL, 1, 3, '0 1 2 3 4 5 6 7'",
    "NEAREST, 1, 3, '1 2 3 4 5'",
    "NEAREST, 1, 0, '0 1 2'",
    "STENCIL_1D, 0, 3, ''"
  })
  void dependencies_ofAPoint_areThoseOfTheStepBefore(
      Pattern pattern, int step, int point, String expected) {
    int[] wanted =
        expected.isEmpty()
            ? new int[0]
            : List.of(expected.split(" ")).stream().mapToInt(Integer::parseInt).toArray();

    assertThat(pattern.dependencies(step, point, 8)).containsExactly(wanted);
  }

  @ParameterizedTest
  @EnumSource
  void dependencies_everywhere_areAscendingInsideAndTheSameEachTime(Pattern pattern) {
    for (int width : new int[] {1, 2, 7, 64}) {
      for (int step = 1; step < 10; step++) {
        for (int point = 0; point < width; point++) {
          int[] from = pattern.dependencies(step, point, width);
          assertThat(from)
              .isSorted()
              .doesNotHaveDuplicates()
              .isEqualTo(pattern.dependencies(step, point, width));
          assertThat(IntStream.of(from)).allMatch(p -> 0 <= p && p < width);
        }
      }
    }
  }

  @Test
  void next_wrongInput_isRefused() {
    Place place = new Place(Pattern.NO_COMM, 1, 8, 0);
    long three = TaskBench.first(3, 0);
    long four = TaskBench.first(4, 0);

    assertThat(TaskBench.next(3, List.of(three), place)).isNotEqualTo(three);
    assertThatIllegalStateException()
        .isThrownBy(() -> TaskBench.next(3, List.of(four), place))
        .withMessage("point 3 of step 1 got a result that is not point 3's");
    assertThatIllegalStateException()
        .isThrownBy(() -> TaskBench.next(3, List.of(three, four), place))
        .withMessage("point 3 of step 1 got 2 results, wanted 1");
  }

  @Test
  void version_roundsOfEdits_changeSomePointsAndKeepTheRest() {
    Edits first = new Edits(1, 100, 1);
    Edits second = first.next();

    long changed =
        IntStream.range(0, 1000).filter(p -> first.version(p) != second.version(p)).count();

    assertThat(changed).isBetween(50L, 150L);
    assertThat(IntStream.range(0, 1000)).anyMatch(p -> first.version(p) % 2 == 1);
    assertThat(IntStream.range(0, 1000).map(Edits.NONE::version)).containsOnly(0);
  }
}
