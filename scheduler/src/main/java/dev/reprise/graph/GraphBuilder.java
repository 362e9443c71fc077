package dev.reprise.graph;

import dev.reprise.cache.base.Text;
import dev.reprise.cache.fingerprint.HashFunctions;
import dev.reprise.graph.Edge.FromNode;
import dev.reprise.graph.Node.Kind;
import dev.reprise.task.CachePolicy;
import dev.reprise.task.CachePolicy.Property;
import dev.reprise.task.TaskSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Gathers declarations in any order and makes the graph of them, or says what is wrong. A
 * declaration is named by its place; what is only referred to by name gets a negative place until
 * {@link #build}.
 */
public final class GraphBuilder {
  private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}._-]{1,200}");

  private final String pipeline;
  private final List<Node> declared = new ArrayList<>();
  private final List<Order> orders = new ArrayList<>();
  private final Map<String, Integer> places = new HashMap<>();
  private final List<Reference> references = new ArrayList<>();
  private final Map<String, Edge> results = new LinkedHashMap<>();
  private final List<Publication> publications = new ArrayList<>();
  private final Map<Integer, Enclosing> enclosing = new HashMap<>();
  private final Map<Integer, DoneProbe> probes = new LinkedHashMap<>();
  private final Set<String> sources = new HashSet<>();
  private final Set<String> resources = new HashSet<>();
  private HashFunctions hashFunctions = HashFunctions.NONE;
  private boolean memo;
  private int[] ids = new int[0];

  private record Reference(String name, boolean partitions, Class<?> type) {}

  private record Order(int later, int earlier) {}

  /**
   * A pipeline, or one that is nested in another, and what it says of the cache policy of its
   * steps. It may say so after them.
   */
  public static final class Enclosing {
    private final @Nullable Enclosing outer;
    private final String place;
    private final String name;
    private CachePolicy says = CachePolicy.DEFAULT;
    private boolean whole;

    /**
     * A pipeline that says nothing yet.
     *
     * @param outer that it is nested in; null for the outermost
     * @param name of what is nested
     */
    public Enclosing(@Nullable Enclosing outer, String name) {
      this.outer = outer;
      this.name = name;
      this.place = outer == null ? "pipeline" : "nested pipeline " + name;
    }

    /**
     * Adds to what it says.
     *
     * @throws PipelineException if only a task can say this
     */
    public void policy(CachePolicy more) {
      says = PolicyLayer.ofMany(place, more).says().orElse(says);
    }

    /**
     * Says that its results are kept as a whole.
     *
     * @throws PipelineException if it is not nested in another
     */
    public void whole() {
      if (outer == null) {
        throw new PipelineException(
            "the pipeline itself cannot be kept as a whole; put these steps in a nested one");
      }
      whole = true;
    }

    private List<PolicyLayer> layers() {
      List<PolicyLayer> layers = new ArrayList<>();
      for (Enclosing at = this; at != null; at = at.outer) {
        layers.add(new PolicyLayer(at.place, at.says));
      }
      return layers;
    }
  }

  public GraphBuilder(String pipeline) {
    this.pipeline = checkName("a pipeline", pipeline);
  }

  /**
   * Checks a name.
   *
   * @param what the name is of, as {@code a step}
   * @throws PipelineException if it is not of the allowed form
   */
  public static String checkName(String what, String name) {
    if (!NAME.matcher(name).matches()) {
      throw new PipelineException(
          "bad name of %s: %s; use 1 to 200 letters, digits, '.', '_' and '-'"
              .formatted(what, Text.quote(name)));
    }
    return name;
  }

  /** Makes equal calls of tasks one execution in a run, unless a task says otherwise. */
  public void memo() {
    memo = true;
  }

  /**
   * Adds to what stands for values in keys.
   *
   * @throws PipelineException if there is a function for one of these types already
   */
  public void hash(UnaryOperator<HashFunctions> more) {
    try {
      hashFunctions = more.apply(hashFunctions);
    } catch (IllegalArgumentException e) {
      throw new PipelineException(
          "in pipeline '%s' %s; keep one of them".formatted(pipeline, e.getMessage()), e);
    }
  }

  /**
   * Declares a step of which no pipeline says anything.
   *
   * @return its place
   */
  public int step(String name, Kind kind, TaskSpec task, List<Edge> inputs, int fanIn) {
    return add(checkName("a step", name), kind, task, inputs, null, fanIn, List.of());
  }

  /**
   * Declares a step.
   *
   * @param in the pipeline that it belongs to
   * @return its place
   */
  public int step(
      String name, Kind kind, TaskSpec task, List<Edge> inputs, int fanIn, Enclosing in) {
    int place = step(name, kind, task, inputs, fanIn);
    enclosing.put(place, in);
    return place;
  }

  /**
   * Declares files.
   *
   * @return their place
   */
  public int files(String name, FileSet files) {
    return add(checkName("a source", name), Kind.FILES, null, List.of(), files, 0, List.of());
  }

  /**
   * Takes the name of a resource.
   *
   * @throws PipelineException if another has it
   */
  public void resource(String name) {
    if (!resources.add(name)) {
      throw new PipelineException(
          "pipeline '%s' has two resources named %s; rename one"
              .formatted(pipeline, Text.quote(name)));
    }
  }

  /**
   * Lets a side effect be asked whether it is done already.
   *
   * @param place of its step, which {@link #build} checks
   * @throws PipelineException if it is asked already
   */
  public void probe(int place, DoneProbe probe) {
    if (probes.putIfAbsent(place, probe) != null) {
      throw new PipelineException(
          "pipeline '%s' asks a step twice whether it is done; put both questions into one"
              .formatted(pipeline));
    }
  }

  /**
   * Takes the name of a source that is no step.
   *
   * @throws PipelineException if another has it
   */
  public void source(String name) {
    if (!sources.add(name)) {
      throw new PipelineException(
          "pipeline '%s' has two sources named %s; rename one"
              .formatted(pipeline, Text.quote(name)));
    }
  }

  /**
   * Declares the view of a {@code FAN_OUT} step's elements.
   *
   * @return its place
   */
  public int elements(int step) {
    String name = declared.get(step).name() + "[]";
    return add(name, Kind.ELEMENTS, null, List.of(new Edge.Whole(step)), null, 0, List.of());
  }

  /**
   * Declares the view of a {@code FAN_OUT} step's named results.
   *
   * @return its place
   */
  public int parts(int step, List<String> names) {
    String name = declared.get(step).name() + "[]";
    return add(name, Kind.PARTS, null, List.of(new Edge.Whole(step)), null, 0, names);
  }

  /**
   * Refers to a step that is declared elsewhere, earlier or later.
   *
   * @param partitions whether its partitions are meant, as against its one value
   * @return a place that stands for it
   */
  public int reference(String name, boolean partitions) {
    return reference(name, partitions, Object.class);
  }

  /**
   * Refers to a step as {@link #reference(String, boolean)}, and says what it gives.
   *
   * @param type of its value, or of the value of each partition
   */
  public int reference(String name, boolean partitions, Class<?> type) {
    references.add(new Reference(name, partitions, type));
    return -references.size();
  }

  /**
   * Lets the step at {@code later} wait for the one at {@code earlier} although nothing is passed.
   * Either may be a reference, or a view, which stands for its step.
   */
  public void after(int later, int earlier) {
    orders.add(new Order(later, earlier));
  }

  /**
   * Checks that what is declared at {@code place} gives tables, which {@code wanted} is a class of
   * too. A reference is checked by {@link #build}.
   *
   * @throws PipelineException if not
   */
  public void checkTable(int place, Class<?> wanted) {
    if (place >= 0) {
      Node giver = declared.get(place);
      GivenTypes.checkTable(wanted, giver, giver.name());
    }
  }

  /**
   * Names something that the pipeline hands out.
   *
   * @throws PipelineException if it is no step's, or the name is taken
   */
  public void result(String name, Edge edge) {
    checkName("a result", name);
    if (edge instanceof Edge.Constant) {
      throw new PipelineException(
          "result '%s' is a value that is given to the pipeline, not one that it computes; hand out"
                  .formatted(name)
              + " what a step returns, or leave it out");
    }
    if (results.putIfAbsent(name, edge) != null) {
      throw new PipelineException(
          "pipeline '%s' has two results named '%s'; rename one".formatted(pipeline, name));
    }
  }

  /**
   * Puts a result at a path.
   *
   * @throws PipelineException if something is put there already
   */
  public void publish(Publication more) {
    for (Publication other : publications) {
      if (other.to().startsWith(more.to()) || more.to().startsWith(other.to())) {
        throw new PipelineException(
            "pipeline '%s' publishes '%s' at %s and '%s' at %s; choose paths apart from each other"
                .formatted(pipeline, other.result(), other.to(), more.result(), more.to()));
      }
    }
    publications.add(more);
  }

  /** What is put at paths, in order. */
  public List<Publication> publications() {
    return List.copyOf(publications);
  }

  private void checkPublications() {
    for (Publication each : publications) {
      if (!results.containsKey(each.result())) {
        throw new PipelineException(
            "pipeline '%s' publishes result %s, which it does not have%s; name it with result(...)"
                .formatted(
                    pipeline,
                    Text.quote(each.result()),
                    Text.hint(each.result(), results.keySet())));
      }
    }
  }

  /** The id that {@link #build} gave to what was declared, or referred to, at {@code place}. */
  public int id(int place) {
    return ids[resolve(place)];
  }

  private int add(
      String name,
      Kind kind,
      @Nullable TaskSpec task,
      List<Edge> inputs,
      @Nullable FileSet files,
      int fanIn,
      List<String> parts) {
    int place = declared.size();
    if (places.putIfAbsent(name, place) != null) {
      throw new PipelineException(
          "pipeline '%s' has two steps named %s; rename one".formatted(pipeline, Text.quote(name)));
    }
    List<PolicyLayer> says =
        task == null || task.cache().said().isEmpty()
            ? List.of()
            : List.of(new PolicyLayer(Node.TASK, task.cache()));
    declared.add(new Node(place, name, kind, task, inputs, Set.of(), files, fanIn, parts, says));
    return place;
  }

  /**
   * Makes the graph.
   *
   * @throws PipelineException if it is empty, a name is not declared, inputs do not fit, a
   *     reference is of another type than what it refers to, or there is a cycle, whose path is
   *     told
   */
  public TaskGraph build() {
    if (declared.stream().noneMatch(Node::isStep)) {
      throw new PipelineException(
          "pipeline '%s' has no steps; add one with step(...)".formatted(pipeline));
    }
    checkPublications();
    int n = declared.size();
    Map<Integer, Set<Integer>> after = new HashMap<>();
    for (Order order : orders) {
      after
          .computeIfAbsent(stepAt(order.later()), any -> new TreeSet<>())
          .add(stepAt(order.earlier()));
    }
    List<Node> resolved = new ArrayList<>(n);
    int[][] inputs = new int[n][];
    for (int place = 0; place < n; place++) {
      Set<Integer> earlier = after.getOrDefault(place, Set.of());
      Node node = withEdges(declared.get(place), place, earlier, this::resolve);
      resolved.add(node);
      inputs[place] = TaskGraph.inputsOf(node);
    }
    TopologicalOrder topological = new TopologicalOrder(inputs);
    int[] order = topological.order();
    if (order.length < n) {
      throw new PipelineException(
          "pipeline '%s' has a cycle: %s; remove one of these inputs"
              .formatted(pipeline, path(topological.cycle())));
    }
    int[] idOf = new int[n];
    for (int id = 0; id < n; id++) {
      idOf[order[id]] = id;
    }
    ids = idOf;
    List<Node> nodes = new ArrayList<>(n);
    for (int id = 0; id < n; id++) {
      Node node = resolved.get(order[id]);
      Node placed = withEdges(node, id, node.after(), place -> idOf[place]);
      Enclosing in = enclosing.get(order[id]);
      Node whole = in == null ? placed : placed.withPolicies(List.of(), in.layers());
      nodes.add(whole.isStep() ? sound(whole) : whole);
    }
    Fit fit = new Fit(nodes);
    nodes.stream().filter(node -> !node.isView()).forEach(fit::check);
    Map<String, Edge> named = new LinkedHashMap<>();
    results.forEach(
        (name, edge) -> {
          Edge moved = moved(edge, place -> idOf[resolve(place)]);
          fit.check("result " + name, moved);
          named.put(name, moved);
        });
    for (Node node : declared) {
      node.inputs().forEach(edge -> checkType("step '" + node.name() + "'", edge));
    }
    results.forEach((name, edge) -> checkType("result '" + name + "'", edge));
    TaskGraph graph =
        new TaskGraph(pipeline, nodes, named, hashFunctions, memo)
            .withProbes(probes(nodes, place -> idOf[resolve(place)]));
    Map<Enclosing, Set<Integer>> wholes = wholes(idOf);
    return wholes.isEmpty()
        ? graph
        : graph.withComposites(
            wholes.entrySet().stream()
                .sorted(Comparator.comparing(each -> each.getKey().name))
                .map(each -> Composite.of(each.getKey().name, each.getValue(), graph))
                .toList());
  }

  /** The ids of the steps of each nested pipeline that is kept as a whole. */
  private Map<Enclosing, Set<Integer>> wholes(int[] idOf) {
    Map<Enclosing, Set<Integer>> wholes = new HashMap<>();
    enclosing.forEach(
        (place, in) -> {
          for (Enclosing at = in; at != null; at = at.outer) {
            if (at.whole) {
              wholes.computeIfAbsent(at, any -> new TreeSet<>()).add(idOf[place]);
            }
          }
        });
    return wholes;
  }

  private Map<Integer, DoneProbe> probes(List<Node> nodes, IntUnaryOperator idOf) {
    Map<Integer, DoneProbe> placed = new HashMap<>();
    probes.forEach(
        (place, probe) -> {
          Node step = nodes.get(idOf.applyAsInt(place));
          if (!step.isStep() || !step.step().effect() || step.step().cache().enabled()) {
            throw new PipelineException(
                "step '%s' is asked whether it is done, and %s; ask that of a side effect without cache"
                    .formatted(
                        step.name(),
                        step.isStep() && step.step().effect()
                            ? "keeps receipts that say so"
                            : "has a result, which nobody would have then"));
          }
          if (placed.put(step.id(), probe) != null) {
            throw new PipelineException(
                "step '%s' is asked twice whether it is done; put both questions into one"
                    .formatted(step.name()));
          }
        });
    return placed;
  }

  /** Refuses a policy whose parts contradict each other. */
  private static Node sound(Node step) {
    CachePolicy policy = step.step().cache();
    if (Node.TASK.equals(step.saidBy(Property.SHARING)) && !policy.enabled()) {
      throw new PipelineException(
          "step '%s' says what becomes of equal units, and has no cache, by which units are equal (%s);"
                  .formatted(step.name(), step.saidBy(Property.ENABLED))
              + " leave out sharing(...), or call cached()");
    }
    if (policy.failures() != null && !policy.enabled()) {
      throw new PipelineException(
          "step '%s' keeps failures, and has no cache to keep them in (%s); leave out"
                  .formatted(step.name(), step.saidBy(Property.ENABLED))
              + " keepFailures(...), or call cached()");
    }
    return step;
  }

  private void checkType(String consumer, Edge edge) {
    if (edge instanceof FromNode from && from.node() < 0) {
      Reference reference = references.get(-from.node() - 1);
      Node giver = declared.get(resolve(from.node()));
      GivenTypes.check(consumer, reference.type(), giver, reference.name());
    }
  }

  private String path(List<Integer> cycle) {
    List<String> names =
        cycle.stream()
            .map(declared::get)
            .filter(node -> !node.isView()) // its step stands in front of it
            .map(Node::name)
            .toList();
    int most = 20;
    return names.size() <= most
        ? String.join(" -> ", names)
        : String.join(" -> ", names.subList(0, most / 2))
            + " -> … "
            + (names.size() - most)
            + " more … -> "
            + String.join(" -> ", names.subList(names.size() - most / 2, names.size()));
  }

  private int resolve(int place) {
    if (place >= 0) {
      return place;
    }
    Reference reference = references.get(-place - 1);
    Integer found = reference.partitions() ? places.get(reference.name() + "[]") : null;
    if (found == null) {
      found = places.get(reference.name());
    }
    if (found == null) {
      throw new PipelineException(
          "pipeline '%s' refers to step %s, which it does not have%s"
              .formatted(
                  pipeline, Text.quote(reference.name()), Text.hint(reference.name(), names())));
    }
    return found;
  }

  private int stepAt(int place) {
    Node node = declared.get(resolve(place));
    return node.isView() ? node.viewed() : node.id();
  }

  private List<String> names() {
    return declared.stream().filter(node -> !node.isView()).map(Node::name).toList();
  }

  /** Renumbers a node: its own id, and where its edges come from. */
  private static Node withEdges(Node node, int id, Set<Integer> after, IntUnaryOperator idOf) {
    Set<Integer> renumbered = new TreeSet<>();
    after.forEach(place -> renumbered.add(idOf.applyAsInt(place)));
    return new Node(
        id,
        node.name(),
        node.kind(),
        node.task(),
        node.inputs().stream().map(edge -> moved(edge, idOf)).toList(),
        renumbered,
        node.files(),
        node.fanIn(),
        node.parts(),
        node.policies());
  }

  private static Edge moved(Edge edge, IntUnaryOperator idOf) {
    return edge instanceof FromNode from ? from.at(idOf.applyAsInt(from.node())) : edge;
  }
}
