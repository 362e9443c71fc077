package dev.reprise.home;

import dev.reprise.cache.code.ClassSource;
import dev.reprise.cache.code.CodeFingerprint;
import dev.reprise.cache.code.CodeFingerprint.Mode;
import dev.reprise.cache.code.CodeFingerprinter;
import dev.reprise.cache.code.CodeHints;
import dev.reprise.cache.code.CodeMemo;
import dev.reprise.cache.code.CodeUnavailableException;
import dev.reprise.cache.code.MethodRef;
import dev.reprise.cache.code.PlatformPackages;
import dev.reprise.cache.codec.SharedCodecs;
import dev.reprise.cache.fingerprint.MetClasses;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.executor.ResolvedTask;
import dev.reprise.graph.PipelineException;
import dev.reprise.plan.TaskResolver;
import dev.reprise.task.CachePolicy;
import dev.reprise.task.TaskSpec;
import java.io.IOException;
import java.io.Serializable;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.net.URL;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the methods behind users' functions and the identity of their code, for one planning.
 * Belongs to one thread; close it to let go of the jars it read.
 */
final class FunctionResolver implements TaskResolver, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(FunctionResolver.class);

  private final int inlineLimit;
  private final CodeMemo memo;
  private final InstantSource clock;
  private final LoaderTimes loaders;
  private final SharedCodecs codecs = new SharedCodecs();

  /** What was resolved last of each function, which is one object where a loop names it. */
  private final IdentityHashMap<Serializable, Known> tasks = new IdentityHashMap<>();

  private record Known(TaskSpec spec, Shape shape, ResolvedTask task) {}

  /* Keys of maps are lists here: the hash code of a record costs a new process milliseconds for each kind of record. */

  /** By the loader of the class whose method a task is, and that of the class that names it. */
  private final Map<List<ClassLoader>, Code> codes = new HashMap<>();

  /**
   * @param closures fingerprints by the parts of methods and hints
   */
  private record Code(
      ClassSource source,
      CodeFingerprinter fingerprinter,
      Map<List<Object>, CodeFingerprint> closures) {}

  /**
   * @param inlineLimit results of at most so many bytes come back inline, in bytes
   * @param loaders since when class loaders may have loaded what they find
   */
  FunctionResolver(int inlineLimit, CodeMemo memo, InstantSource clock, LoaderTimes loaders) {
    this.inlineLimit = inlineLimit;
    this.memo = memo;
    this.clock = clock;
    this.loaders = loaders;
  }

  @Override
  public Resolved resolve(String step, TaskSpec spec, Shape shape) {
    ResolvedTask task;
    try {
      task = task(spec, shape);
    } catch (IllegalArgumentException e) {
      throw new PipelineException("step '%s': %s".formatted(step, e.getMessage()), e);
    }
    checkNamed(step, spec, task.function().method());
    checkLoaded(step, spec, task.function().method().owner());
    List<Captured> captured = new ArrayList<>();
    String liveBecause = null;
    for (ResolvedTask.Captured each : task.captured()) {
      captured.add(new Captured(each.name(), each.value()));
      if (each.passed().liveBecause() != null) {
        liveBecause = each.name() + ": " + each.passed().liveBecause();
      }
    }
    return new Resolved(
        task.code(),
        Objects.requireNonNullElseGet(spec.name(), () -> name(task.function().method())),
        task.function().descriptor() + given(spec, task),
        task.parameters(),
        captured,
        liveBecause,
        task::pass);
  }

  /**
   * What the descriptor does not tell of a result and code by hand, or a key by hand, does not
   * either: type arguments, and what the components of a record are, each of which may be kept as a
   * result of its own.
   */
  private static String given(TaskSpec spec, ResolvedTask task) {
    if (spec.cache().mode() != Mode.MANUAL && spec.cache().key() == null) {
      return "";
    }
    StringBuilder text = new StringBuilder();
    Type result = task.resultType();
    if (!(result instanceof Class<?>)) {
      text.append(" giving ").append(result.getTypeName());
    }
    if (result instanceof Class<?> type && type.isRecord()) {
      text.append(" with");
      for (RecordComponent component : type.getRecordComponents()) {
        text.append(' ').append(component.getGenericType().getTypeName());
      }
    }
    return text.toString();
  }

  /**
   * Steps of one function that are declared alike share the answer, unless it captured something:
   * that is encoded when its digest is taken, which is for each step anew.
   */
  private ResolvedTask task(TaskSpec spec, Shape shape) {
    Known known = tasks.get(spec.function());
    if (known != null && known.shape == shape && isAlike(known.spec, spec)) {
      return known.task;
    }
    ResolvedTask task = ResolvedTask.of(spec, shape, inlineLimit, codecs);
    if (task.captured().isEmpty()) {
      tasks.put(spec.function(), new Known(spec, shape, task));
    }
    return task;
  }

  private static boolean isAlike(TaskSpec one, TaskSpec other) {
    return one.arity() == other.arity()
        && one.effect() == other.effect()
        && one.rowOrder() == other.rowOrder()
        && one.registered().equals(other.registered());
  }

  /**
   * Refuses a version by hand for code that only the compiler named: nothing in the key would tell
   * it from the next lambda of its class.
   */
  private static void checkNamed(String step, TaskSpec spec, MethodRef method) {
    CachePolicy policy = spec.cache();
    if (policy.enabled()
        && policy.mode() == Mode.MANUAL
        && spec.name() == null
        && method.isCompilerMade()) {
      throw new PipelineException(
          ("step '%s': version '%s' is all that its key has of its code, and %s is a name that the"
                  + " compiler made up, so other lambdas of this class would share its results; name"
                  + " the task with named(\"...\"), or pass a reference to a method")
              .formatted(step, policy.version(), method));
    }
  }

  /**
   * Refuses a function whose class is not the one that units would run: executors find it by name,
   * from the context class loader of the thread that submits the run.
   */
  private static void checkLoaded(String step, TaskSpec spec, String owner) {
    ClassLoader own = spec.function().getClass().getClassLoader();
    ClassLoader context = orSystem(Thread.currentThread().getContextClassLoader());
    Class<?> given = find(owner, orSystem(own));
    Class<?> found = find(owner, context);
    if (given != null && given != found) {
      throw new PipelineException(
          ("step '%s': its class %s comes from class loader %s, and units would %s; set this class"
                  + " loader as the thread's context class loader before the run is submitted")
              .formatted(
                  step,
                  owner,
                  given.getClassLoader(),
                  found == null
                      ? "not find it from the thread's context class loader, " + context
                      : "run the one of this name from the thread's context class loader, "
                          + found.getClassLoader()));
    }
  }

  private static ClassLoader orSystem(@Nullable ClassLoader loader) {
    return loader == null ? ClassLoader.getSystemClassLoader() : loader;
  }

  private static @Nullable Class<?> find(String name, ClassLoader loader) {
    try {
      return Class.forName(name, false, loader);
    } catch (ClassNotFoundException | LinkageError e) {
      return null; // as of a class that was made at run time: who looks it up says so
    }
  }

  /** The compiler's number of a lambda says nothing, so it is no part of the name. */
  private static String name(MethodRef method) {
    return method.owner() + "." + (method.name().startsWith("lambda$") ? "lambda" : method.name());
  }

  @Override
  public CodeFingerprint identify(Resolved resolved, TaskSpec spec, MetClasses met)
      throws CodeUnavailableException {
    CachePolicy policy = spec.cache();
    MethodRef root = resolved.code().method();
    return switch (policy.mode()) {
      case MANUAL -> CodeFingerprinter.manual(Objects.requireNonNull(policy.version()));
      case BODY -> code(spec, root).fingerprinter().body(root);
      case CLOSURE -> closure(code(spec, root), root, hints(resolved, policy, met));
    };
  }

  /** Steps that call one function with the same hints share the answer: a run asks once. */
  private static CodeFingerprint closure(Code code, MethodRef root, CodeHints hints)
      throws CodeUnavailableException {
    List<Object> asked =
        List.of(
            root.owner(),
            root.name(),
            root.descriptor(),
            hints.crossing(),
            hints.handedOn(),
            hints.alsoRuns(),
            hints.alsoReads());
    CodeFingerprint known = code.closures().get(asked);
    if (known == null) {
      known = code.fingerprinter().closure(root, hints);
      code.closures().put(asked, known);
    }
    return known;
  }

  /**
   * What arrives from outside: in the result of another step nothing but what is registered, since
   * nothing else can be decoded; in what the user gave, whatever is in it, however deep.
   */
  private static CodeHints hints(Resolved resolved, CachePolicy policy, MetClasses met) {
    List<String> crossing = new ArrayList<>(resolved.code().registered());
    crossing.addAll(names(met.instances()));
    for (Captured captured : resolved.captured()) {
      if (captured.value() != null) {
        crossing.add(captured.value().getClass().getName());
      }
    }
    return new CodeHints(
        crossing, names(met.handedOn()), names(policy.alsoRuns()), policy.alsoReads());
  }

  private static List<String> names(Collection<? extends Class<?>> types) {
    return types.stream().map(Class::getName).toList();
  }

  /**
   * Code is read as the JVM finds it for the method: by the loader that made its class. That of the
   * class that names the method may find others if it asks itself before its parent; it is asked
   * for what the first does not know, as classes of captured values.
   */
  private Code code(TaskSpec spec, MethodRef root) {
    ClassLoader names = orSystem(spec.function().getClass().getClassLoader());
    Class<?> owner = find(root.owner(), names);
    ClassLoader owners = owner == null ? names : orSystem(owner.getClassLoader());
    return codes.computeIfAbsent(
        List.of(owners, names),
        any -> {
          Instant met = earlier(loaders.met(owners), loaders.met(names));
          ClassLoader loader = owners == names ? names : new FirstOfTwo(owners, names);
          ClassSource source = ClassSource.of(loader, met);
          return new Code(
              source,
              new CodeFingerprinter(source, PlatformPackages.STANDARD, memo, clock),
              new HashMap<>());
        });
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  /** Finds what the first of two class loaders finds, and else what the second does. */
  private static final class FirstOfTwo extends ClassLoader {
    private final ClassLoader first;
    private final ClassLoader second;

    FirstOfTwo(ClassLoader first, ClassLoader second) {
      super(null);
      this.first = first;
      this.second = second;
    }

    @Override
    public @Nullable URL getResource(String name) {
      URL found = first.getResource(name);
      return found == null ? second.getResource(name) : found;
    }
  }

  /**
   * A class file or jar that is not what it was when the code was identified; null if there is
   * none. Any thread may ask, once no code is identified any more.
   */
  @Nullable Path changed() {
    for (Code code : codes.values()) {
      Path changed = code.source().changed();
      if (changed != null) {
        return changed;
      }
    }
    return null;
  }

  @Override
  public void close() {
    for (Code code : codes.values()) {
      try {
        code.source().close();
      } catch (IOException e) {
        log.debug("a jar stays open", e);
      }
    }
    codes.clear();
  }
}
