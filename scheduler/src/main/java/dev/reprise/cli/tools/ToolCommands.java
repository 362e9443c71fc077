package dev.reprise.cli.tools;

import dev.reprise.cli.base.CommandContext;
import java.util.List;

/** The commands of this package. */
public final class ToolCommands {
  private ToolCommands() {}

  /** Returns all of them, in the order of the help. */
  public static List<Object> all(CommandContext context) {
    return List.of(
        new ClasspathCommand(context), new CompletionCommand(context), new VersionCommand(context));
  }
}
