package dev.reprise.worker;

import dev.reprise.cache.base.Bytes;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.AttemptResult.UserError;
import dev.reprise.executor.ErrorInfo;
import dev.reprise.executor.WorkChunk.UnitWork;

/** Stands for a task whose code cannot be had on this worker: every unit fails with the reason. */
record BrokenRunner(ErrorInfo why) implements UnitRunner {
  @Override
  public AttemptResult run(UnitWork work, RunningUnit unit) {
    return new UserError(why, 0, Bytes.EMPTY, "the task was not called");
  }

  @Override
  public void discard(AttemptResult result) {}
}
