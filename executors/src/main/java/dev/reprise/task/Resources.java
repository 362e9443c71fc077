package dev.reprise.task;

import static dev.reprise.cache.base.Checks.checkArgument;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one unit needs while it runs; never in the key.
 *
 * @param cpus processors, may be a fraction
 * @param memoryBytes memory, in bytes; 0 for no claim
 * @param custom other resources of the cluster, by name
 */
public record Resources(double cpus, long memoryBytes, SortedMap<String, Double> custom) {
  /** One processor, no claim on memory. */
  public static final Resources ONE_CPU = new Resources(1, 0, new TreeMap<>());

  public Resources {
    checkArgument(cpus > 0 && cpus <= 10_000, "processors must be above 0: %s", cpus);
    checkArgument(memoryBytes >= 0, "memory must not be negative: %s bytes", memoryBytes);
    custom = new TreeMap<>(custom);
  }

  /** Returns a copy with another number of processors. */
  public Resources withCpus(double to) {
    return new Resources(to, memoryBytes, custom);
  }

  /** Returns a copy with another claim on memory, in bytes. */
  public Resources withMemoryBytes(long to) {
    return new Resources(cpus, to, custom);
  }

  /** Returns a copy that needs {@code amount} of the cluster's resource {@code name}. */
  public Resources with(String name, double amount) {
    SortedMap<String, Double> all = new TreeMap<>(custom);
    all.put(name, amount);
    return new Resources(cpus, memoryBytes, all);
  }
}
