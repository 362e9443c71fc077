package dev.reprise.run;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

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
   * @param what their key or call in the model, or the unit's name if it has neither
   * @param units names, with their label
   */
  record Group(String what, Set<String> units, int least, int most) {}

  private final List<Group> groups = new ArrayList<>();

  /**
   * @param names of the model's units in the run, by step, in order
   * @param hits the model's keys of what is kept, and may be used
   * @param failing likewise of failures that are kept, and count
   * @param recalled calls of which an earlier run has results that this one goes on from
   * @param spared steps that need not run if what they are for is found in time
   * @param forced steps that run although their results may be there
   */
  SimExpectation(
      SimModel model,
      Map<String, List<String>> names,
      Set<String> hits,
      Set<String> failing,
      Set<String> recalled,
      Set<String> spared,
      Set<String> forced,
      RunOptions options) {
    Map<String, List<Unit>> byKey = new LinkedHashMap<>();
    Map<String, List<Unit>> byCall = new LinkedHashMap<>();
    model
        .units()
        .forEach(
            (step, units) -> {
              for (Unit unit : units == null ? List.<Unit>of() : units) {
                String name = names.get(step).get(unit.place());
                if (unit.fate() == Fate.SKIPPED) {
                  groups.add(new Group(name, Set.of(name), 0, 0));
                } else if (recalled.contains(unit.call()) && !forced.contains(step)) {
                  groups.add(new Group(name, Set.of(name), 0, 0));
                } else if (unit.key() != null && options.cache().reads()) {
                  byKey.computeIfAbsent(unit.key(), any -> new ArrayList<>()).add(unit);
                } else if (unit.step().isOnce(options) && unit.fate() == Fate.MADE) {
                  byCall
                      .computeIfAbsent(requireNonNull(unit.call()), any -> new ArrayList<>())
                      .add(unit);
                } else {
                  int times = times(unit);
                  int least = spared.contains(step) ? 0 : times;
                  String what = requireNonNullElse(unit.call(), name);
                  groups.add(new Group(what, Set.of(name), least, times));
                }
              }
            });
    byKey.forEach(
        (key, units) -> {
          int asked = forced(units, forced);
          Set<String> of = names(units, names);
          boolean needed = units.stream().anyMatch(unit -> !spared.contains(unit.step().name()));
          Group group =
              units.get(0).fate() == Fate.FAILED
                  ? failed(key, units, of, asked, failing.contains(key), options)
                  : made(key, units, of, asked, hits.contains(key), options);
          groups.add(new Group(key, of, needed ? group.least() : 0, group.most()));
        });
    byCall.forEach(
        (call, units) -> {
          int asked = forced(units, forced);
          int most = asked + Math.min(1, units.size() - asked);
          groups.add(new Group(call, names(units, names), 1, most));
        });
  }

  private static int forced(List<Unit> units, Set<String> forced) {
    return (int) units.stream().filter(unit -> forced.contains(unit.step().name())).count();
  }

  private static Set<String> names(List<Unit> units, Map<String, List<String>> names) {
    Set<String> of = new HashSet<>();
    units.forEach(unit -> of.add(names.get(unit.step().name()).get(unit.place())));
    return of;
  }

  private static int times(Unit unit) {
    return unit.fate() == Fate.FAILED ? unit.step().attempts() : 1;
  }

  /** Equal units that fail. They have one task, so each has as many attempts. */
  private static Group failed(
      String key,
      List<Unit> units,
      Set<String> names,
      int forced,
      boolean known,
      RunOptions options) {
    int attempts = times(units.get(0));
    int others = units.size() - forced;
    boolean looked = options.resume() == null; // a run that tries again does not
    if (looked && units.get(0).failureKept() && (known || options.cache().writes())) {
      int first = known ? 0 : Math.min(1, others); // those that come after it fail with it
      int least = Math.max(forced, known ? 0 : 1);
      return new Group(key, names, least * attempts, (forced + first) * attempts);
    }
    return new Group(key, names, units.size() * attempts, units.size() * attempts);
  }

  /** Equal units that are made. */
  private static Group made(
      String key,
      List<Unit> units,
      Set<String> names,
      int forced,
      boolean hit,
      RunOptions options) {
    int others = units.size() - forced;
    if (hit) {
      return new Group(key, names, Math.min(1, forced), forced);
    }
    // What is not kept is made again by equal units that come later, unless the run remembers it.
    boolean once = options.cache().writes() || units.get(0).step().isOnce(options);
    return new Group(key, names, 1, once ? forced + Math.min(1, others) : units.size());
  }

  /** Groups with units that may run at all. */
  List<Group> groups() {
    return groups;
  }
}
