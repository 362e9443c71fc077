package dev.reprise.console;

import dev.reprise.cache.base.Text;
import dev.reprise.console.Screen.Tone;
import dev.reprise.executor.ErrorInfo;
import dev.reprise.graph.Node;
import dev.reprise.plan.Outcome;
import dev.reprise.plan.Reason;
import dev.reprise.run.Resume;
import dev.reprise.run.RunListener;
import dev.reprise.run.RunState;
import dev.reprise.run.RunView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Tells people what a run does: steps and ranges, not a line a unit, so that a run of 100,000 units
 * fits on a screen. The last line tells all counts, zeros too.
 *
 * <p>What was asked for goes to standard output, warnings and errors to standard error.
 */
public final class RunConsole implements RunListener {
  private static final int MOST_STEP_LINES = 100;
  private static final int MOST_FAILURES = 5;
  private static final int MOST_FAILURES_OF_STEP = 3;
  private static final int MOST_WARNINGS = 5;
  private static final int LONGEST_TEXT = 2000;
  private static final long TEXT_NANOS = 50_000_000L;

  /** The exit code of a run that ended because units failed, and for no reason of its own. */
  private static final int OF_UNITS = 1;

  private final Screen screen;
  private final Lines lines;
  private final Verbosity verbosity;
  private final Hints hints;
  private final Tally tally;
  private final Running running = new Running();
  private final BitSet announced = new BitSet();
  private final Map<Integer, StepReport> told = new HashMap<>();
  private final Map<String, Integer> warnings = new HashMap<>();
  private final Map<Integer, Integer> failuresByStep = new LinkedHashMap<>();
  private Rows rows = new Rows(0);
  private String runningText = "";
  private long nextText = Long.MIN_VALUE;
  private int stepLines;
  private int failures;
  private int failuresTold;

  private RunConsole(Screen screen, Lines lines, Verbosity verbosity, Hints hints) {
    this.screen = screen;
    this.lines = lines;
    this.verbosity = verbosity;
    this.hints = hints;
    this.tally = new Tally(screen.ticker());
  }

  /** For a pipe, a file, a log. */
  public static RunConsole plain(Screen screen, Verbosity verbosity, Hints hints) {
    return new RunConsole(screen, new PlainLines(screen), verbosity, hints);
  }

  /** For a terminal that understands escape sequences. */
  public static RunConsole rich(Screen screen, Verbosity verbosity, Hints hints) {
    return new RunConsole(screen, new LiveLines(screen), verbosity, hints);
  }

  @Override
  public void preparing(RunHeader header, List<String> probes, Duration soFar) {
    if (normal()) {
      row(Tone.FAINT, "…", probesText(probes, soFar));
    }
  }

  /** What is waited for before a run or a plan begins. */
  public static String probesText(List<String> probes, Duration soFar) {
    return "the probe of %s does not answer yet, %s; probe-timeout and --timeout end the wait"
        .formatted(
            probes.stream().map(Text::quote).collect(Collectors.joining(", ")),
            Figures.duration(soFar.toNanos()));
  }

  @Override
  public void started(RunHeader header, RunView view) {
    rows = Rows.forSteps(view.graph());
    if (normal()) {
      Resume resume = header.options().resume();
      lines.out(
          "%s  %s  executor %s  cache %s%s"
              .formatted(
                  screen.paint(
                      Tone.STRONG,
                      "run " + (verbose() ? header.run() : hints.briefRun(header.run()))),
                  header.pipeline(),
                  header.options().executor(),
                  header.options().cache().word(),
                  resume == null ? "" : "  after run " + hints.briefRun(resume.run())));
    }
  }

  @Override
  public void planned(RunView view, PlanSummary summary) {
    List<StepReport> ended = tally.planned(view);
    if (normal()) {
      String steps =
          summary.unknownSteps() == 0
              ? ""
              : " and " + Figures.count(summary.unknownSteps(), "step") + " of unknown size";
      row(
          Tone.STRONG,
          "plan",
          "%s%s: %s cached, %s to run, %s not known yet"
              .formatted(
                  Figures.count(summary.units(), "unit"),
                  steps,
                  Figures.count(summary.cached()),
                  Figures.count(summary.toRun()),
                  Figures.count(summary.unknown())));
      ended.forEach(report -> tellStep(view, report));
      view.graph().nodes().stream()
          .filter(node -> node.isStep() && !told.containsKey(node.id()))
          .filter(node -> view.unitCount(node.id()) > 0)
          .forEach(node -> announce(view, node.id()));
    }
    progress(view);
  }

  /** Says that units of a step will run, and why, as soon as there is something to say. */
  private void announce(RunView view, int node) {
    if (announced.get(node)) {
      return;
    }
    String reasons = StepText.reasons(view, node, unit -> view.outcome(unit) == null);
    if (reasons.isEmpty()) {
      return;
    }
    announced.set(node);
    int first = view.firstUnit(node);
    int count = view.unitCount(node);
    int toRun = 0;
    int undecided = 0;
    for (int unit = first; unit < first + count; unit++) {
      boolean open = view.outcome(unit) == null;
      toRun += open && view.reason(unit) != null ? 1 : 0;
      undecided += open && view.reason(unit) == null ? 1 : 0;
    }
    String units = Figures.count(count, "unit");
    if (undecided > 0) {
      units = "up to " + Figures.count(toRun + undecided) + " of " + units;
    } else if (toRun < count) {
      units = Figures.count(toRun) + " of " + units;
    }
    stepLine(Tone.ACTIVE, "RUN", view.graph().node(node), List.of(units, reasons));
  }

  @Override
  public void executorStarting(String executor, Duration soFar) {
    if (normal()) {
      String time = Figures.duration(soFar.toNanos());
      row(Tone.FAINT, "…", "starting executor %s, %s".formatted(executor, time));
    }
  }

  @Override
  public void unitStarted(RunView view, int unit, int attempt) {
    running.started(view, unit);
    if (normal()) {
      announce(view, view.nodeOf(unit));
    }
    progress(view);
  }

  @Override
  public void unitFinished(RunView view, UnitReport report) {
    running.ended(view, report.unit());
    if (report.outcome() == Outcome.FAILED) {
      tellFailure(view, report);
    }
    if (verbose()) {
      tellUnit(view, report);
    }
    List<StepReport> ended = tally.unitFinished(view, report.unit());
    ended.forEach(step -> tellStep(view, step));
    progress(view);
  }

  @Override
  public void unitRetried(RunView view, UnitReport report, Duration wait) {
    running.ended(view, report.unit());
    warning(
        "RETRY",
        "attempt %d of %s failed, the next begins in %s: %s"
            .formatted(
                report.attempts(),
                StepText.unit(view, report.unit()),
                Figures.duration(wait.toNanos()),
                report.message()));
  }

  @Override
  public void stepFinished(RunView view, StepReport report) {
    tellStep(view, report);
  }

  private void tellStep(RunView view, StepReport report) {
    StepReport before = told.put(report.node(), report);
    boolean same = before != null && before.outcomes().equals(report.outcomes());
    if (!normal() || same || report.units() == 0) {
      return;
    }
    Outcome telling = Words.telling(report.outcomes());
    stepLine(
        tone(telling),
        telling.name(),
        view.graph().node(report.node()),
        StepText.ended(view, report));
  }

  private void tellUnit(RunView view, UnitReport report) {
    List<String> columns = new ArrayList<>();
    if (report.attempts() > 0) {
      columns.add(Figures.duration(report.durationNanos()));
    }
    if (report.attempts() > 1) {
      columns.add("attempt " + report.attempts());
    }
    Reason reason = report.reason();
    columns.add(hints.typed(reason == null ? report.message() : reason.toString()));
    if (verbosity.says(Verbosity.EVERYTHING)) {
      view.key(report.unit()).ifPresent(key -> columns.add("key " + key));
    }
    lines.out(
        rows.of(
            screen.paint(tone(report.outcome()), Rows.word(report.outcome().name())),
            StepText.unit(view, report.unit()),
            columns));
  }

  private void tellFailure(RunView view, UnitReport report) {
    failures++;
    int ofStep = failuresByStep.merge(view.nodeOf(report.unit()), 1, Integer::sum);
    if (failuresTold == MOST_FAILURES || ofStep > MOST_FAILURES_OF_STEP) {
      return;
    }
    failuresTold++;
    String unit = StepText.unit(view, report.unit());
    Reason reason = report.reason();
    Optional<String> failedIn = reason == null ? Optional.empty() : reason.failedIn();
    boolean attempted = reason == null || reason.code() != Reason.Code.FAILURE_KEPT;
    error(
        attempted
            ? "%s failed in attempt %d".formatted(unit, Math.max(1, report.attempts()))
            : unit + " failed at once");
    ErrorInfo error = report.error();
    List<String> why =
        error == null
            ? List.of(Text.safe(hints.typed(report.message()), LONGEST_TEXT))
            : verbosity.says(Verbosity.EVERYTHING)
                ? FailureText.whole(error)
                : FailureText.brief(error);
    why.forEach(line -> lines.err("  " + line));
    String logs = "runs logs " + hints.briefRun(view.run()) + " " + hints.quoted(unit);
    String next = failedIn.map(run -> "runs show " + hints.briefRun(run)).orElse(logs);
    lines.err("  next: " + hints.command(next));
  }

  @Override
  public void warning(String code, String message) {
    int count = warnings.merge(code, 1, Integer::sum);
    if (count <= MOST_WARNINGS || verbose()) {
      lines.err(
          screen.paint(Tone.LEFT, "warning:")
              + " "
              + Text.safe(hints.typed(message), LONGEST_TEXT));
    }
  }

  @Override
  public void published(PublishReport report) {
    if (normal()) {
      boolean done = report.failure().isEmpty();
      row(done ? Tone.STRONG : Tone.BAD, "publish", report.text());
    }
  }

  @Override
  public void audited(AuditReport report) {
    if (normal()) {
      row(report.differing() > 0 ? Tone.BAD : Tone.STRONG, "audit", report.text());
    }
  }

  @Override
  public void finished(RunView view, RunSummary summary) {
    lines.close();
    warnings.forEach(
        (code, count) -> {
          if (count > MOST_WARNINGS && !verbose()) {
            lines.err(
                "warning: %s more of kind %s"
                    .formatted(Figures.count(count - MOST_WARNINGS), code));
          }
        });
    if (failures > failuresTold) {
      String more = Figures.count(failures - failuresTold, "more unit");
      boolean ofOne = failuresByStep.size() == 1;
      int step = failuresByStep.keySet().iterator().next();
      error(more + (ofOne ? " of " + view.graph().node(step).name() : "") + " failed");
    }
    boolean saidOfUnits = failures > 0 && summary.exitCode() == OF_UNITS;
    if (summary.state() == RunState.FAILED && !saidOfUnits && !summary.message().isEmpty()) {
      error(Text.safe(hints.typed(summary.message()), LONGEST_TEXT));
    }
    Tone tone =
        switch (summary.state()) {
          case SUCCEEDED, RUNNING -> Tone.STRONG;
          case FAILED -> Tone.BAD;
          case CANCELLED -> Tone.LEFT;
        };
    if (summary.state() == RunState.CANCELLED) {
      lines.err("cancelled; what was finished is kept, and the next run reuses it");
    }
    lines.out(screen.paint(tone, Words.summary(summary)));
    screen.out().flush();
  }

  private void error(String text) {
    lines.err(screen.paint(Tone.BAD, "error:") + " " + text);
  }

  private void stepLine(Tone tone, String word, Node node, List<String> columns) {
    stepLines++;
    boolean always = tone == Tone.BAD || verbose();
    if (stepLines <= MOST_STEP_LINES || always) {
      List<String> typed = columns.stream().map(hints::typed).toList();
      lines.out(rows.of(screen.paint(tone, Rows.word(word)), node.name(), typed));
    } else if (stepLines == MOST_STEP_LINES + 1) {
      row(Tone.FAINT, "…", "further steps are counted, not listed; -v lists them all");
    }
  }

  private void row(Tone tone, String word, String text) {
    lines.out(screen.paint(tone, Rows.word(word)) + text);
  }

  private void progress(RunView view) {
    if (!normal()) {
      return;
    }
    // What runs changes more often than anybody could read.
    long now = screen.ticker().nanos();
    if (running.isEmpty() || now >= nextText) {
      nextText = now + TEXT_NANOS;
      runningText = running.text(view);
    }
    lines.progress(new Progress(tally.units(), tally.done(), runningText));
  }

  private boolean normal() {
    return verbosity.says(Verbosity.NORMAL);
  }

  private boolean verbose() {
    return verbosity.says(Verbosity.VERBOSE);
  }

  /** The tone of an outcome. */
  public static Tone tone(Outcome outcome) {
    return switch (outcome) {
      case RAN -> Tone.DONE;
      case CACHED, SHARED, MEMO -> Tone.REUSED;
      case SKIPPED, CANCELLED -> Tone.LEFT;
      case FAILED -> Tone.BAD;
    };
  }
}
