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
   * is there, so that no unit receives that of another.
   */
  private final UnitRunner runner;

  private final WorkChunk chunk;
  private final Duration budget;
  private final Ticker ticker;
  private final Runnable begun;
  private final Thread thread;

  private final List<Answer> answers = new ArrayList<>();
  private @Nullable RunningUnit current;
  private boolean stopped;
  private boolean over;

  GroupRun(UnitRunner runner, WorkChunk chunk, Duration budget, Ticker ticker, Runnable begun) {
    this.runner = runner;
    this.chunk = chunk;
    this.budget = budget;
    this.ticker = ticker;
    this.begun = begun;
    thread = new Thread(this::runUnits, "reprise " + chunk.step());
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
        return List.copyOf(answers);
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
      }
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private void stop(Duration grace) {
    List<Answer> unwanted;
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
      if (!over) {
        LOG.warn("a unit of step '{}' does not end; its thread is abandoned", chunk.step());
      }
      unwanted = List.copyOf(answers);
      answers.clear();
    }
    unwanted.forEach(answer -> runner.discard(answer.result()));
  }

  private void runUnits() {
    try {
      long begin = ticker.nanos();
      boolean goOn = true;
      for (int i = 0; goOn && i < chunk.units().size(); i++) {
        boolean inTime = i == 0 || ticker.nanos() - begin < budget.toNanos();
        goOn = inTime && runUnit(chunk.units().get(i));
      }
    } finally {
      synchronized (this) {
        over = true;
        notifyAll();
      }
    }
  }

  /** Returns whether to go on. */
  private boolean runUnit(UnitWork work) {
    RunningUnit unit = new RunningUnit(chunk.run(), chunk.step(), work.label(), work.attempt());
    synchronized (this) {
      if (stopped) {
        return false;
      }
      current = unit;
    }
    begun.run();
    AttemptResult result;
    try {
      result = runner.run(work, unit);
    } catch (Throwable e) {
      // Memory is short, or this is a bug.
      LOG.error("a unit of step '{}' failed outside of user code", chunk.step(), e);
      result = new Lost("the worker failed: " + e, 0, Bytes.EMPTY);
    }
    synchronized (this) {
      current = null;
      Thread.interrupted();
      if (!stopped) {
        answers.add(new Answer(work.attempt(), result));
        return true;
      }
    }
    runner.discard(result);
    return false;
  }
}
