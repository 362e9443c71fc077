package dev.reprise.run;

import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.plan.IntQueue;
import org.jspecify.annotations.Nullable;

/** The units that wait for one executor, which is opened at first need. */
final class Lane {
  /** Name of the executor. */
  final String engine;

  /** Units that must run, in order; some may have gone elsewhere meanwhile. */
  final IntQueue queue = new IntQueue();

  /** Attempts that are submitted and not answered. */
  int inFlight;

  private final ExecutorOpener open;
  private @Nullable TaskExecutor executor;

  Lane(String engine, ExecutorOpener open) {
    this.engine = engine;
    this.open = open;
  }

  TaskExecutor executor() throws ExecutorUnavailableException {
    TaskExecutor opened = executor;
    if (opened == null) {
      opened = open.open(engine);
      executor = opened;
    }
    return opened;
  }

  /** How many more attempts the executor takes now. */
  int room() throws ExecutorUnavailableException {
    return executor().window() - inFlight;
  }

  /** Asks attempts of an executor that is open to end. */
  void cancel(long[] attempts) {
    if (executor != null) {
      executor.cancel(attempts);
    }
  }

  void close() {
    if (executor != null) {
      executor.close();
    }
  }
}
