package dev.reprise.cache.base;

import java.time.Duration;

/** Calls back later. Passed in wherever something happens because time went by. */
public interface Alarms {
  /**
   * Calls {@code action} once, on some thread, when {@code delay} has passed. The action must be
   * short and must not throw.
   */
  Alarm after(Duration delay, Runnable action);

  /** A call that is still to come. */
  interface Alarm {
    /** Calls it off; does nothing if it is under way or over. */
    void cancel();
  }
}
