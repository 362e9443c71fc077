package dev.reprise.executor.local;

import dev.reprise.cache.base.Bytes;
import dev.reprise.executor.AttemptResult.Cancelled;
import dev.reprise.executor.TaskExecutor.AttemptListener;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import dev.reprise.worker.UnitRunner;
import dev.reprise.worker.Worker;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * A submitted chunk while units of it wait. Each unit is taken once: by the thread that runs it or
 * by whoever cancels it.
 */
final class Job {
  private static final int WAITING = 0;
  private static final int TAKEN = 1;

  private final WorkChunk chunk;
  private final AttemptListener listener;
  private final Budget.Claim claim;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicIntegerArray states;

  /** How many times a later job was preferred because this one did not fit; the lock's. */
  int overtaken;

  private volatile @Nullable UnitRunner runner;

  Job(WorkChunk chunk, AttemptListener listener, Budget.Claim claim) {
    this.chunk = chunk;
    this.listener = listener;
    this.claim = claim;
    states = new AtomicIntegerArray(chunk.units().size());
  }

  WorkChunk chunk() {
    return chunk;
  }

  AttemptListener listener() {
    return listener;
  }

  Budget.Claim claim() {
    return claim;
  }

  boolean mayHaveMore() {
    return waiting() > 0;
  }

  /** How many units wait, or were cancelled when they did. */
  int waiting() {
    return Math.max(0, states.length() - next.get());
  }

  /** The next unit that waits, now the caller's; null if there is none. */
  @Nullable UnitWork take() {
    while (mayHaveMore()) {
      int i = next.getAndIncrement();
      if (i < states.length() && states.compareAndSet(i, WAITING, TAKEN)) {
        return chunk.units().get(i);
      }
    }
    return null;
  }

  /**
   * Answers units that wait.
   *
   * @param attempts sorted; null for all
   */
  void cancelWaiting(long @Nullable [] attempts) {
    for (int i = next.get(); i < states.length(); i++) {
      long attempt = chunk.units().get(i).attempt();
      boolean wanted = attempts == null || Arrays.binarySearch(attempts, attempt) >= 0;
      if (wanted && states.compareAndSet(i, WAITING, TAKEN)) {
        listener.finished(attempt, new Cancelled(0, Bytes.EMPTY));
      }
    }
  }

  /** What runs the units; made by the first thread that asks, since it loads the user's classes. */
  UnitRunner runner(Worker worker) {
    UnitRunner ready = runner;
    if (ready == null) {
      synchronized (this) {
        ready = runner;
        if (ready == null) {
          ready = worker.runner(chunk);
          runner = ready;
        }
      }
    }
    return ready;
  }
}
