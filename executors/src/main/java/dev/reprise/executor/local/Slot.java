package dev.reprise.executor.local;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.base.Ticker;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.AttemptResult.Cancelled;
import dev.reprise.executor.AttemptResult.Lost;
import dev.reprise.executor.TaskExecutor.AttemptListener;
import dev.reprise.executor.WorkChunk.UnitWork;
import dev.reprise.worker.RunningUnit;
import dev.reprise.worker.UnitRunner;
import dev.reprise.worker.Worker;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One thread that runs units, one after the other. */
final class Slot implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Slot.class);

  /**
   * After a unit that took at least so long, in nanoseconds, the next one's label is in the name.
   */
  private static final long SLOW = 1_000_000;

  /** What a unit is answered with when there is not even the memory to say more. */
  private static final Lost NO_MEMORY =
      new Lost("the worker failed: its memory is exhausted", 0, Bytes.EMPTY);

  /** Half a minute, in which others may have ended who held the memory. */
  private static final int MOST_ANSWERS = 600;

  private static final long BETWEEN_ANSWERS_NANOS = 50_000_000;

  /*
   * Who may answer a unit: whoever, under this slot's monitor, finds it in `taken` and clears that. It
   * is this thread when the unit ends, or abandon() when it does not. A unit is also taken from its
   * job under the monitor, so that a cancel which finds a unit no longer waiting finds it here. An
   * interrupt is sent under the monitor to a unit that is there, and the thread's interrupt status is
   * cleared after it is not: no unit receives the interrupt of another.
   */
  private final LocalExecutor executor;

  private final Worker worker;
  private final Ticker ticker;
  private final String name;
  private final Thread thread;

  private @Nullable Taken taken;
  private long begun;
  private boolean abandoned;

  private long lastNanos = SLOW;
  private String named = "";

  Slot(LocalExecutor executor, Worker worker, Ticker ticker, int number) {
    this.executor = executor;
    this.worker = worker;
    this.ticker = ticker;
    name = "reprise-local-" + number;
    thread = new Thread(this, name);
    thread.setDaemon(true);
  }

  /** A unit that this slot is to answer. */
  private record Taken(Job job, UnitWork work, RunningUnit unit) {}

  Thread thread() {
    return thread;
  }

  @Override
  public void run() {
    Job granted = executor.nextJob(this, null);
    while (granted != null) {
      work(granted);
      if (isAbandoned()) {
        executor.abandonedEnded();
        return;
      }
      granted = executor.nextJob(this, granted);
    }
  }

  /** Runs units of a job until there are none, or others should have a turn. */
  private void work(Job granted) {
    try {
      Taken next = take(granted);
      while (next != null) {
        run(next);
        next = executor.mayGoOn() && !isAbandoned() ? take(granted) : null;
      }
    } catch (Throwable e) {
      // Memory is short, or this is a bug. The thread must live on, and the unit be answered.
      giveUp(granted, e);
    }
  }

  private synchronized @Nullable Taken take(Job granted) {
    UnitWork work = granted.take();
    if (work == null) {
      return null;
    }
    RunningUnit unit =
        new RunningUnit(
            granted.chunk().run(), granted.chunk().step(), work.label(), work.attempt());
    Taken next = new Taken(granted, work, unit);
    taken = next;
    begun = ticker.nanos();
    return next;
  }

  private void run(Taken next) {
    AttemptListener listener = next.job.listener();
    name(next.unit);
    listener.started(next.work.attempt());
    UnitRunner runner = next.job.runner(worker);
    AttemptResult result = runner.run(next.work, next.unit);
    lastNanos = ticker.nanos() - begun;
    boolean mine = release() != null;
    Thread.interrupted();
    if (mine) {
      executor.ran(lastNanos);
      answer(next, result);
    } else {
      runner.discard(result);
    }
  }

  /** The unit that is still to be answered, if any; whoever gets it answers. */
  private synchronized @Nullable Taken release() {
    Taken last = taken;
    taken = null;
    return last;
  }

  private synchronized boolean isAbandoned() {
    return abandoned;
  }

  private void giveUp(Job granted, Throwable because) {
    Taken last = release();
    Thread.interrupted();
    if (last != null) {
      answer(last, lost(because));
    }
    log("a unit of step '{}' failed outside of user code", granted.chunk().step(), because);
  }

  private static Lost lost(Throwable because) {
    try {
      return new Lost("the worker failed: " + because, 0, Bytes.EMPTY);
    } catch (RuntimeException | Error e) { // of its toString, or there is no memory for a text
      return NO_MEMORY;
    }
  }

  /** Logs, if there is the memory for it: nothing may keep the thread from going on. */
  private static void log(String text, Object of, Throwable why) {
    try {
      LOG.error(text, of, why);
    } catch (RuntimeException | Error e) {
      why.addSuppressed(e); // for whoever looks at the heap
    }
  }

  /**
   * Tells people who look at the threads what this one does. To name a thread costs more than a
   * small unit does, so after a quick unit the next one's label is left out.
   */
  private void name(RunningUnit running) {
    boolean exact = lastNanos >= SLOW && !running.label().isEmpty();
    String wanted = exact ? running.step() + ":" + running.label() : running.step();
    if (!wanted.equals(named)) {
      named = wanted;
      thread.setName(name + " " + wanted);
    }
  }

  /** The thread is about to wait. */
  void rest() {
    if (lastNanos >= SLOW && !named.isEmpty()) {
      named = "";
      thread.setName(name);
    }
  }

  /**
   * Asks the unit that runs to end.
   *
   * @param attempts sorted; null for all
   * @return the unit, if it is one of them and was not asked before
   */
  synchronized @Nullable RunningUnit cancel(long @Nullable [] attempts) {
    RunningUnit unit = taken == null ? null : taken.unit;
    if (unit == null
        || unit.cancelled()
        || (attempts != null && Arrays.binarySearch(attempts, unit.attempt()) < 0)) {
      return null;
    }
    unit.cancel();
    thread.interrupt();
    return unit;
  }

  /**
   * Gives up a unit that was asked to end and did not. Its thread is no longer this executor's;
   * what it still brings is dropped.
   *
   * @param asked null for whichever runs
   * @return the job whose claim is to be given back, or null if the unit ended after all
   */
  @Nullable Job abandon(@Nullable RunningUnit asked) {
    Taken last;
    long nanos;
    synchronized (this) {
      if (taken == null || (asked != null && taken.unit != asked)) {
        return null;
      }
      last = taken;
      taken = null;
      abandoned = true;
      nanos = ticker.nanos() - begun;
    }
    LOG.warn(
        "attempt {} of step '{}' {} was cancelled and does not end; its thread is abandoned",
        last.unit.attempt(),
        last.unit.step(),
        last.unit.label());
    answer(last, new Cancelled(nanos, last.unit.sealOutput()));
    return last.job;
  }

  /** Says what came of a unit, which nobody else will: where memory is short, again and again. */
  private static void answer(Taken unit, AttemptResult result) {
    for (int left = MOST_ANSWERS; left > 0; left--) {
      try {
        unit.job.listener().finished(unit.work.attempt(), result);
        return;
      } catch (OutOfMemoryError e) {
        if (left == 1) {
          log("the answer to an attempt of step '{}' is lost", unit.job.chunk().step(), e);
        }
        LockSupport.parkNanos(BETWEEN_ANSWERS_NANOS);
      } catch (RuntimeException | Error e) {
        log("a listener threw; an answer of step '{}' may be lost", unit.job.chunk().step(), e);
        return;
      }
    }
  }
}
