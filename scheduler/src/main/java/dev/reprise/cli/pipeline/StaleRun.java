package dev.reprise.cli.pipeline;

import dev.reprise.api.Driver;
import dev.reprise.api.Driver.Plan;
import dev.reprise.api.Pipeline;
import dev.reprise.api.Staleness;
import dev.reprise.cache.base.Durations;
import dev.reprise.cache.base.Text;
import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.index.IndexLockedException;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.ExitCode;
import dev.reprise.config.Settings;
import dev.reprise.console.JsonText;
import dev.reprise.console.RunConsole;
import dev.reprise.console.Verbosity;
import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.home.HomeOptions.Access;
import dev.reprise.run.RunListener;
import dev.reprise.run.RunListener.RunHeader;
import dev.reprise.run.RunOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Runs what is stale or missing: plans, and selects these steps. What becomes stale between the two
 * is not run.
 */
final class StaleRun {
  private static final int LONGEST_MESSAGE = 2000;

  private final CommandContext context;
  private final Settings settings;
  private final String program;
  private final Ticker ticker = Ticker.system();

  StaleRun(CommandContext context, Settings settings, String program) {
    this.context = context;
    this.settings = settings;
    this.program = program;
  }

  /**
   * Plans, and runs what is selected; nothing if all is fresh, or no time is left to the run, which
   * has what the plan leaves of its timeout.
   *
   * @return the exit code
   */
  int run(Pipeline pipeline, RunOptions options, Verbosity verbosity)
      throws ExecutorUnavailableException, IndexLockedException, InterruptedException {
    List<String> untold = new ArrayList<>();
    RunListener warnings =
        new RunListener() {
          @Override
          public void preparing(RunHeader header, List<String> probes, Duration soFar) {
            context.err().println("waiting: " + RunConsole.probesText(probes, soFar));
          }

          @Override
          public void warning(String code, String message) {
            untold.add(message);
          }
        };
    Plan plan;
    long begun = ticker.nanos();
    try (ExitFromInside watch =
            new ExitFromInside(context.err(), () -> "before the run began", ExitCode.STEP_FAILED);
        Driver driver = Homes.open(settings, Access.PLAN, options.command(), context.err())) {
      plan = driver.plan(pipeline, options, warnings);
    }
    int exitCode = plan.exitCode();
    if (exitCode != 0 && exitCode != ExitCode.STEP_FAILED.code()) {
      return refused(plan);
    }
    Duration timeout = options.timeout();
    Duration spent = Duration.ofNanos(ticker.nanos() - begun);
    if (timeout != null && spent.compareTo(timeout) >= 0) {
      untold.forEach(text -> context.err().println("warning: " + context.typed(text)));
      context
          .err()
          .println(
              "error: to find what is stale took longer than the deadline of %s; nothing has run"
                  .formatted(Durations.text(timeout)));
      return ExitCode.DEADLINE.code();
    }
    Set<String> steps = new LinkedHashSet<>(Staleness.toRun(plan));
    if (!options.only().isEmpty()) {
      steps.retainAll(options.only());
    }
    if (steps.isEmpty() && exitCode != 0) {
      return refused(plan);
    } else if (steps.isEmpty()) { // else the run tells them itself
      untold.forEach(text -> context.err().println("warning: " + context.typed(text)));
      context
          .out()
          .println(
              PipelineRun.tellsJson(settings)
                  ? JsonText.line()
                      .text("event", "nothing_stale")
                      .text("time", context.clock().instant().toString())
                      .text("pipeline", pipeline.name())
                      .end()
                  : "nothing is stale or missing");
      return 0;
    }
    return new PipelineRun(context, settings, program)
        .run(pipeline, options.withOnly(steps).withSpent(spent), verbosity);
  }

  private int refused(Plan plan) {
    context.err().println("error: " + Text.safe(context.typed(plan.message()), LONGEST_MESSAGE));
    return plan.exitCode();
  }
}
