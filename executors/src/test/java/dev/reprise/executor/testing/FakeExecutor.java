package dev.reprise.executor.testing;

import dev.reprise.cache.base.Bytes;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.AttemptResult.Cancelled;
import dev.reprise.executor.AttemptResult.Lost;
import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import dev.reprise.executor.envelope.Envelope;
import dev.reprise.executor.envelope.EnvelopeException;
import dev.reprise.executor.testing.FaultPlan.Fault;
import dev.reprise.worker.RunningUnit;
import dev.reprise.worker.UnitRunner;
import dev.reprise.worker.Worker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * An executor without threads, for deterministic tests of those who use one: nothing happens until
 * the test calls {@link #step}, which lets one attempt begin or end, whichever the seed chooses.
 * What a unit does is what it does on any worker: the real code runs it, and chunks cross as bytes.
 *
 * <p>Not safe for threads.
 */
public final class FakeExecutor implements TaskExecutor {
  private final String name;
  private final Worker worker;
  private final int slots;
  private final Random order;
  private final FaultPlan faults;
  private final List<Task> waiting = new ArrayList<>();
  private final List<Task> running = new ArrayList<>();
  private final List<String> executions = new ArrayList<>();
  private boolean closed;

  /**
   * @param name of the executor
   * @param worker runs the units
   * @param slots how many units may have begun and not ended
   * @param order decides what happens next
   */
  public FakeExecutor(String name, Worker worker, int slots, Random order, FaultPlan faults) {
    this.name = name;
    this.worker = worker;
    this.slots = slots;
    this.order = order;
    this.faults = faults;
  }

  private static final class Task {
    final UnitWork work;
    final UnitRunner runner;
    final RunningUnit unit;
    final AttemptListener listener;
    final Fault fault;

    Task(WorkChunk chunk, UnitWork work, UnitRunner runner, AttemptListener listener, Fault fault) {
      this.work = work;
      this.runner = runner;
      this.unit = new RunningUnit(chunk.run(), chunk.step(), work.label(), work.attempt());
      this.listener = listener;
      this.fault = fault;
    }

    void answer(AttemptResult result) {
      listener.finished(work.attempt(), result);
    }

    void answerCancelled() {
      answer(new Cancelled(0, unit.sealOutput()));
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int window() {
    return 2 * slots;
  }

  @Override
  public void submit(WorkChunk chunk, AttemptListener listener)
      throws ExecutorUnavailableException {
    WorkChunk arrived;
    try {
      arrived = Envelope.unpackChunk(Envelope.pack(chunk));
    } catch (EnvelopeException e) {
      throw new ExecutorUnavailableException(e.getMessage(), e);
    }
    UnitRunner runner = worker.runner(arrived);
    for (UnitWork work : arrived.units()) {
      Fault fault = faults.of(chunk.step(), work.label(), work.attempt());
      waiting.add(new Task(arrived, work, runner, listener, fault));
    }
  }

  @Override
  public void cancel(long[] attempts) {
    for (Task task : List.copyOf(waiting)) {
      if (isOneOf(task, attempts)) {
        waiting.remove(task);
        task.answerCancelled();
      }
    }
    running.stream().filter(task -> isOneOf(task, attempts)).forEach(task -> task.unit.cancel());
  }

  private static boolean isOneOf(Task task, long[] attempts) {
    return Arrays.stream(attempts).anyMatch(attempt -> attempt == task.work.attempt());
  }

  /** Lets one attempt begin or end; false if none can. */
  public boolean step() {
    List<Task> able =
        running.stream()
            .filter(task -> task.fault != Fault.HANGS || task.unit.cancelled())
            .toList();
    int beginnings = running.size() < slots ? waiting.size() : 0;
    if (beginnings + able.size() == 0) {
      return false;
    }
    int chosen = order.nextInt(beginnings + able.size());
    if (chosen < beginnings) {
      begin(waiting.remove(chosen));
    } else {
      Task task = able.get(chosen - beginnings);
      running.remove(task);
      end(task);
    }
    return true;
  }

  /** Goes on until nothing can happen any more. */
  public void runAll() {
    while (step()) {
      // Each step is one thing that happens.
    }
  }

  private void begin(Task task) {
    if (task.fault == Fault.LOST_BEFORE) {
      task.answer(new Lost("the plan says so, before it began", 0, Bytes.EMPTY));
      return;
    }
    running.add(task);
    task.listener.started(task.work.attempt());
  }

  private void end(Task task) {
    if (task.unit.cancelled()) {
      task.answerCancelled();
      return;
    }
    if (task.fault == Fault.TWICE) {
      execute(task, new RunningUnit(task.unit.run(), task.unit.step(), task.unit.label(), 0));
    }
    AttemptResult result = execute(task, task.unit);
    task.answer(
        task.fault == Fault.LOST_AFTER
            ? new Lost("the plan says so, after it ended", 0, Bytes.EMPTY)
            : result);
  }

  private AttemptResult execute(Task task, RunningUnit unit) {
    executions.add(unit.label().isEmpty() ? unit.step() : unit.step() + ":" + unit.label());
    return task.runner.run(task.work, unit);
  }

  /** What user code was run for, {@code step} or {@code step:label}, in order. */
  public List<String> executions() {
    return List.copyOf(executions);
  }

  /** Whether {@link #close} was called. */
  public boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    closed = true;
    List<Task> left = new ArrayList<>(waiting);
    left.addAll(running);
    waiting.clear();
    running.clear();
    left.forEach(Task::answerCancelled);
  }
}
