package dev.reprise.console;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.executor.ErrorInfo;
import dev.reprise.run.Resume;
import dev.reprise.run.RunListener;
import dev.reprise.run.RunView;
import java.io.PrintStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells scripts what a run does: one JSON object a line on standard output, and nothing else there.
 * A contract of version {@value JsonText#SCHEMA}: fields may be added, none is changed or removed;
 * readers pass over events and fields that they do not know.
 *
 * <p>Every object has {@code schema}, {@code event}, {@code run} and {@code time}. Events are
 * {@code step} for each step, {@code unit} for each unit that was not CACHED, {@code retry} and
 * {@code warning} when there is one, {@code starting} while an executor takes long to start, and
 * {@code run} at the end.
 */
public final class JsonConsole implements RunListener {
  private final PrintStream out;
  private final InstantSource clock;
  private String run = "";
  private @Nullable Resume resumes;

  public JsonConsole(PrintStream out, InstantSource clock) {
    this.out = out;
    this.clock = clock;
  }

  @Override
  public void preparing(RunHeader header, List<String> probes, Duration soFar) {
    run = header.run();
    JsonText line = event("preparing");
    line.list("probes", probes);
    line.number("millis", soFar.toMillis());
    print(line);
  }

  @Override
  public void started(RunHeader header, RunView view) {
    run = header.run();
    resumes = header.options().resume();
  }

  @Override
  public void executorStarting(String executor, Duration soFar) {
    JsonText line = event("starting");
    line.text("executor", executor);
    line.number("millis", soFar.toMillis());
    print(line);
  }

  @Override
  public void unitFinished(RunView view, UnitReport report) {
    JsonText line = unit("unit", view, report);
    line.text("outcome", report.outcome().name());
    line.reason(report.reason());
    line.text("key", view.key(report.unit()).map(Fingerprint::toString).orElse(null));
    line.number("attempts", report.attempts());
    line.number("millis", Math.round(report.durationNanos() / 1e6));
    line.text("kept", report.keeping().state().name());
    if (!report.keeping().because().isEmpty()) {
      line.text("not_kept_because", report.keeping().because());
    }
    error(line, report);
    print(line);
  }

  @Override
  public void unitRetried(RunView view, UnitReport report, Duration wait) {
    JsonText line = unit("retry", view, report);
    line.number("attempts", report.attempts());
    line.number("wait_millis", wait.toMillis());
    error(line, report);
    print(line);
  }

  private JsonText unit(String event, RunView view, UnitReport report) {
    int unit = report.unit();
    JsonText line = event(event);
    line.text("step", view.graph().node(view.nodeOf(unit)).name());
    line.number("partition", view.partitionOf(unit));
    line.text("label", view.label(unit));
    line.written(view.parts(view.nodeOf(unit)));
    return line;
  }

  private static void error(JsonText line, UnitReport report) {
    ErrorInfo error = report.error();
    if (error != null) {
      line.text("error", error.headline());
    }
    if (!report.message().isEmpty()) {
      line.text("message", report.message());
    }
  }

  @Override
  public void stepFinished(RunView view, StepReport report) {
    JsonText line = event("step");
    line.text("step", view.graph().node(report.node()).name());
    line.number("units", report.units());
    line.outcomes(report.outcomes());
    line.seconds("saved_seconds", report.savedNanos());
    line.written(view.parts(report.node()));
    print(line);
  }

  @Override
  public void warning(String code, String message) {
    JsonText line = event("warning");
    line.text("code", code);
    line.text("message", message);
    print(line);
  }

  @Override
  public void published(PublishReport report) {
    JsonText line = event("published");
    line.text("result", report.publication().result());
    line.text("path", report.publication().to().toString());
    line.text("before", report.before().name());
    line.text("error", report.failure());
    print(line);
  }

  @Override
  public void audited(AuditReport report) {
    JsonText line = event("audit");
    line.text("seed", report.seed());
    line.number("reused", report.reused());
    line.number("reused_again", report.reusedAgain());
    line.number("executed_again", report.executedAgain());
    line.number("equal", report.equal());
    line.number("differing", report.differing());
    line.number("not_compared", report.notCompared());
    print(line);
  }

  @Override
  public void finished(RunView view, RunSummary summary) {
    JsonText line = event("run");
    line.text("state", summary.state().name());
    line.number("units", summary.units());
    line.outcomes(summary.outcomes());
    line.seconds("saved_seconds", summary.savedNanos());
    line.seconds("wall_seconds", summary.wallNanos());
    line.number("exit_code", summary.exitCode());
    line.text("message", summary.message());
    if (resumes != null) {
      line.text("resumes", resumes.run());
    }
    print(line);
    out.flush();
  }

  private JsonText event(String event) {
    JsonText line = JsonText.line();
    line.text("event", event);
    line.text("run", run);
    line.text("time", clock.instant().toString());
    return line;
  }

  private void print(JsonText line) {
    out.println(line.end());
  }
}
