package dev.reprise.worker;

import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.WorkChunk.UnitWork;

/** Runs units of one step on the calling thread. May be used by several threads. */
public interface UnitRunner {
  /**
   * Runs one unit: decodes its arguments, calls user code, encodes the result. Never throws;
   * whatever happens is in the answer. The caller interrupts the thread after {@link
   * RunningUnit#cancel}, and clears the interrupt when this has returned.
   */
  AttemptResult run(UnitWork work, RunningUnit unit);

  /** Drops what an answer that nobody wants has in the store. */
  void discard(AttemptResult result);
}
