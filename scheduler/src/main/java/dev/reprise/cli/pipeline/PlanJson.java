package dev.reprise.cli.pipeline;

import dev.reprise.api.Driver.Plan;
import dev.reprise.api.Pipeline;
import dev.reprise.api.Staleness;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cli.pipeline.StepPlan.Decision;
import dev.reprise.console.JsonText;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunView;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A plan for scripts: the steps, and each unit that is not cached. */
final class PlanJson {
  private PlanJson() {}

  static String of(
      JsonText begun,
      Pipeline pipeline,
      Plan plan,
      RunOptions options,
      StepCaveats caveats,
      @Nullable ResumePlan resumed,
      Map<String, Map<Decision, Integer>> partitions,
      Instant time) {
    RunView view = plan.view();
    List<StepPlan> steps = StepPlan.of(view);
    Map<String, Staleness> marks = new HashMap<>();
    Staleness.of(plan).forEach(each -> marks.put(each.step(), each));
    List<Integer> notCached =
        steps.stream()
            .filter(step -> step.units() > 0)
            .flatMap(
                step ->
                    IntStream.range(0, step.units())
                        .mapToObj(i -> view.firstUnit(step.node().id()) + i))
            .filter(unit -> StepPlan.decision(view, unit) != Decision.HIT)
            .toList();
    return begun
        .text("event", "plan")
        .text("time", time.toString())
        .text("pipeline", pipeline.name())
        .texts("parameters", pipeline.parameters())
        .number("units", plan.summary().units())
        .counts(
            "decisions",
            decisions(
                plan.summary().cached(),
                plan.summary().toRun(),
                steps.stream().mapToInt(StepPlan::failing).sum(),
                plan.summary().unknown(),
                steps.stream().mapToInt(StepPlan::left).sum()))
        .number("unknown_steps", plan.summary().unknownSteps())
        .seconds("saved_seconds", plan.summary().savedNanos())
        .seconds("plan_seconds", plan.summary().planNanos())
        .number("exit_code", plan.exitCode())
        .text("message", plan.message())
        .object("resume", resumed, (json, difference) -> difference.write(json))
        .objects(
            "publications",
            plan.publications(),
            (json, each) ->
                json.text("result", each.publication().result())
                    .text("path", each.publication().to().toString())
                    .text("now", each.known() ? each.now().name() : "UNKNOWN")
                    .text("caveat", each.caveat()))
        .objects(
            "partitions",
            partitions.entrySet(),
            (json, each) ->
                json.text("partition", each.getKey()).counts("decisions", counts(each.getValue())))
        .objects("steps", steps, (json, step) -> step(json, view, step, options, caveats, marks))
        .objects("not_cached", notCached, (json, unit) -> unit(json, view, unit))
        .end();
  }

  private static void step(
      JsonText json,
      RunView view,
      StepPlan step,
      RunOptions options,
      StepCaveats caveats,
      Map<String, Staleness> marks) {
    json.text("step", step.node().name())
        .number("units", step.units())
        .text("decision", step.decision().name())
        .counts(
            "decisions",
            decisions(step.hits(), step.toRun(), step.failing(), step.unknown(), step.left()))
        .seconds("saved_seconds", step.savedNanos())
        .list("behind", step.decision() == Decision.UNKNOWN ? step.behind() : List.of())
        .list("caveats", caveats.of(step.node()))
        .written(view.parts(step.node().id()))
        .objects(
            "policy",
            step.policies(view.graph(), options),
            (each, policy) ->
                each.text("option", policy.option())
                    .text("value", policy.value())
                    .text("from", policy.from()))
        .object(
            "stale",
            marks.get(step.node().name()),
            (each, mark) ->
                each.text("mark", mark.mark().name())
                    .list("causes", mark.causes().stream().map(Enum::name).toList())
                    .list("because", mark.because()));
  }

  private static Map<String, Integer> counts(Map<Decision, Integer> of) {
    return decisions(
        of.getOrDefault(Decision.HIT, 0),
        of.getOrDefault(Decision.RUN, 0),
        of.getOrDefault(Decision.FAIL, 0),
        of.getOrDefault(Decision.UNKNOWN, 0),
        of.getOrDefault(Decision.SKIP, 0));
  }

  private static Map<String, Integer> decisions(
      int hits, int toRun, int failing, int unknown, int left) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    counts.put(Decision.HIT.name(), hits);
    counts.put(Decision.RUN.name(), toRun);
    if (failing > 0) { // of tasks that keep failures alone
      counts.put(Decision.FAIL.name(), failing);
    }
    counts.put(Decision.UNKNOWN.name(), unknown);
    counts.put(Decision.SKIP.name(), left);
    return counts;
  }

  private static void unit(JsonText json, RunView view, int unit) {
    json.text("step", view.graph().node(view.nodeOf(unit)).name())
        .number("partition", view.partitionOf(unit))
        .text("label", view.label(unit))
        .text("decision", StepPlan.decision(view, unit).name())
        .reason(view.reason(unit))
        .text("key", view.key(unit).map(Fingerprint::toString).orElse(null));
  }
}
