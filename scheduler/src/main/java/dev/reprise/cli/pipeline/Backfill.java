package dev.reprise.cli.pipeline;

import dev.reprise.config.UsageException;
import java.util.List;

/**
 * A parameter with the values for each of which a run is wanted.
 *
 * @param values in the order in which they are run; at least one
 */
record Backfill(String parameter, List<String> values) {
  Backfill {
    values = List.copyOf(values);
  }

  /**
   * Reads them as {@link NamedValues} does.
   *
   * @throws UsageException if it is none of these, or names no value or too many
   */
  static Backfill parse(String text) {
    NamedValues given = NamedValues.parse("--backfill", text);
    return new Backfill(given.name(), given.values());
  }
}
