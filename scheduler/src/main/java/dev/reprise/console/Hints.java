package dev.reprise.console;

import dev.reprise.journal.RunIds;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a person goes on from here: the commands to name, and the shortest name of a run.
 *
 * @param program what starts Reprise here, such as {@code reprise}
 * @param places options that say where state lies, word by word: the next command needs them too
 * @param runs ids of all runs; asked when one is to be shortened
 */
public record Hints(String program, List<String> places, Supplier<List<String>> runs) {
  /** A user's own main has every command but this one, which belongs to the source tree. */
  private static final Pattern LAUNCHER = Pattern.compile("'reprise (?!cluster )([^']*)'");

  /** What is about a home, and finds nothing in another. */
  private static final Pattern OF_A_HOME =
      Pattern.compile("(cache|runs|result|why|doctor|plan|run)( .*)?");

  /** A command line. */
  public String command(String arguments) {
    StringBuilder line = new StringBuilder(program).append(' ').append(arguments);
    places.forEach(word -> line.append(' ').append(quoted(word)));
    return line.toString();
  }

  /**
   * A message as it is to be shown: the commands that it names in the launcher's form, such as
   * {@code 'reprise cache verify'}, in the form in which they are typed here.
   */
  public String typed(String message) {
    return LAUNCHER
        .matcher(message)
        .replaceAll(match -> "'" + Matcher.quoteReplacement(typedCommand(match.group(1))) + "'");
  }

  private String typedCommand(String arguments) {
    return OF_A_HOME.matcher(arguments).matches() ? command(arguments) : program + " " + arguments;
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
