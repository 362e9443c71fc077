package dev.reprise.plan;

import dev.reprise.cache.base.Text;
import dev.reprise.graph.Edge;
import dev.reprise.graph.Node;
import dev.reprise.graph.ObservedSpec;
import dev.reprise.graph.PipelineException;
import dev.reprise.graph.ResourceSpec;
import dev.reprise.plan.TaskResolver.Resolved;
import dev.reprise.task.CachePolicy;
import dev.reprise.task.TaskSpec;
import dev.reprise.task.VersionStrategy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
        new VersionStrategy.Step(node.name(), task, given(node.inputs(), resolved.parameters()));
    List<String> versions = new ArrayList<>();
    for (VersionStrategy part : strategy.parts()) {
      versions.add(ask(part, step));
    }
    return task.withCache(policy.withVersions(versions));
  }

  /** The same of a resource. */
  static TaskSpec found(ResourceSpec resource, List<String> parameters) {
    TaskSpec task = resource.task();
    VersionStrategy strategy = task.cache().strategy();
    if (strategy == null) {
      return task;
    }
    VersionStrategy.Step step =
        new VersionStrategy.Step(
            resource.name(), task, given(List.copyOf(resource.configuration()), parameters));
    List<String> versions = new ArrayList<>();
    for (VersionStrategy part : strategy.parts()) {
      versions.add(ask(part, step));
    }
    return task.withCache(task.cache().withVersions(versions));
  }

  /**
   * Refuses names of ignored arguments that a resource does not have.
   *
   * @param ignored those that were not found
   */
  static void checkIgnored(ResourceSpec resource, Set<String> ignored, List<String> parameters) {
    for (String each : ignored) {
      throw new PipelineException(
          "%s ignores argument %s, which it does not have; it has %s%s"
              .formatted(resource, Text.quote(each), parameters, Text.hint(each, parameters)));
    }
  }

  private static Map<String, @Nullable Object> given(List<Edge> inputs, List<String> parameters) {
    Map<String, @Nullable Object> given = new LinkedHashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      if (inputs.get(i) instanceof Edge.Constant constant) {
        String parameter = parameters.get(i);
        String otherwise = constant.name().isEmpty() ? "arg" + i : constant.name();
        given.put(parameter.isEmpty() ? otherwise : parameter, shown(constant.value()));
      }
    }
    return given;
  }

  /** A value as strategies are told it. */
  private static @Nullable Object shown(@Nullable Object value) {
    if (value instanceof ObservedSpec source) {
      return source.value();
    } else if (!(value instanceof ResourceSpec)) {
      return value;
    }
    ResourceSpec resource = (ResourceSpec) value;
    Map<String, @Nullable Object> configuration = new LinkedHashMap<>();
    for (int i = 0; i < resource.configuration().size(); i++) {
      Edge.Constant each = resource.configuration().get(i);
      configuration.put(each.name().isEmpty() ? "arg" + i : each.name(), shown(each.value()));
    }
    return new VersionStrategy.Resource(resource.name(), resource.task(), configuration);
  }

  private static String ask(VersionStrategy strategy, VersionStrategy.Step step) {
    String who = "version strategy '" + strategy.name() + "'";
    String found;
    try {
      found = strategy.version(step);
    } catch (Exception | Error e) {
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
