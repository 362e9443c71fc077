package dev.reprise.api;

import dev.reprise.graph.Edge;
import dev.reprise.graph.Edge.Mapping;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A handle on numbered, labelled partitions: files, the units of a per-partition step, the elements
 * of a fan-out.
 *
 * @param <T> type of each partition's value
 */
public final class Partitions<T extends @Nullable Object> implements Input<T> {
  private final int node;
  private final Edge edge;

  Partitions(int node, Edge edge) {
    this.node = node;
    this.edge = edge;
  }

  /** A handle on the partitions of a node, place by place. */
  static <T extends @Nullable Object> Partitions<T> of(int node) {
    return new Partitions<>(node, new Edge.Each(node));
  }

  /** All values, in the partitions' order. A step that takes this waits for all of them. */
  public Value<List<T>> all() {
    checkWhole();
    return new Value<>(new Edge.All(node));
  }

  /** All values by their partition's label, in the partitions' order. */
  public Value<Map<String, T>> labelled() {
    checkWhole();
    return new Value<>(new Edge.Labelled(node));
  }

  /**
   * For each unit some of the partitions, such as a partition and its neighbours. The step still
   * has as many units as its first input has partitions.
   *
   * @param mapping from the unit's place to the places it takes; pure, since it is asked more than
   *     once
   */
  public Partitions<List<T>> gather(Mapping mapping) {
    checkWhole();
    return new Partitions<>(node, new Edge.Gather(node, mapping));
  }

  Edge edge() {
    return edge;
  }

  int node() {
    return node;
  }

  private void checkWhole() {
    if (!(edge instanceof Edge.Each)) {
      throw new IllegalStateException(
          "partitions that were gathered cannot be gathered again; start from the step's own handle");
    }
  }
}
