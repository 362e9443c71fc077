package dev.reprise.cli.pipeline;

import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.OptionTable;
import dev.reprise.config.Flags;
import dev.reprise.config.Setting;
import dev.reprise.console.Verbosity;
import java.util.List;

/** The options that say how much a run tells, and in which form. */
final class ConsoleOptions {
  private final Flags flags;
  private boolean quiet;
  private int verbose;

  ConsoleOptions(CommandContext context) {
    this.flags = context.flags();
  }

  void addTo(OptionTable table) {
    table
        .value(
            List.of("--console"),
            "FORM",
            "auto (default), rich, plain, or json: an object a line",
            List.of("auto", "rich", "plain", "json"),
            form -> flags.set(Setting.CONSOLE, form))
        .flag(
            List.of("-q", "--quiet"),
            "say the last line alone, and what went wrong",
            () -> quiet = true)
        .flag(
            List.of("-v", "--verbose"),
            "a line for each unit; twice for keys and whole stack traces",
            () -> verbose++)
        .flag(List.of("-vv"), "the same as -v -v", () -> verbose = 2);
  }

  Verbosity verbosity() {
    if (quiet) {
      return Verbosity.QUIET;
    }
    return switch (verbose) {
      case 0 -> Verbosity.NORMAL;
      case 1 -> Verbosity.VERBOSE;
      default -> Verbosity.EVERYTHING;
    };
  }
}
