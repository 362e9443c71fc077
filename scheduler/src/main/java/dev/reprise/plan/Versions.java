package dev.reprise.plan;

import dev.reprise.graph.Edge;
import dev.reprise.graph.Node;
import dev.reprise.graph.PipelineException;
import dev.reprise.plan.TaskResolver.Resolved;
import dev.reprise.task.CachePolicy;
import dev.reprise.task.TaskSpec;
import dev.reprise.task.VersionStrategy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks the user's strategies for the versions of steps. */
final class Versions {
  private Versions() {}

  /**
   * The task with the version that its strategy finds, if it has one.
   *
   * @throws PipelineException if a strategy fails or finds what is no version; names it
   */
  static TaskSpec found(Node node, TaskSpec task, Resolved resolved) {
    CachePolicy policy = task.cache();
    VersionStrategy strategy = policy.strategy();
    if (strategy == null) {
      return task;
    }
    VersionStrategy.Step step =
        new VersionStrategy.Step(node.name(), task, given(node, resolved.parameters()));
    List<String> versions = new ArrayList<>();
    for (VersionStrategy part : strategy.parts()) {
      versions.add(ask(part, step));
    }
    return task.withCache(policy.withVersions(versions));
  }

  private static Map<String, @Nullable Object> given(Node node, List<String> parameters) {
    Map<String, @Nullable Object> given = new LinkedHashMap<>();
    for (int i = 0; i < node.inputs().size(); i++) {
      if (node.inputs().get(i) instanceof Edge.Constant constant) {
        String parameter = parameters.get(i);
        String otherwise = constant.name().isEmpty() ? "arg" + i : constant.name();
        given.put(parameter.isEmpty() ? otherwise : parameter, constant.value());
      }
    }
    return given;
  }

  private static String ask(VersionStrategy strategy, VersionStrategy.Step step) {
    String who = "version strategy '" + strategy.name() + "'";
    String found;
    try {
      found = strategy.version(step);
    } catch (Exception | LinkageError | AssertionError e) {
      throw new PipelineException(
          "step '%s': %s failed: %s; correct it, or give the task a version(...)"
              .formatted(step.name(), who, e),
          e);
    }
    try {
      return CachePolicy.checkVersion(String.valueOf(found));
    } catch (IllegalArgumentException e) {
      throw new PipelineException(
          "step '%s': %s: %s".formatted(step.name(), who, e.getMessage()), e);
    }
  }
}
