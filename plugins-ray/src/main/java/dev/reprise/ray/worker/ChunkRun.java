package dev.reprise.ray.worker;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.base.Ticker;
import dev.reprise.executor.Answer;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.AttemptResult.Cancelled;
import dev.reprise.executor.AttemptResult.Lost;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import dev.reprise.worker.RunningUnit;
import dev.reprise.worker.UnitRunner;
import dev.reprise.worker.Worker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One chunk on its way through a worker. */
final class ChunkRun {
  /** How often the driver's wishes are looked at. */
  private static final long TICK_MILLIS = 25;

  /*
   * Units run in a thread of their own; Ray's thread looks after them and gives the answer. A unit that
   * does not end when it is asked to is left behind in its thread, and the answer goes out without it:
   * Ray has the slot back. This object's monitor guards what both threads touch. An interrupt is sent
   * under it to the unit that is there, and the thread's status is cleared under it after that: no unit
   * receives the interrupt of another.
   */
  private final WorkChunk chunk;
  private final Worker worker;
  private final TaskFiles.Begun files;
  private final Duration grace;
  private final long endTaking;
  private final Undertaker undertaker;
  private final Ticker ticker = Ticker.system();

  private final CountDownLatch ended = new CountDownLatch(1);

  private final List<Answer> answers = new ArrayList<>();
  private Set<Long> cancelled = Set.of();
  private @Nullable Thread thread;
  private @Nullable RunningUnit current;
  private long currentBegun;
  private long endBy;
  private int next;
  private boolean done;
  private boolean abandoned;

  /**
   * @param endTaking when it begins no more units but the first, by the system's ticker
   */
  ChunkRun(
      WorkChunk chunk,
      Worker worker,
      TaskFiles.Begun files,
      Duration grace,
      long endTaking,
      Undertaker undertaker) {
    this.chunk = chunk;
    this.worker = worker;
    this.files = files;
    this.grace = grace;
    this.endTaking = endTaking;
    this.undertaker = undertaker;
  }

  /** Runs it to its end, or to the end of a cancelled unit's grace. */
  ChunkReply go(Executor threads, long begun) throws InterruptedException {
    cancelled = files.cancelled();
    undertaker.runs(this);
    try {
      threads.execute(this::work);
      look();
    } finally {
      undertaker.ran(this);
    }
    synchronized (this) {
      List<Long> notStarted =
          chunk.units().subList(next, chunk.units().size()).stream()
              .map(UnitWork::attempt)
              .toList();
      return new ChunkReply(ticker.nanos() - begun, abandoned, answers, notStarted);
    }
  }

  private synchronized void look() throws InterruptedException {
    while (!done) {
      TimeUnit.MILLISECONDS.timedWait(this, TICK_MILLIS);
      if (done) {
        return;
      }
      cancelled = files.cancelled();
      RunningUnit unit = current;
      Thread running = thread;
      if (unit == null || running == null || !cancelled.contains(unit.attempt())) {
        continue;
      }
      if (!unit.cancelled()) {
        unit.cancel();
        running.interrupt();
        endBy = ticker.nanos() + grace.toNanos();
      } else if (ticker.nanos() - endBy >= 0) {
        abandoned = true;
        done = true;
        answers.add(
            new Answer(
                unit.attempt(), new Cancelled(ticker.nanos() - currentBegun, unit.sealOutput())));
        undertaker.watch(ended);
      }
    }
  }

  private void work() {
    try {
      UnitRunner runner = worker.runner(chunk);
      for (UnitWork unit = take(); unit != null; unit = take()) {
        run(unit, runner);
      }
    } catch (Throwable e) {
      giveUp(e);
    }
    synchronized (this) {
      done = true;
      notifyAll();
    }
    ended.countDown();
  }

  private synchronized @Nullable UnitWork take() {
    while (!abandoned && next < chunk.units().size() && !isOver()) {
      UnitWork unit = chunk.units().get(next++);
      if (!cancelled.contains(unit.attempt())) {
        thread = Thread.currentThread();
        current = new RunningUnit(chunk.run(), chunk.step(), unit.label(), unit.attempt());
        currentBegun = ticker.nanos();
        return unit;
      }
      answers.add(new Answer(unit.attempt(), new Cancelled(0, Bytes.EMPTY)));
    }
    return null;
  }

  /** What was planned to take little time takes more: others may have nothing to do by now. */
  private boolean isOver() {
    return next > 0 && ticker.nanos() - endTaking >= 0;
  }

  private void run(UnitWork unit, UnitRunner runner) throws IOException {
    RunningUnit running;
    synchronized (this) {
      running = current;
    }
    if (running == null) {
      return;
    }
    files.at(unit.attempt());
    AttemptResult result = runner.run(unit, running);
    boolean mine;
    synchronized (this) {
      mine = !abandoned;
      current = null;
      Thread.interrupted();
      if (mine) {
        answers.add(new Answer(unit.attempt(), result));
      }
    }
    if (!mine) {
      runner.discard(result);
    }
  }

  private synchronized void giveUp(Throwable because) {
    RunningUnit unit = current;
    if (unit != null && !abandoned) {
      current = null;
      answers.add(
          new Answer(
              unit.attempt(), new Lost("the worker failed: " + because, 0, unit.sealOutput())));
    }
  }

  /** Tells the driver how user code is ending this process. */
  void tellExit(String how) throws IOException {
    files.tellExit(how);
  }
}
