package dev.reprise.run;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.graph.Composite;
import dev.reprise.graph.TaskGraph;
import dev.reprise.plan.WholesKept;
import dev.reprise.plan.WholesKept.Kept;
import dev.reprise.plan.WholesKept.Units;
import dev.reprise.run.SimModel.Fate;
import dev.reprise.run.SimModel.Unit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which nested pipelines a run finds as a whole, and whether what is kept of them is true. The
 * index's digests of what decides what they hand out are learned, as keys are.
 */
final class SimWholes {
  private final SimWorld world;

  /** The model's words for digests, by nested pipeline. */
  private final Map<String, Map<Fingerprint, String>> words = new HashMap<>();

  /** What was made of steps, by the model's words for what decided it, and by the step. */
  private final Map<String, Map<String, List<Unit>>> made = new HashMap<>();

  // Of one run.
  private TaskGraph graph;
  private SimModel model;
  private final List<SimNest> found = new ArrayList<>();

  /** Those that are found if what they take is known before anything of them is made. */
  private final List<SimNest> inTime = new ArrayList<>();

  SimWholes(SimWorld world) {
    this.world = world;
  }

  /**
   * Before a run: what is made or found, of what it is asked for.
   *
   * @param all what it makes if all of it is asked for
   * @param damaged the model's keys of results with a blob that is not what was written: what is
   *     inside of a nested pipeline may be another than it was, until it is made again
   */
  SimModel plan(TaskGraph declared, SimModel all, SimChoice choice, Set<String> damaged) {
    graph = declared;
    model = all;
    found.clear();
    inTime.clear();
    for (SimNest nest : world.pipeline.nests) {
      if (mayBeFound(nest, choice)) {
        inTime.add(nest);
      }
    }
    SimModel asked = new SimModel(world.pipeline, choice, all);
    while (inTime.stream().anyMatch(isKnown(asked, damaged))) {
      inTime.stream().filter(isKnown(asked, damaged)).forEach(found::add);
      inTime.removeAll(found);
      asked = new SimModel(world.pipeline, choice.withFound(found), all);
    }
    return asked;
  }

  private Predicate<SimNest> isKnown(SimModel asked, Set<String> damaged) {
    return nest ->
        asked.knows(nest)
            && nest.steps().stream()
                .map(model.units()::get)
                .filter(Objects::nonNull)
                .flatMap(List::stream)
                .noneMatch(unit -> damaged.contains(unit.key()));
  }

  private boolean mayBeFound(SimNest nest, SimChoice choice) {
    RunOptions options = world.lab.options;
    RunRules rules = RunRules.of(graph, options);
    Set<Integer> steps = new HashSet<>();
    nest.steps().forEach(step -> steps.add(RunTargets.step(graph, step).id()));
    Set<Integer> unselected = new HashSet<>(steps);
    unselected.retainAll(rules.unselected());
    boolean named = steps.stream().anyMatch(rules.forced()::contains);
    named |= steps.stream().anyMatch(rules.selected()::contains);
    String now = model.decides(nest);
    return options.cache().reads()
        && options.resume() == null
        && !named
        && (unselected.isEmpty() || unselected.equals(steps))
        && mayBeKept(nest)
        && now != null
        && isKept(nest, now)
        && nest.outputs().stream()
            .flatMap(step -> requireNonNull(model.units().get(step)).stream())
            .allMatch(unit -> choice.there().contains(unit.key()));
  }

  /** Whether what its tasks and the run say of reuse lets it be kept as a whole. */
  private boolean mayBeKept(SimNest nest) {
    return world.pipeline.steps.stream()
        .filter(step -> nest.steps().contains(step.name()))
        .noneMatch(
            step ->
                step.isOnce(world.lab.options)
                    || (nest.hides(step.name()) && step.timeToLive() != null));
  }

  private boolean isKept(SimNest nest, String now) {
    Map<Fingerprint, String> known = words.getOrDefault(nest.name(), Map.of());
    return kept(nest).stream().anyMatch(each -> now.equals(known.get(each.digest())));
  }

  private List<Kept> kept(SimNest nest) {
    Composite whole =
        graph.composites().stream()
            .filter(each -> each.name().equals(nest.name()))
            .findFirst()
            .orElseThrow();
    try {
      return WholesKept.find(graph, whole, world.rows.sound());
    } catch (CacheUnavailableException e) {
      throw new AssertionError(e);
    }
  }

  /** Those of which it depends on the course of the run whether they are found. */
  List<SimNest> inTime() {
    return List.copyOf(inTime);
  }

  /** Whether the step need not run in this run, or perhaps need not. */
  boolean hides(SimStep step) {
    return Stream.concat(found.stream(), inTime.stream()).anyMatch(nest -> nest.hides(step.name()));
  }

  /** Whether the step need not run, if the nested pipeline of this name is found. */
  boolean isNeedless(String step, String name) {
    return world.pipeline.nests.stream()
        .anyMatch(nest -> nest.name().equals(name) && nest.hides(step));
  }

  /**
   * Checks all that is kept.
   *
   * @param keys as they are, by the model's
   */
  void check(Map<String, Fingerprint> keys) {
    for (SimNest nest : world.pipeline.nests) {
      for (Kept each : kept(nest)) {
        Map<Fingerprint, String> known = words.computeIfAbsent(nest.name(), any -> new HashMap<>());
        if (!known.containsKey(each.digest())) {
          learn(nest, each, known);
        }
        requireNonNull(made.get(nest.name() + known.get(each.digest())))
            .forEach((step, units) -> check(step, units, each.steps().get(step), keys));
      }
    }
  }

  /** What was not kept before can be but of this run. */
  private void learn(SimNest nest, Kept kept, Map<Fingerprint, String> known) {
    String now = model.decides(nest);
    assertThat(now).as("what decides on %s, which the run keeps", nest.name()).isNotNull();
    assertThat(known.values()).as("what has one digest for %s", nest.name()).doesNotContain(now);
    known.put(kept.digest(), now);
    Map<String, List<Unit>> units = new HashMap<>();
    for (String step : nest.steps()) {
      units.put(step, requireNonNull(model.units().get(step)));
    }
    made.put(nest.name() + now, units);
  }

  private static void check(
      String step, List<Unit> wanted, @Nullable Units kept, Map<String, Fingerprint> keys) {
    assertThat(kept).as("what is kept of %s", step).isNotNull();
    boolean keyed = wanted.stream().allMatch(unit -> unit.key() != null);
    assertThat(kept.keys()).as("units of %s", step).hasSize(keyed ? wanted.size() : 0);
    for (int i = 0; keyed && i < wanted.size(); i++) {
      assertThat(kept.keys().get(i))
          .as("the key of %s, unit %d, in the whole", step, i)
          .isEqualTo(keys.get(wanted.get(i).key()));
      assertThat(kept.contents().get(i))
          .as("the content of %s, unit %d, in the whole", step, i)
          .isEqualTo(SimOracle.content(wanted.get(i)));
    }
  }

  /** After an undisturbed run that keeps what it makes: it keeps what is whole. */
  void checkAllKept(SimModel asked) {
    for (SimNest nest : world.pipeline.nests) {
      boolean whole =
          world.lab.options.resume() == null
              && mayBeKept(nest)
              && isLookedAt(nest)
              && nest.steps().stream().allMatch(step -> isMade(asked.units().get(step)));
      String now = asked.decides(nest);
      if (whole && now != null) {
        assertThat(isKept(nest, now)).as("%s is kept as a whole", nest.name()).isTrue();
      }
    }
  }

  /** Whether no other that was found hides what it consists of, or takes. */
  private boolean isLookedAt(SimNest nest) {
    return world.pipeline.steps.stream()
        .filter(this::hides)
        .noneMatch(hidden -> nest.steps().contains(hidden.name()) || takes(nest, hidden));
  }

  private boolean takes(SimNest nest, SimStep other) {
    return world.pipeline.steps.stream()
        .anyMatch(
            step -> nest.steps().contains(step.name()) && step.follows().contains(other.name()));
  }

  private static boolean isMade(@Nullable List<Unit> units) {
    return units != null && units.stream().allMatch(unit -> unit.fate() == Fate.MADE);
  }
}
