package dev.reprise.spark;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.resource.ResourceProfileBuilder;
import org.apache.spark.resource.TaskResourceRequests;

/**
 * What a task of Spark's gets beyond the slot that every task has.
 *
 * @param cpus processors; 0 for what {@code spark.task.cpus} says
 * @param custom amounts of the executors' own resources, by name
 */
record Claim(int cpus, SortedMap<String, Double> custom) {
  static final Claim NONE = new Claim(0, new TreeMap<>());

  Claim {
    custom = Collections.unmodifiableSortedMap(new TreeMap<>(custom));
  }

  /** As Spark is told; each profile that is made has an id of its own there. */
  ResourceProfile profile(int usualCpus) {
    TaskResourceRequests requests = new TaskResourceRequests().cpus(Math.max(cpus, usualCpus));
    custom.forEach(requests::resource);
    return new ResourceProfileBuilder().require(requests).build();
  }
}
