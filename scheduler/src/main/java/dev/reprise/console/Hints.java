package dev.reprise.console;

import dev.reprise.journal.RunIds;
import java.util.List;
import java.util.function.Supplier;

/**
 * How a person goes on from here: the commands to name, and the shortest name of a run.
 *
 * @param program what starts Reprise here, such as {@code reprise}
 * @param runs ids of all runs; asked when one is to be shortened
 */
public record Hints(String program, Supplier<List<String>> runs) {
  /** A command line. */
  public String command(String arguments) {
    return program + " " + arguments;
  }

  /** The id of a run as short as it can be. */
  public String briefRun(String id) {
    return RunIds.brief(id, runs.get());
  }

  /** A word of a command line, quoted if a shell would take it apart. */
  public String quoted(String word) {
    return word.matches("[\\p{L}\\p{N}._:=/@%+,-]+")
        ? word
        : "'" + word.replace("'", "'\\''") + "'";
  }
}
