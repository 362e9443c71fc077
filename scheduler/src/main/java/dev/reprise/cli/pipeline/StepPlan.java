package dev.reprise.cli.pipeline;

import dev.reprise.graph.Node;
import dev.reprise.graph.TaskGraph;
import dev.reprise.plan.Outcome;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunView;
import dev.reprise.task.CachePolicy;
import dev.reprise.task.CachePolicy.Property;
import dev.reprise.task.Memo;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is planned for a step.
 *
 * @param units how many it has; -1 if that is not known yet
 * @param hits units whose results are there
 * @param toRun units that must run
 * @param failing units that would fail at once, since an earlier failure is kept
 * @param left units that will not run, since other steps were selected or the run would end first
 * @param unknown units whose keys are not known yet
 * @param savedNanos executor time that the hits took when they ran
 * @param behind names of the steps that must run before more is known
 */
record StepPlan(
    Node node,
    int units,
    int hits,
    int toRun,
    int failing,
    int left,
    int unknown,
    long savedNanos,
    List<String> behind) {
  /** What is done with a unit, or with a step as a whole. */
  enum Decision {
    /** Its result is there. */
    HIT,
    /** It must run. */
    RUN,
    /** It fails at once, as it did a while ago; its reason says when. */
    FAIL,
    /** It is known when what comes before has run. */
    UNKNOWN,
    /** It does not run; its reason says why. */
    SKIP
  }

  /** What is planned for all steps, in topological order. */
  static List<StepPlan> of(RunView view) {
    List<StepPlan> plans = new ArrayList<>();
    boolean[] settled = new boolean[view.graph().nodes().size()];
    for (Node node : view.graph().nodes()) {
      int[] inputs = view.graph().inputs(node.id());
      boolean behindAll = true;
      for (int input : inputs) {
        behindAll &= settled[input];
      }
      if (!node.isStep()) {
        settled[node.id()] = behindAll;
        continue;
      }
      StepPlan plan = of(view, node, behind(view.graph(), node, settled));
      settled[node.id()] = plan.units >= 0 && plan.hits == plan.units;
      plans.add(plan);
    }
    return plans;
  }

  private static StepPlan of(RunView view, Node node, List<String> behind) {
    int units = view.unitCount(node.id());
    int[] counts = new int[Decision.values().length];
    long saved = 0;
    int first = units > 0 ? view.firstUnit(node.id()) : 0;
    for (int unit = first; unit < first + units; unit++) {
      Decision decision = decision(view, unit);
      counts[decision.ordinal()]++;
      saved += decision == Decision.HIT ? view.durationNanos(unit) : 0;
    }
    return new StepPlan(
        node,
        units,
        counts[Decision.HIT.ordinal()],
        counts[Decision.RUN.ordinal()],
        counts[Decision.FAIL.ordinal()],
        counts[Decision.SKIP.ordinal()],
        counts[Decision.UNKNOWN.ordinal()],
        saved,
        behind);
  }

  /** What is planned for a unit. */
  static Decision decision(RunView view, int unit) {
    Outcome outcome = view.outcome(unit);
    if (outcome == Outcome.SKIPPED) {
      return Decision.SKIP;
    } else if (outcome == Outcome.FAILED) {
      return Decision.FAIL;
    } else if (outcome != null) {
      return Decision.HIT;
    }
    return view.reason(unit) != null ? Decision.RUN : Decision.UNKNOWN;
  }

  /** Names of the steps in front of a node that are not all hits; a view stands for its step. */
  private static List<String> behind(TaskGraph graph, Node node, boolean[] settled) {
    TreeSet<Integer> open = new TreeSet<>();
    collect(graph, node, settled, open);
    return open.stream().map(id -> graph.node(id).name()).toList();
  }

  private static void collect(
      TaskGraph graph, Node node, boolean[] settled, TreeSet<Integer> open) {
    for (int input : graph.inputs(node.id())) {
      if (!settled[input] && graph.node(input).isStep()) {
        open.add(input);
      } else if (!settled[input]) {
        collect(graph, graph.node(input), settled, open);
      }
    }
  }

  /**
   * What was said of the step's reuse.
   *
   * @param option such as {@code max-age}
   * @param from the place that said it, such as {@code pipeline}
   */
  record Policy(String option, String value, String from) {}

  /** All that was said of the step's cache policy and memo, with the places that decide. */
  List<Policy> policies(TaskGraph graph, RunOptions options) {
    List<Policy> policies = new ArrayList<>();
    CachePolicy policy = node.step().cache();
    for (Property each : policy.said()) {
      String from = String.valueOf(node.saidBy(each));
      policies.add(new Policy(each.word(), policy.shown(each), from));
    }
    Policy memo = memo(graph, options.memo());
    if (memo != null) {
      policies.add(memo);
    }
    return policies;
  }

  /** Who decides whether equal calls are one execution; null if nobody said anything. */
  private @Nullable Policy memo(TaskGraph graph, @Nullable Boolean asked) {
    Memo own = node.step().memo();
    if (Boolean.FALSE.equals(asked)) {
      return new Policy("memo", "off", "run");
    } else if (own != null) {
      String of = own.arguments().isEmpty() ? "" : " by " + String.join(" and ", own.arguments());
      return new Policy("memo", own.enabled() ? "on" + of : "off", "task");
    } else if (asked != null) {
      return new Policy("memo", "on", "run");
    }
    return graph.memo() ? new Policy("memo", "on", "pipeline") : null;
  }

  /** The decision that says most of the step. */
  Decision decision() {
    if (failing > 0) {
      return Decision.FAIL;
    } else if (toRun > 0) {
      return Decision.RUN;
    } else if (unknown > 0 || units < 0) {
      return Decision.UNKNOWN;
    }
    return left > 0 ? Decision.SKIP : Decision.HIT;
  }
}
