package dev.reprise.console;

import dev.reprise.run.RunView;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** The units that run now, in few words. */
final class Running {
  private final Set<Integer> units = new LinkedHashSet<>();
  private final Map<Integer, Integer> unitsOfNode = new HashMap<>();

  void started(RunView view, int unit) {
    if (units.add(unit)) {
      unitsOfNode.merge(view.nodeOf(unit), 1, Integer::sum);
    }
  }

  void ended(RunView view, int unit) {
    if (units.remove(unit)) {
      unitsOfNode.computeIfPresent(
          view.nodeOf(unit), (node, count) -> count == 1 ? null : count - 1);
    }
  }

  boolean isEmpty() {
    return units.isEmpty();
  }

  /** As in {@code delays:month=2001-04}, {@code 4 of delays}, {@code 9 units of 2 steps}. */
  String text(RunView view) {
    if (units.isEmpty()) {
      return "";
    }
    int any = units.iterator().next();
    if (units.size() == 1) {
      return StepText.unit(view, any);
    }
    String count = Figures.count(units.size());
    return unitsOfNode.size() == 1
        ? count + " of " + view.graph().node(view.nodeOf(any)).name()
        : count + " units of " + unitsOfNode.size() + " steps";
  }
}
