package dev.reprise.cli.pipeline;

import dev.reprise.cli.pipeline.StepPlan.Decision;
import dev.reprise.console.JsonText;
import dev.reprise.console.StepText;
import dev.reprise.graph.Node;
import dev.reprise.graph.TaskGraph;
import dev.reprise.journal.RecordedRun;
import dev.reprise.run.RunView;
import java.util.ArrayList;
import java.util.List;

/**
 * How a plan differs from the run that it goes on from, by names of steps.
 *
 * @param run id of that run
 * @param kept steps of both that do not run
 * @param again those that do, with why
 * @param later those of which it is known when others have run
 * @param fresh steps that the run did not have
 * @param gone steps that it had and the pipeline has not
 */
record ResumePlan(
    String run,
    List<String> kept,
    List<Again> again,
    List<String> later,
    List<String> fresh,
    List<String> gone) {
  /** A step that runs again. */
  record Again(String step, String because) {}

  static ResumePlan of(RunView view, List<StepPlan> steps, RecordedRun from) {
    List<String> before = from.graph().stepNames();
    List<String> kept = new ArrayList<>();
    List<Again> again = new ArrayList<>();
    List<String> later = new ArrayList<>();
    List<String> fresh = new ArrayList<>();
    for (StepPlan step : steps) {
      String name = step.node().name();
      if (!before.contains(name)) {
        fresh.add(name);
      } else if (step.decision() == Decision.RUN || step.decision() == Decision.FAIL) {
        again.add(new Again(name, because(view, step)));
      } else {
        (step.decision() == Decision.UNKNOWN ? later : kept).add(name);
      }
    }
    TaskGraph graph = view.graph();
    List<String> gone =
        before.stream().filter(name -> graph.find(name).filter(Node::isStep).isEmpty()).toList();
    return new ResumePlan(from.id(), kept, again, later, fresh, gone);
  }

  private static String because(RunView view, StepPlan step) {
    return StepText.reasons(
        view, step.node().id(), unit -> StepPlan.decision(view, unit) == step.decision());
  }

  /** A line each; those of which there is nothing to say are left out. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("against run " + run + ":");
    add(lines, "kept", kept);
    again.forEach(each -> lines.add("  again    %s: %s".formatted(each.step(), each.because())));
    add(lines, "later", later);
    add(lines, "new", fresh);
    add(lines, "gone", gone);
    return lines;
  }

  private static void add(List<String> lines, String word, List<String> steps) {
    if (!steps.isEmpty()) {
      lines.add("  %-8s %s".formatted(word, String.join(", ", steps)));
    }
  }

  void write(JsonText json) {
    json.text("run", run)
        .list("kept", kept)
        .objects(
            "again",
            again,
            (each, step) -> each.text("step", step.step()).text("because", step.because()))
        .list("later", later)
        .list("new", fresh)
        .list("gone", gone);
  }
}
