package dev.reprise.executor.local;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.base.Ticker;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.AttemptResult.Cancelled;
import dev.reprise.executor.AttemptResult.Lost;
import dev.reprise.executor.WorkChunk.UnitWork;
import dev.reprise.worker.RunningUnit;
import dev.reprise.worker.UnitRunner;
import dev.reprise.worker.Worker;
import java.util.Arrays;
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

  /*
   * Who may answer a unit: whoever, under this slot's monitor, finds it in `current` and takes it out.
   * That is this thread when the unit ends, or abandon() when it does not. A unit is also taken from
   * its job under the monitor, so that a cancel which finds a unit no longer waiting finds it here.
   * An interrupt is sent under the monitor to a unit that is in `current`, and the thread's interrupt
   * status is cleared after it was taken out: no unit receives the interrupt of another.
   */
  private final LocalExecutor executor;

  private final Worker worker;
  private final Ticker ticker;
  private final int number;
  private final Thread thread;

  private @Nullable RunningUnit current;
  private @Nullable Job job;
  private long begun;

  private long lastNanos = SLOW;
  private String named = "";

  Slot(LocalExecutor executor, Worker worker, Ticker ticker, int number) {
    this.executor = executor;
    this.worker = worker;
    this.ticker = ticker;
    this.number = number;
    thread = new Thread(this, "reprise-local-" + number);
    thread.setDaemon(true);
  }

  Thread thread() {
    return thread;
  }

  @Override
  public void run() {
    Job granted = executor.nextJob(this, null);
    while (granted != null) {
      if (!work(granted)) {
        executor.abandonedEnded();
        return;
      }
      granted = executor.nextJob(this, granted);
    }
  }

  /** Runs units of a job until there are none, or others should have a turn; false if abandoned. */
  private boolean work(Job granted) {
    do {
      UnitWork work;
      RunningUnit unit;
      synchronized (this) {
        work = granted.take();
        if (work == null) {
          return true;
        }
        unit =
            new RunningUnit(
                granted.chunk().run(), granted.chunk().step(), work.label(), work.attempt());
        current = unit;
        job = granted;
        begun = ticker.nanos();
      }
      if (!run(granted, work, unit)) {
        return false;
      }
    } while (executor.mayGoOn());
    return true;
  }

  /** Runs and answers one unit; false if it was abandoned meanwhile. */
  private boolean run(Job granted, UnitWork work, RunningUnit unit) {
    UnitRunner runner = null;
    AttemptResult result;
    name(unit);
    try {
      granted.listener().started(work.attempt());
      runner = granted.runner(worker);
      result = runner.run(work, unit);
    } catch (Throwable e) {
      // Nothing that a unit does ends up here; the thread must live on all the same.
      LOG.error(
          "attempt {} of step '{}' failed outside of user code", work.attempt(), unit.step(), e);
      result = new Lost("the worker failed: " + e, 0, Bytes.EMPTY);
    }
    boolean mine;
    synchronized (this) {
      mine = current == unit;
      current = null;
      lastNanos = ticker.nanos() - begun;
    }
    Thread.interrupted();
    if (mine) {
      executor.ran(lastNanos);
      answer(granted, work.attempt(), result);
    } else if (runner != null) {
      runner.discard(result);
    }
    return mine;
  }

  /**
   * Tells people who look at the threads what this one does. To name a thread costs more than a
   * small unit does, so after a quick unit the next one's label is left out.
   */
  private void name(RunningUnit unit) {
    boolean exact = lastNanos >= SLOW && !unit.label().isEmpty();
    String wanted = exact ? unit.step() + ":" + unit.label() : unit.step();
    if (!wanted.equals(named)) {
      named = wanted;
      thread.setName("reprise-local-" + number + " " + wanted);
    }
  }

  /** The thread is about to wait. */
  void rest() {
    if (lastNanos >= SLOW && !named.isEmpty()) {
      named = "";
      thread.setName("reprise-local-" + number);
    }
  }

  /**
   * Asks the unit that runs to end.
   *
   * @param attempts sorted; null for all
   * @return the unit, if it is one of them and was not asked before
   */
  synchronized @Nullable RunningUnit cancel(long @Nullable [] attempts) {
    RunningUnit unit = current;
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
   * @param unit null for whichever runs
   * @return the job whose claim is to be given back, or null if the unit ended after all
   */
  @Nullable Job abandon(@Nullable RunningUnit unit) {
    RunningUnit given;
    Job of;
    long nanos;
    synchronized (this) {
      given = current;
      of = job;
      if (given == null || of == null || (unit != null && given != unit)) {
        return null;
      }
      current = null;
      nanos = ticker.nanos() - begun;
    }
    LOG.warn(
        "attempt {} of step '{}' {} does not end though it was cancelled; its thread is abandoned",
        given.attempt(),
        given.step(),
        given.label());
    answer(of, given.attempt(), new Cancelled(nanos, given.sealOutput()));
    return of;
  }

  private static void answer(Job job, long attempt, AttemptResult result) {
    try {
      job.listener().finished(attempt, result);
    } catch (RuntimeException | Error e) {
      LOG.error("the listener of attempt {} threw; its answer may be lost", attempt, e);
    }
  }
}
