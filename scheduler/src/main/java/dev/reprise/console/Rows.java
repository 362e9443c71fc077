package dev.reprise.console;

import dev.reprise.graph.Node;
import dev.reprise.graph.TaskGraph;
import java.util.List;

/**
 * Lines in columns: a word, a name, then whatever there is to say.
 *
 * @param nameWidth of the column of names, in characters
 */
public record Rows(int nameWidth) {
  private static final int WORD_WIDTH = 11;
  private static final int WIDEST_NAME = 32;
  private static final int UNITS_WIDTH = 11;

  /** Rows for the steps of a graph. */
  public static Rows forSteps(TaskGraph graph) {
    return new Rows(
        Math.min(
            WIDEST_NAME,
            graph.nodes().stream()
                .filter(Node::isStep)
                .mapToInt(node -> node.name().length())
                .max()
                .orElse(0)));
  }

  /** The first column. */
  public static String word(String word) {
    return pad(word, WORD_WIDTH);
  }

  /** One line; the first of {@code columns} is padded, so that what follows is aligned. */
  public String of(String word, String name, List<String> columns) {
    StringBuilder line = new StringBuilder(word).append(pad(name, nameWidth));
    for (int i = 0; i < columns.size(); i++) {
      boolean last = i == columns.size() - 1;
      line.append("   ").append(last ? columns.get(i) : pad(columns.get(i), UNITS_WIDTH));
    }
    return line.toString().stripTrailing();
  }

  /** The text, filled up with blanks. */
  public static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }
}
