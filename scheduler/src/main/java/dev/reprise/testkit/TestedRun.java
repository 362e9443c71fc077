package dev.reprise.testkit;

import dev.reprise.api.Run;
import dev.reprise.graph.Node;
import dev.reprise.plan.Outcome;
import dev.reprise.plan.Reason;
import dev.reprise.run.RunListener.RunSummary;
import dev.reprise.run.RunState;
import dev.reprise.run.RunTargets;
import dev.reprise.run.RunView;
import java.util.Objects;

/** A run that has ended, with counts for assertions. */
public final class TestedRun {
  private final Run run;
  private final RunSummary summary;

  private TestedRun(Run run, RunSummary summary) {
    this.run = run;
    this.summary = summary;
  }

  static TestedRun of(Run run) {
    try {
      return new TestedRun(run, run.await());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while run " + run.id() + " went on", e);
    }
  }

  /** The run itself, for its results. */
  public Run run() {
    return run;
  }

  /** How it ended. */
  public RunState state() {
    return summary.state();
  }

  /** What a person should read about the end; empty if there is nothing to say. */
  public String message() {
    return summary.message();
  }

  /** How many units were executed, successfully or not. */
  public int executions() {
    return run.view().graph().nodes().stream()
        .filter(Node::isStep)
        .mapToInt(step -> executions(step.name()))
        .sum();
  }

  /** How many units of a step were executed. */
  public int executions(String step) {
    return count(step, Outcome.RAN) + count(step, Outcome.FAILED) - failedAtOnce(step);
  }

  /** How many units failed without being executed, since an earlier failure is kept. */
  private int failedAtOnce(String step) {
    RunView view = run.view();
    Node node = RunTargets.step(view.graph(), step);
    int count = 0;
    for (int i = 0; i < view.unitCount(node.id()); i++) {
      Reason reason = view.reason(view.firstUnit(node.id()) + i);
      count += reason != null && reason.code() == Reason.Code.FAILURE_KEPT ? 1 : 0;
    }
    return count;
  }

  /** How many units had an outcome. */
  public int count(Outcome outcome) {
    return summary.outcomes().getOrDefault(outcome, 0);
  }

  /** How many units of a step had an outcome. */
  public int count(String step, Outcome outcome) {
    RunView view = run.view();
    Node node = RunTargets.step(view.graph(), step);
    int count = 0;
    for (int i = 0; i < view.unitCount(node.id()); i++) {
      if (view.outcome(view.firstUnit(node.id()) + i) == outcome) {
        count++;
      }
    }
    return count;
  }

  /**
   * How a unit ended.
   *
   * @param label of its partition; empty for an unpartitioned step
   */
  public Outcome outcome(String step, String label) {
    return Objects.requireNonNull(run.view().outcome(unit(step, label)));
  }

  /** Why a unit was not reused, as in {@code ARG_CHANGED(late-minutes)}; empty if it was. */
  public String reason(String step, String label) {
    Reason reason = run.view().reason(unit(step, label));
    return reason == null ? "" : reason.toString();
  }

  private int unit(String step, String label) {
    RunView view = run.view();
    Node node = RunTargets.step(view.graph(), step);
    for (int i = 0; i < view.unitCount(node.id()); i++) {
      if (view.label(view.firstUnit(node.id()) + i).equals(label)) {
        return view.firstUnit(node.id()) + i;
      }
    }
    throw new IllegalArgumentException("step '" + step + "' has no partition '" + label + "'");
  }
}
