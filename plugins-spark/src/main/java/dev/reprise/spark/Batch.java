package dev.reprise.spark;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Groups that go out as one Spark job.
 *
 * @param id of Spark's job group, unique in the Spark application
 * @param groups partition {@code i} of the job is group {@code i}; all claim the same
 */
record Batch(String id, List<Group> groups) {
  private static final int MOST_NAMED = 3;

  Batch {
    groups = List.copyOf(groups);
  }

  /** What each of its tasks claims. */
  Claim claim() {
    return groups.get(0).claim();
  }

  /**
   * What it runs, for people who look at Spark's page: {@code clean (6 units), delays (1 unit)}.
   */
  String title() {
    Map<String, Integer> steps = new LinkedHashMap<>();
    groups.stream()
        .flatMap(group -> group.units().stream())
        .forEach(unit -> steps.merge(unit.step(), 1, Integer::sum));
    String named =
        steps.entrySet().stream()
            .limit(MOST_NAMED)
            .map(step -> step.getKey() + " (" + units(step.getValue()) + ")")
            .collect(Collectors.joining(", "));
    int more = steps.size() - MOST_NAMED;
    return more > 0 ? named + " and " + more + " more steps" : named;
  }

  private static String units(int count) {
    return count == 1 ? "1 unit" : count + " units";
  }
}
