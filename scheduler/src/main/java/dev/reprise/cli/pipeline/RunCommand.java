package dev.reprise.cli.pipeline;

import dev.reprise.api.Parameters;
import dev.reprise.api.Pipeline;
import dev.reprise.cache.base.Text;
import dev.reprise.cache.index.IndexLockedException;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.OptionTable;
import dev.reprise.cli.base.SettingOptions;
import dev.reprise.cli.base.TabledCommand;
import dev.reprise.cli.pipeline.PipelineSource.PipelineChoice;
import dev.reprise.config.Settings;
import dev.reprise.config.UsageException;
import dev.reprise.console.JsonText;
import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.run.PartitionChoice;
import dev.reprise.run.PartitionChoice.UnknownPartitionException;
import dev.reprise.run.RunOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code reprise run}: runs a pipeline, and reuses what was computed before. */
@Command(
    name = "run",
    description = {
      "Runs a pipeline. What was computed before, in any run, is reused; the rest is computed and"
          + " kept for the next. The last line tells how much was which."
    },
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  reprise run flights --param late-minutes=30",
      "  reprise run flights --rerun-from delays --console=json",
      "  reprise run flights --resume latest"
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:every unit that was asked for has a result",
      "1:a step failed; others may have succeeded, and are kept",
      "2:bad usage or configuration",
      "3:the pipeline is not valid",
      "4:an engine cannot be reached",
      "5:the cache cannot be used, with --cache=require",
      "6:a kept result is damaged, with --cache=require; results differ, with"
          + " --fail-on-difference",
      "7:another process holds the index, and did not let go in --lock-timeout",
      "8:interrupted; what was finished is kept",
      "9:it took longer than --timeout"
    })
public final class RunCommand implements TabledCommand {
  private static final int LONGEST_NAME = 200;

  private final PipelineSource source;
  private final CommandContext context;
  private final OptionTable options = new OptionTable();
  private final PipelineChoice choice;
  private final ParameterOptions parameters = new ParameterOptions();
  private final RunArguments arguments;
  private final ConsoleOptions console;
  private boolean dryRun;

  public RunCommand(PipelineSource source, CommandContext context) {
    this.source = source;
    this.context = context;
    this.choice = source.choice();
    this.arguments = new RunArguments(context);
    this.console = new ConsoleOptions(context);
    choice.addTo(options);
    parameters.addTo(options);
    arguments.addTo(options);
    arguments.addStaleTo(options);
    console.addTo(options);
    options.flag(List.of("--dry-run"), "plan and run nothing, as 'plan' does", () -> dryRun = true);
    new SettingOptions(context.flags()).addTo(options);
  }

  @Override
  public OptionTable options() {
    return options;
  }

  @Override
  public int call(String commandLine)
      throws ExecutorUnavailableException, IndexLockedException, InterruptedException {
    Settings settings = context.settings();
    RunOptions runOptions = arguments.options(settings, commandLine);
    Backfill backfill = arguments.backfill();
    boolean stale = arguments.stale(runOptions);
    if (backfill != null && parameters.gives(backfill.parameter())) {
      throw new UsageException(
          "--backfill gives '%s' its values, and so does --param; leave one of them out"
              .formatted(backfill.parameter()));
    }
    if (backfill != null && !dryRun) {
      Map<String, Pipeline> pipelines = define(settings, backfill, runOptions);
      PipelineRun runs = new PipelineRun(context, settings, source.program());
      return new BackfillRun(context, settings, runs)
          .run(backfill.parameter(), pipelines, runOptions, console.verbosity());
    }
    if (backfill != null) {
      throw new UsageException("a plan is of one run; give a value of --backfill with --param");
    }
    Pipeline pipeline = define(settings);
    if (dryRun) {
      JsonText json = PipelineRun.tellsJson(settings) ? JsonText.line() : null;
      return new PlanReport(context, settings)
          .marking(stale)
          .print(pipeline, runOptions, console.verbosity(), json);
    }
    if (stale) {
      return new StaleRun(context, settings, source.program())
          .run(pipeline, runOptions, console.verbosity());
    }
    return new PipelineRun(context, settings, source.program())
        .run(pipeline, runOptions, console.verbosity());
  }

  /** A pipeline for each value; all are checked before the first runs. */
  private Map<String, Pipeline> define(
      Settings settings, Backfill backfill, RunOptions runOptions) {
    Parameters given = arguments.parameters(parameters.read(context.folder()), settings);
    Map<String, Pipeline> pipelines = new LinkedHashMap<>();
    for (String value : backfill.values()) {
      Parameters of = given.with(backfill.parameter(), value);
      Pipeline pipeline =
          ExitFromInside.defining(context, () -> choice.define(of, context.folder()));
      checkPartitions(pipeline, runOptions, backfill.parameter() + "=" + value);
      pipelines.put(value, pipeline);
    }
    return pipelines;
  }

  /**
   * Says before anything runs that there are no such partitions.
   *
   * @param of names the pipeline among others
   */
  static void checkPartitions(Pipeline pipeline, RunOptions options, String of) {
    try {
      PartitionChoice.of(pipeline.graph(), options.partitions());
    } catch (UnknownPartitionException e) {
      throw new UsageException("%s: %s".formatted(Text.safe(of, LONGEST_NAME), e.getMessage()), e);
    }
  }

  private Pipeline define(Settings settings) {
    Parameters given = parameters.read(context.folder());
    return ExitFromInside.defining(
        context, () -> choice.define(arguments.parameters(given, settings), context.folder()));
  }
}
