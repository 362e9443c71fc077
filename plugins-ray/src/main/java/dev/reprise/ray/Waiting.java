package dev.reprise.ray;

import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.TaskExecutor.AttemptListener;
import dev.reprise.executor.WorkChunk;
import dev.reprise.ray.worker.ChunkReply;
import dev.reprise.task.Resources;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The units that wait, and how they are cut into tasks: by what the cluster has and how fast it
 * was. Guarded by the lock of {@link Traffic}.
 */
final class Waiting {
  /** What Ray takes for a task until it is measured. */
  private static final long FIRST_DISPATCH_NANOS = 2_000_000;

  private static final long LEAST_DISPATCH_NANOS = 200_000;
  private static final long MOST_DISPATCH_NANOS = 50_000_000;
  private static final int MOST_SLOTS = 1 << 14;
  private static final int MOST_UNITS = 1 << 16;

  private final int maxParallel;
  private final int maxChunk;

  private final Map<StepQueue.Key, StepQueue> steps = new LinkedHashMap<>();
  private Capacity capacity;
  private long dispatchNanos = FIRST_DISPATCH_NANOS;
  private long tasks;

  /**
   * @param maxParallel most units at one time; 0 for what the cluster has
   * @param maxChunk most units in one task
   */
  Waiting(Capacity capacity, int maxParallel, int maxChunk) {
    this.capacity = capacity;
    this.maxParallel = maxParallel;
    this.maxChunk = maxChunk;
  }

  Capacity capacity() {
    return capacity;
  }

  void capacity(Capacity now) {
    capacity = now;
  }

  /** How many units should be here and in tasks at one time, so that no slot idles. */
  int window() {
    int slots = slots(Resources.ONE_CPU);
    long most =
        steps.values().stream()
            .mapToLong(step -> 2L * slots * depth(step) * units(step))
            .max()
            .orElse(4L * slots);
    return (int) Math.max(2, Math.min(MOST_UNITS, most));
  }

  private int slots(Resources resources) {
    int most = maxParallel > 0 ? maxParallel : MOST_SLOTS;
    return (int) Math.max(1, Math.min(most, capacity.slots(resources)));
  }

  private int units(StepQueue step) {
    return step.isEffect() ? 1 : Math.min(maxChunk, step.pace().units(dispatchNanos));
  }

  /**
   * How many tasks there are for each slot: while workers run one, others wait at their door. One
   * if there must not be more than so many.
   */
  private int depth(StepQueue step) {
    return maxParallel > 0 ? 1 : step.pace().depth(units(step), dispatchNanos);
  }

  boolean isEmpty() {
    return queued().findAny().isEmpty();
  }

  /** Steps with units that wait. */
  Stream<StepQueue> queued() {
    return steps.values().stream().filter(step -> !step.isEmpty());
  }

  void add(WorkChunk chunk, AttemptListener listener) {
    steps
        .computeIfAbsent(StepQueue.Key.of(chunk, listener), any -> new StepQueue(chunk, listener))
        .add(chunk.units());
  }

  /**
   * The next task; null if there is nothing that waits, or no room. Never more than a fair share of
   * what waits.
   *
   * @param busy how many tasks are on their way
   */
  @Nullable Flight next(long busy, long now) {
    for (StepQueue step : queued().toList()) {
      int slots = slots(step.resources());
      if (busy < (long) depth(step) * slots) {
        int fair = Math.max(1, step.size() / (2 * slots));
        WorkChunk chunk = step.take(Math.min(units(step), fair));
        step.pace().sent(chunk.units().size());
        long budget = step.pace().budgetNanos(dispatchNanos);
        return new Flight(Long.toString(++tasks), step, chunk, budget, now, busy < slots);
      }
    }
    return null;
  }

  /** Takes into account how long a task took. */
  void measure(Flight flight, ChunkReply reply, long now) {
    if (!reply.answers().isEmpty()) {
      flight.step.pace().ran(reply.answers().size(), reply.busyNanos());
    }
    if (flight.alone) {
      long took = now - flight.sent - reply.busyNanos();
      long overhead = Math.min(MOST_DISPATCH_NANOS, Math.max(LEAST_DISPATCH_NANOS, took));
      dispatchNanos += (overhead - dispatchNanos) / 8;
    }
  }

  /** All attempts that wait. */
  Set<Long> attempts() {
    Set<Long> all = new HashSet<>();
    steps.values().forEach(step -> all.addAll(step.attempts()));
    return all;
  }

  /** Answers those of the attempts that wait. */
  void answer(Set<Long> attempts, AttemptResult result, List<Runnable> words) {
    for (StepQueue step : steps.values()) {
      for (long attempt : step.remove(attempts)) {
        words.add(() -> step.listener().finished(attempt, result));
      }
    }
  }
}
