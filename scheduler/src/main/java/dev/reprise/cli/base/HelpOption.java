package dev.reprise.cli.base;

import picocli.CommandLine.Option;

/** {@code --help}, the same for every command: a mixin. */
public final class HelpOption {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this help")
  boolean help;
}
