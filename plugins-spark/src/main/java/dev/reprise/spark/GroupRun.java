package dev.reprise.spark;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.base.Ticker;
import dev.reprise.executor.Answer;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.AttemptResult.Lost;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import dev.reprise.worker.RunningUnit;
import dev.reprise.worker.UnitRunner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the units of one Spark task on a thread of its own, so that Spark gets its slot back even if
 * user code heeds no interrupt.
 */
final class GroupRun {
  private static final Logger LOG = LoggerFactory.getLogger(GroupRun.class);

  /** How often a task looks whether Spark wants it to end, should the interrupt get lost. */
  private static final long LOOK_MILLIS = 1_000;

  /*
   * This object's monitor guards what follows. Once `stopped`, what the units' thread still brings is
   * nobody's and is dropped. The interrupt goes to the units' thread under the monitor and while a unit
   * is there, so that no unit receives that of another. Once the driver is told that no further unit
   * begins, it may send those left elsewhere: `closed` is final.
   */
  private final List<WorkChunk> chunks;
  private final Function<WorkChunk, UnitRunner> runners;
  private final Duration budget;
  private final Ticker ticker;
  private final Progress progress;
  private final Thread thread;

  private final List<Done> done = new ArrayList<>();
  private @Nullable RunningUnit current;
  private long since;
  private int begun;
  private boolean closed;
  private boolean stopped;
  private boolean over;

  /** Takes how far the units are; must not wait. */
  interface Progress {
    /** One more unit begins. */
    void begins();

    /** No more than these {@code begun} units begin here. */
    void closed(int begun);
  }

  private record Done(Answer answer, UnitRunner runner) {}

  /**
   * @param runners finds what runs a chunk's units
   * @param budget no further unit begins after so long
   */
  GroupRun(
      List<WorkChunk> chunks,
      Function<WorkChunk, UnitRunner> runners,
      Duration budget,
      Ticker ticker,
      Progress progress) {
    this.chunks = chunks;
    this.runners = runners;
    this.budget = budget;
    this.ticker = ticker;
    this.progress = progress;
    thread = new Thread(this::runUnits, "reprise units");
    thread.setDaemon(true);
  }

  /**
   * Runs the units.
   *
   * @param killed whether Spark wants the task to end; it also interrupts the calling thread
   * @return what became of units that ran; nothing if Spark ended the task
   */
  List<Answer> run(BooleanSupplier killed, Duration grace) {
    thread.start();
    if (awaitEnd(killed)) {
      synchronized (this) {
        return done.stream().map(Done::answer).toList();
      }
    }
    stop(grace);
    return List.of();
  }

  /** Returns whether the units are through; otherwise Spark wants the task to end. */
  private synchronized boolean awaitEnd(BooleanSupplier killed) {
    try {
      while (!over) {
        if (killed.getAsBoolean()) {
          return false;
        }
        wait(LOOK_MILLIS);
        closeIfLate();
      }
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  /** A long unit runs: those behind it need not wait for its end. */
  private void closeIfLate() {
    if (!over && !closed && mayNotBegin()) {
      closed = true;
      progress.closed(begun);
    }
  }

  /** The first one always may, so that each task brings something. */
  private boolean mayNotBegin() {
    return closed || (begun > 0 && ticker.nanos() - since >= budget.toNanos());
  }

  private void stop(Duration grace) {
    List<Done> unwanted;
    synchronized (this) {
      stopped = true;
      if (current != null) {
        current.cancel();
        thread.interrupt();
      }
      long deadline = ticker.nanos() + grace.toNanos();
      long left = grace.toNanos();
      while (!over && left > 0) {
        try {
          TimeUnit.NANOSECONDS.timedWait(this, left);
        } catch (InterruptedException e) {
          // Spark asks a second time; the unit has its grace all the same.
        }
        left = deadline - ticker.nanos();
      }
      if (!over && current != null) {
        LOG.warn("a unit of step '{}' does not end; its thread is abandoned", current.step());
      }
      unwanted = List.copyOf(done);
      done.clear();
    }
    unwanted.forEach(each -> each.runner().discard(each.answer().result()));
  }

  private void runUnits() {
    try {
      boolean goOn = true;
      for (int i = 0; goOn && i < chunks.size(); i++) {
        goOn = runUnits(chunks.get(i));
      }
    } finally {
      synchronized (this) {
        over = true;
        notifyAll();
      }
    }
  }

  /** Returns whether to go on. */
  private boolean runUnits(WorkChunk chunk) {
    thread.setName("reprise " + chunk.step());
    UnitRunner runner = runners.apply(chunk);
    for (UnitWork work : chunk.units()) {
      RunningUnit unit = new RunningUnit(chunk.run(), chunk.step(), work.label(), work.attempt());
      if (!begin(unit) || !end(unit, run(work, unit, runner), runner)) {
        return false;
      }
    }
    return true;
  }

  private synchronized boolean begin(RunningUnit unit) {
    if (stopped || mayNotBegin()) {
      return false;
    }
    if (begun == 0) {
      since = ticker.nanos();
    }
    begun++;
    current = unit;
    progress.begins();
    return true;
  }

  private static AttemptResult run(UnitWork work, RunningUnit unit, UnitRunner runner) {
    try {
      return runner.run(work, unit);
    } catch (Throwable e) {
      // Memory is short, or this is a bug.
      LOG.error("a unit of step '{}' failed outside of user code", unit.step(), e);
      return new Lost("the worker failed: " + e, 0, Bytes.EMPTY);
    }
  }

  /** Returns whether somebody wants its answer. */
  private boolean end(RunningUnit unit, AttemptResult result, UnitRunner runner) {
    synchronized (this) {
      current = null;
      Thread.interrupted();
      if (!stopped) {
        done.add(new Done(new Answer(unit.attempt(), result), runner));
        return true;
      }
    }
    runner.discard(result);
    return false;
  }
}
