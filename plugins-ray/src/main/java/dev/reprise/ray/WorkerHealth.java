package dev.reprise.ray;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What the cluster's workers have done so far. Guarded by the lock of {@link Traffic}. */
final class WorkerHealth {
  /** How often a unit goes out again whose task ended before any unit of it began. */
  private static final int MOST_UNBEGUN = 5;

  /** By attempt, how often its task ended before it began. */
  private final Map<Long, Integer> unbegun = new HashMap<>();

  /** Hosts where a worker could not run what it was given. */
  private final Set<String> failing = new HashSet<>();

  private boolean answered;

  /** A worker did what it was asked to. */
  void answered(Flight flight) {
    answered = true;
    unbegun.keySet().removeAll(flight.open.keySet());
  }

  /**
   * A worker could not run what it was given.
   *
   * @param hosts of all nodes
   * @return whether there is none that can, as far as is known
   */
  boolean failed(String host, Set<String> hosts) {
    failing.add(host);
    return !answered && failing.containsAll(hosts);
  }

  /**
   * Whether units of a task that ended before it began go out once more under their attempts. Side
   * effects do not: what we believe of a worker that is gone is not for them.
   */
  boolean goesAgain(Flight flight) {
    int most = 0;
    for (long attempt : flight.open.keySet()) {
      most = Math.max(most, unbegun.merge(attempt, 1, Integer::sum));
    }
    return most <= MOST_UNBEGUN && !flight.step.isEffect();
  }
}
