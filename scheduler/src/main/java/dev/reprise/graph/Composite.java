package dev.reprise.graph;

import dev.reprise.task.CachePolicy.Property;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A nested pipeline whose results are kept as a whole: what it hands out is found by what it takes,
 * without its steps.
 *
 * @param name of the nested pipeline, with those around it
 * @param nodes ids of its steps and of the views of their results, ascending
 * @param outputs ids of those of its steps that others take from, or that the pipeline hands out
 */
public record Composite(String name, List<Integer> nodes, Set<Integer> outputs) {
  public Composite {
    nodes = List.copyOf(nodes);
    outputs = Set.copyOf(outputs);
  }

  /**
   * Finds what a nested pipeline consists of.
   *
   * @param steps ids of its steps
   * @throws PipelineException if it cannot be kept as a whole
   */
  static Composite of(String name, Set<Integer> steps, TaskGraph graph) {
    Set<Integer> inside = new TreeSet<>(steps);
    for (Node node : graph.nodes()) {
      if (node.isView() && steps.contains(node.viewed())) {
        inside.add(node.id());
      }
    }
    Set<Integer> outputs = new TreeSet<>();
    for (int id : inside) {
      Node node = graph.node(id);
      boolean handsOut =
          graph.results().values().stream()
              .anyMatch(edge -> edge instanceof Edge.FromNode from && from.node() == id);
      for (int consumer : graph.consumers(id)) {
        handsOut |= !inside.contains(consumer);
      }
      if (handsOut) {
        outputs.add(node.isView() ? node.viewed() : id);
      }
    }
    for (int id : steps) {
      if (graph.node(id).inputs().stream().anyMatch(Edge.Gather.class::isInstance)) {
        throw new PipelineException(
            "nested pipeline '%s' cannot be kept as a whole: its step '%s' takes partitions as a function says, which is in no key; let the steps be kept by themselves"
                .formatted(name, graph.node(id).name()));
      }
    }
    if (outputs.isEmpty()) {
      throw new PipelineException(
          "nested pipeline '%s' cannot be kept as a whole: it hands out nothing; let another step take from it, or name a result"
              .formatted(name));
    }
    for (int id : outputs) {
      if (!graph.node(id).step().cache().enabled()) {
        throw new PipelineException(
            "nested pipeline '%s' cannot be kept as a whole: its step '%s' hands out what is not kept (%s); call cached() on its task, or leave out keptWhole()"
                .formatted(name, graph.node(id).name(), graph.node(id).saidBy(Property.ENABLED)));
      }
    }
    return new Composite(name, List.copyOf(inside), outputs);
  }
}
