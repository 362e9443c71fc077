package dev.reprise.cli.pipeline;

import dev.reprise.api.Driver.Plan;
import dev.reprise.cache.base.Text;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.pipeline.StepPlan.Decision;
import dev.reprise.cli.pipeline.StepPlan.Policy;
import dev.reprise.console.Figures;
import dev.reprise.console.Rows;
import dev.reprise.console.Screen.Tone;
import dev.reprise.console.StepText;
import dev.reprise.console.Verbosity;
import dev.reprise.explain.StepParts;
import dev.reprise.plan.Reason;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A plan on a screen: a line a step, or with {@code -v} a line a unit. */
final class PlanText {
  private static final int LONGEST_REASON = 200;
  private static final int LONGEST_CAVEAT = 400;

  private final CommandContext context;
  private final Verbosity verbosity;
  private final StepCaveats caveats;

  PlanText(CommandContext context, Verbosity verbosity, StepCaveats caveats) {
    this.caveats = caveats;
    this.context = context;
    this.verbosity = verbosity;
  }

  void print(
      Plan plan,
      RunOptions options,
      @Nullable ResumePlan resumed,
      Map<String, Map<Decision, Integer>> partitions) {
    RunView view = plan.view();
    Rows rows = Rows.forSteps(view.graph());
    List<StepPlan> steps = StepPlan.of(view);
    if (verbosity != Verbosity.QUIET) {
      for (StepPlan step : steps) {
        line(rows, step.decision(), step.node().name(), columns(view, step));
        if (verbosity.says(Verbosity.VERBOSE)) {
          printPolicy(step.policies(view.graph(), options));
          view.parts(step.node().id())
              .flatMap(StepParts::written)
              .ifPresent(
                  key -> context.out().println(Rows.word("IN") + "  " + caveat(key.toString())));
          caveats
              .of(step.node())
              .forEach(each -> context.out().println(Rows.word("CAVEAT") + "  " + caveat(each)));
          printUnits(view, rows, step);
        }
      }
    }
    if (verbosity != Verbosity.QUIET) {
      plan.publications()
          .forEach(
              each ->
                  context
                      .out()
                      .println(
                          Rows.word("PUBLISH") + "  " + Text.safe(each.text(), LONGEST_CAVEAT)));
    }
    if (resumed != null) {
      resumed.lines().forEach(line -> context.out().println(Text.safe(line, LONGEST_CAVEAT)));
    }
    partitions.forEach((name, decisions) -> context.out().println(partition(name, decisions)));
    int left = steps.stream().mapToInt(StepPlan::left).sum();
    int failing = steps.stream().mapToInt(StepPlan::failing).sum();
    context
        .out()
        .println(
            "%s cached · %s to run · %s unknown%s%s%s   saves %s   planned in %s"
                .formatted(
                    Figures.count(plan.summary().cached()),
                    Figures.count(plan.summary().toRun()),
                    Figures.count(plan.summary().unknown()),
                    failing == 0 ? "" : " · " + Figures.count(failing) + " failing at once",
                    left == 0 ? "" : " · " + Figures.count(left) + " skipped",
                    plan.summary().unknownSteps() == 0
                        ? ""
                        : " · "
                            + Figures.count(plan.summary().unknownSteps(), "step")
                            + " of unknown size",
                    Figures.duration(plan.summary().savedNanos()),
                    Figures.duration(plan.summary().planNanos())));
  }

  private static String partition(String name, Map<Decision, Integer> decisions) {
    int unknown = decisions.getOrDefault(Decision.UNKNOWN, 0);
    int left = decisions.getOrDefault(Decision.SKIP, 0);
    return "%s   %s cached · %s to run%s%s"
        .formatted(
            Text.safe(name, LONGEST_REASON),
            Figures.count(decisions.getOrDefault(Decision.HIT, 0)),
            Figures.count(decisions.getOrDefault(Decision.RUN, 0)),
            unknown == 0 ? "" : " · " + Figures.count(unknown) + " unknown",
            left == 0 ? "" : " · " + Figures.count(left) + " skipped");
  }

  /** What was said of the step's reuse, and where: what was not has its default. */
  private void printPolicy(List<Policy> said) {
    String policies =
        said.stream()
            .map(each -> "%s %s (%s)".formatted(each.option(), each.value(), each.from()))
            .collect(Collectors.joining(", "));
    if (!policies.isEmpty()) {
      context.out().println(Rows.word("POLICY") + "  " + Text.safe(policies, LONGEST_CAVEAT));
    }
  }

  private static String caveat(String sentence) {
    return Text.safe(sentence, LONGEST_CAVEAT);
  }

  private static List<String> columns(RunView view, StepPlan step) {
    List<String> columns = new ArrayList<>();
    columns.add(counts(step));
    switch (step.decision()) {
      case HIT -> columns.add("saves " + Figures.duration(step.savedNanos()));
      case RUN, FAIL, SKIP ->
          columns.add(
              StepText.reasons(
                  view,
                  step.node().id(),
                  unit -> StepPlan.decision(view, unit) == step.decision()));
      case UNKNOWN ->
          columns.add(step.behind().isEmpty() ? "" : "behind " + String.join(", ", step.behind()));
    }
    return columns;
  }

  private static String counts(StepPlan step) {
    if (step.units() < 0) {
      return "units not known";
    }
    int most =
        IntStream.of(step.hits(), step.toRun(), step.failing(), step.left(), step.unknown())
            .max()
            .orElse(0);
    if (most == step.units()) {
      return Figures.count(step.units(), "unit");
    }
    List<String> counts = new ArrayList<>();
    add(counts, step.toRun(), "to run");
    add(counts, step.failing(), "failing at once");
    add(counts, step.hits(), "cached");
    add(counts, step.left(), "skipped");
    add(counts, step.unknown(), "unknown");
    return String.join(", ", counts);
  }

  private static void add(List<String> counts, int count, String what) {
    if (count > 0) {
      counts.add(Figures.count(count) + " " + what);
    }
  }

  private void printUnits(RunView view, Rows rows, StepPlan step) {
    for (int i = 0; i < step.units(); i++) {
      int unit = view.firstUnit(step.node().id()) + i;
      List<String> columns = new ArrayList<>();
      Reason reason = view.reason(unit);
      columns.add(
          reason != null
              ? Text.safe(reason.toString(), LONGEST_REASON)
              : StepPlan.decision(view, unit) == Decision.HIT
                  ? "saves " + Figures.duration(view.durationNanos(unit))
                  : "");
      if (verbosity.says(Verbosity.EVERYTHING)) {
        view.key(unit).ifPresent(key -> columns.add("key " + key));
      }
      line(rows, StepPlan.decision(view, unit), "  " + StepText.unit(view, unit), columns);
    }
  }

  private void line(Rows rows, Decision decision, String name, List<String> columns) {
    Tone tone =
        switch (decision) {
          case HIT -> Tone.REUSED;
          case RUN -> Tone.ACTIVE;
          case FAIL -> Tone.BAD;
          case UNKNOWN, SKIP -> Tone.LEFT;
        };
    String word = Rows.word(decision.name());
    context.out().println(rows.of(context.colours() ? tone.paint(word) : word, name, columns));
  }
}
