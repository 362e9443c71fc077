package dev.reprise.run;

import dev.reprise.executor.TaskExecutor;
import dev.reprise.plan.IntQueue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The units that wait for one executor, which is opened at first need. */
final class Lane {
  /** Name of the executor. */
  final String engine;

  /** Units that must run, in order; some may have gone elsewhere meanwhile. */
  final IntQueue queue = new IntQueue();

  /** Attempts that are submitted and not answered. */
  int inFlight;

  private final Function<String, TaskExecutor> open;
  private @Nullable TaskExecutor executor;

  Lane(String engine, Function<String, TaskExecutor> open) {
    this.engine = engine;
    this.open = open;
  }

  TaskExecutor executor() {
    TaskExecutor opened = executor;
    if (opened == null) {
      opened = open.apply(engine);
      executor = opened;
    }
    return opened;
  }

  /** How many more attempts the executor takes now. */
  int room() {
    return executor().window() - inFlight;
  }

  void close() {
    if (executor != null) {
      executor.close();
    }
  }
}
