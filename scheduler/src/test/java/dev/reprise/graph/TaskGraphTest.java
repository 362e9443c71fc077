package dev.reprise.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.reprise.graph.Edge.All;
import dev.reprise.graph.Edge.Each;
import dev.reprise.graph.Edge.Whole;
import dev.reprise.graph.Node.Kind;
import dev.reprise.task.Engine;
import dev.reprise.task.Functions.F0;
import dev.reprise.task.TaskSpec;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TaskGraphTest {
  private final GraphBuilder builder = new GraphBuilder("daily");

  @Test
  void consumers_takenTwiceByOneNode_areNamedOnceInOrder() {
    int a = step("a");
    int b = step("b", new Whole(a), new Whole(a));
    int c = step("c", new Whole(a), new Whole(b));
    builder.after(c, a);
    TaskGraph graph = builder.build();
    assertThat(graph.consumers(0)).containsExactly(1, 2);
    assertThat(graph.inputs(2)).containsExactly(0, 1);
  }

  @Test
  void find_nameOfANode_isThatNode() {
    step("a");
    step("b");
    TaskGraph graph = builder.build();
    assertThat(graph.find("b")).contains(graph.node(1));
    assertThat(graph.find("c")).isEmpty();
  }

  @Test
  void results_keepTheOrderOfTheDefinition() {
    int a = step("a");
    builder.result("z", new Whole(a));
    builder.result("y", new Whole(step("b")));
    assertThat(builder.build().results().keySet()).containsExactly("z", "y");
  }

  @Test
  void probes_ofMany_areInTheOrderOfTheNodes() {
    Map<Integer, DoneProbe> probes = new HashMap<>();
    for (int i = 0; i < 90; i++) {
      int step = step("s" + i);
      if (i % 9 == 0) {
        probes.put(step, () -> true);
      }
    }
    TaskGraph graph = builder.build().withProbes(probes).withSteps(node -> node);
    assertThat(List.copyOf(graph.probes().keySet())).hasSize(10).isSorted();
  }

  @Test
  void toDot_sourcesStepsAndViews_areDrawnWithTheirEdges() {
    int days = builder.elements(builder.step("days", Kind.FAN_OUT, task(), List.of(), 0));
    int files =
        builder.files(
            "files", new FileSet(Path.of("/d"), "*", List.of("a"), List.of(Path.of("/d/a"))));
    int load = builder.step("load", Kind.EACH, task(), List.of(new Each(days), new All(files)), 0);
    builder.after(load, step("create"));
    assertThat(builder.build().toDot())
        .isEqualTo(
            """
            digraph "daily" {
              rankdir=LR;
              "days" [shape=box];
              "days[]" [shape=ellipse];
              "days" -> "days[]";
              "files" [shape=ellipse];
              "create" [shape=box];
              "load" [shape=box];
              "days[]" -> "load";
              "files" -> "load";
              "create" -> "load" [style=dashed];
            }
            """);
  }

  @Test
  void viewed_ofAView_isItsStep() {
    builder.elements(builder.step("days", Kind.FAN_OUT, task(), List.of(), 0));
    TaskGraph graph = builder.build();
    assertThat(graph.node(1).isView()).isTrue();
    assertThat(graph.node(1).viewed()).isZero();
    assertThatIllegalStateException()
        .isThrownBy(() -> graph.node(0).viewed())
        .withMessage("node 'days' is not a view");
    assertThatIllegalStateException()
        .isThrownBy(() -> graph.node(1).step())
        .withMessage("node 'days[]' is not a step");
  }

  @Test
  void fileSet_labelsThatDoNotTellFilesApart_isRefused() {
    Path path = Path.of("/d/a");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FileSet(path, "*", List.of("a", "a"), List.of(path, path)))
        .withMessage("labels of files must differ: [a, a]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FileSet(path, "*", List.of("a", "b"), List.of(path)))
        .withMessage("2 labels for 1 files");
  }

  private int step(String name, Edge... inputs) {
    return builder.step(name, Kind.SINGLE, task(), List.of(inputs), 0);
  }

  private static TaskSpec task() {
    return TaskSpec.of(Engine.ANY, (F0<String>) () -> "", 0);
  }
}
