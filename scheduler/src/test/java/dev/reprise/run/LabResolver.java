package dev.reprise.run;

import dev.reprise.cache.code.CodeFingerprint;
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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Names tasks by their own name; code is what the test says it is. */
final class LabResolver implements TaskResolver {
  private final Map<String, String> codeVersions;

  /**
   * @param codeVersions by name of the task
   */
  LabResolver(Map<String, String> codeVersions) {
    this.codeVersions = codeVersions;
  }

  @Override
  public Resolved resolve(String step, TaskSpec spec, Shape shape) {
    String name = spec.name() == null ? step : spec.name();
    return new Resolved(
        new TaskCode(
            new MethodRef("lab", name, "()V"),
            TaskCode.Kind.STATIC,
            List.of(),
            spec.effect(),
            shape,
            List.of(),
            1 << 16),
        name,
        "()",
        Arrays.asList("a", "b", "c", "d", "e").subList(0, spec.arity()),
        List.of(),
        null,
        value ->
            new Passed(
                new Argument.Live(value),
                value instanceof Thread
                    ? "a thread stays where it is"
                    : RunLab.STAYS_HERE.equals(value) ? "it stays here" : null));
  }

  @Override
  public CodeFingerprint identify(Resolved resolved, TaskSpec spec, MetClasses met) {
    String version = codeVersions.getOrDefault(resolved.name(), "1");
    TreeMap<String, Fingerprint> parts = new TreeMap<>();
    parts.put(resolved.name() + "()", Hasher.of("code").putString(version).finish());
    return CodeFingerprint.of(CodeFingerprint.Mode.CLOSURE, parts, List.of());
  }
}
