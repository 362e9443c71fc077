package dev.reprise.run;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Partitions;
import dev.reprise.api.Pipeline;
import dev.reprise.plan.Remembering;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Steps of which some units have changed: those of other records are found at once. */
class StepRecordsTest {
  private static final int WIDTH = 64;
  private static final int BLOCK = 8;
  private static final int NONE = -1;

  /** The list and the total. */
  private static final int ASKED_ALONE = 2;

  private final RunLab lab = new RunLab();

  @BeforeEach
  void runOnce() {
    lab.window = WIDTH;
    lab.remembering = new Remembering(BLOCK, BLOCK, 2 * BLOCK);
    run(NONE, 1);
  }

  private RunLab.Result run(int changed, int reach) {
    lab.index.asked.clear();
    return lab.run(chain(changed, reach));
  }

  private int asked() {
    return lab.index.asked.values().stream().mapToInt(Integer::intValue).sum();
  }

  /**
   * source, one of which may differ -> first each -> second, of the neighbours in reach -> third,
   * likewise -> total.
   */
  private static Pipeline.Definition chain(int changed, int reach) {
    return p -> {
      List<String> names = LabPipelines.names(WIDTH);
      if (changed >= 0) {
        names.set(changed, "changed");
      }
      Partitions<String> source =
          p.fanOut(
              "source",
              task((List<String> all) -> all).named("source"),
              p.value(List.copyOf(names)));
      Partitions<String> cells =
          p.perPartition("first", task((String x) -> x + ".").named("first"), source);
      for (String step : List.of("second", "third")) {
        cells =
            p.perPartition(
                step,
                task((String own, List<String> near) -> own + near).named(step),
                source,
                cells.gather(
                    (i, n) ->
                        IntStream.rangeClosed(Math.max(0, i - reach), Math.min(n - 1, i + reach))
                            .toArray()));
      }
      p.step("total", task((List<String> all) -> "" + all).named("total"), cells.all());
    };
  }

  @Test
  void run_nothingChanged_noUnitOfAStepIsAsked() {
    run(NONE, 1);

    assertThat(lab.executions).isEmpty();
    assertThat(asked()).isEqualTo(ASKED_ALONE);
  }

  /** 20 is in the middle of a record; 24 is the first of one, so its neighbours lie in another. */
  @ParameterizedTest
  @ValueSource(ints = {20, 24})
  void run_onePointChanged_unitsThatTakeItAloneAreAsked(int point) {
    run(point, 1);

    List<String> cone = new ArrayList<>(List.of("source", "first:" + point, "total"));
    IntStream.rangeClosed(point - 1, point + 1).forEach(i -> cone.add("second:" + i));
    IntStream.rangeClosed(point - 2, point + 2).forEach(i -> cone.add("third:" + i));
    assertThat(lab.executions.keySet()).containsExactlyInAnyOrderElementsOf(cone);
    assertThat(asked()).isEqualTo(1 + 3 + 5 + ASKED_ALONE);
  }

  @Test
  void run_afterOnePointChanged_allIsRememberedAgain() {
    run(20, 1);
    run(20, 1);

    assertThat(lab.executions).isEmpty();
    assertThat(asked()).isEqualTo(ASKED_ALONE);
  }

  @Test
  void run_pointChangedBack_unitsThatTakeItAreLookedUpAndNothingRuns() {
    run(20, 1);
    run(NONE, 1);

    assertThat(lab.executions).isEmpty();
    assertThat(asked()).isEqualTo(1 + 3 + 5 + ASKED_ALONE);
  }

  @Test
  void run_onePointChanged_everyUnitHasTheKeyThatItWouldHaveAlone() {
    run(20, 1);
    TreeMap<String, String> recalled = keys(run(20, 1));
    lab.index.forgetMemos();
    TreeMap<String, String> alone = keys(run(20, 1));

    assertThat(recalled).isEqualTo(alone).hasSize(3 * WIDTH + ASKED_ALONE);
  }

  private static TreeMap<String, String> keys(RunLab.Result result) {
    TreeMap<String, String> keys = new TreeMap<>();
    RunView view = result.view();
    for (var node : view.graph().nodes()) {
      for (int i = 0; node.isStep() && i < view.unitCount(node.id()); i++) {
        int unit = view.firstUnit(node.id()) + i;
        keys.put(node.name() + i, view.key(unit).orElseThrow().toString());
      }
    }
    return keys;
  }

  /** A record that depends on all that there is still has the keys of its units. */
  @Test
  void run_unitsGatherFarNeighbours_onePointChangedAsksForThoseThatTakeItAlone() {
    run(NONE, BLOCK);
    run(NONE, BLOCK);
    assertThat(asked()).isEqualTo(ASKED_ALONE);

    run(20, BLOCK);

    assertThat(lab.executions).hasSize(1 + 1 + (2 * BLOCK + 1) + (4 * BLOCK + 1) + 1);
    assertThat(asked()).isEqualTo(1 + (2 * BLOCK + 1) + (4 * BLOCK + 1) + ASKED_ALONE);
  }
}
