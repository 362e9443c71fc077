package dev.reprise.run;

import dev.reprise.run.SimStep.How;
import dev.reprise.run.SimStep.Input;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Puts steps of a pipeline into nested ones that are kept as a whole: two beside each other, or one
 * within the other, which may have steps of others in between.
 */
final class SimNesting {
  private final List<SimStep> steps;
  private final Random random;

  /** Steps that the pipeline hands out, by their places. */
  private final BitSet results = new BitSet();

  private final List<BitSet> nests = new ArrayList<>();

  SimNesting(List<SimStep> steps, Random random) {
    this.steps = List.copyOf(steps);
    this.random = random;
    BitSet all = new BitSet();
    all.set(0, steps.size());
    BitSet first = some(all);
    nests.add(first);
    if (random.nextBoolean()) {
      BitSet others = all;
      if (random.nextBoolean()) {
        others = (BitSet) first.clone();
      } else {
        others.andNot(first);
      }
      nests.add(some(others));
    }
    nests.removeIf(BitSet::isEmpty);
  }

  /** Steps that may be kept as a whole, of neighbours among these. */
  private BitSet some(BitSet of) {
    int from = random.nextInt(steps.size());
    int to = from + 2 + random.nextInt(steps.size());
    BitSet members = (BitSet) of.clone();
    members.clear(0, from);
    members.clear(Math.min(to, steps.size()), steps.size());
    members.stream().filter(place -> random.nextInt(8) == 0).forEach(members::clear);
    while (members.stream().anyMatch(place -> !fits(place, members))) {
      members.stream().filter(place -> !fits(place, members)).forEach(members::clear);
    }
    List<Integer> gives =
        members.stream()
            .filter(place -> steps.get(place).cached() && !steps.get(place).effect())
            .boxed()
            .toList();
    if (gives.isEmpty()) {
      return new BitSet();
    }
    results.set(gives.get(gives.size() - 1));
    if (random.nextInt(3) == 0) {
      results.set(gives.get(random.nextInt(gives.size())));
    }
    return members;
  }

  /** Whether the step may be one of them: what is handed out must be kept. */
  private boolean fits(int place, BitSet members) {
    SimStep step = steps.get(place);
    boolean gathers =
        step.inputs().stream()
            .anyMatch(input -> input instanceof Input.From from && from.how() == How.GATHER);
    return !gathers && (step.cached() || !isTakenElsewhere(place, members));
  }

  private boolean isTakenElsewhere(int place, BitSet members) {
    String name = steps.get(place).name();
    for (int other = place + 1; other < steps.size(); other++) {
      if (!members.get(other) && steps.get(other).follows().contains(name)) {
        return true;
      }
    }
    return false;
  }

  /** The steps, by the names that they have there. */
  List<SimStep> steps() {
    Map<String, String> names = new HashMap<>();
    for (int place = 0; place < steps.size(); place++) {
      StringBuilder name = new StringBuilder();
      for (int nest = 0; nest < nests.size(); nest++) {
        name.append(nests.get(nest).get(place) ? "n" + nest + "." : "");
      }
      names.put(steps.get(place).name(), name + steps.get(place).name());
    }
    return steps.stream().map(step -> step.renamed(names)).toList();
  }

  /** The nested pipelines; one that is within another comes after that. */
  List<SimNest> nests() {
    List<SimStep> named = steps();
    List<SimNest> all = new ArrayList<>();
    for (int nest = 0; nest < nests.size(); nest++) {
      BitSet members = nests.get(nest);
      boolean within = nest > 0 && nests.get(0).intersects(members);
      BitSet outputs = (BitSet) members.clone();
      members.stream()
          .filter(place -> !results.get(place) && !isTakenElsewhere(place, members))
          .forEach(outputs::clear);
      all.add(
          new SimNest(
              (within ? "n0.n" : "n") + nest, names(named, members), names(named, outputs)));
    }
    return all;
  }

  /** Names of the steps that the pipeline hands out. */
  Set<String> results() {
    return names(steps(), results);
  }

  private static Set<String> names(List<SimStep> of, BitSet places) {
    return places.stream()
        .mapToObj(place -> of.get(place).name())
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
