package dev.reprise.cli.base;

import java.util.List;
import picocli.CommandLine.Option;

/**
 * {@code --output json} of commands that list and show: text for people, or one JSON object for
 * scripts, see {@link dev.reprise.console.JsonText}. A mixin.
 */
public final class OutputOption {
  private static final String DESCRIPTION = "text (default) or json";

  @Option(
      names = "--output",
      paramLabel = "FORM",
      completionCandidates = Forms.class,
      description = DESCRIPTION)
  private String form = "text";

  /** Adds the same option to a table. */
  public void addTo(OptionTable table) {
    table.value(List.of("--output"), "FORM", DESCRIPTION, new Forms(), given -> form = given);
  }

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
