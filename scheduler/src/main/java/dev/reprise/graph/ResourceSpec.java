package dev.reprise.graph;

import dev.reprise.task.CachePolicy.Property;
import dev.reprise.task.Engine;
import dev.reprise.task.Resources;
import dev.reprise.task.RetryPolicy;
import dev.reprise.task.TaskSpec;
import dev.reprise.task.Timeout;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A resource as it was declared: what makes an object that steps work with. It is the value of an
 * {@link Edge.Constant}, and is known by being one object: a class, so that no two are equal.
 */
public final class ResourceSpec {
  /** What can be said of how something is identified that is no result. */
  private static final Set<Property> OF_IDENTITY =
      EnumSet.of(
          Property.VERSION,
          Property.STRATEGY,
          Property.SALT,
          Property.CODE,
          Property.IGNORED,
          Property.ALSO_RUNS,
          Property.ALSO_READS);

  private final String name;
  private final TaskSpec task;
  private final List<Edge.Constant> configuration;

  /**
   * @param name unique in the pipeline
   * @param task makes it
   * @param configuration what the task takes: values, and other resources
   * @throws PipelineException if the task says what makes no sense for a resource
   */
  public ResourceSpec(String name, TaskSpec task, List<Edge.Constant> configuration) {
    this.name = GraphBuilder.checkName("a resource", name);
    this.task = task;
    this.configuration = List.copyOf(configuration);
    String reuse =
        task.cache().said().stream()
            .filter(each -> !OF_IDENTITY.contains(each))
            .map(Property::word)
            .collect(Collectors.joining(", "));
    if (!said(task).isEmpty()) {
      throw new PipelineException(
          "resource '%s' says %s: it is made where a unit runs, as that unit's step says; leave that out, or say it of the step"
              .formatted(name, said(task)));
    }
    if (!reuse.isEmpty() || task.effect()) {
      throw new PipelineException(
          "resource '%s' %s: it is made for each unit that takes it, and nothing of it is kept; leave that out"
              .formatted(name, task.effect() ? "is a side effect" : "says " + reuse));
    }
  }

  /** What is said of how the task runs, which has no meaning here. */
  private static String said(TaskSpec task) {
    Map<String, Boolean> all = new LinkedHashMap<>();
    all.put("an engine", !task.engine().equals(Engine.ANY) && !task.engine().equals(Engine.LOCAL));
    all.put("retry", !task.retry().equals(RetryPolicy.NONE));
    all.put("timeout", !task.timeout().equals(Timeout.NONE));
    all.put("cpus, memory or resources", !task.resources().equals(Resources.ONE_CPU));
    all.put("memo", task.memo() != null);
    return all.entrySet().stream()
        .filter(Map.Entry::getValue)
        .map(Map.Entry::getKey)
        .collect(Collectors.joining(", "));
  }

  /** Unique in the pipeline. */
  public String name() {
    return name;
  }

  /** What makes it. */
  public TaskSpec task() {
    return task;
  }

  /** What the task takes: values, and other resources. */
  public List<Edge.Constant> configuration() {
    return configuration;
  }

  /** Its name alone: its configuration may be secret. */
  @Override
  public String toString() {
    return "resource '" + name + "'";
  }
}
