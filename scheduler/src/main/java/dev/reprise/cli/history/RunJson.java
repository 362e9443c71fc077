package dev.reprise.cli.history;

import dev.reprise.console.JsonText;
import dev.reprise.journal.RecordedGraph.RecordedNode;
import dev.reprise.journal.RecordedRun;
import dev.reprise.journal.RecordedStep;
import dev.reprise.journal.RunBrief;
import dev.reprise.run.Resume;
import dev.reprise.run.RunListener.RunHeader;
import dev.reprise.run.RunListener.RunSummary;
import java.io.PrintStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs for scripts, with the fields of the console's {@code run} event. */
final class RunJson {
  private final PastRuns runs;

  RunJson(PastRuns runs) {
    this.runs = runs;
  }

  /** The fields of a run in a list. */
  void brief(JsonText json, RunBrief brief) {
    RunStatus status = runs.status(brief);
    RunHeader header = brief.header();
    json.text("run", header.run())
        .text("pipeline", header.pipeline())
        .text("state", status.word())
        .text("state_because", status.because())
        .text("started", header.start().toString())
        .text("command", header.options().command())
        .text("user", header.user())
        .text("host", header.host())
        .number("pid", header.pid())
        .texts("parameters", header.parameters())
        .texts("labels", header.options().labels())
        .object("resume", header.options().resume(), RunJson::resume)
        .text("idempotency_key", header.options().idempotencyKey());
    summary(json, brief.summary());
  }

  private static void resume(JsonText json, Resume resume) {
    json.text("link", resume.link().name())
        .text("run", resume.run())
        .list("again", resume.again())
        .flag("from_them", resume.fromThem());
  }

  private static void summary(JsonText json, @Nullable RunSummary summary) {
    if (summary != null) {
      json.number("units", summary.units())
          .outcomes(summary.outcomes())
          .seconds("saved_seconds", summary.savedNanos())
          .seconds("wall_seconds", summary.wallNanos())
          .number("exit_code", summary.exitCode())
          .text("message", summary.message());
    }
  }

  /** Prints a run with its steps, and each unit that was not cached, as they are told. */
  void print(PrintStream out, RecordedRun run, Origins origins) {
    JsonText json = JsonText.document(out).text("event", "run");
    brief(json, run.brief());
    json.text("executor", run.header().options().executor())
        .text("cache", run.header().options().cache().word())
        .list("only", run.header().options().only())
        .list("up_to", run.header().options().upTo())
        .list("rerun", run.header().options().rerun())
        .list("rerun_from", run.header().options().rerunFrom())
        .list("partitions", run.header().options().partitions())
        .texts("policy", run.header().options().policy().shown())
        .text("damage", run.damage())
        .objects(
            "warnings",
            run.warnings(),
            (each, warning) -> each.text("code", warning.code()).text("message", warning.message()))
        .objects("steps", run.steps(), (each, step) -> step(each, run, step, origins));
    out.println(json.end());
  }

  private static void step(JsonText json, RecordedRun run, RecordedStep step, Origins origins) {
    List<String> inputs =
        step.node().inputs().stream()
            .map(id -> run.graph().nodes().get(id))
            .map(RecordedNode::name)
            .toList();
    json.text("step", step.name())
        .text("engine", step.node().engine())
        .list("inputs", inputs)
        .number("units", step.units())
        .outcomes(step.outcomes())
        .seconds("saved_seconds", step.savedNanos())
        .written(step.parts());
    WhyJson.units(json, step, origins);
  }
}
