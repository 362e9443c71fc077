package dev.reprise.cli.pipeline;

import dev.reprise.api.Driver;
import dev.reprise.api.Pipeline;
import dev.reprise.api.Run;
import dev.reprise.cache.base.ThreadAlarms;
import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.index.IndexLockedException;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.ExitCode;
import dev.reprise.config.Setting;
import dev.reprise.config.Settings;
import dev.reprise.console.Hints;
import dev.reprise.console.JsonConsole;
import dev.reprise.console.JsonText;
import dev.reprise.console.RunConsole;
import dev.reprise.console.Screen;
import dev.reprise.console.Verbosity;
import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.home.Executors;
import dev.reprise.journal.RunHistory;
import dev.reprise.run.RunListener;
import dev.reprise.run.RunListener.RunSummary;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Runs one pipeline in the foreground: on the screen, and until it ends or is interrupted. */
final class PipelineRun {
  private final CommandContext context;
  private final Settings settings;
  private final String program;

  PipelineRun(CommandContext context, Settings settings, String program) {
    this.context = context;
    this.settings = settings;
    this.program = program;
  }

  private enum Form {
    AUTO,
    RICH,
    PLAIN,
    JSON
  }

  /** A run that came to its end. */
  record Ended(String run, RunSummary summary) {}

  /**
   * Runs it to the end.
   *
   * @return the exit code
   * @throws ExecutorUnavailableException if there is no executor of the name in the options
   * @throws IndexLockedException if another process holds the index and does not let go in time
   * @throws InterruptedException if this thread is interrupted; the run is cancelled
   */
  int run(Pipeline pipeline, RunOptions options, Verbosity verbosity)
      throws ExecutorUnavailableException, IndexLockedException, InterruptedException {
    return runToEnd(pipeline, options, verbosity).summary().exitCode();
  }

  /**
   * Runs it to the end.
   *
   * @throws ExecutorUnavailableException if there is no executor of the name in the options
   * @throws IndexLockedException if another process holds the index and does not let go in time
   * @throws InterruptedException if this thread is interrupted; the run is cancelled
   */
  Ended runToEnd(Pipeline pipeline, RunOptions options, Verbosity verbosity)
      throws ExecutorUnavailableException, IndexLockedException, InterruptedException {
    Executors.requireNamed(options.executor());
    try (ThreadAlarms alarms = new ThreadAlarms("reprise-console");
        ThreadAlarms patience = new ThreadAlarms("reprise-interrupt");
        Interrupts interrupts = new Interrupts(context.err(), patience, PipelineRun::halt)) {
      RunListener console = console(verbosity, alarms);
      AtomicReference<@Nullable Run> begun = new AtomicReference<>();
      try (ExitFromInside watch =
              new ExitFromInside(
                  context.err(), () -> whenEnded(begun.get()), ExitCode.STEP_FAILED);
          Driver driver =
              Homes.open(
                  settings, Homes.access(options.cache()), options.command(), context.err())) {
        List<RunListener> listeners = new ArrayList<>(List.of(console, tells(interrupts)));
        if (!options.partitions().isEmpty()
            && (tellsJson(settings) || verbosity != Verbosity.QUIET)) {
          boolean last = !tellsJson(settings); // for scripts the run is the last event
          listeners.add(
              last ? listeners.size() : 0,
              new PartitionsConsole(context.out(), context.clock(), tellsJson(settings)));
        }
        Run run = driver.submit(pipeline, options, listeners.toArray(RunListener[]::new));
        interrupts.cancels(run::cancel);
        begun.set(run);
        RunSummary end = run.await();
        watch.end();
        if (run.isEarlier()) {
          tellEarlier(run.id(), end);
          tellIgnored(run.id(), options);
        }
        return new Ended(run.id(), end);
      }
    }
  }

  private String whenEnded(@Nullable Run run) {
    return run == null
        ? "before the run began"
        : "while run %s was under way%n  what was finished is kept, and the next run goes on from there"
            .formatted(hints().briefRun(run.id()));
  }

  /** The run is another submission's, so the console heard nothing of it. */
  private void tellEarlier(String id, RunSummary end) {
    if (tellsJson(settings)) {
      context
          .out()
          .println(
              JsonText.line()
                  .text("event", "run")
                  .text("run", id)
                  .flag("earlier", true)
                  .text("state", end.state().name())
                  .outcomes(end.outcomes())
                  .number("exit_code", end.exitCode())
                  .text("message", end.message())
                  .end());
    } else {
      context
          .out()
          .println(
              "run %s was submitted with this key before: %s%s"
                  .formatted(
                      hints().briefRun(id),
                      end.state(),
                      end.message().isEmpty() ? "" : ", " + end.message()));
    }
  }

  /** Options that say what is to run do nothing if the run was another submission's. */
  private void tellIgnored(String id, RunOptions now) {
    RunOptions before;
    try {
      before = new RunHistory(settings.runsFolder()).readBrief(id).header().options();
    } catch (IOException e) {
      return; // its journal went meanwhile
    }
    List<String> others = new ArrayList<>();
    other(others, "--only", before.only(), now.only());
    other(others, "--up-to", before.upTo(), now.upTo());
    other(others, "--rerun", before.rerun(), now.rerun());
    other(others, "--rerun-from", before.rerunFrom(), now.rerunFrom());
    other(others, "--cache", before.cache(), now.cache());
    if (!others.isEmpty()) {
      context
          .err()
          .println(
              "warning: that run was submitted with other values of %s, so what was asked for now was not done; another key makes another run"
                  .formatted(String.join(", ", others)));
    }
  }

  private static void other(List<String> others, String option, Object before, Object now) {
    if (!before.equals(now)) {
      others.add(option);
    }
  }

  /** Tells as soon as the run has ended, before what it used is closed. */
  private static RunListener tells(Interrupts interrupts) {
    return new RunListener() {
      @Override
      public void finished(RunView run, RunSummary summary) {
        interrupts.runEnded();
      }
    };
  }

  private static void halt() {
    Runtime.getRuntime().halt(ExitCode.INTERRUPTED.code());
  }

  /** Whether scripts read what a run tells. */
  static boolean tellsJson(Settings settings) {
    return settings.choice(Setting.CONSOLE, Form.class) == Form.JSON;
  }

  private RunListener console(Verbosity verbosity, ThreadAlarms alarms) {
    if (tellsJson(settings)) {
      return new JsonConsole(context.out(), context.clock());
    }
    Screen screen =
        new Screen(
            context.out(),
            context.err(),
            context.colours(),
            context.width(),
            Ticker.system(),
            alarms);
    Form form = settings.choice(Setting.CONSOLE, Form.class);
    boolean rich = form == Form.RICH || (form == Form.AUTO && context.movesCursor());
    return rich
        ? RunConsole.rich(screen, verbosity, hints())
        : RunConsole.plain(screen, verbosity, hints());
  }

  private Hints hints() {
    return new Hints(
        program, context.flags().places(), () -> new RunHistory(settings.runsFolder()).ids());
  }
}
