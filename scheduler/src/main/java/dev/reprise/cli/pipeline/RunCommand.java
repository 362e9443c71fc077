package dev.reprise.cli.pipeline;

import dev.reprise.api.Pipeline;
import dev.reprise.cache.index.IndexLockedException;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.HelpOption;
import dev.reprise.cli.base.SettingOptions;
import dev.reprise.cli.pipeline.PipelineSource.PipelineChoice;
import dev.reprise.config.Settings;
import dev.reprise.run.RunOptions;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

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
      "  reprise run flights --rerun-from delays --console=json"
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:every unit that was asked for has a result",
      "1:a step failed; others may have succeeded, and are kept",
      "2:bad usage or configuration",
      "3:the pipeline is not valid",
      "4:an engine cannot be reached",
      "5:the cache cannot be used, with --cache=require",
      "6:a kept result is damaged, with --cache=require",
      "7:another process holds the index, and did not let go in --lock-timeout",
      "8:interrupted; what was finished is kept",
      "9:it took longer than --timeout"
    })
public final class RunCommand implements Callable<Integer> {
  private final PipelineSource source;
  private final CommandContext context;

  @Mixin private final PipelineChoice choice;
  @Mixin private final ParameterOptions parameters = new ParameterOptions();
  @Mixin private final RunArguments arguments;
  @Mixin private final ConsoleOptions console;
  @Mixin final SettingOptions settingOptions;
  @Mixin final HelpOption help = new HelpOption();

  @Option(names = "--dry-run", description = "plan and run nothing, as 'plan' does")
  private boolean dryRun;

  @Spec private @Nullable CommandSpec spec;

  public RunCommand(PipelineSource source, CommandContext context) {
    this.source = source;
    this.context = context;
    this.choice = source.choice();
    this.arguments = new RunArguments(context);
    this.console = new ConsoleOptions(context);
    this.settingOptions = new SettingOptions(context.flags());
  }

  @Override
  public Integer call() throws IndexLockedException, InterruptedException {
    Settings settings = context.settings();
    Pipeline pipeline = choice.define(parameters.read(context.folder()));
    RunOptions options = arguments.options(settings, CommandText.of(spec));
    if (dryRun) {
      return new PlanReport(context, settings).print(pipeline, options, console.verbosity(), false);
    }
    return new PipelineRun(context, settings, source.program())
        .run(pipeline, options, console.verbosity());
  }
}
