package dev.reprise.cli.pipeline;

import dev.reprise.cli.base.CommandContext;
import dev.reprise.config.Flags;
import dev.reprise.config.Setting;
import dev.reprise.console.Verbosity;
import picocli.CommandLine.Option;

/** The options that say how much a run tells, and in which form: a mixin. */
final class ConsoleOptions {
  private final Flags flags;

  @Option(
      names = {"-q", "--quiet"},
      description = "say the last line alone, and what went wrong")
  private boolean quiet;

  @Option(
      names = {"-v", "--verbose"},
      description = "a line for each unit; -vv with keys and whole stack traces")
  private boolean[] verbose = {};

  ConsoleOptions(CommandContext context) {
    this.flags = context.flags();
  }

  @Option(
      names = "--console",
      paramLabel = "FORM",
      completionCandidates = ConsoleWords.class,
      description = "auto (default), rich, plain, or json: an object a line")
  void console(String form) {
    flags.set(Setting.CONSOLE, form);
  }

  Verbosity verbosity() {
    if (quiet) {
      return Verbosity.QUIET;
    }
    return switch (verbose.length) {
      case 0 -> Verbosity.NORMAL;
      case 1 -> Verbosity.VERBOSE;
      default -> Verbosity.EVERYTHING;
    };
  }
}
