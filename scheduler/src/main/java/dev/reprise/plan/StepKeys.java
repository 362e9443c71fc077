package dev.reprise.plan;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.code.CodeFingerprint;
import dev.reprise.cache.code.CodeFingerprint.Mode;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.NoCanonicalFormException;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.executor.Argument;
import dev.reprise.executor.ResolvedTask.Passed;
import dev.reprise.explain.PartsFormat;
import dev.reprise.graph.Edge;
import dev.reprise.graph.Node;
import dev.reprise.graph.ObservedSpec;
import dev.reprise.graph.TaskGraph;
import dev.reprise.plan.StepKey.KeyArgument;
import dev.reprise.plan.TaskResolver.Captured;
import dev.reprise.plan.TaskResolver.Resolved;
import dev.reprise.task.CachePolicy;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Resolves the task of each step and composes its key, once: all together before a run begins, or
 * at first need.
 *
 * <p>What a user gave may change later: a map may be filled for the next run. So its digest is
 * taken, and it is encoded, at one time ({@link #compose}); what cannot be encoded is compared with
 * its digest when a result is there ({@link #doubt}).
 */
public final class StepKeys {
  private final TaskGraph graph;
  private final TaskResolver resolver;
  private final GivenValues values;
  private final Probing probing;
  private final EngineSettings engines;
  private final @Nullable Resolved[] resolved;
  private final @Nullable StepKey[] keys;
  private final @Nullable EncodedParts[] encoded;
  private final Map<Integer, IdentityHashMap<Edge.Constant, Passed>> given = new HashMap<>();
  private final Map<Integer, Optional<String>> bound = new HashMap<>();

  /** Says which settings of an engine change the results of what it runs. */
  @FunctionalInterface
  public interface EngineSettings {
    /**
     * Settings by name, for the step's engine; empty for most. Each is a string, or a {@code
     * Secret} of one.
     */
    SortedMap<String, Object> of(Node node);
  }

  /**
   * The parts of a step's key as they are kept.
   *
   * @param id under which the index keeps them
   */
  public record EncodedParts(Fingerprint id, Bytes bytes) {}

  public StepKeys(
      TaskGraph graph, TaskResolver resolver, ValueEncoder values, EngineSettings engines) {
    this(graph, resolver, values, engines, new Probing(Probing.STANDARD));
  }

  /**
   * @param probing asks what sources outside hold
   */
  public StepKeys(
      TaskGraph graph,
      TaskResolver resolver,
      ValueEncoder values,
      EngineSettings engines,
      Probing probing) {
    this.graph = graph;
    this.resolver = resolver;
    this.probing = probing;
    this.values = new GivenValues(resolver, values, probing);
    this.engines = engines;
    int nodes = graph.nodes().size();
    this.resolved = new Resolved[nodes];
    this.keys = new StepKey[nodes];
    this.encoded = new EncodedParts[nodes];
  }

  /** Asks probes of the user's. */
  public Probing probing() {
    return probing;
  }

  /** Name of a step. */
  String name(int node) {
    return graph.node(node).name();
  }

  /** What is behind the function of a step. */
  public Resolved resolved(int node) {
    Resolved known = resolved[node];
    if (known == null) {
      Node step = graph.node(node);
      Shape shape = step.kind() == Node.Kind.FAN_OUT ? Shape.MANY : Shape.ONE;
      known = resolver.resolve(step.name(), step.step(), shape);
      resolved[node] = known;
    }
    return known;
  }

  /**
   * Resolves all steps, encodes what the user gave them, and composes their keys. After this, any
   * thread may ask for what is the same for all units of a step.
   *
   * @throws dev.reprise.graph.PipelineException if a step is not valid
   */
  public void compose() {
    values.askAhead(observed());
    try {
      composeAll();
    } finally {
      values.dropAsked();
    }
  }

  /**
   * Sources outside that are plainly in keys. What is left out of keys is not asked, so of steps
   * that leave out anything each is asked when it is met.
   */
  private Set<ObservedSpec> observed() {
    Set<ObservedSpec> sources = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Node node : graph.nodes()) {
      if (node.isStep()) {
        CachePolicy policy = node.step().cache();
        boolean all = policy.ignored().isEmpty() && policy.keyed().isEmpty();
        if (all && policy.key() == null) {
          for (Edge edge : node.inputs()) {
            if (edge instanceof Edge.Constant constant) {
              GivenValues.addObserved(constant.value(), sources);
            }
          }
        }
      }
    }
    return sources;
  }

  private void composeAll() {
    for (Node node : graph.nodes()) {
      if (node.isStep()) {
        IdentityHashMap<Edge.Constant, Passed> arguments = new IdentityHashMap<>();
        for (Edge edge : node.inputs()) {
          // What cannot change is encoded when a unit needs it: most runs execute few.
          if (edge instanceof Edge.Constant constant && mayChange(constant.value())) {
            arguments.put(constant, values.pass(constant.value(), resolved(node.id())));
          }
        }
        given.put(node.id(), arguments);
        of(node.id());
      }
    }
  }

  /** A value that the user gave to a step, as it goes to a worker. */
  public Argument argument(int node, Edge.Constant constant) {
    return passed(node, constant).argument();
  }

  private Passed passed(int node, Edge.Constant constant) {
    IdentityHashMap<Edge.Constant, Passed> composed = given.get(node);
    Passed known = composed == null ? null : composed.get(constant);
    return known == null ? values.pass(constant.value(), resolved(node)) : known;
  }

  /**
   * Why the step can run in the driver's process alone: names the value that cannot leave it, and
   * says what to do. Null if it can run anywhere.
   */
  public @Nullable String bound(int node) {
    return bound.computeIfAbsent(node, any -> Optional.ofNullable(findBound(node))).orElse(null);
  }

  private @Nullable String findBound(int node) {
    String captured = resolved(node).liveBecause();
    if (captured != null) {
      return "captured value " + captured;
    }
    List<Edge> inputs = graph.node(node).inputs();
    for (int i = 0; i < inputs.size(); i++) {
      if (inputs.get(i) instanceof Edge.Constant constant) {
        String why = passed(node, constant).liveBecause();
        if (why != null) {
          return "argument '%s': %s".formatted(nameOf(node, i, constant), why);
        }
      }
    }
    return null;
  }

  /** As people know the argument: by its parameter, else by its name in the pipeline. */
  private String nameOf(int node, int place, Edge.Constant constant) {
    String parameter = resolved(node).parameters().get(place);
    return !parameter.isEmpty()
        ? parameter
        : !constant.name().isEmpty() ? constant.name() : Integer.toString(place + 1);
  }

  /**
   * Asks all sources outside that are in the keys of some steps, at once, and for {@link
   * Probing#KEEPING} at most.
   */
  public Look look(Collection<Integer> nodes) {
    Set<ObservedSpec> sources = Collections.newSetFromMap(new IdentityHashMap<>());
    for (int node : nodes) {
      for (KeyArgument argument :
          comparable(node) ? of(node).arguments() : List.<KeyArgument>of()) {
        if (argument.constant() != null
            && graph.node(node).inputs().get(argument.input()) instanceof Edge.Constant constant) {
          values.addSources(constant.value(), sources);
        }
      }
    }
    return values.look(sources);
  }

  /**
   * Of a key that the user writes there is nothing to compare: it is text, and stays what it is.
   */
  private boolean comparable(int node) {
    return of(node).isComposed() && graph.node(node).step().cache().key() == null;
  }

  /**
   * Names a value of the step that workers get as it is and that is not any more what its digest in
   * the key says, or of which nobody knows; null if there is none. Any thread may ask after {@link
   * #compose}.
   */
  public @Nullable String doubt(int node, Look look) {
    if (!comparable(node)) {
      return null;
    }
    StepKey key = of(node);
    List<Argument> code = resolved(node).code().captured();
    List<Captured> captured = resolved(node).captured();
    for (int i = 0; i < captured.size(); i++) {
      if (code.get(i) instanceof Argument.Live) {
        String name = "captured value " + captured.get(i).name();
        String why = doubt(name, captured.get(i).value(), key.captured().get(i), look);
        if (why != null) {
          return why;
        }
      }
    }
    List<Edge> inputs = graph.node(node).inputs();
    for (KeyArgument argument : key.arguments()) {
      Fingerprint digest = argument.constant();
      if (digest != null
          && inputs.get(argument.input()) instanceof Edge.Constant constant
          && mayChange(constant.value())
          && (GivenValues.isOutside(constant.value())
              || passed(node, constant).liveBecause() != null)) {
        String name = constant.name().isEmpty() ? "an argument" : "argument " + constant.name();
        String why = doubt(name, constant.value(), digest, look);
        if (why != null) {
          return why;
        }
      }
    }
    return null;
  }

  private @Nullable String doubt(
      String name, @Nullable Object value, Fingerprint digest, Look look) {
    try {
      return !mayChange(value) || values.isStill(value, digest, look)
          ? null
          : name + " was changed while the run went on";
    } catch (NoCanonicalFormException e) {
      return "%s: %s".formatted(name, e.getMessage());
    }
  }

  /** Whether a value may be another one later although it is the same object. */
  private static boolean mayChange(@Nullable Object value) {
    return !(value == null
        || value instanceof Enum
        || isOf("java.time", value.getClass())
        || isFixed(value.getClass(), new HashSet<>()));
  }

  /**
   * Whether nothing that has this declared type may change. A record may not if its components may
   * not: nobody can set its fields.
   *
   * @param asked records that are being asked about, which may have each other as components
   */
  private static boolean isFixed(Class<?> type, Set<Class<?>> asked) {
    if (type.isRecord()) {
      return !asked.add(type)
          || Arrays.stream(type.getRecordComponents())
              .allMatch(each -> isFixed(each.getType(), asked));
    }
    return type.isPrimitive()
        || type.isEnum()
        || type == String.class
        || type == Boolean.class
        || type == Character.class
        || (Number.class.isAssignableFrom(type) && isOf("java.lang", type) && isFinal(type))
        || (isOf("java.time", type) && isFinal(type));
  }

  private static boolean isFinal(Class<?> type) {
    return Modifier.isFinal(type.getModifiers());
  }

  private static boolean isOf(String packageName, Class<?> type) {
    return type.getPackageName().equals(packageName);
  }

  /** Packages of libraries that the step's code reaches; none if it has no key. */
  public Set<String> libraries(int node) {
    return CodeFingerprint.libraries(codeInKey(node));
  }

  /** Paths of the class-path resources that the step's code reads; none if it has no key. */
  public Set<String> reads(int node) {
    return CodeFingerprint.resources(codeInKey(node));
  }

  private Set<String> codeInKey(int node) {
    StepKey key = of(node);
    if (!key.isComposed()) {
      return Set.of();
    }
    Set<String> own = key.parts().code().keySet();
    Set<String> others = new HashSet<>();
    key.arguments().forEach(each -> others.addAll(codeOf(node, each)));
    if (others.isEmpty()) {
      return own; // as of most steps, and asked for each chunk of units
    }
    others.addAll(own);
    return others;
  }

  /** Parts of the code of the resource that an argument is; empty if it is none. */
  private Set<String> codeOf(int node, KeyArgument argument) {
    return graph.node(node).inputs().get(argument.input()) instanceof Edge.Constant constant
        ? values.code(constant.value())
        : Set.of();
  }

  /**
   * Whether the step's key says what code runs, that of the resources that it takes among it; else
   * what a class file becomes is no matter.
   */
  public boolean hasCode(int node) {
    return graph.node(node).step().cache().mode() != Mode.MANUAL
        || of(node).arguments().stream().anyMatch(each -> !codeOf(node, each).isEmpty());
  }

  /** The encoded parts of a step's key, as results are kept. */
  public EncodedParts encodedParts(int node) {
    EncodedParts known = encoded[node];
    if (known == null) {
      Bytes bytes = PartsFormat.encode(of(node).kept().parts());
      known = new EncodedParts(Explainer.idOf(bytes), bytes);
      encoded[node] = known;
    }
    return known;
  }

  /** The key of a step. */
  public StepKey of(int node) {
    StepKey known = keys[node];
    if (known == null) {
      Node step = graph.node(node);
      known = StepKey.of(graph, step, resolved(node), resolver, values, engines.of(step));
      keys[node] = known;
    }
    return known;
  }
}
