package dev.reprise.cli.tools;

import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.cache.CacheCommand;
import dev.reprise.cli.doctor.DoctorCommand;
import dev.reprise.cli.result.ResultCommand;
import java.util.List;

/** The commands of this package and of those it stands on. */
public final class ToolCommands {
  private ToolCommands() {}

  /** Returns all of them, in the order of the help. */
  public static List<Object> all(CommandContext context) {
    return List.of(
        new ResultCommand(context),
        CacheCommand.of(context),
        new DoctorCommand(context),
        new ClasspathCommand(context),
        new CompletionCommand(context),
        new VersionCommand(context));
  }
}
