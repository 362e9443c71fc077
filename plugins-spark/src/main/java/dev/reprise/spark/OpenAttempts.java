package dev.reprise.spark;

import static java.util.Objects.requireNonNull;

import dev.reprise.cache.base.Bytes;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.AttemptResult.Cancelled;
import dev.reprise.executor.AttemptResult.Lost;
import dev.reprise.executor.ExecutorFactory.Setting;
import dev.reprise.executor.TaskExecutor.AttemptListener;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The attempts that are not answered yet, and whom to tell. The dispatcher's thread owns it.
 *
 * <p>A listener that throws is told of in the log, and costs no other attempt its answer.
 */
final class OpenAttempts {
  private static final Logger LOG = LoggerFactory.getLogger(OpenAttempts.class);

  static final Cancelled CANCELLED = new Cancelled(0, Bytes.EMPTY);

  private final Setting setting;
  private final Map<Long, Open> all = new LinkedHashMap<>();

  OpenAttempts(Setting setting) {
    this.setting = setting;
  }

  /** One of them. */
  static final class Open {
    private final AttemptListener listener;
    private boolean told;

    /** Which it goes out with, or went. */
    Group group;

    /** Whether it was asked to end. */
    boolean asked;

    private Open(AttemptListener listener, Group group) {
      this.listener = listener;
      this.group = group;
    }
  }

  /** Takes the attempts of a group, none of which is there yet. */
  void add(Group group) {
    group.units().forEach(unit -> all.put(unit.attempt(), new Open(group.listener, group)));
  }

  /** Answers what is not to be begun any more. */
  static void refuse(WorkChunk chunk, AttemptListener listener) {
    chunk.units().forEach(unit -> finish(listener, unit.attempt(), CANCELLED));
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  /** All attempts; a copy. */
  List<Long> attempts() {
    return List.copyOf(all.keySet());
  }

  /** The attempt; null if it is answered. */
  @Nullable Open find(long attempt) {
    return all.get(attempt);
  }

  /** The attempt at a unit, which is not answered. */
  Open get(UnitWork unit) {
    return requireNonNull(all.get(unit.attempt()));
  }

  /** Units of a group that are not answered. */
  List<UnitWork> of(Group group) {
    return group.units().stream().filter(unit -> all.containsKey(unit.attempt())).toList();
  }

  /** Makes a group of some units of another one. */
  Group part(Group group, List<UnitWork> units, boolean again) {
    Group made = new Group(group.chunk.of(units), group.claim, group.listener, again);
    units.forEach(unit -> get(unit).group = made);
    return made;
  }

  /** Whether nobody waits for an answer of the group any more. */
  boolean isThrough(Group group) {
    return group.done || of(group).stream().allMatch(unit -> get(unit).asked);
  }

  /** The first {@code begun} units of a group have begun. */
  void started(Group group, long begun) {
    group.units().stream().limit(begun).forEach(unit -> started(unit.attempt()));
  }

  private void started(long attempt) {
    Open unit = all.get(attempt);
    if (unit != null && !unit.told) {
      unit.told = true;
      try {
        unit.listener.started(attempt);
      } catch (RuntimeException | Error e) {
        LOG.error("a listener threw when it was told that attempt {} starts", attempt, e);
      }
    }
  }

  /** Answers an attempt; what an answer holds that nobody waits for is dropped. */
  void answer(long attempt, AttemptResult result) {
    boolean ran = !(result instanceof Cancelled || result instanceof Lost);
    if (ran) {
      started(attempt);
    }
    Open unit = all.remove(attempt);
    if (unit == null) {
      SparkExecutor.discard(result, setting);
    } else {
      finish(unit.listener, attempt, result);
    }
  }

  private static void finish(AttemptListener listener, long attempt, AttemptResult result) {
    try {
      listener.finished(attempt, result);
    } catch (RuntimeException | Error e) {
      LOG.error("a listener threw; the answer to attempt {} may be lost", attempt, e);
    }
  }
}
