package dev.reprise.api;

import dev.reprise.graph.Edge;
import dev.reprise.graph.Edge.FromNode;
import dev.reprise.graph.Edge.Mapping;
import dev.reprise.graph.GraphBuilder;
import dev.reprise.graph.PipelineException;
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
  private final GraphBuilder owner;
  private final FromNode edge;

  private final @Nullable Class<?> as;

  private Partitions(GraphBuilder owner, FromNode edge, @Nullable Class<?> as) {
    this.owner = owner;
    this.edge = edge;
    this.as = as;
  }

  /** A handle on the partitions of a node of {@code owner}, place by place. */
  static <T extends @Nullable Object> Partitions<T> of(GraphBuilder owner, int node) {
    return new Partitions<>(owner, new Edge.Each(node), null);
  }

  /**
   * The same tables by another class, as {@link Value#as}.
   *
   * @throws PipelineException if these are no tables
   */
  public <U> Partitions<U> as(Class<? super U> table) {
    owner.checkTable(edge.node(), table);
    return new Partitions<>(owner, edge, table);
  }

  /** All values, in the partitions' order. A step that takes this waits for all of them. */
  public Value<List<T>> all() {
    return new Value<>(owner, new Edge.All(node()));
  }

  /** All values by their partition's label, in the partitions' order. */
  public Value<Map<String, T>> labelled() {
    return new Value<>(owner, new Edge.Labelled(node()));
  }

  /**
   * For each unit some of the partitions, such as a partition and its neighbours. The step still
   * has as many units as its first input has partitions.
   *
   * @param mapping from the unit's place to the places it takes, asked once per unit in each plan
   *     and run; pure, or units have other keys in each
   */
  public Partitions<List<T>> gather(Mapping mapping) {
    return new Partitions<>(owner, new Edge.Gather(node(), mapping), as);
  }

  /** The class that was asked for by {@link #as}; null if none was. */
  @Nullable Class<?> table() {
    return as;
  }

  GraphBuilder owner() {
    return owner;
  }

  FromNode edge() {
    return edge;
  }

  /**
   * The node whose partitions these are, one by one.
   *
   * @throws PipelineException if they were gathered: they are other values then
   */
  int node() {
    if (edge instanceof Edge.Each) {
      return edge.node();
    }
    throw new PipelineException(
        "gathered partitions can be taken by a step with perPartition(...) alone; start from the"
            + " step's own handle");
  }
}
