package dev.reprise.task;

import static dev.reprise.cache.base.Checks.checkArgument;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one unit needs while it runs; never in the key.
 *
 * @param cpus processors, may be a fraction; above 0 and at most {@value #MOST_CPUS}
 * @param memoryBytes memory, in bytes; 0 for no claim
 * @param custom other resources of the cluster, by name; how much of each, above 0
 */
public record Resources(double cpus, long memoryBytes, SortedMap<String, Double> custom) {
  /** Most processors that one unit can ask for. */
  public static final int MOST_CPUS = 10_000;

  /** One processor, no claim on memory. */
  public static final Resources ONE_CPU = new Resources(1, 0, new TreeMap<>());

  public Resources {
    checkArgument(
        cpus > 0 && cpus <= MOST_CPUS,
        "a unit cannot ask for %s processors; give a number above 0 and at most %s",
        cpus,
        MOST_CPUS);
    checkArgument(memoryBytes >= 0, "memory must not be negative: %s bytes", memoryBytes);
    custom = new TreeMap<>(custom);
    custom.forEach(
        (name, amount) ->
            checkArgument(
                amount > 0 && amount < Double.POSITIVE_INFINITY,
                "a unit cannot ask for %s of resource '%s'; give a number above 0, or leave it out",
                amount,
                name));
  }

  /**
   * Returns a copy with another number of processors.
   *
   * @throws IllegalArgumentException if it is not above 0 and at most {@value #MOST_CPUS}
   */
  public Resources withCpus(double to) {
    return new Resources(to, memoryBytes, custom);
  }

  /** Returns a copy with another claim on memory, in bytes. */
  public Resources withMemoryBytes(long to) {
    return new Resources(cpus, to, custom);
  }

  /**
   * Returns a copy that needs {@code amount} of the cluster's resource {@code name}.
   *
   * @throws IllegalArgumentException if the amount is not above 0
   */
  public Resources with(String name, double amount) {
    SortedMap<String, Double> all = new TreeMap<>(custom);
    all.put(name, amount);
    return new Resources(cpus, memoryBytes, all);
  }
}
