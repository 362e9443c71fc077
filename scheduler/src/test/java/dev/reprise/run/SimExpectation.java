package dev.reprise.run;

import dev.reprise.graph.TaskGraph;
import dev.reprise.run.SimModel.Fate;
import dev.reprise.run.SimModel.Unit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How often user code must run for which units, by the model's keys, what is kept of them, and what
 * the run was told: at least so often and at most so often.
 */
final class SimExpectation {
  /**
   * Units that share executions.
   *
   * @param units names, with their label
   */
  record Group(String what, Set<String> units, int least, int most) {}

  private final List<Group> groups = new ArrayList<>();

  /**
   * @param names of the model's units in the run, by step, in order
   * @param hits the model's keys of what is kept, and may be used
   */
  SimExpectation(
      SimModel model,
      Map<String, List<String>> names,
      Set<String> hits,
      RunOptions options,
      TaskGraph graph) {
    Set<String> forced = new HashSet<>();
    RunRules.of(graph, options).forced().forEach(id -> forced.add(graph.node(id).name()));
    Map<String, List<Unit>> byKey = new LinkedHashMap<>();
    model
        .units()
        .forEach(
            (step, units) -> {
              for (Unit unit : units == null ? List.<Unit>of() : units) {
                String name = names.get(step).get(unit.place());
                if (unit.fate() == Fate.SKIPPED) {
                  groups.add(new Group(name, Set.of(name), 0, 0));
                } else if (unit.key() == null || !options.cache().reads()) {
                  int times = times(unit);
                  groups.add(new Group(name, Set.of(name), times, times));
                } else {
                  byKey.computeIfAbsent(unit.key(), any -> new ArrayList<>()).add(unit);
                }
              }
            });
    byKey.forEach(
        (key, units) -> {
          Set<String> of = new HashSet<>();
          units.forEach(unit -> of.add(names.get(unit.step().name()).get(unit.place())));
          int forcedUnits =
              (int) units.stream().filter(unit -> forced.contains(unit.step().name())).count();
          groups.add(group(key, units, of, forcedUnits, hits.contains(key), options.cache()));
        });
  }

  private static int times(Unit unit) {
    return unit.fate() == Fate.FAILED ? unit.step().attempts() : 1;
  }

  private static Group group(
      String key, List<Unit> units, Set<String> names, int forced, boolean hit, CacheMode mode) {
    if (units.get(0).fate() == Fate.FAILED) {
      int all = units.stream().mapToInt(SimExpectation::times).sum();
      return new Group(key, names, all, all);
    }
    int others = units.size() - forced;
    if (hit) {
      return new Group(key, names, Math.min(1, forced), forced);
    }
    // What is not kept is made again by equal units that come later.
    int most = mode.writes() ? forced + Math.min(1, others) : units.size();
    return new Group(key, names, 1, most);
  }

  /** Groups with units that may run at all. */
  List<Group> groups() {
    return groups;
  }
}
