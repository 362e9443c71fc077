package dev.reprise.run;

import dev.reprise.graph.Node;
import dev.reprise.graph.PolicyLayer;
import dev.reprise.graph.TaskGraph;
import dev.reprise.task.CachePolicy;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run says of the cache policies of its steps. Who names a step knows it, so that counts
 * before all that its definition says; what is said of all steps counts where their definition says
 * nothing.
 *
 * @param all said of every step
 * @param steps said of some, by name
 */
public record RunPolicy(CachePolicy all, Map<String, CachePolicy> steps) {
  /** Says nothing. */
  public static final RunPolicy NONE = new RunPolicy(CachePolicy.DEFAULT, Map.of());

  private static final String ALL = "run";
  private static final String STEP = "run, for this step";

  public RunPolicy {
    steps = Collections.unmodifiableMap(new LinkedHashMap<>(steps));
  }

  /** Returns a copy that says this, too, of every step. */
  public RunPolicy withAll(CachePolicy more) {
    return new RunPolicy(more.orElse(all), steps);
  }

  /** Returns a copy that says this, too, of one step. */
  public RunPolicy withStep(String step, CachePolicy more) {
    Map<String, CachePolicy> changed = new LinkedHashMap<>(steps);
    changed.merge(step, more, (before, now) -> now.orElse(before));
    return new RunPolicy(all, changed);
  }

  /**
   * The graph as the run sees it.
   *
   * @throws RunTargets.UnknownStepException if there is no step of a name
   * @throws dev.reprise.graph.PipelineException if the run says what is about one function
   */
  public TaskGraph over(TaskGraph graph) {
    if (equals(NONE)) {
      return graph;
    }
    PolicyLayer ofAll = PolicyLayer.ofMany(ALL, all);
    Map<Integer, PolicyLayer> ofOne = new HashMap<>();
    steps.forEach(
        (name, says) ->
            ofOne.put(RunTargets.step(graph, name).id(), PolicyLayer.ofMany(STEP, says)));
    return graph.withSteps(node -> over(node, ofOne.get(node.id()), ofAll));
  }

  private static Node over(Node node, @Nullable PolicyLayer ofOne, PolicyLayer ofAll) {
    return node.withPolicies(ofOne == null ? List.of() : List.of(ofOne), List.of(ofAll));
  }

  /** What it says by words such as {@code max-age} and {@code train.version}, for people. */
  public Map<String, String> shown() {
    Map<String, String> shown = new LinkedHashMap<>();
    all.said().forEach(each -> shown.put(each.word(), all.shown(each)));
    steps.forEach(
        (step, says) ->
            says.said().forEach(each -> shown.put(step + "." + each.word(), says.shown(each))));
    return shown;
  }
}
