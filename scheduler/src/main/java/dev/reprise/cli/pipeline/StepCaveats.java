package dev.reprise.cli.pipeline;

import dev.reprise.explain.StepParts;
import dev.reprise.graph.Node;
import dev.reprise.run.RunListener;
import dev.reprise.run.RunView;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the keys of the steps do not know of, gathered when a plan is made: afterwards the code is
 * no longer read. Reads the code of all steps, also of those whose units are not known yet.
 */
final class StepCaveats implements RunListener {
  private final Map<Integer, List<String>> byNode = new HashMap<>();

  @Override
  public void planned(RunView view, PlanSummary summary) {
    for (Node node : view.graph().nodes()) {
      view.parts(node.id()).map(StepParts::caveats).ifPresent(all -> byNode.put(node.id(), all));
    }
  }

  /** A sentence for each thing that a step's code hides; empty if it has no key. */
  List<String> of(Node step) {
    return byNode.getOrDefault(step.id(), List.of());
  }
}
