package dev.reprise.behaviours;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * One behaviour of another system, or one fault that must be got over.
 *
 * @param line system and number, such as {@code Flyte 19}, or {@code Fault 23}
 * @param title what it is
 * @param missing why no test shows it, which faults alone may say; {@link #LATER} for one of {@link
 *     #MAY_BE_LATER}; empty if a test must
 */
record Behaviour(String line, String title, String missing) {
  /** What lines of the list of faults begin with. */
  static final String FAULT = "Fault ";

  static final String LATER = "later";

  /** What Reprise may do without for now; any other behaviour has a test that passes. */
  static final Set<String> MAY_BE_LATER = Set.of("Coflux 20", "Coflux 21", "Coflux 22");

  /** Whether none need show it for now. */
  boolean later() {
    return missing.equals(LATER);
  }

  /** Whether it may say what it says of a test that there is not. */
  boolean mayBeMissing() {
    return missing.isEmpty() || (later() ? MAY_BE_LATER.contains(line) : line.startsWith(FAULT));
  }

  /**
   * All of a list, in its order.
   *
   * @param list {@code behaviours} or {@code faults}
   */
  static List<Behaviour> all(String list) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(Behaviour.class.getResourceAsStream("/" + list + ".tsv"))) {
      return parse(new String(in.readAllBytes(), UTF_8));
    }
  }

  /**
   * Reads a line each of behaviour, title and, if no test shows it, why. Those of a system are
   * numbered from 1 without gaps. Whether each may be missing is asked of {@link #mayBeMissing}.
   */
  static List<Behaviour> parse(String text) {
    List<Behaviour> all = new ArrayList<>();
    for (String row : text.lines().filter(row -> !row.startsWith("#")).toList()) {
      String[] cells = row.split("\t", -1);
      if (cells.length != 3 || !cells[0].matches("[A-Z][a-z]+ [1-9][0-9]*")) {
        throw new IllegalArgumentException("want system and number, title, why missing: " + row);
      }
      all.add(new Behaviour(cells[0], cells[1], cells[2]));
    }
    all.stream()
        .map(Behaviour::system)
        .distinct()
        .forEach(
            system -> {
              List<String> lines =
                  all.stream().map(Behaviour::line).filter(l -> l.startsWith(system)).toList();
              List<String> wanted =
                  IntStream.rangeClosed(1, lines.size()).mapToObj(n -> system + n).toList();
              if (!lines.equals(wanted)) {
                throw new IllegalArgumentException("lines are not numbered from 1: " + lines);
              }
            });
    return all;
  }

  /** The system with the space behind it. */
  private String system() {
    return line.substring(0, line.indexOf(' ') + 1);
  }
}
