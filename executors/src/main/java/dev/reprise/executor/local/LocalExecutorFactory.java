package dev.reprise.executor.local;

import dev.reprise.cache.base.HostName;
import dev.reprise.cache.base.Ticker;
import dev.reprise.executor.ExecutorFactory;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.worker.Worker;
import java.time.Duration;

/**
 * Opens executors that run units in the driver's own process.
 *
 * <p>Options: {@code local.grace}, how long a cancelled unit may take to end before its thread is
 * abandoned (default {@code 5s}); {@code local.memory}, how much memory units may claim together
 * (default three quarters of the heap).
 */
public final class LocalExecutorFactory implements ExecutorFactory {
  /** Name of these executors. */
  public static final String NAME = "local";

  private static final int MOST_CPUS = 1_000_000;

  /** For {@code ServiceLoader}. */
  public LocalExecutorFactory() {}

  @Override
  public String name() {
    return NAME;
  }

  /**
   * Opens an executor whose units wait for another engine, such as that of {@code worker}'s tables,
   * so that what they need of this machine does not count.
   *
   * @param units most at one time
   * @param grace how long a cancelled unit may take to end before it is abandoned
   */
  public static TaskExecutor waiting(Worker worker, int units, Duration grace) {
    LocalSettings settings = new LocalSettings(units, units, MOST_CPUS, Long.MAX_VALUE, grace);
    return new LocalExecutor(settings, worker, Ticker.system());
  }

  /** Opens an executor; user code comes from the calling thread's context class loader. */
  @Override
  public TaskExecutor open(Setting setting) {
    Runtime machine = Runtime.getRuntime();
    LocalSettings settings =
        LocalSettings.from(setting, machine.availableProcessors(), machine.maxMemory());
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    Worker worker =
        new Worker(
            NAME,
            setting.store(),
            context == null ? ClassLoader.getSystemClassLoader() : context,
            Ticker.system(),
            HostName.find());
    return new LocalExecutor(settings, worker, Ticker.system());
  }
}
