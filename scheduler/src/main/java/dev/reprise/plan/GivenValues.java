package dev.reprise.plan;

import dev.reprise.cache.base.Saturating;
import dev.reprise.cache.code.CodeFingerprint;
import dev.reprise.cache.code.CodeFingerprint.Mode;
import dev.reprise.cache.code.CodeUnavailableException;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.fingerprint.MetClasses;
import dev.reprise.cache.fingerprint.NoCanonicalFormException;
import dev.reprise.cache.fingerprint.Redaction;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.executor.Argument;
import dev.reprise.executor.ResolvedTask.Passed;
import dev.reprise.graph.Edge;
import dev.reprise.graph.ObservedSpec;
import dev.reprise.graph.ResourceSpec;
import dev.reprise.plan.Probing.Question;
import dev.reprise.plan.Probing.UnansweredException;
import dev.reprise.plan.TaskResolver.Captured;
import dev.reprise.plan.TaskResolver.Resolved;
import dev.reprise.task.TaskSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What stands for the values that a definition gives to steps: of a resource all that determines
 * what it does, of others their content.
 *
 * <p>A resource is versioned as a step is, by its code, its version and its configuration, in which
 * other resources count likewise. A step that takes it may call, by an interface, what its code
 * never names; so the classes of which the resource makes objects are told as met.
 */
final class GivenValues implements ValueEncoder {
  private static final String RESOURCE = "reprise/resource/1";
  private static final String OBSERVED = "reprise/observed/1";

  private final TaskResolver resolver;
  private final ValueEncoder values;
  private final Probing probing;
  private final IdentityHashMap<ResourceSpec, Identity> known = new IdentityHashMap<>();
  private final IdentityHashMap<ObservedSpec, String> versions = new IdentityHashMap<>();
  private final IdentityHashMap<ResourceSpec, Resolved> resolved = new IdentityHashMap<>();

  /** Questions that are asked ahead, and not answered yet. */
  private final IdentityHashMap<ObservedSpec, Question<@Nullable String>> asked =
      new IdentityHashMap<>();

  GivenValues(TaskResolver resolver, ValueEncoder values, Probing probing) {
    this.resolver = resolver;
    this.values = values;
    this.probing = probing;
  }

  /**
   * What a resource is in keys.
   *
   * @param given digests of what it captured and of its configuration, in order
   * @param ignored places of what is left out of its configuration
   * @param met classes of which there may be objects in it
   * @param code names of the parts of its code, and of the resources that it takes
   * @param shown for people
   */
  private record Identity(
      Fingerprint digest,
      List<Fingerprint> given,
      BitSet ignored,
      MetClasses met,
      Set<String> code,
      String shown) {}

  @Override
  public Fingerprint digest(@Nullable Object value, MetClasses met)
      throws NoCanonicalFormException {
    if (value instanceof ObservedSpec source) {
      return digest(source, version(source), met);
    } else if (!(value instanceof ResourceSpec)) {
      return values.digest(value, met);
    }
    ResourceSpec resource = (ResourceSpec) value;
    Identity identity = identity(resource);
    identity.met.instances().forEach(met::instance);
    identity.met.handedOn().forEach(met::handedOn);
    return identity.digest;
  }

  private Fingerprint digest(ObservedSpec source, String version, MetClasses met)
      throws NoCanonicalFormException {
    return Hasher.of(OBSERVED)
        .putFingerprint(values.digest(source.value(), met))
        .putString(version)
        .finish();
  }

  @Override
  public String preview(@Nullable Object value) {
    if (value instanceof ObservedSpec source) {
      String version = versions.get(source);
      return values.preview(source.value()) + (version == null ? "" : " at version " + version);
    } else if (value instanceof ResourceSpec) {
      Identity identity = known.get(value);
      return identity == null ? "" : identity.shown;
    }
    return values.preview(value);
  }

  /** What the source's probe says, once for all steps. */
  private String version(ObservedSpec source) throws NoCanonicalFormException {
    String known = versions.get(source);
    if (known == null) {
      known = ask(source);
      versions.put(source, known);
    }
    return known;
  }

  private String ask(ObservedSpec source) throws NoCanonicalFormException {
    Question<@Nullable String> begun = asked.remove(source);
    return answer(begun == null ? begin(source, Saturating.LONGEST) : begun);
  }

  /** Asks sources, all at once, for what {@link #digest} is to be asked about them. */
  void askAhead(Set<ObservedSpec> sources) {
    sources.forEach(source -> asked.put(source, begin(source, Saturating.LONGEST)));
  }

  /** Drops what was asked ahead and is in no key after all. */
  void dropAsked() {
    probing.drop(asked.values());
    asked.clear();
  }

  /** Adds the sources outside that will be asked for the digest of a value, as far as is plain. */
  static void addObserved(@Nullable Object value, Set<ObservedSpec> sources) {
    if (value instanceof ObservedSpec source) {
      sources.add(source);
    } else if (value instanceof ResourceSpec resource
        && resource.task().cache().ignored().isEmpty()) {
      resource.configuration().forEach(each -> addObserved(each.value(), sources));
    }
  }

  private Question<@Nullable String> begin(ObservedSpec source, Duration atMost) {
    return probing.begin(source, source.name(), source.probe()::version, atMost);
  }

  private static String answer(Question<@Nullable String> question)
      throws NoCanonicalFormException {
    @Nullable String version;
    try {
      version = question.answer();
    } catch (UnansweredException e) {
      throw new NoCanonicalFormException("", Reason.VERSION_NOT_KNOWN + ": " + e.getMessage());
    } catch (Exception | Error e) {
      throw new NoCanonicalFormException("", Reason.VERSION_NOT_KNOWN + ": the probe failed: " + e);
    }
    if (version == null || version.isEmpty()) {
      throw new NoCanonicalFormException("", Reason.VERSION_NOT_KNOWN + ": the probe says nothing");
    }
    return version;
  }

  private Identity identity(ResourceSpec resource) throws NoCanonicalFormException {
    Identity found = known.get(resource);
    if (found == null) {
      found = identify(resource);
      known.put(resource, found);
    }
    return found;
  }

  private Identity identify(ResourceSpec resource) throws NoCanonicalFormException {
    Resolved task = resolved(resource);
    TaskSpec spec = Versions.found(resource, task.parameters());
    MetClasses met = new MetClasses();
    List<Fingerprint> given = new ArrayList<>();
    Set<String> reached = new LinkedHashSet<>();
    List<String> shown = new ArrayList<>();
    for (Captured captured : task.captured()) {
      given.add(in(resource, captured.name(), captured.value(), met));
      add(captured.name(), captured.value(), shown);
    }
    BitSet ignored = ignored(resource, task);
    Hasher hasher = Hasher.of(RESOURCE).putString(task.name());
    for (int i = 0; i < resource.configuration().size(); i++) {
      Edge.Constant each = resource.configuration().get(i);
      String parameter = nameOf(resource, task, i);
      if (ignored.get(i)) {
        continue;
      }
      given.add(in(resource, parameter, each.value(), met));
      hasher.putString(parameter);
      String names = parameter + " " + each.name();
      shown.add(parameter + "=" + Redaction.shown(names, preview(each.value())));
      if (each.value() instanceof ResourceSpec other) {
        reached.addAll(identity(other).code);
      }
    }
    CodeFingerprint code;
    try {
      code = resolver.identify(task, spec, met);
    } catch (CodeUnavailableException e) {
      throw refused(resource, "its code: " + e.getMessage(), e);
    }
    if (code.mode() != Mode.MANUAL) {
      reached.addAll(code.parts().keySet());
    }
    for (String type : CodeFingerprint.created(code.parts().keySet())) {
      met.instance(load(resource, type));
    }
    String version = Objects.requireNonNullElse(spec.cache().version(), "");
    String salt = Objects.requireNonNullElse(spec.cache().salt(), "");
    hasher
        .putString(version)
        .putString(salt)
        .putString(code.mode().name())
        .putFingerprint(code.digest())
        .putString(task.signature())
        .putLong(task.captured().size())
        .putLong(given.size());
    given.forEach(hasher::putFingerprint);
    String text =
        "%s(%s)%s%s%s"
            .formatted(
                task.name(),
                String.join(", ", shown),
                version.isEmpty() ? "" : ", version " + version,
                salt.isEmpty() ? "" : ", salt " + salt,
                code.mode() == Mode.MANUAL ? "" : ", code " + code.digest().brief());
    return new Identity(hasher.finish(), given, ignored, met, reached, text);
  }

  private void add(String name, @Nullable Object value, List<String> shown) {
    shown.add(name + "=" + Redaction.shown(name, preview(value)));
  }

  private Fingerprint in(ResourceSpec resource, String name, @Nullable Object value, MetClasses met)
      throws NoCanonicalFormException {
    try {
      return digest(value, met);
    } catch (NoCanonicalFormException e) {
      throw refused(resource, name + ": " + e.getMessage(), e);
    }
  }

  private static NoCanonicalFormException refused(
      ResourceSpec resource, String why, Exception cause) {
    NoCanonicalFormException refused = new NoCanonicalFormException("", resource + ": " + why);
    refused.initCause(cause);
    return refused;
  }

  private static Class<?> load(ResourceSpec resource, String type) throws NoCanonicalFormException {
    try {
      return Class.forName(type, false, resource.task().function().getClass().getClassLoader());
    } catch (ClassNotFoundException | LinkageError e) {
      throw refused(resource, "its class " + type + " cannot be loaded: " + e, asException(e));
    }
  }

  private static Exception asException(Throwable e) {
    return e instanceof Exception exception ? exception : new IllegalStateException(e);
  }

  private Resolved resolved(ResourceSpec resource) {
    return resolved.computeIfAbsent(
        resource, any -> resolver.resolve(resource.name(), resource.task(), Shape.ONE));
  }

  /** Places of ignored arguments: by the name of the function's parameter, else as it was given. */
  private static BitSet ignored(ResourceSpec resource, Resolved task) {
    List<String> parameters = new ArrayList<>();
    List<String> given = new ArrayList<>();
    for (int i = 0; i < resource.configuration().size(); i++) {
      parameters.add(nameOf(resource, task, i));
      given.add(resource.configuration().get(i).name());
    }
    BitSet places = new BitSet();
    Set<String> unknown = new LinkedHashSet<>();
    for (String name : resource.task().cache().ignored()) {
      int place = parameters.contains(name) ? parameters.indexOf(name) : given.indexOf(name);
      if (place < 0) {
        unknown.add(name);
      } else {
        places.set(place);
      }
    }
    Versions.checkIgnored(resource, unknown, task.parameters());
    return places;
  }

  private static String nameOf(ResourceSpec resource, Resolved task, int place) {
    String parameter = task.parameters().get(place);
    String given = resource.configuration().get(place).name();
    return !parameter.isEmpty() ? parameter : !given.isEmpty() ? given : "arg" + place;
  }

  /**
   * A value as it goes to a worker.
   *
   * @param taker the task that takes it, which says how it is encoded
   */
  Passed pass(@Nullable Object value, Resolved taker) {
    if (value instanceof ObservedSpec source) {
      return taker.pass().apply(source.value());
    }
    if (!(value instanceof ResourceSpec resource)) {
      return taker.pass().apply(value);
    }
    Resolved task = resolved(resource);
    List<Argument> arguments = new ArrayList<>();
    String live = task.liveBecause() == null ? null : "captured value " + task.liveBecause();
    for (int i = 0; i < resource.configuration().size(); i++) {
      Passed passed = pass(resource.configuration().get(i).value(), task);
      arguments.add(passed.argument());
      if (passed.liveBecause() != null) {
        live = "'%s': %s".formatted(nameOf(resource, task, i), passed.liveBecause());
      }
    }
    return new Passed(
        new Argument.Made(resource.name(), task.code(), arguments),
        live == null ? null : resource + ", " + live);
  }

  /** Names of the parts of a resource's code; empty of other values, and if it has no identity. */
  Set<String> code(@Nullable Object value) {
    Identity identity = value instanceof ResourceSpec ? known.get(value) : null;
    return identity == null ? Set.of() : identity.code;
  }

  /** Whether a value may be another one although nobody in this process changes it. */
  static boolean isOutside(@Nullable Object value) {
    return value instanceof ObservedSpec
        || (value instanceof ResourceSpec resource
            && resource.configuration().stream().anyMatch(each -> isOutside(each.value())));
  }

  /** Adds the sources outside of which the version is in the digest of a value. */
  void addSources(@Nullable Object value, Set<ObservedSpec> sources) {
    if (value instanceof ObservedSpec source) {
      sources.add(source);
    } else if (value instanceof ResourceSpec resource) {
      Identity before = known.get(resource);
      for (int i = 0; before != null && i < resource.configuration().size(); i++) {
        if (!before.ignored.get(i)) {
          addSources(resource.configuration().get(i).value(), sources);
        }
      }
    }
  }

  /** Asks sources, all at once. */
  Look look(Set<ObservedSpec> sources) {
    IdentityHashMap<ObservedSpec, Question<@Nullable String>> questions = new IdentityHashMap<>();
    sources.forEach(source -> questions.put(source, begin(source, Probing.KEEPING)));
    Look look = new Look();
    for (ObservedSpec source : sources) { // in the order in which they were asked
      look.ask(source, any -> answer(Objects.requireNonNull(questions.get(source))));
    }
    return look;
  }

  /**
   * Whether a value is still what its digest says; it may be the same object all the same.
   *
   * @throws NoCanonicalFormException if a source outside does not say
   */
  boolean isStill(@Nullable Object value, Fingerprint digest, Look look)
      throws NoCanonicalFormException {
    if (value instanceof ResourceSpec resource) {
      return isStill(resource, look);
    }
    String version = value instanceof ObservedSpec source ? look.version(source, this::ask) : "";
    try {
      return value instanceof ObservedSpec source
          ? digest(source, version, new MetClasses()).equals(digest)
          : values.digest(value).equals(digest);
    } catch (NoCanonicalFormException e) {
      return false; // it had one
    }
  }

  private boolean isStill(ResourceSpec resource, Look look) throws NoCanonicalFormException {
    Identity before = known.get(resource);
    if (before == null) {
      return true; // in no key
    }
    Resolved task = resolved(resource);
    int place = 0;
    for (Captured captured : task.captured()) {
      if (!isStill(captured.value(), before.given.get(place++), look)) {
        return false;
      }
    }
    for (int i = 0; i < resource.configuration().size(); i++) {
      Edge.Constant each = resource.configuration().get(i);
      if (!before.ignored.get(i) && !isStill(each.value(), before.given.get(place++), look)) {
        return false;
      }
    }
    return true;
  }
}
