package dev.reprise.cli.pipeline;

import dev.reprise.api.Driver;
import dev.reprise.api.Driver.Plan;
import dev.reprise.api.Pipeline;
import dev.reprise.cache.base.Text;
import dev.reprise.cache.index.IndexLockedException;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.ExitCode;
import dev.reprise.cli.pipeline.StepPlan.Decision;
import dev.reprise.config.Settings;
import dev.reprise.console.JsonText;
import dev.reprise.console.PartitionCounts;
import dev.reprise.console.RunConsole;
import dev.reprise.console.Verbosity;
import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.home.Executors;
import dev.reprise.home.HomeOptions.Access;
import dev.reprise.journal.RecordedRun;
import dev.reprise.journal.RunHistory;
import dev.reprise.run.CacheMode;
import dev.reprise.run.PartitionChoice;
import dev.reprise.run.RunListener;
import dev.reprise.run.RunListener.RunHeader;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Plans one pipeline and prints what was found. Starts no executor and writes nothing. */
final class PlanReport {
  private static final int LONGEST_MESSAGE = 2000;

  private final CommandContext context;
  private final Settings settings;
  private boolean marking;

  PlanReport(CommandContext context, Settings settings) {
    this.context = context;
    this.settings = settings;
  }

  /** Shows marks of steps in place of what is done with them, if asked. */
  PlanReport marking(boolean to) {
    marking = to;
    return this;
  }

  /**
   * Plans and prints.
   *
   * @param json what to print in, in place of text
   * @return the exit code
   * @throws ExecutorUnavailableException if there is no executor of the name in the options
   */
  int print(Pipeline pipeline, RunOptions options, Verbosity verbosity, @Nullable JsonText json)
      throws ExecutorUnavailableException, IndexLockedException {
    Executors.requireNamed(options.executor());
    Access access = options.cache() == CacheMode.OFF ? Access.NONE : Access.PLAN;
    Plan plan;
    try (ExitFromInside watch =
            new ExitFromInside(
                context.err(), () -> "while the plan was made", ExitCode.STEP_FAILED);
        Driver driver = Homes.open(settings, access, options.command(), context.err())) {
      StepCaveats caveats = new StepCaveats();
      List<RunListener> listeners = new ArrayList<>(List.of(warnings(context)));
      if (json != null || verbosity.says(Verbosity.VERBOSE)) {
        listeners.add(caveats);
      }
      plan = driver.plan(pipeline, options, listeners.toArray(RunListener[]::new));
      ResumePlan resumed = resumed(plan);
      Map<String, Map<Decision, Integer>> partitions = partitions(plan.view(), options);
      if (json != null) {
        Instant now = context.clock().instant();
        context
            .out()
            .println(PlanJson.of(json, pipeline, plan, options, caveats, resumed, partitions, now));
      } else if (marking) {
        new StaleText(context).print(plan);
      } else {
        new PlanText(context, verbosity, caveats).print(plan, options, resumed, partitions);
      }
    }
    if (plan.exitCode() != 0) {
      context.err().println("error: " + Text.safe(context.typed(plan.message()), LONGEST_MESSAGE));
    }
    return plan.exitCode();
  }

  /** What is planned for each partition that was asked for; empty if all are. */
  private static Map<String, Map<Decision, Integer>> partitions(RunView view, RunOptions options) {
    return options.partitions().isEmpty()
        ? Map.of()
        : PartitionCounts.count(
            view, PartitionChoice.of(view.graph(), options.partitions()), StepPlan::decision);
  }

  /** How the plan differs from the run that it goes on from; null if there is none. */
  private @Nullable ResumePlan resumed(Plan plan) {
    String run = plan.resumes();
    if (run == null) {
      return null;
    }
    try {
      RecordedRun from = new RunHistory(settings.runsFolder()).read(run);
      return ResumePlan.of(plan.view(), StepPlan.of(plan.view()), from);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // it was read a moment ago
    }
  }

  private static RunListener warnings(CommandContext context) {
    return new RunListener() {
      @Override
      public void preparing(RunHeader header, List<String> probes, Duration soFar) {
        context.err().println("waiting: " + RunConsole.probesText(probes, soFar));
      }

      @Override
      public void warning(String code, String message) {
        context.err().println("warning: " + context.typed(message));
      }
    };
  }
}
