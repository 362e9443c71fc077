package dev.reprise.graph;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.cache.fingerprint.HashFunctions;
import dev.reprise.graph.Edge.FromNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * The validated, immutable graph made from a pipeline. Three kinds of node: sources, whose
 * partitions are read; steps, whose units run; and views, which take the result of a step apart.
 *
 * <p>Nodes are in topological order: every edge leads from a smaller id to a larger one.
 */
public final class TaskGraph {
  private final String pipeline;
  private final List<Node> nodes;
  private final Map<String, Integer> byName;
  private final Map<String, Edge> results;
  private final HashFunctions hashFunctions;
  private final boolean memo;
  private final int[][] inputs;
  private final int[][] consumers;
  private final List<Composite> composites;
  private final Map<Integer, DoneProbe> probes;

  /**
   * Takes nodes that are in topological order; {@link GraphBuilder} brings them into it.
   *
   * @param results what the pipeline hands out, by name
   * @param hashFunctions the user's say in what stands for values in keys
   * @param memo whether equal calls in a run are one execution where a task does not say
   */
  TaskGraph(
      String pipeline,
      List<Node> nodes,
      Map<String, Edge> results,
      HashFunctions hashFunctions,
      boolean memo) {
    this.pipeline = pipeline;
    this.memo = memo;
    this.hashFunctions = hashFunctions;
    this.nodes = List.copyOf(nodes);
    this.results = Collections.unmodifiableMap(new LinkedHashMap<>(results));
    this.byName = new HashMap<>();
    this.inputs = new int[nodes.size()][];
    List<List<Integer>> outgoing = new ArrayList<>();
    for (Node node : nodes) {
      checkArgument(
          node.id() == outgoing.size(), "node '%s' is not at its place %s", node.name(), node.id());
      byName.put(node.name(), node.id());
      outgoing.add(new ArrayList<>());
      inputs[node.id()] = inputsOf(node);
      for (int input : inputs[node.id()]) {
        checkArgument(input < node.id(), "node '%s' does not come after its inputs", node.name());
        outgoing.get(input).add(node.id());
      }
    }
    this.consumers = new int[nodes.size()][];
    for (int i = 0; i < consumers.length; i++) {
      consumers[i] = outgoing.get(i).stream().mapToInt(Integer::intValue).toArray();
    }
    this.composites = List.of();
    this.probes = Map.of();
  }

  private TaskGraph(TaskGraph of, List<Composite> composites, Map<Integer, DoneProbe> probes) {
    this.pipeline = of.pipeline;
    this.nodes = of.nodes;
    this.byName = of.byName;
    this.results = of.results;
    this.hashFunctions = of.hashFunctions;
    this.memo = of.memo;
    this.inputs = of.inputs;
    this.consumers = of.consumers;
    this.composites = List.copyOf(composites);
    this.probes = Collections.unmodifiableSortedMap(new TreeMap<>(probes));
  }

  /** The same graph with what says of side effects, by node, that they are done already. */
  TaskGraph withProbes(Map<Integer, DoneProbe> of) {
    return new TaskGraph(this, composites, of);
  }

  /**
   * What says of side effects, by node and in the order of these, that they are done already; for
   * most there is nothing.
   */
  public Map<Integer, DoneProbe> probes() {
    return probes;
  }

  /** The same graph with nested pipelines that are kept as a whole, the outermost first. */
  TaskGraph withComposites(List<Composite> of) {
    return new TaskGraph(this, of, probes);
  }

  /** The same graph with other declarations of its steps; edges and names stay. */
  public TaskGraph withSteps(UnaryOperator<Node> change) {
    List<Node> changed =
        nodes.stream().map(node -> node.isStep() ? change.apply(node) : node).toList();
    return new TaskGraph(
        new TaskGraph(pipeline, changed, results, hashFunctions, memo), composites, probes);
  }

  /** The nested pipelines that are kept as a whole, the outermost first; mostly none. */
  public List<Composite> composites() {
    return composites;
  }

  /** Name of the pipeline. */
  public String pipeline() {
    return pipeline;
  }

  /** The user's say in what stands for values in the keys of all steps. */
  public HashFunctions hashFunctions() {
    return hashFunctions;
  }

  /** Whether equal calls in a run are one execution where a task does not say. */
  public boolean memo() {
    return memo;
  }

  /** All nodes, in topological order. */
  public List<Node> nodes() {
    return nodes;
  }

  /** The node with this id. */
  public Node node(int id) {
    return nodes.get(id);
  }

  /** The node of this name. */
  public Optional<Node> find(String name) {
    return Optional.ofNullable(byName.get(name)).map(nodes::get);
  }

  /** What the pipeline hands out, by name, in the order of the definition. */
  public Map<String, Edge> results() {
    return results;
  }

  /**
   * Ids of the nodes that take something from {@code id} or come after it, ascending; each once.
   * Not a copy: the caller must not change it.
   */
  public int[] consumers(int id) {
    return consumers[id];
  }

  /** Ids of the nodes that the node depends on, each once, ascending. Not to be changed. */
  public int[] inputs(int node) {
    return inputs[node];
  }

  /** The same of a node that has no graph yet. */
  static int[] inputsOf(Node node) {
    SortedSet<Integer> inputs = new TreeSet<>(node.after());
    for (Edge edge : node.inputs()) {
      if (edge instanceof FromNode from) {
        inputs.add(from.node());
      }
    }
    int[] ids = new int[inputs.size()];
    int place = 0;
    for (int input : inputs) {
      ids[place++] = input;
    }
    return ids;
  }

  /** The graph in Graphviz's language, for people; an order without data is dashed. */
  public String toDot() {
    StringBuilder text = new StringBuilder("digraph \"" + pipeline + "\" {\n  rankdir=LR;\n");
    for (Node node : nodes) {
      String shape = node.isStep() ? "box" : "ellipse";
      text.append("  \"%s\" [shape=%s];\n".formatted(node.name(), shape));
      for (int input : inputs[node.id()]) {
        boolean passes =
            node.inputs().stream()
                .anyMatch(edge -> edge instanceof FromNode from && from.node() == input);
        text.append(
            "  \"%s\" -> \"%s\"%s;\n"
                .formatted(nodes.get(input).name(), node.name(), passes ? "" : " [style=dashed]"));
      }
    }
    return text.append("}\n").toString();
  }
}
