package dev.reprise.plan;

import static java.util.Objects.requireNonNull;

import dev.reprise.cache.base.Text;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.store.Manifest;
import dev.reprise.explain.StepParts.ArgumentPart;
import dev.reprise.graph.Edge;
import dev.reprise.graph.PipelineException;
import dev.reprise.plan.Recollections.Recalled;
import dev.reprise.task.Memo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Executions of this run whose results equal calls take, of the steps that have a memo. Two calls
 * are equal if their run keys are: the whole key, or the task with the arguments that the memo
 * names. Belongs to the run's one thread.
 *
 * <p>A call that is forced runs although an earlier run has its result; from then on equal calls
 * take what it made, also those that come before it is done.
 */
final class RunMemo {
  private final Map<Integer, Memo> memos;
  private final UnitTable units;
  private final StepKeys steps;
  private final KeyDeriver deriver;
  private final Map<Integer, int[]> places = new HashMap<>();
  private final Map<Fingerprint, Recalled> made = new HashMap<>();
  private final Set<Fingerprint> anew = new HashSet<>();

  /**
   * @param memos of steps that have one, by node
   */
  RunMemo(Map<Integer, Memo> memos, UnitTable units, StepKeys steps, KeyDeriver deriver) {
    this.memos = memos;
    this.units = units;
    this.steps = steps;
    this.deriver = deriver;
  }

  /**
   * Checks the arguments that memos name, once keys are composed.
   *
   * @throws PipelineException if a step has none of a name, or its partitions have one memo
   */
  void check() {
    memos.keySet().forEach(this::places);
    memos.forEach(
        (node, memo) -> {
          if (!memo.arguments().isEmpty() && steps.of(node).isComposed()) {
            checkPartitioned(node);
          }
        });
  }

  /** Refuses arguments without a partitioned one: all partitions would have the first's result. */
  private void checkPartitioned(int node) {
    StepKey step = steps.of(node);
    List<Edge> inputs = units.graph().node(node).inputs();
    for (int i = 0; i < step.arguments().size(); i++) {
      Edge edge = inputs.get(step.arguments().get(i).input());
      int place = step.captured().size() + i;
      if (edge.isOfPartitions() && Arrays.stream(places(node)).noneMatch(at -> at == place)) {
        throw new PipelineException(
            "step '%s': all its partitions would be one execution; name the argument that is partitioned, '%s', in its memo, too"
                .formatted(steps.name(node), step.parts().arguments().get(place).shown()));
      }
    }
  }

  /** Whether equal calls of the unit's step are one execution. */
  boolean has(int unit) {
    return !memos.isEmpty() && memos.containsKey(units.nodeOf(unit)) && units.named(unit);
  }

  /**
   * By what runs that go on from this one find the unit's result, and equal calls in this one; the
   * unit is {@link UnitTable#named}.
   */
  Fingerprint runKey(int unit) {
    Memo memo = memos.isEmpty() ? null : memos.get(units.nodeOf(unit));
    StepKey step = steps.of(units.nodeOf(unit));
    List<String> named = memo == null ? List.of() : memo.arguments();
    if (named.isEmpty() && step.keptAs() == null) {
      return units.key(unit);
    }
    List<Fingerprint> digests = deriver.digests(unit, step);
    // The unit has the key that it is looked up under, later that which it is kept under.
    Hasher hasher = Hasher.of("reprise/memo").putFingerprint(step.kept().task());
    if (named.isEmpty()) {
      hasher.putLong(digests.size());
      digests.forEach(hasher::putFingerprint);
      return hasher.finish();
    }
    hasher.putLong(named.size());
    for (int place : places(units.nodeOf(unit))) {
      hasher.putFingerprint(digests.get(place));
    }
    return hasher.finish();
  }

  /** Where the arguments that the memo names are among the step's parts, in its order. */
  private int[] places(int node) {
    return places.computeIfAbsent(
        node,
        any -> {
          List<String> names = requireNonNull(memos.get(node)).arguments();
          StepKey step = steps.of(node);
          return step.isComposed()
              ? names.stream().mapToInt(name -> place(node, step, name)).toArray()
              : new int[0];
        });
  }

  private int place(int node, StepKey step, String name) {
    List<ArgumentPart> parts = step.parts().arguments();
    List<String> known = new ArrayList<>(parts.stream().map(ArgumentPart::name).toList());
    List<String> shown = parts.stream().map(ArgumentPart::shown).toList();
    int place = known.indexOf(name) >= 0 ? known.indexOf(name) : shown.indexOf(name);
    if (place < 0) {
      known.addAll(shown);
      throw new PipelineException(
          "step '%s' has a memo by argument %s, which is not in its key; it has %s%s"
              .formatted(steps.name(node), Text.quote(name), shown, Text.hint(name, known)));
    }
    return place;
  }

  /** The unit runs whatever there is: equal calls wait for what it makes. */
  void forced(int unit) {
    if (has(unit)) {
      anew.add(runKey(unit));
    }
  }

  /** Whether an equal call of this run is to be waited for, whatever earlier runs made. */
  boolean isMadeAnew(int unit) {
    return has(unit) && anew.contains(runKey(unit));
  }

  /** What an equal call of this run made; null if there is none yet. */
  @Nullable Recalled find(int unit) {
    return has(unit) ? made.get(runKey(unit)) : null;
  }

  /**
   * The unit has a result of its own.
   *
   * @param spoilt whether other code or inputs than its key says may have made it
   */
  void put(int unit, Manifest manifest, boolean spoilt) {
    if (has(unit)) {
      String from = "the execution of " + units.name(unit);
      made.put(runKey(unit), new Recalled(manifest, units.durationNanos(unit), from, spoilt));
    }
  }
}
