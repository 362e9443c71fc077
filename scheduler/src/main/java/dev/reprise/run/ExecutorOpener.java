package dev.reprise.run;

import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.executor.TaskExecutor;

/** Opens the executors that a run needs, each at first need. */
@FunctionalInterface
public interface ExecutorOpener {
  /**
   * Opens the executor of this name.
   *
   * @throws ExecutorUnavailableException if there is none, or it does not take its options
   */
  TaskExecutor open(String name) throws ExecutorUnavailableException;

  /**
   * Whether the executor of this name is opened and started in no time, so that it takes no thread:
   * it waits for nobody.
   */
  default boolean startsAtOnce(String name) {
    return false;
  }
}
