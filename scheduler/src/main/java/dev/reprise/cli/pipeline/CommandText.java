package dev.reprise.cli.pipeline;

import dev.reprise.journal.Redaction;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** A command line for the journal, and for those who wait for this process: without secrets. */
final class CommandText {
  private static final Pattern ASSIGNMENT = Pattern.compile("(.*?)=(.*)", Pattern.DOTALL);

  private CommandText() {}

  /** The command that is being executed, as it was typed. */
  static String of(@Nullable CommandSpec spec) {
    if (spec == null || spec.commandLine().getParseResult() == null) {
      return "";
    }
    List<String> words = new ArrayList<>(List.of(spec.qualifiedName()));
    for (String word : spec.commandLine().getParseResult().originalArgs()) {
      Matcher assignment = ASSIGNMENT.matcher(word);
      words.add(
          assignment.matches()
              ? assignment.group(1)
                  + "="
                  + Redaction.shown(assignment.group(1), assignment.group(2))
              : word);
    }
    return String.join(" ", words);
  }
}
