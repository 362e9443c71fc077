package dev.reprise.cli.history;

import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.HelpOption;
import dev.reprise.cli.pipeline.PipelineSource;
import dev.reprise.cli.pipeline.RunsRetryCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code reprise runs}: the commands about past runs. */
@Command(
    name = "runs",
    description =
        "Lists past runs, shows one, prints what its code printed, does the rest of some.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  reprise runs ls",
      "  reprise runs show latest",
      "  reprise runs logs 7f3a delays:month=2001-04",
      "  reprise runs retry latest"
    })
public final class RunsCommand {
  @Mixin final HelpOption help = new HelpOption();

  private RunsCommand() {}

  /** Returns the command with those below it. */
  public static CommandLine tree(PipelineSource source, CommandContext context) {
    return new CommandLine(new RunsCommand())
        .addSubcommand(new RunsLsCommand(context))
        .addSubcommand(new RunsShowCommand(source, context))
        .addSubcommand(new RunsLogsCommand(context))
        .addSubcommand(new RunsRetryCommand(source, context));
  }
}
