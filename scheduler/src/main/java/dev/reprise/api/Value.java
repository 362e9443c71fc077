package dev.reprise.api;

import dev.reprise.graph.Edge;
import dev.reprise.graph.GraphBuilder;
import dev.reprise.graph.PipelineException;
import org.jspecify.annotations.Nullable;

/**
 * A handle on one value: a constant, a parameter, the result of a step.
 *
 * @param <T> type of the value
 */
public final class Value<T extends @Nullable Object> implements Input<T> {
  private final @Nullable GraphBuilder owner;
  private final Edge edge;

  private final @Nullable Class<?> as;

  /** Takes the graph that the edge belongs to; null for a constant, which belongs to none. */
  Value(@Nullable GraphBuilder owner, Edge edge) {
    this(owner, edge, null);
  }

  private Value(@Nullable GraphBuilder owner, Edge edge, @Nullable Class<?> as) {
    this.owner = owner;
    this.edge = edge;
    this.as = as;
  }

  /**
   * The same table by another class: what one engine returns as its own, others take as an {@link
   * dev.reprise.cache.codec.ArrowTable}, and the other way round. Nothing is converted here; each
   * step gets the table as its function takes it.
   *
   * @throws dev.reprise.graph.PipelineException if this is no table
   */
  public <U> Value<U> as(Class<? super U> table) {
    if (owner == null || !(edge instanceof Edge.Whole || edge instanceof Edge.Part)) {
      throw new PipelineException(
          "only a table is the same in another class: of partitions write"
              + " partitions.as(...).all()");
    }
    owner.checkTable(((Edge.FromNode) edge).node(), table);
    return new Value<>(owner, edge, table);
  }

  /** The class that was asked for by {@link #as}; null if none was. */
  @Nullable Class<?> table() {
    return as;
  }

  @Nullable GraphBuilder owner() {
    return owner;
  }

  Edge edge() {
    return edge;
  }
}
