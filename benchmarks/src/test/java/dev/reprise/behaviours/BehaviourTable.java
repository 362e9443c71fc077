package dev.reprise.behaviours;

import static java.util.stream.Collectors.joining;

import dev.reprise.behaviours.TestResults.End;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/** Every behaviour with the tests that show it, and what is wrong with that. */
final class BehaviourTable {
  /** How far a behaviour is shown. */
  enum State {
    PASSED("passed"),
    FAILED("failed"),
    MISSING("missing"),
    LATER("later"),
    /** Some builds run some tests. */
    NOT_RUN("not run");

    final String word;

    State(String word) {
      this.word = word;
    }
  }

  private record Row(Behaviour behaviour, Collection<TestName> tests, State state) {}

  private final String list;
  private final List<Row> rows = new ArrayList<>();
  private final List<String> wrong = new ArrayList<>();

  private BehaviourTable(String list) {
    this.list = list;
  }

  /**
   * Joins.
   *
   * @param list what these are, as their file is called
   * @param shown tests by the line that they name
   * @param ends how each test ended
   * @param all whether the build ran all tests, so that one that did not run is one less
   */
  static BehaviourTable of(
      String list,
      List<Behaviour> behaviours,
      Map<String, SortedSet<TestName>> shown,
      Function<TestName, End> ends,
      boolean all) {
    BehaviourTable table = new BehaviourTable(list);
    Set<String> known = Set.copyOf(behaviours.stream().map(Behaviour::line).toList());
    shown.forEach(
        (line, tests) -> {
          if (!known.contains(line)) {
            table.wrong.add("%s: there is no such line; %s".formatted(line, briefly(tests)));
          }
        });
    for (Behaviour behaviour : behaviours) {
      Collection<TestName> tests = shown.getOrDefault(behaviour.line(), new TreeSet<>());
      Row row = new Row(behaviour, tests, state(behaviour, tests.stream().map(ends).toList(), all));
      table.rows.add(row);
      table.check(row);
    }
    return table;
  }

  private static State state(Behaviour behaviour, List<End> ends, boolean all) {
    if (ends.contains(End.FAILED)) {
      return State.FAILED;
    }
    if (ends.contains(End.PASSED)) {
      return State.PASSED;
    }
    if (behaviour.later()) {
      return State.LATER;
    }
    // Of a build of some modules others may have been cleaned, or be older than what is listed.
    return all || !behaviour.missing().isEmpty() ? State.MISSING : State.NOT_RUN;
  }

  private void check(Row row) {
    Behaviour behaviour = row.behaviour();
    String line = behaviour.line();
    if (!behaviour.mayBeMissing()) {
      wrong.add(
          "%s: %s.tsv says '%s', which it may not; annotate a test of it and take that word away"
              .formatted(line, list, behaviour.missing()));
    } else if (!behaviour.missing().isEmpty() && !row.tests().isEmpty()) {
      wrong.add(
          "%s: %s.tsv says '%s', yet there is %s; take that word away"
              .formatted(line, list, behaviour.missing(), briefly(row.tests())));
    } else if (row.state() == State.FAILED) {
      wrong.add("%s: a test of it fails, of %s".formatted(line, briefly(row.tests())));
    } else if (row.state() == State.MISSING && behaviour.missing().isEmpty()) {
      wrong.add(
          row.tests().isEmpty()
              ? line
                  + ": no test shows it; annotate one"
                  + (line.startsWith(Behaviour.FAULT) ? ", or say why there is none" : "")
              : "%s: no test of it has run, of %s".formatted(line, briefly(row.tests())));
    }
  }

  /** What is wrong, an item each; empty if nothing is. */
  List<String> wrong() {
    return wrong;
  }

  /** For people: a row each, and how many there are of each state. */
  String text() {
    String counts =
        Stream.of(State.values())
            .filter(state -> count(state) > 0)
            .map(state -> count(state) + " " + state.word)
            .collect(joining(", "));
    return rows.stream().map(BehaviourTable::text).collect(joining("\n", "", "\n"))
        + list
        + ": "
        + counts
        + "\n";
  }

  private long count(State state) {
    return rows.stream().filter(row -> row.state() == state).count();
  }

  private static String text(Row row) {
    Behaviour behaviour = row.behaviour();
    String by =
        row.tests().isEmpty()
            ? behaviour.title() + (behaviour.later() ? "" : " (" + behaviour.missing() + ")")
            : briefly(row.tests());
    return "%-10s %-8s %s".formatted(behaviour.line(), row.state().word, by);
  }

  private static String briefly(Collection<TestName> tests) {
    return tests.stream().map(TestName::brief).collect(joining(", "));
  }

  /** For scripts: a list of objects with line, tests and state. */
  String json() {
    return rows.stream()
        .map(
            row ->
                "  {\"line\": \"%s\", \"tests\": [%s], \"state\": \"%s\"}"
                    .formatted(
                        row.behaviour().line(),
                        row.tests().stream().map(test -> "\"" + test + "\"").collect(joining(", ")),
                        row.state().word))
        .collect(joining(",\n", "[\n", "\n]\n"));
  }
}
