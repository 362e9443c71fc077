package dev.reprise.testing;

import dev.reprise.cache.code.CodeFingerprint;
import dev.reprise.cache.code.CodeFingerprint.Mode;
import dev.reprise.cache.code.CodeUnavailableException;
import dev.reprise.cache.code.MethodRef;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.fingerprint.MetClasses;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.executor.Argument;
import dev.reprise.executor.ResolvedTask.Passed;
import dev.reprise.executor.TaskCode;
import dev.reprise.plan.TaskResolver;
import dev.reprise.task.TaskSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Says of every task what the test says of it, by the task's name (or the step's, if the task has
 * none). Looks at no code.
 */
public final class FakeResolver implements TaskResolver {
  /** Names of parameters; what is not here has none, as if compiled without them. */
  public final Map<String, List<String>> parameters = new HashMap<>();

  public final Map<String, List<Captured>> captured = new HashMap<>();
  public final Map<String, String> signatures = new HashMap<>();

  /** The code of tasks: part → version of it; what is not here has one part. */
  public final Map<String, Map<String, Integer>> code = new HashMap<>();

  /** What the code of tasks hides. */
  public final Map<String, List<String>> caveats = new HashMap<>();

  /** Tasks whose code cannot be read, with the reason. */
  public final Map<String, String> unreadable = new HashMap<>();

  /** The classes that were met in what was given to tasks. */
  public final Map<String, Set<Class<?>>> met = new TreeMap<>();

  /** How many times the code of a task was identified. */
  public final Map<String, Integer> identified = new TreeMap<>();

  /** The values that were encoded for workers. */
  public final List<@Nullable Object> passed = new ArrayList<>();

  @Override
  public Resolved resolve(String step, TaskSpec spec, Shape shape) {
    String name = spec.name() == null ? step : spec.name();
    return new Resolved(
        new TaskCode(
            new MethodRef("test.Tasks", name, "()V"),
            TaskCode.Kind.STATIC,
            List.of(),
            spec.effect(),
            shape,
            List.of(),
            1 << 16),
        name,
        signatures.getOrDefault(name, "()V"),
        parameters.getOrDefault(name, Collections.nCopies(100, "")),
        captured.getOrDefault(name, List.of()),
        null,
        this::pass);
  }

  private Passed pass(@Nullable Object value) {
    passed.add(value);
    return new Passed(new Argument.Live(value), null);
  }

  @Override
  public CodeFingerprint identify(Resolved resolved, TaskSpec spec, MetClasses met)
      throws CodeUnavailableException {
    identified.merge(resolved.name(), 1, Integer::sum);
    this.met.put(resolved.name(), Set.copyOf(met.instances()));
    String why = unreadable.get(resolved.name());
    if (why != null) {
      throw new CodeUnavailableException(why, null);
    }
    SortedMap<String, Fingerprint> parts = new TreeMap<>();
    code.getOrDefault(resolved.name(), Map.of(resolved.name() + "()", 1))
        .forEach((part, version) -> parts.put(part, Hasher.of("code").putLong(version).finish()));
    Mode mode = spec.cache().mode();
    return CodeFingerprint.of(
        mode,
        mode == Mode.MANUAL ? new TreeMap<>() : parts,
        caveats.getOrDefault(resolved.name(), List.of()));
  }
}
