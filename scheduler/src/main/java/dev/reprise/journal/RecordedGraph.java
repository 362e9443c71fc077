package dev.reprise.journal;

import dev.reprise.graph.Edge;
import dev.reprise.graph.Node;
import dev.reprise.graph.TaskGraph;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a journal keeps of a graph: enough to name its steps, to find results and to draw it.
 *
 * @param nodes in topological order, each at the place of its id
 * @param results what the pipeline hands out, in the order of the definition
 */
public record RecordedGraph(List<RecordedNode> nodes, List<RecordedResult> results) {
  public RecordedGraph {
    nodes = List.copyOf(nodes);
    results = List.copyOf(results);
  }

  /**
   * One node.
   *
   * @param engine what runs its units; empty for what is not run
   * @param inputs ids of the nodes it depends on, ascending
   * @param parts the names of the partitions of a {@code PARTS} node, else empty
   */
  public record RecordedNode(
      int id,
      String name,
      Node.Kind kind,
      String engine,
      List<Integer> inputs,
      List<String> parts) {
    public RecordedNode {
      inputs = List.copyOf(inputs);
      parts = List.copyOf(parts);
    }

    /** Whether its units are run, as against read or viewed. */
    public boolean isStep() {
      return !engine.isEmpty();
    }
  }

  /** How much of a node a result is. */
  public enum Take {
    /** Its one value. */
    VALUE,
    /** One of its partitions. */
    PART,
    /** All its partitions. */
    ALL
  }

  /**
   * Something that the pipeline hands out under a name.
   *
   * @param node id of the node it comes from
   * @param index place of the partition if {@code take} is {@code PART}, else 0
   */
  public record RecordedResult(String name, Take take, int node, int index) {}

  /** Returns what is kept of {@code graph}. */
  public static RecordedGraph of(TaskGraph graph) {
    List<RecordedNode> nodes = new ArrayList<>(graph.nodes().size());
    for (Node node : graph.nodes()) {
      List<Integer> inputs = new ArrayList<>();
      for (int input : graph.inputs(node.id())) {
        inputs.add(input);
      }
      String engine = node.isStep() ? node.step().engine().name() : "";
      nodes.add(
          new RecordedNode(node.id(), node.name(), node.kind(), engine, inputs, node.parts()));
    }
    List<RecordedResult> results = new ArrayList<>();
    graph.results().forEach((name, edge) -> results.add(result(name, edge)));
    return new RecordedGraph(nodes, results);
  }

  private static RecordedResult result(String name, Edge edge) {
    if (!(edge instanceof Edge.FromNode from)) {
      throw new IllegalStateException("result '" + name + "' comes from no node: " + edge);
    }
    if (edge instanceof Edge.Whole) {
      return new RecordedResult(name, Take.VALUE, from.node(), 0);
    }
    return edge instanceof Edge.Part part
        ? new RecordedResult(name, Take.PART, from.node(), part.index())
        : new RecordedResult(name, Take.ALL, from.node(), 0);
  }

  /** The node of this name. */
  public Optional<RecordedNode> find(String name) {
    return nodes.stream().filter(node -> node.name().equals(name)).findFirst();
  }

  /** Names of all steps, in topological order. */
  public List<String> stepNames() {
    return nodes.stream().filter(RecordedNode::isStep).map(RecordedNode::name).toList();
  }

  /** The results by name. */
  public Map<String, RecordedResult> resultsByName() {
    Map<String, RecordedResult> byName = new LinkedHashMap<>();
    results.forEach(result -> byName.put(result.name(), result));
    return byName;
  }

  /**
   * Ids of the steps whose results a user may ask for: those that are handed out, directly or
   * through a view, and those that nothing follows.
   */
  public BitSet endings() {
    BitSet wanted = new BitSet();
    results.forEach(result -> wanted.set(result.node()));
    BitSet followed = new BitSet();
    BitSet endings = new BitSet();
    for (int id = nodes.size() - 1; id >= 0; id--) {
      RecordedNode node = nodes.get(id);
      boolean ends = wanted.get(id) || !followed.get(id);
      endings.set(id, ends && node.isStep());
      // A view has no result of its own: the manifest of its step lists the partitions.
      node.inputs().forEach(ends && !node.isStep() ? wanted::set : followed::set);
    }
    return endings;
  }
}
