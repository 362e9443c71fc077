package dev.reprise.graph;

import dev.reprise.graph.Edge.FromNode;
import dev.reprise.graph.Node.Kind;
import java.util.List;

/** Checks that what takes a value gets one, and what takes partitions gets partitions. */
final class Fit {
  private final List<Node> nodes;

  /** Takes all nodes of a graph, each at the place of its id. */
  Fit(List<Node> nodes) {
    this.nodes = nodes;
  }

  /** Checks all inputs of a node. */
  void check(Node consumer) {
    consumer.inputs().forEach(edge -> check(consumer.name(), edge));
  }

  /**
   * Checks one edge.
   *
   * @param consumer what takes it, for people
   */
  void check(String consumer, Edge edge) {
    if (!(edge instanceof FromNode from)) {
      return;
    }
    Node node = nodes.get(from.node());
    boolean partitioned =
        switch (node.kind()) {
          case FILES, EACH, ELEMENTS, PARTS -> true;
          case SINGLE, FAN_OUT, COMBINE -> false;
        };
    boolean wantsOne = edge instanceof Edge.Whole;
    if (wantsOne && partitioned) {
      throw new PipelineException(
          "'%s' takes one value of '%s', which has partitions; take them with all() or each by each"
              .formatted(consumer, named(node)));
    }
    if (!wantsOne && !partitioned) {
      throw new PipelineException(
          "'%s' takes partitions of '%s', which has one value; take the value"
              .formatted(consumer, named(node)));
    }
    if (wantsOne && node.kind() == Kind.FAN_OUT) {
      checkIsList(consumer, node);
    }
    if (edge instanceof Edge.Part part
        && node.kind() == Kind.PARTS
        && part.index() >= node.parts().size()) {
      throw new PipelineException(
          "'%s' takes result %d of '%s', which has %d"
              .formatted(consumer, part.index(), named(node), node.parts().size()));
    }
  }

  /** A record whose components are results of their own is kept as those, not as a whole. */
  private void checkIsList(String consumer, Node producer) {
    for (Node node : nodes) {
      if (node.kind() == Kind.PARTS && node.viewed() == producer.id()) {
        throw new PipelineException(
            "'%s' takes one value of '%s', which has several: %s; take one of them with get(...)"
                .formatted(consumer, producer.name(), String.join(", ", node.parts())));
      }
    }
  }

  private String named(Node node) {
    return node.isView() ? nodes.get(node.viewed()).name() : node.name();
  }
}
