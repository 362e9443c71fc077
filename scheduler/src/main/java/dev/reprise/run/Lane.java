package dev.reprise.run;

import static java.util.Objects.requireNonNull;

import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.plan.IntQueue;
import dev.reprise.task.Engine;
import org.jspecify.annotations.Nullable;

/** The units that wait for one executor, which is started at first need. */
final class Lane {
  /** Name of the executor. */
  final String engine;

  /** Units that must run, in order; some may have gone elsewhere meanwhile. */
  final IntQueue queue = new IntQueue();

  /** Attempts that are submitted and not answered. */
  int inFlight;

  private final Startup startup;
  private Startup.@Nullable Starting starting;

  Lane(String engine, Startup startup) {
    this.engine = engine;
    this.startup = startup;
  }

  /** Whether its units run in the driver's own process. */
  boolean isDriver() {
    return isDriver(engine);
  }

  /** Whether what an executor of this name runs stays in the driver's own process. */
  static boolean isDriver(String engine) {
    return engine.equals(Engine.LOCAL.name());
  }

  /** The executor; there is room in it, so it has started. */
  TaskExecutor executor() {
    return requireNonNull(started(), "the executor has not started");
  }

  private @Nullable TaskExecutor started() {
    return starting == null ? null : starting.executor();
  }

  /** Whether its executor has started, or is about to. */
  boolean begun() {
    return starting != null;
  }

  /** Whether its executor is on its way: neither there, nor known not to come. */
  boolean starting() {
    return starting != null && starting.pending();
  }

  /**
   * How many more attempts the executor takes now. None until it has started; the run gets an event
   * then.
   *
   * @throws ExecutorUnavailableException if it could not be started
   */
  int room() throws ExecutorUnavailableException {
    if (starting == null) {
      starting = startup.begin(engine);
    }
    starting.check();
    TaskExecutor executor = started();
    return executor == null ? 0 : executor.window() - inFlight;
  }

  /** For how long the executor, which has started, has work; nanoseconds, rather too short. */
  long nanosOfWork() {
    return executor().nanosOfWork();
  }

  /** Asks attempts of an executor that has started to end. */
  void cancel(long[] attempts) {
    TaskExecutor executor = started();
    if (executor != null) {
      executor.cancel(attempts);
    }
  }

  /** Closes the executor; one that is still starting is closed when it has started. */
  void close() {
    if (starting != null) {
      starting.close();
    }
  }
}
