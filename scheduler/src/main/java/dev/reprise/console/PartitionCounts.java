package dev.reprise.console;

import dev.reprise.graph.Node;
import dev.reprise.run.PartitionChoice;
import dev.reprise.run.RunView;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of the units of each partition that was asked for, over all steps that work partition
 * by partition; partitions in the order of their source.
 */
public final class PartitionCounts {
  private PartitionCounts() {}

  /** Says something of a unit. */
  @FunctionalInterface
  public interface UnitFunction<T> {
    /** Says it; null to have it not counted. */
    @Nullable T of(RunView run, int unit);
  }

  /**
   * Counts by what {@code of} says of each unit.
   *
   * @param <T> what it says; units of which it is null are not counted
   */
  public static <T> Map<String, Map<T, Integer>> count(
      RunView run, PartitionChoice choice, UnitFunction<T> of) {
    Map<String, Map<T, Integer>> counts = new LinkedHashMap<>();
    for (int source : choice.sources()) {
      for (int place = 0; place < run.unitCount(source); place++) {
        String name = choice.name(source, place);
        if (name != null) {
          counts.putIfAbsent(name, new LinkedHashMap<>());
        }
      }
      for (Node node : run.graph().nodes()) {
        if (node.kind() == Node.Kind.EACH && leads(run, node, choice) == source) {
          add(run, choice, source, node, of, counts);
        }
      }
    }
    return counts;
  }

  /** The first source whose partitions the step's are; -1 if there is none. */
  private static int leads(RunView run, Node step, PartitionChoice choice) {
    for (int source : choice.sources()) {
      if (run.unitCount(step.id()) >= 0 && run.sameLabels(source, step.id())) {
        return source;
      }
    }
    return -1;
  }

  private static <T> void add(
      RunView run,
      PartitionChoice choice,
      int source,
      Node node,
      UnitFunction<T> of,
      Map<String, Map<T, Integer>> counts) {
    for (int place = 0; place < run.unitCount(node.id()); place++) {
      String name = choice.name(source, place);
      @Nullable T what = of.of(run, run.firstUnit(node.id()) + place);
      Map<T, Integer> its = name == null ? null : counts.get(name);
      if (its != null && what != null) {
        its.merge(what, 1, Integer::sum);
      }
    }
  }
}
