package dev.reprise.api;

import dev.reprise.graph.Edge;
import dev.reprise.graph.GraphBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A handle on one value: a constant, a parameter, the result of a step.
 *
 * @param <T> type of the value
 */
public final class Value<T extends @Nullable Object> implements Input<T> {
  private final @Nullable GraphBuilder owner;
  private final Edge edge;

  /** Takes the graph that the edge belongs to; null for a constant, which belongs to none. */
  Value(@Nullable GraphBuilder owner, Edge edge) {
    this.owner = owner;
    this.edge = edge;
  }

  @Nullable GraphBuilder owner() {
    return owner;
  }

  Edge edge() {
    return edge;
  }
}
