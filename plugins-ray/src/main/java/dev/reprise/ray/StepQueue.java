package dev.reprise.ray;

import dev.reprise.executor.TaskCode;
import dev.reprise.executor.TaskExecutor.AttemptListener;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import dev.reprise.task.Resources;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/** The units of one step that wait to be put into tasks. Guarded by the executor's lock. */
final class StepQueue {
  private final String run;
  private final String step;
  private final TaskCode code;
  private final Resources resources;
  private final AttemptListener listener;
  private final Deque<UnitWork> units = new ArrayDeque<>();
  private final StepPace pace = new StepPace();

  StepQueue(WorkChunk chunk, AttemptListener listener) {
    run = chunk.run();
    step = chunk.step();
    code = chunk.code();
    resources = chunk.resources();
    this.listener = listener;
  }

  /** Tells steps apart: units of equal keys may share a task. */
  record Key(
      String run, String step, TaskCode code, Resources resources, AttemptListener listener) {
    static Key of(WorkChunk chunk, AttemptListener listener) {
      return new Key(chunk.run(), chunk.step(), chunk.code(), chunk.resources(), listener);
    }
  }

  String step() {
    return step;
  }

  /**
   * Whether its units should not run twice. They go alone, so that one which takes its worker along
   * does not leave it open whether others have happened.
   */
  boolean isEffect() {
    return code.effect();
  }

  Resources resources() {
    return resources;
  }

  AttemptListener listener() {
    return listener;
  }

  StepPace pace() {
    return pace;
  }

  boolean isEmpty() {
    return units.isEmpty();
  }

  int size() {
    return units.size();
  }

  void add(List<UnitWork> more) {
    units.addAll(more);
  }

  /** Puts back, in front, units that nobody began. */
  void putBack(List<UnitWork> notBegun) {
    for (int i = notBegun.size() - 1; i >= 0; i--) {
      units.addFirst(notBegun.get(i));
    }
  }

  /** Takes the next units; at least one is there. */
  WorkChunk take(int most) {
    List<UnitWork> taken = new ArrayList<>(Math.min(most, units.size()));
    while (taken.size() < most && !units.isEmpty()) {
      taken.add(units.poll());
    }
    return new WorkChunk(run, step, code, resources, taken);
  }

  /** Removes and returns those of these attempts that wait. */
  List<Long> remove(Set<Long> attempts) {
    List<Long> removed = new ArrayList<>();
    for (Iterator<UnitWork> each = units.iterator(); each.hasNext(); ) {
      long attempt = each.next().attempt();
      if (attempts.contains(attempt)) {
        each.remove();
        removed.add(attempt);
      }
    }
    return removed;
  }

  /** All attempts that wait. */
  List<Long> attempts() {
    return units.stream().map(UnitWork::attempt).toList();
  }
}
