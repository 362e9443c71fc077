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
import dev.reprise.console.Hints;
import dev.reprise.console.Rows;
import dev.reprise.executor.ExecutorUnavailableException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
      Hints hints = new Hints(source.program(), context.flags().places(), List::of);
      context.err().print(next(hints));
    }
    return code;
  }

  private static String next(Hints hints) {
    Map<String, String> commands = new LinkedHashMap<>();
    commands.put("run flights", "again: nothing is computed");
    commands.put("plan flights --param late-minutes=45", "what another value would change");
    commands.put("run flights --param late-minutes=30", "only that is computed");
    commands.put("why delays:month=2001-04", "why it was");
    commands.put("result by-airport --format csv", "what came out");
    int width =
        commands.keySet().stream().map(hints::command).mapToInt(String::length).max().orElse(0);
    StringBuilder text = new StringBuilder("\nTry next:\n");
    commands.forEach(
        (command, does) ->
            text.append("  %s   %s%n".formatted(Rows.pad(hints.command(command), width), does)));
    String help = Rows.pad(hints.program() + " --help", width);
    return text.append("  %s   all commands%n".formatted(help)).toString();
  }
}
