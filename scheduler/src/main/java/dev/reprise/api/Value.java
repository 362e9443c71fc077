package dev.reprise.api;

import dev.reprise.graph.Edge;
import org.jspecify.annotations.Nullable;

/**
 * A handle on one value: a constant, a parameter, the result of a step.
 *
 * @param <T> type of the value
 */
public final class Value<T extends @Nullable Object> implements Input<T> {
  private final Edge edge;

  Value(Edge edge) {
    this.edge = edge;
  }

  Edge edge() {
    return edge;
  }
}
