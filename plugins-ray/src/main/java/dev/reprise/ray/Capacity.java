package dev.reprise.ray;

import dev.reprise.ray.connect.RayCalls.Node;
import dev.reprise.task.Resources;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What the nodes of a cluster have, in Ray's words, beside what units want. */
record Capacity(List<Node> nodes) {
  Capacity {
    nodes = List.copyOf(nodes);
  }

  /** How finely Ray divides what is shared: one ten-thousandth. */
  private static final double PARTS = 10_000;

  /** Ray has one of any name that begins so on every node, without being told. */
  private static final String EVERY_NODE_HAS = "node:__internal_implicit_resource_reprise-";

  /** Ray remembers each, so that there must not be one for each run of years. */
  private static final int KINDS = 1 << 14;

  /**
   * What Ray is asked for, for a unit: what it wants, rounded up to what Ray takes. Above 1 that is
   * whole numbers.
   */
  static Map<String, Double> wanted(Resources resources) {
    Map<String, Double> wanted = new LinkedHashMap<>();
    wanted.put("CPU", roundedUp(resources.cpus()));
    if (resources.memoryBytes() > 0) {
      wanted.put("memory", (double) resources.memoryBytes());
    }
    resources.custom().forEach((name, amount) -> wanted.put(name, roundedUp(amount)));
    return wanted;
  }

  /**
   * What Ray is asked for in a run: the same, and a trace of a resource that every node has and
   * hardly any other run asks for. Ray gives units that ask for the same, whoever sends them, as
   * many slots as would do for all, and still counts those of a driver that was killed: its
   * successors would be kept waiting, for longer with each (docs/adr/0003).
   */
  static Map<String, Double> asked(Resources resources, String run) {
    Map<String, Double> asked = wanted(resources);
    asked.put(EVERY_NODE_HAS + Math.floorMod(run.hashCode(), KINDS), 1 / PARTS);
    return asked;
  }

  private static double roundedUp(double amount) {
    return amount > 1 ? Math.ceil(amount) : Math.ceil(amount * PARTS - 1e-6) / PARTS;
  }

  /** Names of the nodes' machines. */
  Set<String> hosts() {
    return nodes.stream().map(Node::host).collect(Collectors.toSet());
  }

  /** Whether a node can run a unit that wants this; else Ray would let it wait for ever. */
  boolean fits(Resources resources) {
    Map<String, Double> wanted = wanted(resources);
    return nodes.stream().anyMatch(node -> times(node, wanted) > 0);
  }

  /** What each node has, for people. */
  String text() {
    return nodes.stream()
        .map(node -> node.host() + " has " + shown(node.resources()))
        .collect(Collectors.joining("; "));
  }

  private static Map<String, Double> shown(Map<String, Double> resources) {
    Map<String, Double> shown = new TreeMap<>(resources);
    shown.keySet().removeIf(name -> name.startsWith("node:"));
    return shown;
  }

  /** How many units that want this the cluster can run at one time. */
  long slots(Resources resources) {
    Map<String, Double> wanted = wanted(resources);
    return nodes.stream().mapToLong(node -> times(node, wanted)).sum();
  }

  private static int times(Node node, Map<String, Double> wanted) {
    double least = Integer.MAX_VALUE;
    for (Map.Entry<String, Double> each : wanted.entrySet()) {
      if (each.getValue() > 0) {
        double has = node.resources().getOrDefault(each.getKey(), 0.0);
        least = Math.min(least, has / each.getValue() + 1e-9);
      }
    }
    return (int) least;
  }
}
