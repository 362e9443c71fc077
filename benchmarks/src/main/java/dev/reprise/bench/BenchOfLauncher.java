package dev.reprise.bench;

import dev.reprise.cli.base.AddedCommand;
import dev.reprise.cli.base.CommandContext;

/** Adds {@code bench} to the launcher's commands. */
public final class BenchOfLauncher implements AddedCommand {
  @Override
  public String name() {
    return "bench";
  }

  @Override
  public String description() {
    return "measures Reprise against what it is held to, side by side";
  }

  @Override
  public Object make(CommandContext context) {
    return new BenchCommand(context);
  }
}
