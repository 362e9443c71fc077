package dev.reprise.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page of the documentation, as somebody reads it who copies from it. */
record Page(String text) {
  private static final Pattern FENCED = Pattern.compile("(?ms)^```(\\w+)\n(.*?)^```$");
  private static final Pattern NAMED = Pattern.compile("(?ms)^`([^`\n]+)`\n\n```\\w+\n(.*?)^```$");
  private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

  /** Reads a page by its path in the source tree. */
  static Page at(String path) throws IOException {
    return new Page(Files.readString(Path.of("..").resolve(path)));
  }

  /** The files that the page shows, by the paths over them. */
  Map<String, String> files() {
    Map<String, String> files = new LinkedHashMap<>();
    for (Matcher named = NAMED.matcher(text); named.find(); ) {
      files.put(named.group(1), named.group(2));
    }
    return files;
  }

  /** What stands in the fences of a language. */
  List<String> snippets(String language) {
    List<String> snippets = new ArrayList<>();
    for (Matcher fenced = FENCED.matcher(text); fenced.find(); ) {
      if (fenced.group(1).equals(language)) {
        snippets.add(fenced.group(2));
      }
    }
    return snippets;
  }

  /** The page from a heading to the next. */
  Page under(String heading) {
    String rest = text.substring(text.indexOf("\n" + heading + "\n") + heading.length() + 2);
    int next = rest.indexOf("\n#");
    return new Page(next < 0 ? rest : rest.substring(0, next));
  }

  /** The lines to type, without what is said beside them. */
  List<String> commands() {
    return text.lines()
        .filter(line -> line.startsWith("    "))
        .map(line -> line.strip().replaceAll(" {3,}.*", ""))
        .toList();
  }

  /** What is quoted in the sentence that holds {@code words}, after them. */
  List<String> quotedAfter(String words) {
    String rest = text.substring(text.indexOf(words) + words.length());
    List<String> quoted = new ArrayList<>();
    for (Matcher each = QUOTED.matcher(rest.split("\\.\\s", 2)[0]); each.find(); ) {
      quoted.add(each.group(1));
    }
    return quoted;
  }
}
