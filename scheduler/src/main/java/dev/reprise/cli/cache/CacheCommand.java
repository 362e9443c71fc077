package dev.reprise.cli.cache;

import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.HelpOption;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code reprise cache}: the commands of this package under one name. */
@Command(
    name = "cache",
    description = "Looks into the cache and looks after it.",
    footerHeading = "%nExample:%n",
    footer = "  reprise cache ls --step delays")
public final class CacheCommand {
  @Mixin final HelpOption help = new HelpOption();

  private CacheCommand() {}

  /** Returns the command with those below it. */
  public static CommandLine of(CommandContext context) {
    CommandLine cache = new CommandLine(new CacheCommand());
    List.of(
            new ListCommand(context),
            new ShowCommand(context),
            new NamesCommand(context),
            new StatsCommand(context),
            new VerifyCommand(context),
            new RebuildCommand(context),
            new EvictCommand(context),
            new GcCommand(context),
            new PinCommand(context),
            new UnpinCommand(context),
            new EditCommand(context),
            new PromoteCommand(context),
            new ExportCommand(context),
            new ImportCommand(context),
            new ClearCommand(context))
        .forEach(cache::addSubcommand);
    return cache;
  }
}
