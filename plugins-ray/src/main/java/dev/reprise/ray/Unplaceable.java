package dev.reprise.ray;

import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.executor.WorkChunk;
import dev.reprise.task.Resources;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What units want that no node has. Ray lets such tasks wait for ever: for a node that is started
 * for them, or for one that has gone to come back. Guarded by the lock of {@link Traffic}.
 */
final class Unplaceable {
  private static final long LEAST_PATIENCE_NANOS = 60_000_000_000L;

  private final long scaleUpNanos;
  private final Map<Resources, Long> since = new LinkedHashMap<>();

  /**
   * @param scaleUpNanos how long the cluster may take to start a node; 0 for one that does not
   */
  Unplaceable(long scaleUpNanos) {
    this.scaleUpNanos = scaleUpNanos;
  }

  /**
   * Checks a chunk before it is taken.
   *
   * @throws ExecutorUnavailableException if no node can run a unit of it, or will; says what there
   *     is
   */
  void check(WorkChunk chunk, Capacity capacity) throws ExecutorUnavailableException {
    if (scaleUpNanos == 0 && !capacity.fits(chunk.resources())) {
      throw new ExecutorUnavailableException(
          refusal(chunk.step(), chunk.resources(), capacity)
              + "; if it starts nodes when they are wanted, give it time: -Dreprise.ray.scale-up=10m",
          null);
    }
  }

  /**
   * Looks whether nodes have come, or gone.
   *
   * @param waiting steps with units that no worker has begun
   * @return why that will stay so, as far as one can tell; null if it need not
   */
  @Nullable String look(Collection<StepQueue> waiting, Capacity capacity, long now) {
    Map<Resources, String> unfit =
        waiting.stream()
            .filter(step -> !capacity.fits(step.resources()))
            .collect(
                Collectors.toMap(StepQueue::resources, StepQueue::step, (first, second) -> first));
    since.keySet().retainAll(Set.copyOf(unfit.keySet()));
    long patience = scaleUpNanos == 0 ? LEAST_PATIENCE_NANOS : scaleUpNanos;
    for (Map.Entry<Resources, String> each : unfit.entrySet()) {
      long begun = since.computeIfAbsent(each.getKey(), any -> now);
      if (now - begun >= patience) {
        return "%s; no other has come for %s s"
            .formatted(
                refusal(each.getValue(), each.getKey(), capacity), (now - begun) / 1_000_000_000);
      }
    }
    return null;
  }

  private static String refusal(String step, Resources resources, Capacity capacity) {
    return "step '%s' asks for %s, and no node of the Ray cluster has that: %s"
        .formatted(step, Capacity.wanted(resources), capacity.text());
  }
}
