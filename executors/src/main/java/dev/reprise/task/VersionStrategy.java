package dev.reprise.task;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds the version of a step when a run is planned: from a file of the build, a model registry, a
 * tag of the task's package. It is in the key as one given in words would be, beside the code
 * unless that is identified by hand, and one that is given in words goes before it.
 *
 * <pre>{@code
 * p.policy(CachePolicy.DEFAULT.withStrategy(VersionStrategy.named("release", step -> release())));
 * }</pre>
 */
@FunctionalInterface
public interface VersionStrategy {
  /**
   * Finds the version of a step. Called once a step and plan, on the thread that plans; whatever it
   * throws makes the plan invalid, with a message that names the strategy and the step.
   *
   * @return letters, digits, '-' and '_'
   */
  String version(Step step) throws Exception;

  /** As messages and plans call it; the name of its class unless it has one. */
  default String name() {
    String name = getClass().getName();
    int lambda = name.indexOf("$$Lambda");
    return lambda < 0 ? name : "a lambda of " + name.substring(0, lambda);
  }

  /** Both, of which each is in the key; {@code this} is asked first. */
  default VersionStrategy and(VersionStrategy other) {
    List<VersionStrategy> both = new ArrayList<>(parts());
    both.addAll(other.parts());
    return new Combined(both);
  }

  /** Those that it was put together from; itself if from none. In the order of their versions. */
  default List<VersionStrategy> parts() {
    return List.of(this);
  }

  /** The same under a name. */
  static VersionStrategy named(String name, VersionStrategy strategy) {
    return new VersionStrategy() {
      @Override
      public String version(Step step) throws Exception {
        return strategy.version(step);
      }

      @Override
      public String name() {
        return name;
      }

      @Override
      public List<VersionStrategy> parts() {
        List<VersionStrategy> parts = strategy.parts();
        return parts.size() == 1 ? List.of(this) : parts; // each has a version of its own
      }
    };
  }

  /**
   * What a strategy is told.
   *
   * @param name of the step
   * @param task with all that was declared, the resources that its units want among it
   * @param arguments that the definition gives to the step, by the names of the function's
   *     parameters: configuration, and objects that the step works with. What comes from other
   *     steps is not known yet, and not here
   */
  record Step(String name, TaskSpec task, Map<String, @Nullable Object> arguments) {
    public Step {
      arguments = Collections.unmodifiableMap(new LinkedHashMap<>(arguments));
    }

    /** Names of the arguments only: their values may be large, or secret. */
    @Override
    public String toString() {
      return "step '" + name + "' with " + arguments.keySet();
    }
  }

  /**
   * A resource that a step takes, as strategies are told it in place of the object, which is made
   * when a unit runs.
   *
   * @param name of the resource
   * @param task that makes it, with all that was declared
   * @param configuration values and other resources, by the names of parameters of the pipeline,
   *     else by place as {@code arg0}
   */
  record Resource(String name, TaskSpec task, Map<String, @Nullable Object> configuration) {
    public Resource {
      configuration = Collections.unmodifiableMap(new LinkedHashMap<>(configuration));
    }

    /** Names only: values may be large, or secret. */
    @Override
    public String toString() {
      return "resource '" + name + "' with " + configuration.keySet();
    }
  }

  /** Several strategies. */
  record Combined(List<VersionStrategy> parts) implements VersionStrategy {
    public Combined {
      parts = List.copyOf(parts);
    }

    @Override
    public String version(Step step) throws Exception {
      List<String> versions = new ArrayList<>();
      for (VersionStrategy part : parts) {
        versions.add(part.version(step));
      }
      return String.join("+", versions);
    }

    @Override
    public String name() {
      return parts.stream().map(VersionStrategy::name).collect(Collectors.joining("+"));
    }
  }
}
