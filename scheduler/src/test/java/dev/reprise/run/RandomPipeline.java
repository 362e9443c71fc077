package dev.reprise.run;

import dev.reprise.api.Partitions;
import dev.reprise.api.Pipeline;
import dev.reprise.api.Value;
import dev.reprise.task.Functions.F1;
import dev.reprise.task.Functions.F2;
import dev.reprise.task.RetryPolicy;
import dev.reprise.task.Task1;
import dev.reprise.task.Task2;
import dev.reprise.task.Tasks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A small pipeline of any shape, whose results are known beforehand. Its tasks make short texts of
 * what they get; some forget most of it, so that other inputs may give equal results.
 */
final class RandomPipeline {
  private enum Kind {
    STEP,
    FAN_OUT,
    EACH,
    ALL,
    COMBINE
  }

  /**
   * @param value place among the values that come before
   * @param partitions place among the partitioned ones that come before
   */
  private record Spec(
      Kind kind, String name, boolean local, int value, int partitions, int spread) {}

  private static final RetryPolicy RETRY =
      RetryPolicy.attempts(3).withBackoff(Duration.ofMillis(5), Duration.ofMillis(20));

  private final List<Spec> specs = new ArrayList<>();

  /** The version of each step's code; part of what it makes. */
  final Map<String, Integer> versions = new HashMap<>();

  RandomPipeline(Random random) {
    int values = 1;
    int partitioned = 0;
    int steps = 2 + random.nextInt(8);
    for (int i = 0; i < steps; i++) {
      Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
      if (partitioned == 0 && kind != Kind.STEP) {
        kind = Kind.FAN_OUT;
      }
      specs.add(
          new Spec(
              kind,
              "s" + i,
              random.nextInt(4) == 0,
              random.nextInt(values),
              partitioned == 0 ? 0 : random.nextInt(partitioned),
              1 + random.nextInt(4)));
      versions.put("s" + i, 0);
      if (kind == Kind.FAN_OUT || kind == Kind.EACH) {
        partitioned++;
      } else {
        values++;
      }
    }
  }

  /** Changes the code of a step, or of none. */
  void edit(Random random) {
    versions.put("s" + random.nextInt(specs.size() + 2), random.nextInt(3));
  }

  private int version(String step) {
    return versions.get(step);
  }

  private String make(Spec spec, String of) {
    return make(spec.name, version(spec.name), spec.spread, of);
  }

  private static String make(String step, int version, int spread, String of) {
    return step + Math.floorMod((of + version).hashCode(), spread);
  }

  private static List<String> elements(String step, int version, String of) {
    List<String> elements = new ArrayList<>();
    for (int i = 0; i < Math.floorMod((of + version).hashCode(), 4); i++) {
      elements.add(step + "[" + i + version % 2 + "]");
    }
    return elements;
  }

  /** What each step makes, by its name: of partitioned ones a list. */
  Map<String, List<String>> expected() {
    Map<String, List<String>> results = new HashMap<>();
    List<String> values = new ArrayList<>(List.of("start"));
    List<List<String>> partitioned = new ArrayList<>();
    for (Spec spec : specs) {
      String value = values.get(spec.value);
      List<String> made;
      switch (spec.kind) {
        case FAN_OUT -> partitioned.add(made = elements(spec.name, version(spec.name), value));
        case EACH ->
            partitioned.add(
                made =
                    partitioned.get(spec.partitions).stream()
                        .map(each -> make(spec, each + value))
                        .toList());
        case STEP -> values.add((made = List.of(make(spec, value))).get(0));
        case ALL ->
            values.add(
                (made = List.of(make(spec, partitioned.get(spec.partitions) + value))).get(0));
        case COMBINE ->
            values.add((made = List.of(String.join("", partitioned.get(spec.partitions)))).get(0));
        default -> throw new AssertionError(spec.kind);
      }
      results.put(spec.name, made);
    }
    return results;
  }

  private static <A, R> Task1<A, R> task(Spec spec, F1<A, R> function) {
    return (spec.local ? Tasks.local(function) : Tasks.task(function))
        .named(spec.name)
        .retry(RETRY);
  }

  private static <A, B, R> Task2<A, B, R> task(Spec spec, F2<A, B, R> function) {
    return (spec.local ? Tasks.local(function) : Tasks.task(function))
        .named(spec.name)
        .retry(RETRY);
  }

  /** How many executors it takes to run these units. */
  int executorsOf(Set<String> units) {
    return (int)
        specs.stream()
            .filter(spec -> units.stream().anyMatch(unit -> unit.split(":")[0].equals(spec.name)))
            .map(Spec::local)
            .distinct()
            .count();
  }

  /** Declares it, with the code that the steps have now. */
  void define(Pipeline.Builder p) {
    List<Value<String>> values = new ArrayList<>(List.of(p.value("start")));
    List<Partitions<String>> partitioned = new ArrayList<>();
    for (Spec spec : specs) {
      int version = version(spec.name);
      int spread = spec.spread;
      String name = spec.name;
      Value<String> value = values.get(spec.value);
      switch (spec.kind) {
        case FAN_OUT ->
            partitioned.add(
                p.fanOut(name, task(spec, (String of) -> elements(name, version, of)), value));
        case EACH ->
            partitioned.add(
                p.perPartition(
                    name,
                    task(spec, (String each, String of) -> make(name, version, spread, each + of)),
                    partitioned.get(spec.partitions),
                    value));
        case STEP ->
            values.add(
                p.step(name, task(spec, (String of) -> make(name, version, spread, of)), value));
        case ALL ->
            values.add(
                p.step(
                    name,
                    task(
                        spec,
                        (List<String> all, String of) -> make(name, version, spread, all + of)),
                    partitioned.get(spec.partitions).all(),
                    value));
        case COMBINE ->
            values.add(
                p.combine(
                    name,
                    2,
                    task(spec, (List<String> some) -> String.join("", some)),
                    partitioned.get(spec.partitions)));
      }
    }
    if (values.size() > 1) { // the first is given, not computed
      p.result("last", values.get(values.size() - 1));
    }
  }
}
