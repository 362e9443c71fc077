package dev.reprise.graph;

import dev.reprise.task.CachePolicy.Property;
import dev.reprise.task.TaskSpec;
import java.util.EnumSet;
import java.util.List;
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
    if (!reuse.isEmpty() || task.effect()) {
      throw new PipelineException(
          "resource '%s' %s: it is made for each unit that takes it, and nothing of it is kept; leave that out"
              .formatted(name, task.effect() ? "is a side effect" : "says " + reuse));
    }
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
