package dev.reprise.home;

import dev.reprise.graph.Node;
import dev.reprise.graph.TaskGraph;
import dev.reprise.plan.StepKeys;
import java.util.HashMap;
import java.util.Map;

/**
 * Tells whether what keys were made from is still so when a result is there. Keys are made before a
 * run begins, and a value that cannot be encoded is handed to user code itself. What another value
 * may have made must not be kept.
 */
final class KeyCheck {
  private final StepKeys steps;
  private final Map<String, Node> byName = new HashMap<>();

  KeyCheck(TaskGraph graph, StepKeys steps) {
    this.steps = steps;
    graph.nodes().stream().filter(Node::isStep).forEach(node -> byName.put(node.name(), node));
  }

  /** Looks at the values of each step when it is first asked for. */
  Glance glance() {
    return new Glance();
  }

  /** One look; belongs to one thread. */
  final class Glance {
    private final Map<String, String> known = new HashMap<>();

    /** Why results of a step that are there by now must not be kept; empty if they may be. */
    String spoilt(String step) {
      return known.computeIfAbsent(step, this::look);
    }

    private String look(String step) {
      Node node = byName.get(step);
      if (node == null) {
        return "";
      }
      String value = steps.changed(node.id());
      return value == null ? "" : value + " was changed while the run went on";
    }
  }
}
