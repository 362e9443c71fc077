package dev.reprise.cache.index;

import java.time.Duration;

/** Is told who an index is waited for. */
@FunctionalInterface
public interface LockWatcher {
  /**
   * The index is held by {@code holder}; called about ten times a second until it is free, on the
   * thread that waits.
   *
   * @param soFar how long this has been going on
   */
  void waiting(Holder holder, Duration soFar);
}
