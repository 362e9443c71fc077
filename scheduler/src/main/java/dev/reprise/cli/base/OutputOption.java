package dev.reprise.cli.base;

import picocli.CommandLine.Option;

/**
 * {@code --output json} of commands that list and show: text for people, or one JSON object for
 * scripts, see {@link dev.reprise.console.JsonText}. A mixin.
 */
public final class OutputOption {
  @Option(
      names = "--output",
      paramLabel = "FORM",
      completionCandidates = Forms.class,
      description = "text (default) or json")
  private String form = "text";

  static final class Forms extends Words {
    Forms() {
      super("text", "json");
    }
  }

  /**
   * Whether JSON is wanted in place of text.
   *
   * @throws dev.reprise.config.UsageException if it is neither
   */
  public boolean json() {
    return new Forms().check("--output", form).equals("json");
  }
}
