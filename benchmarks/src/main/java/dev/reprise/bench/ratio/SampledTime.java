package dev.reprise.bench.ratio;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What processes that come and go have used since the first sample, from samples of those that run.
 * Of one that has ended there is what its last sample said. Not safe for threads.
 *
 * <p>Where a process waits for those that it began, Linux adds to its count what they used, which
 * is how those are known that no sample met, and how much the others used after their last sample.
 * Of that count goes what samples have told already, so nothing counts twice. Who does not wait for
 * its children, as Ray's raylet, is told nothing: there only the samples are.
 */
final class SampledTime {
  private final Map<ProcessTimes.Id, Life> lives = new LinkedHashMap<>();
  private boolean sampled;

  /** What samples say of a process. */
  private static final class Life {
    final double ownBefore;
    final double endedChildrenBefore;
    ProcessTimes last;
    ProcessTimes.@Nullable Id parent; // at the last sample, if that is one of ours
    boolean ended;

    Life(ProcessTimes first, boolean ranBefore) {
      last = first;
      ownBefore = ranBefore ? first.own() : 0;
      endedChildrenBefore = ranBefore ? first.endedChildren() : 0;
    }
  }

  /**
   * Takes a sample. Who is in the first one had begun before; who comes later began meanwhile.
   *
   * @param running all that run now; who was in an earlier sample and is not here has ended
   */
  void add(Collection<ProcessTimes> running) {
    Map<Long, ProcessTimes.Id> byNumber = new HashMap<>();
    Set<ProcessTimes.Id> ids = new HashSet<>();
    for (ProcessTimes each : running) {
      byNumber.put(each.process().number(), each.process());
      ids.add(each.process());
      lives.computeIfAbsent(each.process(), id -> new Life(each, !sampled)).last = each;
    }
    lives.forEach(
        (id, life) -> {
          life.ended = !ids.contains(id);
          if (!life.ended) {
            life.parent = byNumber.get(life.last.parent());
          }
        });
    sampled = true;
  }

  /** What all of them used between the first sample and the last, in seconds. */
  double seconds() {
    Map<ProcessTimes.Id, List<Life>> ended =
        lives.values().stream()
            .filter(life -> life.ended && life.parent != null)
            .collect(Collectors.groupingBy(life -> Objects.requireNonNull(life.parent)));
    double seconds = 0;
    for (Life life : lives.values()) {
      double ofChildren = life.last.endedChildren() - life.endedChildrenBefore;
      double unsampled = Math.max(0, ofChildren - sampledOfEndedChildren(life, ended));
      seconds += life.last.own() - life.ownBefore + unsampled;
    }
    return seconds;
  }

  /**
   * What samples told of the children of a process that have ended, from the begin of each to its
   * last sample. If it waits for them it is told that again.
   */
  private static double sampledOfEndedChildren(
      Life parent, Map<ProcessTimes.Id, List<Life>> ended) {
    double seconds = 0;
    for (Life child : ended.getOrDefault(parent.last.process(), List.of())) {
      double ofChildren = child.last.endedChildren();
      seconds += child.last.own() + Math.max(ofChildren, sampledOfEndedChildren(child, ended));
    }
    return seconds;
  }
}
