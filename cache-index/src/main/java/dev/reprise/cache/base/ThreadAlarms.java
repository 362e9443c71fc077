package dev.reprise.cache.base;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Alarms of this JVM: one daemon thread, which starts with the first alarm. */
public final class ThreadAlarms implements Alarms, AutoCloseable {
  private final ScheduledThreadPoolExecutor thread;

  /** Returns alarms on a thread called {@code name}. */
  public ThreadAlarms(String name) {
    thread =
        new ScheduledThreadPoolExecutor(
            1,
            action -> {
              Thread daemon = new Thread(action, name);
              daemon.setDaemon(true);
              return daemon;
            });
    thread.setRemoveOnCancelPolicy(true);
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public Alarm after(Duration delay, Runnable action) {
    Future<?> call = thread.schedule(action, delay.toNanos(), TimeUnit.NANOSECONDS);
    return () -> call.cancel(false);
  }

  /** Calls off all alarms; an action that is under way goes on. */
  @Override
  public void close() {
    thread.shutdown();
  }
}
