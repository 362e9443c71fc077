package dev.reprise.testing;

import dev.reprise.graph.Edge;
import dev.reprise.graph.FileSet;
import dev.reprise.graph.GraphBuilder;
import dev.reprise.graph.Node.Kind;
import dev.reprise.graph.TaskGraph;
import dev.reprise.task.Engine;
import dev.reprise.task.Functions.F0;
import dev.reprise.task.TaskSpec;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Makes graphs whose tasks do nothing, edge by edge. What declares a node returns its place; the
 * places of nodes that are declared after their inputs are their ids.
 */
public final class GraphMaker {
  private final GraphBuilder builder = new GraphBuilder("test");

  /** A task that no test calls. */
  public static TaskSpec task() {
    return TaskSpec.of(Engine.ANY, (F0<String>) () -> "", 0);
  }

  public int step(String name, Edge... inputs) {
    return step(name, task(), inputs);
  }

  public int step(String name, TaskSpec task, Edge... inputs) {
    return builder.step(name, Kind.SINGLE, task, List.of(inputs), 0);
  }

  public int each(String name, Edge... inputs) {
    return each(name, task(), inputs);
  }

  public int each(String name, TaskSpec task, Edge... inputs) {
    return builder.step(name, Kind.EACH, task, List.of(inputs), 0);
  }

  public int combine(String name, int fanIn, int source) {
    return builder.step(name, Kind.COMBINE, task(), List.of(new Edge.Tree(source)), fanIn);
  }

  /** The place of the view of the elements; the step has the place before it. */
  public int fanOut(String name, Edge... inputs) {
    return fanOut(name, task(), inputs);
  }

  public int fanOut(String name, TaskSpec task, Edge... inputs) {
    return builder.elements(builder.step(name, Kind.FAN_OUT, task, List.of(inputs), 0));
  }

  /** The place of the view of the results; the step has the place before it. */
  public int outputs(String name, List<String> parts, Edge... inputs) {
    return outputs(name, task(), parts, inputs);
  }

  public int outputs(String name, TaskSpec task, List<String> parts, Edge... inputs) {
    return builder.parts(builder.step(name, Kind.FAN_OUT, task, List.of(inputs), 0), parts);
  }

  public int files(String name, String... labels) {
    List<Path> paths = Arrays.stream(labels).map(label -> Path.of("/data", label)).toList();
    return builder.files(name, new FileSet(Path.of("/data"), "*", List.of(labels), paths));
  }

  public int reference(String name, boolean partitions) {
    return builder.reference(name, partitions);
  }

  public void after(int later, int earlier) {
    builder.after(later, earlier);
  }

  public void result(String name, Edge edge) {
    builder.result(name, edge);
  }

  public TaskGraph build() {
    return builder.build();
  }
}
