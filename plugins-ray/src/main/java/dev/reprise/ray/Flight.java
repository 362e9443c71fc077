package dev.reprise.ray;

import dev.reprise.cache.base.Bytes;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.AttemptResult.Cancelled;
import dev.reprise.executor.AttemptResult.Lost;
import dev.reprise.executor.TaskExecutor.AttemptListener;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A Ray task on its way. Guarded by the lock of {@link Traffic}, which is why what listeners are to
 * be told is collected in {@code words}, for whoever has left the lock.
 *
 * <p>Whoever removes an attempt from {@link #open} answers it.
 */
final class Flight {
  /** Names the task in the channel. */
  final String task;

  final StepQueue step;
  final WorkChunk chunk;

  /** How long its worker may go on taking units of it. */
  final long budgetNanos;

  final long sent;

  /** Whether it had a slot for itself when it was sent, so that its time tells what Ray takes. */
  final boolean alone;

  /** Units that are not answered, in their order. */
  final Map<Long, UnitWork> open = new LinkedHashMap<>();

  final Set<Long> started = new HashSet<>();
  final Set<Long> cancelled = new HashSet<>();

  /** Ray's reference; the dispatcher's own, which sets it at once. */
  @Nullable Object ref;

  /** When cancelled units are given up, whatever the worker does; 0 for never. */
  long giveUpAt;

  Flight(String task, StepQueue step, WorkChunk chunk, long budgetNanos, long sent, boolean alone) {
    this.task = task;
    this.step = step;
    this.chunk = chunk;
    this.budgetNanos = budgetNanos;
    this.sent = sent;
    this.alone = alone;
    chunk.units().forEach(unit -> open.put(unit.attempt(), unit));
  }

  /** For people who look at Ray's dashboard. */
  String title() {
    String first = chunk.units().get(0).label();
    int more = chunk.units().size() - 1;
    return step.step()
        + (first.isEmpty() ? "" : ":" + first)
        + (more == 0 ? "" : " and " + more + " more");
  }

  /** Whether it waits for a worker, as far as is known. */
  boolean isUnbegun() {
    return started.isEmpty() && !open.isEmpty();
  }

  /** Answers an attempt; false if it was answered before. */
  boolean answer(long attempt, AttemptResult result, List<Runnable> words) {
    if (open.remove(attempt) == null) {
      return false;
    }
    AttemptListener listener = step.listener();
    boolean ran = !(result instanceof Cancelled && result.durationNanos() == 0);
    if (ran && started.add(attempt)) {
      words.add(() -> listener.started(attempt));
    }
    words.add(() -> listener.finished(attempt, result));
    return true;
  }

  /** Answers all that is open, whether it has begun or not. */
  void answerAll(AttemptResult result, List<Runnable> words) {
    for (long attempt : List.copyOf(open.keySet())) {
      open.remove(attempt);
      words.add(() -> step.listener().finished(attempt, result));
    }
  }

  /** Nobody began it: its units wait again, as if it had never been sent. */
  void putBackAll(List<Runnable> words) {
    putBack(List.copyOf(open.keySet()), words);
  }

  /** Units of these attempts, which nobody began, wait again. Those that are cancelled do not. */
  void putBack(List<Long> notStarted, List<Runnable> words) {
    List<UnitWork> again = new ArrayList<>();
    for (long attempt : notStarted) {
      UnitWork unit = open.get(attempt);
      if (unit != null && !cancelled.contains(attempt)) {
        again.add(unit);
        open.remove(attempt);
      } else {
        answer(attempt, new Cancelled(0, Bytes.EMPTY), words);
      }
    }
    step.putBack(again);
  }

  /**
   * Its worker died: answers the units up to the one that ran last; those behind it wait again.
   *
   * @param last attempt that ran last; 0 if none is known to have begun, so that any may have
   */
  void lose(long last, String why, List<Runnable> words) {
    List<Long> behind = new ArrayList<>();
    boolean passed = false;
    for (long attempt : List.copyOf(open.keySet())) {
      if (passed) {
        behind.add(attempt);
      } else {
        boolean culprit = attempt == last || last == 0;
        String text = culprit ? why : why + "; it had not answered for this unit yet";
        answer(attempt, new Lost(text, 0, Bytes.EMPTY), words);
      }
      passed |= attempt == last;
    }
    putBack(behind, words);
  }
}
