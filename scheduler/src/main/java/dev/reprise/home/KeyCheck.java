package dev.reprise.home;

import dev.reprise.graph.Node;
import dev.reprise.graph.TaskGraph;
import dev.reprise.plan.Look;
import dev.reprise.plan.StepKeys;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether what keys were made from is still so when a result is there. Keys are made before a
 * run begins; a class is loaded when it is first needed, and a value that cannot be encoded is
 * handed to user code itself. What another code or value may have made must not be kept.
 */
final class KeyCheck {
  private final StepKeys steps;
  private final FunctionResolver resolver;
  private final Map<String, Node> byName = new HashMap<>();

  KeyCheck(TaskGraph graph, StepKeys steps, FunctionResolver resolver) {
    this.steps = steps;
    this.resolver = resolver;
    graph.nodes().stream().filter(Node::isStep).forEach(node -> byName.put(node.name(), node));
  }

  /**
   * Looks at class files and sources outside now, and at the values of each step when it is first
   * asked for.
   *
   * @param of names of the steps that are asked for
   */
  Glance glance(Collection<String> of) {
    Path changed = resolver.changed();
    return new Glance(
        changed,
        steps.look(of.stream().map(byName::get).filter(Objects::nonNull).map(Node::id).toList()));
  }

  /** One look; belongs to one thread. */
  final class Glance {
    private final @Nullable Path changed;
    private final Map<String, String> known = new HashMap<>();
    private final Look look;

    private Glance(@Nullable Path changed, Look look) {
      this.changed = changed;
      this.look = look;
    }

    /** Why results of a step that are there by now must not be kept; empty if they may be. */
    String spoilt(String step) {
      return known.computeIfAbsent(step, this::look);
    }

    private String look(String step) {
      Node node = byName.get(step);
      if (node == null) {
        return "";
      }
      if (changed != null && steps.hasCode(node.id())) {
        return changed
            + " was changed while the run went on, so other code than its key says may"
            + " have run";
      }
      return Objects.requireNonNullElse(steps.doubt(node.id(), look), "");
    }
  }
}
