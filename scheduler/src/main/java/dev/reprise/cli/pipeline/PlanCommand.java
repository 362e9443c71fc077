package dev.reprise.cli.pipeline;

import dev.reprise.api.Pipeline;
import dev.reprise.cache.index.IndexLockedException;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.HelpOption;
import dev.reprise.cli.base.OutputOption;
import dev.reprise.cli.base.SettingOptions;
import dev.reprise.cli.pipeline.PipelineSource.PipelineChoice;
import dev.reprise.config.Settings;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code reprise plan}: what a run would do. */
@Command(
    name = "plan",
    description = {
      "Shows what a run would reuse (HIT), what it would run and why (RUN), and what is only known"
          + " when that has run (UNKNOWN). Starts no engine, writes nothing, and works while another"
          + " process holds the index. Takes the options of 'run'; -v shows each unit."
    },
    sortOptions = false,
    footerHeading = "%nExample:%n",
    footer = "  reprise plan flights --param late-minutes=45",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the plan was made, whatever it says",
      "2:bad usage or configuration",
      "3:the pipeline is not valid"
    })
public final class PlanCommand implements Callable<Integer> {
  private final CommandContext context;

  @Mixin private final PipelineChoice choice;
  @Mixin private final ParameterOptions parameters = new ParameterOptions();
  @Mixin private final RunArguments arguments;
  @Mixin private final ConsoleOptions console;
  @Mixin private final OutputOption output = new OutputOption();
  @Mixin final SettingOptions settingOptions;
  @Mixin final HelpOption help = new HelpOption();
  @Spec private @Nullable CommandSpec spec;

  public PlanCommand(PipelineSource source, CommandContext context) {
    this.context = context;
    this.choice = source.choice();
    this.arguments = new RunArguments(context);
    this.console = new ConsoleOptions(context);
    this.settingOptions = new SettingOptions(context.flags());
  }

  @Override
  public Integer call() throws IndexLockedException {
    Settings settings = context.settings();
    boolean json = output.json();
    Pipeline pipeline = choice.define(parameters.read(context.folder()));
    return new PlanReport(context, settings)
        .print(
            pipeline, arguments.options(settings, CommandText.of(spec)), console.verbosity(), json);
  }
}
