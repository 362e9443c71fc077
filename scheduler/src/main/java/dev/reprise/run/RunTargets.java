package dev.reprise.run;

import dev.reprise.cache.base.Text;
import dev.reprise.graph.Node;
import dev.reprise.graph.TaskGraph;
import java.util.List;
import java.util.stream.Collectors;

/** Finds steps that a person named. */
public final class RunTargets {
  private static final int MOST_SHOWN = 20;

  private RunTargets() {}

  /**
   * The step of this name.
   *
   * @throws UnknownStepException if there is none; names those there are, and the nearest
   */
  public static Node step(TaskGraph graph, String name) {
    return graph
        .find(name)
        .filter(Node::isStep)
        .orElseThrow(
            () -> {
              List<String> steps =
                  graph.nodes().stream().filter(Node::isStep).map(Node::name).toList();
              return new UnknownStepException(
                  graph.find(name).isPresent()
                      ? "%s is a source of pipeline '%s': what lies there is read in every run; name a step"
                          .formatted(Text.quote(name), graph.pipeline())
                      : "pipeline '%s' has no step %s (it has %s)%s"
                          .formatted(
                              graph.pipeline(),
                              Text.quote(name),
                              shown(steps),
                              Text.hint(name, steps)));
            });
  }

  private static String shown(List<String> steps) {
    String first = steps.stream().limit(MOST_SHOWN).collect(Collectors.joining(", "));
    int more = steps.size() - MOST_SHOWN;
    return steps.isEmpty() ? "none" : more > 0 ? first + " and %d more".formatted(more) : first;
  }

  /** A step that a person named is not there. Correct the call (exit 2). */
  public static final class UnknownStepException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnknownStepException(String message) {
      super(message);
    }
  }
}
