package dev.reprise.cli.pipeline;

import dev.reprise.api.NamedPipeline;
import dev.reprise.api.Parameters;
import dev.reprise.api.Pipeline;
import dev.reprise.cache.index.IndexLockedException;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.CommandException;
import dev.reprise.cli.base.ExitCode;
import dev.reprise.cli.base.OptionTable;
import dev.reprise.cli.base.SettingOptions;
import dev.reprise.cli.base.TabledCommand;
import dev.reprise.config.Settings;
import dev.reprise.executor.ExecutorUnavailableException;
import picocli.CommandLine.Command;

/** {@code reprise demo}: the first thing to try. */
@Command(
    name = "demo",
    description =
        "Runs the shipped pipeline 'flights' on six months of real flights, and says what to try next.",
    sortOptions = false,
    footerHeading = "%nExample:%n",
    footer = "  reprise demo",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = "as of 'run':")
public final class DemoCommand implements TabledCommand {
  private static final String SHIPPED = "flights";

  private final PipelineSource source;
  private final CommandContext context;
  private final OptionTable options = new OptionTable();
  private final RunArguments arguments;
  private final ConsoleOptions console;

  public DemoCommand(PipelineSource source, CommandContext context) {
    this.source = source;
    this.context = context;
    this.arguments = new RunArguments(context);
    this.console = new ConsoleOptions(context);
    arguments.addTo(options);
    console.addTo(options);
    new SettingOptions(context.flags()).addTo(options);
  }

  @Override
  public OptionTable options() {
    return options;
  }

  @Override
  public int call(String commandLine)
      throws CommandException,
          ExecutorUnavailableException,
          IndexLockedException,
          InterruptedException {
    Settings settings = context.settings();
    NamedPipeline shipped =
        source.named().stream()
            .filter(pipeline -> pipeline.name().equals(SHIPPED))
            .findFirst()
            .orElseThrow(
                () ->
                    new CommandException(
                        ExitCode.USAGE,
                        "the pipeline '" + SHIPPED + "' is not on the class path of this program"));
    Pipeline pipeline = Pipeline.define(SHIPPED, shipped, Parameters.NONE);
    int code =
        new PipelineRun(context, settings, source.program())
            .run(pipeline, arguments.options(settings, commandLine), console.verbosity());
    if (code == ExitCode.OK.code()) {
      context.err().print(next(source.program()));
    }
    return code;
  }

  private static String next(String program) {
    return """

        Try next:
          %1$s run flights                            again: nothing is computed
          %1$s plan flights --param late-minutes=45   what another value would change
          %1$s run flights --param late-minutes=30    only that is computed
          %1$s why delays:month=2001-04               why it was
          %1$s result by-airport --format csv         what came out
          %1$s --help                                 all commands
        """
        .formatted(program);
  }
}
