package dev.reprise.run;

import dev.reprise.cache.base.Bytes;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.AttemptResult.Success;
import dev.reprise.executor.ErrorInfo;
import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.testing.FakeExecutor;
import dev.reprise.run.SimFaults.AnswerFault;
import java.time.Duration;
import java.util.Random;

/**
 * The fake executor, which runs the real code of workers, going on by itself in the lab's time; on
 * the way back answers may be late or others, and requests to end may be lost.
 */
final class SimExecutor implements TaskExecutor {
  private final RunLab lab;
  private final FakeExecutor fake;
  private final SimFaults faults;
  private final Random random;
  private final SimSeams seams;
  private final Random estimates = new Random(1); // faults come as they do without them
  private final int slots;
  private boolean parked = true;

  /** Attempts whose requests to end were lost: what hangs then has its slot for ever. */
  private int lost;

  SimExecutor(
      RunLab lab, FakeExecutor fake, int slots, SimFaults faults, Random random, SimSeams seams) {
    this.slots = slots;
    this.seams = seams;
    this.lab = lab;
    this.fake = fake;
    this.faults = faults;
    this.random = random;
    lab.open++;
  }

  @Override
  public String name() {
    return fake.name();
  }

  @Override
  public int window() {
    return fake.window();
  }

  /** An estimate, so it may be anything. */
  @Override
  public long nanosOfWork() {
    return estimates.nextInt(4) == 0 ? Duration.ofMillis(estimates.nextInt(20)).toNanos() : 0;
  }

  @Override
  public void submit(WorkChunk chunk, AttemptListener listener)
      throws ExecutorUnavailableException {
    if (faults.refusesWork()) {
      throw new ExecutorUnavailableException("the cluster is full", null);
    }
    fake.submit(chunk, new Disturbed(seams.answers(listener)));
    goOn();
  }

  @Override
  public void cancel(long[] attempts) {
    if (faults.losesCancel() && lost + attempts.length < slots) {
      lost += attempts.length;
    } else {
      fake.cancel(attempts);
      goOn();
    }
  }

  private void goOn() {
    if (parked) {
      parked = false;
      lab.defer(this::step);
    }
  }

  /** Lets one attempt begin or end, and comes back; nothing more can happen before new requests. */
  private void step() {
    if (!fake.step()) {
      parked = true;
    } else if (random.nextInt(4) == 0) {
      lab.after(Duration.ofMillis(random.nextInt(faults.slowness())), this::step);
    } else {
      lab.defer(this::step);
    }
  }

  @Override
  public void close() {
    fake.close();
    lab.open--;
  }

  /** What comes back of an attempt. */
  private final class Disturbed implements AttemptListener {
    private final AttemptListener listener;

    Disturbed(AttemptListener listener) {
      this.listener = listener;
    }

    @Override
    public void started(long attempt) {
      listener.started(attempt);
    }

    @Override
    public void finished(long attempt, AttemptResult result) {
      AnswerFault fault = result instanceof Success ? faults.ofAnswer() : AnswerFault.NONE;
      switch (fault) {
        case NONE -> listener.finished(attempt, result);
        case LOST -> listener.finished(attempt, new AttemptResult.Lost("gone", 1, Bytes.EMPTY));
        case ERROR ->
            listener.finished(
                attempt,
                new AttemptResult.UserError(
                    ErrorInfo.of(new IllegalStateException("bad luck")), 1, Bytes.EMPTY));
        case LATE ->
            lab.after(
                Duration.ofMillis(random.nextInt(900)), () -> listener.finished(attempt, result));
      }
    }
  }
}
