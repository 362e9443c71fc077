package dev.reprise.plan;

import static dev.reprise.cache.base.Checks.checkState;
import static java.util.Objects.requireNonNull;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.graph.Edge;
import dev.reprise.graph.Edge.FromNode;
import dev.reprise.graph.Node;
import dev.reprise.graph.PipelineException;
import dev.reprise.graph.TaskGraph;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Carries knowledge forward through the graph: when the content of a unit's result is known, the
 * units that take it wait for one input less; when nothing is missing, they are ready.
 *
 * <p>A unit waits for as many inputs as {@link UnitTable#pending} says. An edge that takes a whole
 * node (a value, a barrier, an order without data) counts once and is paid when the last unit of
 * that node is known, so that a barrier of n times m costs n + m. An edge from partition to
 * partition counts once, a gather or a tree as often as it takes a partition.
 *
 * <p>Knowledge may be taken back ({@link #forget}), when a result turns out to be damaged: the
 * consumers then wait again, those that have ended too. They stay ended unless the content that
 * comes back is another.
 */
public final class Propagation {
  private final TaskGraph graph;
  private final UnitTable units;
  private final List<List<Out>> outs = new ArrayList<>();
  private final int[] unknown;
  private final @Nullable CombineTree[] trees;
  private final List<IdentityHashMap<Edge.Gather, Gathering>> gatherings = new ArrayList<>();
  private @Nullable Gathering latestGathering;
  // Nodes with a changed content since they were last complete: what takes the whole of them is
  // marked stale already.
  private final BitSet changed = new BitSet();
  private final IntQueue ready = new IntQueue();

  /** An edge seen from where it begins; null for an order without data. */
  private record Out(int consumer, @Nullable FromNode edge) {}

  /** Prepares the graph's edges; {@link #start} gives nodes their units. */
  public Propagation(UnitTable units) {
    this.graph = units.graph();
    this.units = units;
    int nodes = graph.nodes().size();
    this.unknown = new int[nodes];
    this.trees = new CombineTree[nodes];
    for (Node node : graph.nodes()) {
      outs.add(new ArrayList<>(2));
      gatherings.add(new IdentityHashMap<>(2));
      for (Edge edge : node.inputs()) {
        if (edge instanceof FromNode from) {
          outs.get(from.node()).add(new Out(node.id(), from));
        }
      }
      node.after().forEach(earlier -> outs.get(earlier).add(new Out(node.id(), null)));
    }
  }

  /** Units whose inputs are all known and that were not taken from here yet, in order. */
  public IntQueue ready() {
    return ready;
  }

  /** Gives units to every node whose number of units is known from the start. */
  public void start() {
    for (Node node : graph.nodes()) {
      if (node.kind() != Node.Kind.ELEMENTS) {
        expandIfSized(node);
      }
    }
  }

  /**
   * Gives a fan-out's view its units, and with it every node whose number follows from them.
   *
   * @param elements number of elements; if they were known, as many as before
   * @throws PipelineException if a node cannot have the units that follow; what has its units by
   *     then is whole
   */
  public void size(int view, int elements) {
    if (units.count(view) >= 0) {
      checkState(
          units.count(view) == elements,
          "step '%s' has %s elements, not %s",
          nameOf(view),
          units.count(view),
          elements);
      return;
    }
    String[] labels = new String[elements];
    for (int i = 0; i < elements; i++) {
      labels[i] = Integer.toString(i);
    }
    expand(graph.node(view), elements, labels);
    for (int id = view + 1; id < graph.nodes().size(); id++) {
      Node node = graph.node(id);
      if (units.count(id) < 0 && node.kind() != Node.Kind.ELEMENTS) {
        expandIfSized(node);
      }
    }
  }

  private void expandIfSized(Node node) {
    switch (node.kind()) {
      case FILES -> {
        List<String> labels = requireNonNull(node.files()).labels();
        expand(node, labels.size(), labels.toArray(String[]::new));
      }
      case SINGLE, FAN_OUT -> expand(node, 1, null);
      case PARTS -> expand(node, node.parts().size(), node.parts().toArray(String[]::new));
      case EACH -> expandEach(node);
      case COMBINE -> {
        int leaves = units.count(((FromNode) node.inputs().get(0)).node());
        if (leaves >= 0) {
          CombineTree tree = new CombineTree(leaves, node.fanIn());
          String[] labels = new String[tree.units()];
          for (int i = 0; i < labels.length; i++) {
            labels[i] = tree.label(i);
          }
          trees[node.id()] = tree;
          expand(node, tree.units(), labels);
        }
      }
      case ELEMENTS -> throw new IllegalStateException("elements are sized by their step");
    }
  }

  private void expandEach(Node node) {
    int leader = -1;
    for (Edge edge : node.inputs()) {
      boolean partitioned = edge instanceof Edge.Each || edge instanceof Edge.Gather;
      if (!partitioned) {
        continue;
      }
      int input = ((FromNode) edge).node();
      if (units.count(input) < 0) {
        return;
      }
      if (leader < 0) {
        leader = input;
      } else if (edge instanceof Edge.Each && units.count(input) != units.count(leader)) {
        throw new PipelineException(
            "step '%s' takes partitions of '%s' (%d) and of '%s' (%d) place by place; take one of them"
                    .formatted(
                        node.name(),
                        nameOf(leader),
                        units.count(leader),
                        nameOf(input),
                        units.count(input))
                + " with all()");
      }
    }
    expand(node, units.count(leader), units.labels(leader));
  }

  /** The name that people know: of a view, that of its step. */
  private String nameOf(int id) {
    Node node = graph.node(id);
    return node.isView() ? graph.node(node.viewed()).name() : node.name();
  }

  private void expand(Node node, int count, String @Nullable [] labels) {
    int id = node.id();
    for (Edge edge : node.inputs()) {
      if (edge instanceof Edge.Gather gather) {
        askGathering(node, gather, count); // the user's code, so before anything changes
      }
    }
    units.allocate(id, count, labels);
    unknown[id] = count;
    int first = units.first(id);
    node.inputs().forEach(edge -> addPending(node, edge));
    for (int earlier : node.after()) {
      if (!complete(earlier)) {
        addToAll(id, 1);
      }
    }
    for (int unit = first; unit < first + count; unit++) {
      if (units.pending(unit) == 0) {
        makeReady(unit);
      }
    }
    if (count == 0) {
      completed(id);
    }
  }

  private void askGathering(Node node, Edge.Gather gather, int count) {
    int source = gather.node();
    gatherings
        .get(node.id())
        .computeIfAbsent(
            gather,
            any ->
                shared(
                    Gathering.of(
                        node.name(),
                        nameOf(source),
                        gather.mapping(),
                        count,
                        units.count(source))));
  }

  /** In a chain of steps neighbours are mostly the same; then they are kept and digested once. */
  private Gathering shared(Gathering made) {
    Gathering before = latestGathering;
    if (before != null && made.sameAs(before)) {
      return before;
    }
    latestGathering = made;
    return made;
  }

  private void addPending(Node node, Edge edge) {
    if (!(edge instanceof FromNode from)) {
      return;
    }
    int id = node.id();
    int source = from.node();
    int first = units.first(id);
    int count = units.count(id);
    boolean noneKnown = unknown[source] == units.count(source);
    if (edge instanceof Edge.Each) {
      for (int i = 0; i < count; i++) {
        add(first + i, noneKnown || !units.known(units.first(source) + i) ? 1 : 0);
      }
    } else if (edge instanceof Edge.Part part) {
      addToAll(id, units.known(units.first(source) + part.index()) ? 0 : 1);
    } else if (edge instanceof Edge.Gather gather) {
      Gathering gathering = gathering(id, gather);
      for (int i = 0; i < count; i++) {
        int unit = first + i;
        if (noneKnown) {
          add(unit, gathering.count(i));
        } else {
          gathering.forEachPartition(
              i, partition -> add(unit, units.known(units.first(source) + partition) ? 0 : 1));
        }
      }
    } else if (edge instanceof Edge.Tree) {
      CombineTree tree = tree(id);
      for (int i = 0; i < count; i++) {
        int children = tree.children(i);
        int waiting = children;
        if (tree.takesLeaves(i)) {
          waiting = 0;
          for (int child = 0; child < children; child++) {
            waiting += units.known(units.first(source) + tree.firstChild(i) + child) ? 0 : 1;
          }
        }
        add(first + i, waiting);
      }
    } else if (!complete(source)) {
      addToAll(id, 1);
    }
  }

  /** Says that the content of the unit's result is {@code content}. */
  public void know(int unit, Fingerprint content) {
    if (units.known(unit)) {
      throw new IllegalStateException("unit " + unit + " is known already");
    }
    units.content(unit, content);
    units.known(unit, true);
    int node = units.nodeOf(unit);
    forEachTaker(unit, taker -> add(taker, -1));
    if (--unknown[node] == 0) {
      completed(node);
    }
  }

  /**
   * Says that the contents of units of one node, which the table has already, are known, and were
   * not before.
   */
  void know(int from, int to) {
    int node = units.nodeOf(from);
    int start = units.partition(from);
    int end = start + to - from;
    checkState(trees[node] == null, "units of a tree are known one by one");
    for (Out out : outs.get(node)) {
      FromNode edge = out.edge();
      int consumer = out.consumer();
      if (edge == null || units.count(consumer) < 0) {
        continue;
      }
      int first = units.first(consumer);
      if (edge instanceof Edge.Each) {
        for (int place = start; place < end; place++) {
          add(first + place, -1);
        }
      } else if (edge instanceof Edge.Gather gather) {
        Gathering gathering = gathering(consumer, gather);
        if (end - start == units.count(node)) {
          for (int taker = 0; taker < units.count(consumer); taker++) {
            pay(first + taker, gathering.count(taker));
          }
        } else {
          gathering.forEachTaker(start, end, taker -> add(first + taker, -1));
        }
      } else if (!takesWhole(out)) {
        for (int place = start; place < end; place++) {
          forEachTaker(place, out, edge, taker -> add(taker, -1));
        }
      }
    }
    unknown[node] -= end - start;
    if (unknown[node] == 0) {
      completed(node);
    }
  }

  /** Takes back what was known of the unit's result: it must be made again. */
  public void forget(int unit) {
    checkState(units.known(unit), "nothing is known of unit %s", unit);
    units.known(unit, false);
    int node = units.nodeOf(unit);
    forEachTaker(unit, taker -> add(taker, 1));
    if (unknown[node]++ == 0) {
      forEachWholeTaker(node, consumer -> addToAll(consumer, 1));
    }
  }

  /**
   * Marks every unit that was given a key with another content of {@code unit}'s result. One that
   * has ended gets a new key once all its inputs are known; one in flight when it has ended (see
   * {@link #refresh}). Call it while nothing is known of {@code unit}.
   */
  void contentChanged(int unit) {
    checkState(!units.known(unit), "unit %s is known already", unit);
    forEachTaker(unit, this::outdate);
    int node = units.nodeOf(unit);
    CombineTree tree = trees[node];
    if (tree != null && tree.parent(units.partition(unit)) >= 0) {
      return; // the root alone is taken
    }
    if (changed.get(node)) {
      return; // what takes the whole node cannot have got a key since: it waits for this unit
    }
    changed.set(node);
    for (Out out : outs.get(node)) {
      int consumer = out.consumer();
      if (units.count(consumer) >= 0 && takesWhole(out)) {
        for (int i = 0; i < units.count(consumer); i++) {
          outdate(units.first(consumer) + i);
        }
      }
    }
  }

  /** One that has ended without a result stays as it is: nothing waits for it any more. */
  private void outdate(int unit) {
    UnitState state = units.state(unit);
    if (state != UnitState.WAITING && (state != UnitState.DONE || units.known(unit))) {
      units.stale(unit, true);
      if (state == UnitState.COMMITTING && units.known(unit)) {
        forget(unit); // it was handed on; nobody may take it together with what is new
      }
    }
  }

  /** Makes a unit that has ended ready again, if an input changed after it was given its key. */
  public void refresh(int unit) {
    if (units.pending(unit) == 0) {
      makeReady(unit);
    }
  }

  /**
   * The units whose results the unit takes, in the order it gets them.
   *
   * @param edge the one object that is among the inputs of the unit's node
   */
  public int[] inputs(int unit, FromNode edge) {
    int source = edge.node();
    int first = units.first(source);
    int place = units.partition(unit);
    if (edge instanceof Edge.Each) {
      return new int[] {first + place};
    } else if (edge instanceof Edge.Whole) {
      return new int[] {first + units.count(source) - 1};
    } else if (edge instanceof Edge.Part part) {
      return new int[] {first + part.index()};
    } else if (edge instanceof Edge.Gather gather) {
      return gathering(units.nodeOf(unit), gather).inputs(place, first);
    } else if (edge instanceof Edge.Tree) {
      CombineTree tree = tree(units.nodeOf(unit));
      int from = tree.takesLeaves(place) ? first : units.first(units.nodeOf(unit));
      return range(from + tree.firstChild(place), tree.children(place));
    }
    return range(first, units.count(source));
  }

  private static int[] range(int first, int count) {
    return IntStream.range(first, first + count).toArray();
  }

  /** Calls {@code each} for every unit that waits for the unit's result, one edge away. */
  public void forEachConsumer(int unit, IntConsumer each) {
    forEachTaker(unit, each);
    forEachTakerOfAll(units.nodeOf(unit), each);
  }

  /** Calls {@code each} for every unit that waits for the whole of {@code node}. */
  public void forEachTakerOfAll(int node, IntConsumer each) {
    forEachWholeTaker(
        node,
        consumer -> {
          for (int i = 0; i < units.count(consumer); i++) {
            each.accept(units.first(consumer) + i);
          }
        });
  }

  /** Nodes that need {@code node} and have no units yet. */
  public void forEachUnsizedConsumer(int node, IntConsumer each) {
    for (int consumer : graph.consumers(node)) {
      if (units.count(consumer) < 0) {
        each.accept(consumer);
      }
    }
  }

  /** Whether the contents of all of the node's units are known. */
  public boolean complete(int node) {
    return units.count(node) >= 0 && unknown[node] == 0;
  }

  CombineTree tree(int node) {
    return requireNonNull(trees[node], "not a combine, or without units yet");
  }

  Gathering gathering(int consumer, Edge.Gather edge) {
    return requireNonNull(
        gatherings.get(consumer).get(edge), "gathers nothing, or without units yet");
  }

  private void completed(int node) {
    changed.clear(node);
    forEachWholeTaker(node, consumer -> addToAll(consumer, -1));
  }

  /** Calls {@code each} for every unit that takes the unit's result by itself. */
  public void forEachTaker(int unit, IntConsumer each) {
    int node = units.nodeOf(unit);
    int place = units.partition(unit);
    CombineTree own = trees[node];
    if (own != null && own.parent(place) >= 0) {
      each.accept(units.first(node) + own.parent(place));
    }
    for (Out out : outs.get(node)) {
      FromNode edge = out.edge();
      if (edge != null && units.count(out.consumer()) >= 0) {
        forEachTaker(place, out, edge, each);
      }
    }
  }

  private void forEachTaker(int place, Out out, FromNode edge, IntConsumer each) {
    int first = units.first(out.consumer());
    if (edge instanceof Edge.Each) {
      each.accept(first + place);
    } else if (edge instanceof Edge.Part part) {
      if (part.index() == place) {
        for (int i = 0; i < units.count(out.consumer()); i++) {
          each.accept(first + i);
        }
      }
    } else if (edge instanceof Edge.Gather gather) {
      gathering(out.consumer(), gather)
          .forEachTaker(place, place + 1, taker -> each.accept(first + taker));
    } else if (edge instanceof Edge.Tree) {
      each.accept(first + tree(out.consumer()).parentOfLeaf(place));
    }
  }

  /** Calls {@code each} for the nodes that wait for the whole of {@code node} and have units. */
  private void forEachWholeTaker(int node, IntConsumer each) {
    for (Out out : outs.get(node)) {
      if (units.count(out.consumer()) >= 0 && (out.edge() == null || takesWhole(out))) {
        each.accept(out.consumer());
      }
    }
  }

  private static boolean takesWhole(Out out) {
    FromNode edge = out.edge();
    return edge instanceof Edge.Whole || edge instanceof Edge.All || edge instanceof Edge.Labelled;
  }

  private void addToAll(int node, int inputs) {
    if (inputs != 0) {
      int first = units.first(node);
      for (int i = 0; i < units.count(node); i++) {
        add(first + i, inputs);
      }
    }
  }

  /** Takes what a unit waited for off; it may have waited for nothing here. */
  private void pay(int unit, int inputs) {
    if (inputs > 0) {
      add(unit, -inputs);
    }
  }

  private void add(int unit, int inputs) {
    int pending = units.pending(unit) + inputs;
    if (pending < 0) { // asked for every edge, so without the objects that a message takes
      throw new IllegalStateException("unit " + unit + " waits for " + pending + " inputs");
    }
    units.pending(unit, pending);
    if (pending == 0 && inputs < 0) {
      makeReady(unit);
    }
  }

  private void makeReady(int unit) {
    boolean again = units.state(unit) == UnitState.DONE && units.stale(unit);
    if (again && units.known(unit)) {
      forget(unit); // what takes its result must wait for the new one
    }
    if (again || units.state(unit) == UnitState.WAITING) {
      units.move(unit, UnitState.READY);
      ready.add(unit);
    }
  }
}
