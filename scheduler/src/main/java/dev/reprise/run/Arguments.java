package dev.reprise.run;

import static java.util.Objects.requireNonNull;

import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.executor.Argument;
import dev.reprise.graph.Edge;
import dev.reprise.graph.Edge.FromNode;
import dev.reprise.graph.Node;
import dev.reprise.graph.Node.Kind;
import dev.reprise.plan.Propagation;
import dev.reprise.plan.StepKeys;
import dev.reprise.plan.UnitTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;

/** Says where the values of a unit's arguments are. Belongs to the run's one thread. */
final class Arguments {
  /** A unit with so many inputs of one edge asks for their manifests itself. */
  private static final int WIDE = 16;

  private final UnitTable units;
  private final Propagation propagation;
  private final Manifests manifests;
  private final Files files;
  private final StepKeys steps;
  // By step, then by identity: a user's constants may have no sensible equality.
  private final Map<Integer, IdentityHashMap<Edge.Constant, Argument>> encoded = new HashMap<>();

  /** What all units of the chunk that was prepared last take of an edge, as one object. */
  private final IdentityHashMap<FromNode, Argument> common = new IdentityHashMap<>(4);

  /** Says what a source's file was when it was fingerprinted. */
  @FunctionalInterface
  interface Files {
    /** The file as an argument. */
    Argument.File argument(Path file);
  }

  /** Thrown inside this package when the result of {@link #unit} is gone. */
  static final class GoneException extends Exception {
    private static final long serialVersionUID = 1L;
    private final int unit;

    GoneException(int unit) {
      super("the result of unit " + unit + " is gone");
      this.unit = unit;
    }

    /** The unit whose result is gone. */
    int unit() {
      return unit;
    }
  }

  Arguments(
      UnitTable units, Propagation propagation, Manifests manifests, Files files, StepKeys steps) {
    this.units = units;
    this.propagation = propagation;
    this.manifests = manifests;
    this.files = files;
    this.steps = steps;
  }

  /**
   * The arguments of a unit, in the order of its step's inputs. Those that every unit of the step
   * has are one object for all units of the chunk that was {@linkplain #prepare prepared}.
   *
   * @param unit of that chunk
   * @throws GoneException if a result that it takes is gone
   */
  List<Argument> of(int unit) throws GoneException {
    List<Argument> arguments = new ArrayList<>();
    for (Edge edge : units.node(unit).inputs()) {
      if (edge instanceof Edge.Constant constant) {
        arguments.add(constant(units.nodeOf(unit), constant));
      } else {
        arguments.add(of(unit, (FromNode) edge));
      }
    }
    return arguments;
  }

  private Argument of(int unit, FromNode edge) throws GoneException {
    if (!sameForAll(edge)) {
      return from(edge, unit);
    }
    Argument known = common.get(edge);
    if (known == null) {
      known = from(edge, unit);
      common.put(edge, known);
    }
    return known;
  }

  /** Whether all units of a step take the same results by the edge. */
  private static boolean sameForAll(FromNode edge) {
    return edge instanceof Edge.All
        || edge instanceof Edge.Labelled
        || edge instanceof Edge.Whole
        || edge instanceof Edge.Part;
  }

  private Argument constant(int node, Edge.Constant constant) {
    return encoded
        .computeIfAbsent(node, any -> new IdentityHashMap<>())
        .computeIfAbsent(constant, key -> steps.argument(node, key));
  }

  private Argument from(FromNode edge, int unit) throws GoneException {
    int[] inputs = propagation.inputs(unit, edge);
    List<Argument> elements = new ArrayList<>(inputs.length);
    for (int at = 0; at < inputs.length; at += Manifests.READ_AT_ONCE) {
      int end = Math.min(inputs.length, at + Manifests.READ_AT_ONCE);
      Set<Integer> missing = new LinkedHashSet<>(0);
      addMissing(inputs, at, end, missing);
      Map<Integer, Manifest> read = missing.isEmpty() ? Map.of() : manifests.together(missing);
      for (int i = at; i < end; i++) {
        elements.add(value(inputs[i], read));
      }
    }
    if (edge instanceof Edge.Labelled) {
      List<String> labels = new ArrayList<>();
      for (int input : inputs) {
        labels.add(units.label(input));
      }
      return new Argument.Labelled(labels, elements);
    }
    boolean one =
        edge instanceof Edge.Whole || edge instanceof Edge.Each || edge instanceof Edge.Part;
    return one ? elements.get(0) : new Argument.Listed(elements);
  }

  /** Lets go of what was common to the chunk that was prepared: all of its units have theirs. */
  void forgetChunk() {
    common.clear();
  }

  /** Reads together what {@link #of} will need of the index for these units of one step. */
  void prepare(List<Integer> chunk) {
    common.clear();
    Set<Integer> missing = new LinkedHashSet<>(0);
    for (int unit : chunk) {
      for (Edge edge : units.node(unit).inputs()) {
        if (edge instanceof FromNode from) {
          int[] inputs = propagation.inputs(unit, from);
          if (inputs.length < WIDE) {
            addMissing(inputs, 0, inputs.length, missing);
          }
        }
      }
    }
    if (!missing.isEmpty()) {
      manifests.load(missing);
    }
  }

  /** Adds the producers of some inputs whose manifests are not in memory. */
  private void addMissing(int[] inputs, int from, int to, Set<Integer> missing) {
    for (int i = from; i < to; i++) {
      if (units.node(inputs[i]).kind() != Kind.FILES) {
        int producer = producerOf(inputs[i]);
        if (manifests.peek(producer) == null) {
          missing.add(producer);
        }
      }
    }
  }

  private Set<Integer> producers(int[] inputs) {
    Set<Integer> producers = new LinkedHashSet<>();
    for (int input : inputs) {
      if (units.node(input).kind() != Kind.FILES) {
        producers.add(producerOf(input));
      }
    }
    return producers;
  }

  /**
   * Where the value of a unit's result is.
   *
   * @param read manifests that may not be in memory
   */
  private Argument value(int unit, Map<Integer, Manifest> read) throws GoneException {
    Node node = units.node(unit);
    if (node.kind() == Kind.FILES) {
      return files.argument(requireNonNull(node.files()).paths().get(units.partition(unit)));
    }
    int producer = producerOf(unit);
    Manifest manifest = manifests.peek(producer);
    if (manifest == null) {
      manifest = read.get(producer);
    }
    if (manifest == null) {
      // Results that are in it may be gone too, as whoever is told of this one finds.
      common.clear();
      throw new GoneException(producer);
    }
    List<PartitionRef> partitions = manifest.partitions();
    if (producer != unit) {
      return new Argument.Encoded(partitions.get(units.partition(unit)));
    }
    return switch (manifest.shape()) {
      case ONE -> new Argument.Encoded(partitions.get(0));
      case MANY ->
          new Argument.Listed(partitions.stream().<Argument>map(Argument.Encoded::new).toList());
      case PIECES -> new Argument.Pieces(partitions);
    };
  }

  /** The unit that was executed for this one's result: itself, unless it is a view of another's. */
  int producerOf(int unit) {
    Node node = units.node(unit);
    return node.kind() == Kind.ELEMENTS || node.kind() == Kind.PARTS
        ? units.first(((FromNode) node.inputs().get(0)).node())
        : unit;
  }

  /** Calls {@code each} for every executed unit whose result the unit takes. */
  void forEachProducer(int unit, IntConsumer each) {
    for (Edge edge : units.node(unit).inputs()) {
      if (edge instanceof FromNode from) {
        producers(propagation.inputs(unit, from)).forEach(each::accept);
      }
    }
  }
}
