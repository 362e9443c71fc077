package dev.reprise.plan;

import static java.util.Objects.requireNonNullElse;

import dev.reprise.cache.base.Text;
import dev.reprise.cache.code.CodeFingerprint;
import dev.reprise.cache.code.CodeFingerprint.Mode;
import dev.reprise.cache.code.CodeUnavailableException;
import dev.reprise.cache.codec.RowOrder;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.fingerprint.MetClasses;
import dev.reprise.cache.fingerprint.NoCanonicalFormException;
import dev.reprise.cache.fingerprint.Redaction;
import dev.reprise.cache.fingerprint.Secret;
import dev.reprise.explain.StepParts;
import dev.reprise.explain.StepParts.ArgumentKind;
import dev.reprise.explain.StepParts.ArgumentPart;
import dev.reprise.graph.Edge;
import dev.reprise.graph.Edge.FromNode;
import dev.reprise.graph.Node;
import dev.reprise.graph.ObservedSpec;
import dev.reprise.graph.PipelineException;
import dev.reprise.graph.ResourceSpec;
import dev.reprise.graph.TaskGraph;
import dev.reprise.plan.Reason.Code;
import dev.reprise.plan.TaskResolver.Captured;
import dev.reprise.plan.TaskResolver.Resolved;
import dev.reprise.task.CachePolicy;
import dev.reprise.task.CachePolicy.Property;
import dev.reprise.task.NamedCache;
import dev.reprise.task.TaskSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the keys of a step's units are made of. This is the one place where a key is composed;
 * {@link KeyDeriver} adds the digests of a unit's arguments.
 *
 * @param task digest over everything but the arguments
 * @param captured digests of the values that the function captured, or of the text of a key that a
 *     user writes; they are in {@code task} already
 * @param arguments those in the key, in the order of their names
 * @param parts the same for people
 * @param unavailable why the units have no key or do not use it; null if they do
 * @param keptAs what results are kept under that are made, if it is not what they are looked up
 *     under: the arguments are the same, the version is another. Null if it is the same
 */
public record StepKey(
    Fingerprint task,
    List<Fingerprint> captured,
    List<KeyArgument> arguments,
    StepParts parts,
    @Nullable Reason unavailable,
    @Nullable StepKey keptAs) {
  /** Version of the composition; another one gives other keys. */
  static final String SCHEMA = "reprise/key/5";

  /** The same of keys that users write. */
  private static final String WRITTEN = "reprise/written-key/1";

  private static final Fingerprint NONE = Hasher.of("reprise/none").finish();

  /**
   * An argument in the key.
   *
   * @param input its place among the step's inputs
   * @param constant its digest if it is a constant, else null
   */
  public record KeyArgument(int input, @Nullable Fingerprint constant) {}

  /**
   * Whether there is a digest of everything but the arguments: also of a task that keeps nothing,
   * whose results are found by runs that go on from this one.
   */
  boolean isComposed() {
    return !task.equals(NONE);
  }

  /** Returns the key of a step that has none. */
  static StepKey without(Node node, Reason why) {
    StepParts none =
        new StepParts(node.name(), "", "", "", new TreeMap<>(), new TreeMap<>(), List.of());
    return new StepKey(NONE, List.of(), List.of(), none, why, null);
  }

  /**
   * Composes the key of a step.
   *
   * @param engine settings of the engine that change results, by name; each a string, or a {@link
   *     Secret} of one
   */
  static StepKey of(
      TaskGraph graph,
      Node node,
      Resolved resolved,
      TaskResolver resolver,
      ValueEncoder values,
      SortedMap<String, Object> engine) {
    Reason disabled =
        node.step().cache().enabled() ? null : new Reason(Code.DISABLED, whoDisabled(node));
    if (disabled != null && isUnnamed(node.step(), resolved)) {
      return without(node, disabled);
    }
    TaskSpec spec;
    try {
      spec = Versions.found(node, node.step(), resolved);
    } catch (PipelineException e) {
      if (disabled != null) {
        return without(node, disabled); // whose version nobody needs
      }
      throw e;
    }
    CachePolicy policy = spec.cache();
    StepKey kept = of(graph, node, spec, resolved, resolver, values, engine, null);
    String read = policy.readVersion();
    if (kept.unavailable != null || read == null || read.equals(policy.version())) {
      return kept;
    }
    TaskSpec asRead = spec.withCache(policy.withVersion(read));
    return of(graph, node, asRead, resolved, resolver, values, engine, kept);
  }

  private static StepKey of(
      TaskGraph graph,
      Node node,
      TaskSpec spec,
      Resolved resolved,
      TaskResolver resolver,
      ValueEncoder values,
      SortedMap<String, Object> engine,
      @Nullable StepKey keptAs) {
    CachePolicy policy = spec.cache();
    List<Named> all = name(graph, node, resolved);
    policy.ignored().forEach(ignored -> leaveOut(node, all, ignored));
    NamedCache.Key written = policy.key();
    List<String> wanted = written == null ? policy.keyed() : written.arguments();
    boolean chosen = !wanted.isEmpty() || written != null;
    List<Named> named =
        chosen
            ? keyed(node, all, wanted)
            : all.stream().sorted(Comparator.comparing(Named::name)).toList();
    if (written == null && chosen) {
      checkPartitioned(node, named);
    }
    Reason disabled = policy.enabled() ? null : new Reason(Code.DISABLED, whoDisabled(node));
    if (written != null && disabled != null) {
      return without(node, disabled);
    }
    if (written != null) {
      return written(graph, node, policy, written, resolved, named, engine, values, keptAs);
    }
    String types =
        chosen
            ? Descriptors.taking(
                resolved.signature(), named.stream().map(Named::input).toList(), spec.arity())
            : resolved.signature() + places(all);
    List<KeyArgument> arguments = new ArrayList<>();
    List<ArgumentPart> shown = new ArrayList<>();
    List<Fingerprint> captured = new ArrayList<>();
    MetClasses met = new MetClasses();
    String at = "";
    CodeFingerprint code;
    SortedMap<String, Object> settings;
    try {
      at = "settings of the engine";
      settings = digested(engine, values, met);
      for (Captured value : resolved.captured()) {
        at = value.name();
        captured.add(values.digest(value.value(), met));
        shown.add(
            new ArgumentPart(
                value.name(),
                value.name(),
                ArgumentKind.CAPTURED,
                Redaction.shown(value.name(), values.preview(value.value()))));
      }
      for (Named argument : named) {
        at = argument.shown();
        Fingerprint digest = null;
        String preview = "";
        if (argument.edge() instanceof Edge.Constant constant) {
          digest = values.digest(constant.value(), met);
          String names = argument.name() + " " + argument.shown();
          preview = Redaction.shown(names, values.preview(constant.value()));
        }
        arguments.add(new KeyArgument(argument.input(), digest));
        shown.add(
            new ArgumentPart(argument.name(), argument.shown(), kind(argument.edge()), preview));
      }
      at = "code";
      code = resolver.identify(resolved, spec, met);
    } catch (NoCanonicalFormException | CodeUnavailableException e) {
      return without(
          node,
          disabled != null
              ? disabled
              : new Reason(Code.KEY_UNAVAILABLE, at + ": " + e.getMessage()));
    }
    String version = requireNonNullElse(policy.version(), "");
    String signature = types + form(graph, node);
    Hasher hasher =
        Hasher.of(SCHEMA)
            .putString(resolved.name())
            .putString(version)
            .putString(code.mode().name())
            .putFingerprint(code.digest())
            .putString(signature)
            .putLong(engine.size());
    SortedMap<String, String> shownSettings = put(settings, hasher);
    hasher.putLong(captured.size());
    captured.forEach(hasher::putFingerprint);
    hasher.putLong(arguments.size());
    named.forEach(argument -> hasher.putString(argument.name()));
    String salt = policy.salt();
    if (salt != null) {
      hasher.putString("salt").putString(salt);
    }
    StepParts parts =
        new StepParts(
            resolved.name(),
            shown(version, salt),
            signature,
            code.mode().name(),
            code.parts(),
            shownSettings,
            shown,
            code.caveats());
    return new StepKey(hasher.finish(), captured, arguments, parts, disabled, keptAs);
  }

  private static ArgumentKind kind(Edge edge) {
    if (edge instanceof Edge.Constant constant) {
      return constant.value() instanceof ResourceSpec
          ? ArgumentKind.RESOURCE
          : constant.value() instanceof ObservedSpec ? ArgumentKind.UPSTREAM : ArgumentKind.GIVEN;
    }
    return ArgumentKind.UPSTREAM;
  }

  /**
   * Composes a key that the user writes: its text, and the content of what other steps give to it.
   *
   * @param named the arguments that it names, in their order
   */
  private static StepKey written(
      TaskGraph graph,
      Node node,
      CachePolicy policy,
      NamedCache.Key key,
      Resolved resolved,
      List<Named> named,
      SortedMap<String, Object> engine,
      ValueEncoder values,
      @Nullable StepKey keptAs) {
    Map<String, Edge> edges = new LinkedHashMap<>();
    for (int i = 0; i < named.size(); i++) {
      edges.put(key.arguments().get(i), named.get(i).edge());
    }
    WrittenKey filled = WrittenKey.of(node, key, edges);
    String text = filled.text();
    String apart = filled.boundaries();
    String version = requireNonNullElse(policy.version(), "");
    String salt = requireNonNullElse(policy.salt(), "");
    String result =
        resolved.signature().substring(resolved.signature().indexOf(')') + 1) + form(graph, node);
    List<KeyArgument> arguments = new ArrayList<>();
    List<ArgumentPart> shown = new ArrayList<>();
    for (Named argument : named) {
      if (argument.edge() instanceof FromNode) {
        arguments.add(new KeyArgument(argument.input(), null));
        shown.add(new ArgumentPart(argument.name(), argument.shown(), ArgumentKind.UPSTREAM, ""));
      }
    }
    Hasher hasher =
        Hasher.of(apart.isEmpty() ? WRITTEN : WRITTEN + "/apart")
            .putString(key.cache().name())
            .putString(text)
            .putString(version)
            .putString(salt)
            .putString(result)
            .putLong(arguments.size());
    if (!apart.isEmpty()) {
      hasher.putString(apart);
    }
    SortedMap<String, String> settings;
    try {
      settings = put(digested(engine, values, new MetClasses()), hasher);
    } catch (NoCanonicalFormException e) {
      String why = "settings of the engine: " + e.getMessage();
      return without(node, new Reason(Code.KEY_UNAVAILABLE, why));
    }
    StepParts parts =
        StepParts.written(
            new StepParts.WrittenKey(key.cache().name(), text),
            shown(version, policy.salt()),
            result,
            Mode.MANUAL.name(),
            settings,
            shown);
    Hasher writes = Hasher.of(WRITTEN).putString(text);
    if (!apart.isEmpty()) {
      writes.putString(apart);
    }
    List<Fingerprint> written = List.of(writes.finish());
    return new StepKey(hasher.finish(), written, arguments, parts, null, keptAs);
  }

  /** Settings with digests in place of secrets. */
  private static SortedMap<String, Object> digested(
      SortedMap<String, Object> engine, ValueEncoder values, MetClasses met)
      throws NoCanonicalFormException {
    SortedMap<String, Object> digested = new TreeMap<>();
    for (Map.Entry<String, Object> setting : engine.entrySet()) {
      Object value = setting.getValue();
      digested.put(
          setting.getKey(), value instanceof Secret<?> ? values.digest(value, met) : value);
    }
    return digested;
  }

  /** Adds settings to a key; returns them for people. */
  private static SortedMap<String, String> put(SortedMap<String, Object> settings, Hasher to) {
    SortedMap<String, String> shown = new TreeMap<>();
    settings.forEach(
        (name, value) -> {
          to.putString(name);
          if (value instanceof Fingerprint secret) {
            to.putFingerprint(secret);
            shown.put(name, Secret.SHOWN_AS + " " + secret.brief());
          } else {
            to.putString((String) value);
            shown.put(name, (String) value);
          }
        });
    return shown;
  }

  /** Whether a version by hand is all there is of code that only the compiler named. */
  private static boolean isUnnamed(TaskSpec task, Resolved resolved) {
    return task.cache().mode() == Mode.MANUAL
        && task.name() == null
        && resolved.code().method().isCompilerMade();
  }

  private static String whoDisabled(Node node) {
    String who = node.saidBy(Property.ENABLED);
    return node.step().effect() && Node.TASK.equals(who) ? "a side effect" : "by the " + who;
  }

  /** What results are kept under. */
  StepKey kept() {
    return keptAs == null ? this : keptAs;
  }

  /**
   * An argument with its names.
   *
   * @param name in the key: of the parameter if the class file has it, else by place
   * @param shown for people: of the pipeline's parameter or of the step it comes from
   */
  private record Named(int input, String name, String shown, Edge edge) {}

  /**
   * Takes an ignored argument away. The name of a parameter of the function comes first: it means
   * one argument, while two may come from one step.
   */
  private static void leaveOut(Node node, List<Named> named, String ignored) {
    boolean removed =
        named.removeIf(argument -> argument.name().equals(ignored))
            || named.removeIf(argument -> argument.shown().equals(ignored));
    if (!removed) {
      throw noArgument(node, "ignores", ignored, named);
    }
  }

  /** The arguments that alone are in the key, each named by its place in their list. */
  private static List<Named> keyed(Node node, List<Named> all, List<String> keyed) {
    List<Named> chosen = new ArrayList<>();
    for (int place = 0; place < keyed.size(); place++) {
      String wanted = keyed.get(place);
      Named found =
          all.stream()
              .filter(each -> each.name().equals(wanted))
              .findFirst()
              .or(() -> all.stream().filter(each -> each.shown().equals(wanted)).findFirst())
              .orElseThrow(() -> noArgument(node, "has its key from", wanted, all));
      chosen.add(new Named(found.input(), Integer.toString(place), found.shown(), found.edge()));
    }
    return chosen;
  }

  /** Refuses chosen arguments without a partitioned one: all units would have one key. */
  private static void checkPartitioned(Node node, List<Named> named) {
    for (int i = 0; i < node.inputs().size(); i++) {
      Edge edge = node.inputs().get(i);
      int input = i;
      if (edge.isOfPartitions() && named.stream().noneMatch(each -> each.input() == input)) {
        throw new PipelineException(
            "step '%s': all its partitions would have one key; have it keyed by the argument that is partitioned, too"
                .formatted(node.name()));
      }
    }
  }

  /** A version with its salt, for people. */
  private static String shown(String version, @Nullable String salt) {
    return salt == null ? version : (version.isEmpty() ? "" : version + ", ") + "salt " + salt;
  }

  private static PipelineException noArgument(
      Node node, String does, String argument, List<Named> named) {
    List<String> shown = named.stream().map(Named::shown).toList();
    Set<String> all = new LinkedHashSet<>(shown);
    named.forEach(each -> all.add(each.name()));
    return new PipelineException(
        "step '%s' %s argument %s, which it does not have; it has %s%s"
            .formatted(node.name(), does, Text.quote(argument), shown, Text.hint(argument, all)));
  }

  /**
   * The names of parameters in their order: two may change places and leave the bytecode as it is.
   */
  private static String places(List<Named> named) {
    List<String> names = named.stream().map(Named::name).toList();
    boolean byName = !names.stream().sorted().toList().equals(names);
    return byName ? " of " + names : "";
  }

  /**
   * What a result is kept as, where it is not simply what the function returns. Components are kept
   * in their order: a record whose components changed places is another result.
   */
  private static String form(TaskGraph graph, Node node) {
    if (node.step().effect()) {
      return " as a receipt";
    }
    return shape(graph, node)
        + (node.step().rowOrder() == RowOrder.SIGNIFICANT ? " with rows in order" : "");
  }

  private static String shape(TaskGraph graph, Node node) {
    for (int consumer : graph.consumers(node.id())) {
      Node view = graph.node(consumer);
      if (view.kind() == Node.Kind.PARTS && view.viewed() == node.id()) {
        return " as " + view.parts();
      }
    }
    return node.kind() == Node.Kind.FAN_OUT ? " as elements" : "";
  }

  private static List<Named> name(TaskGraph graph, Node node, Resolved resolved) {
    List<Named> named = new ArrayList<>();
    for (int i = 0; i < node.inputs().size(); i++) {
      Edge edge = node.inputs().get(i);
      String parameter = resolved.parameters().get(i);
      String name = parameter.isEmpty() ? "arg" + i : parameter;
      String shown = name;
      if (edge instanceof Edge.Constant constant && !constant.name().isEmpty()) {
        shown = constant.name();
      } else if (edge instanceof FromNode from) {
        Node source = graph.node(from.node());
        shown = source.isView() ? graph.node(source.viewed()).name() : source.name();
      }
      named.add(new Named(i, name, shown, edge));
    }
    return named;
  }
}
