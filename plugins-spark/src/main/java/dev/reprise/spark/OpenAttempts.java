package dev.reprise.spark;

import dev.reprise.cache.base.Bytes;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.AttemptResult.Cancelled;
import dev.reprise.executor.AttemptResult.Lost;
import dev.reprise.executor.ExecutorFactory.Setting;
import dev.reprise.executor.TaskExecutor.AttemptListener;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import java.util.ArrayList;
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
  private final Map<Long, OpenUnit> all = new LinkedHashMap<>();

  OpenAttempts(Setting setting) {
    this.setting = setting;
  }

  /** Takes the attempts of a chunk, none of which is there yet; returns them. */
  List<OpenUnit> add(WorkChunk chunk, Claim claim, AttemptListener listener) {
    List<OpenUnit> added = new ArrayList<>(chunk.units().size());
    for (UnitWork work : chunk.units()) {
      OpenUnit unit = new OpenUnit(chunk, work, claim, listener);
      all.put(unit.attempt(), unit);
      added.add(unit);
    }
    return added;
  }

  /** Answers what is not to be begun any more. */
  static void refuse(WorkChunk chunk, AttemptListener listener) {
    chunk.units().forEach(unit -> finish(listener, unit.attempt(), CANCELLED));
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  /** All of them; a copy. */
  List<OpenUnit> units() {
    return List.copyOf(all.values());
  }

  /** The attempt; null if it is answered. */
  @Nullable OpenUnit find(long attempt) {
    return all.get(attempt);
  }

  /** The first {@code begun} units of a group have begun. */
  void started(Group group, long begun) {
    group.units().stream().limit(begun).forEach(unit -> started(unit.attempt()));
  }

  private void started(long attempt) {
    OpenUnit unit = all.get(attempt);
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
    OpenUnit unit = all.remove(attempt);
    if (unit == null) {
      SparkExecutor.discard(result, setting);
    } else {
      unit.answered = true;
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
