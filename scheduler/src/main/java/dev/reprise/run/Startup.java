package dev.reprise.run;

import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.executor.TaskExecutor;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts executors, away from the run's thread unless they start at once: a cluster may take
 * minutes to answer, and the run must heed its deadline and Ctrl-C meanwhile.
 */
final class Startup {
  private static final Logger log = LoggerFactory.getLogger(Startup.class);

  private final ExecutorOpener opener;
  private final Executor threads;
  private final Runnable wake;

  /**
   * @param threads in which executors start that do not start at once
   * @param wake called, from any thread, when an executor has started or cannot
   */
  Startup(ExecutorOpener opener, Executor threads, Runnable wake) {
    this.opener = opener;
    this.threads = threads;
    this.wake = wake;
  }

  /** Begins to start the executor of this name; it may have started when this returns. */
  Starting begin(String name) {
    Starting starting = new Starting(name);
    if (opener.startsAtOnce(name)) {
      starting.run();
    } else {
      threads.execute(starting);
    }
    return starting;
  }

  /** An executor that is starting, has started, or could not be. */
  final class Starting implements Runnable {
    /*
     * Its own lock guards what changes. Whichever comes last, the start or close(), closes the
     * executor; neither is called with the lock held.
     */
    final String name;
    private @Nullable Thread thread;
    private @Nullable TaskExecutor executor;
    private @Nullable Throwable failure;
    private boolean unwanted;

    private Starting(String name) {
      this.name = name;
    }

    @Override
    public void run() {
      synchronized (this) {
        if (unwanted) {
          return;
        }
        thread = Thread.currentThread();
      }
      TaskExecutor opened = null;
      Throwable trouble = null;
      try {
        opened = opener.open(name);
        opened.start();
      } catch (Throwable e) { // Scala throws checked ones that nobody declares
        trouble = e;
      }
      boolean late;
      synchronized (this) {
        thread = null;
        late = unwanted;
        failure = trouble;
        executor = late || trouble != null ? null : opened;
      }
      if (opened != null && (late || trouble != null)) {
        closeLate(opened);
      }
      if (!late) {
        wake.run();
      }
    }

    private void closeLate(TaskExecutor opened) {
      Thread.interrupted(); // it was for the start; what close() waits for must not end at once
      try {
        opened.close();
      } catch (Throwable e) {
        log.warn("executor '{}', which nobody needs any more, could not be closed", name, e);
      }
    }

    /** Whether the executor may still come, and somebody waits for it. */
    synchronized boolean pending() {
      return executor == null && failure == null && !unwanted;
    }

    /** The executor; null if it has not started. */
    synchronized @Nullable TaskExecutor executor() {
      return executor;
    }

    /**
     * Does nothing if the executor has started or still may.
     *
     * @throws ExecutorUnavailableException if it could not be started
     */
    synchronized void check() throws ExecutorUnavailableException {
      if (failure instanceof ExecutorUnavailableException unavailable) {
        throw unavailable;
      } else if (failure instanceof Error error) {
        throw error;
      } else if (failure instanceof RuntimeException unexpected) {
        throw unexpected;
      } else if (failure != null) {
        throw new ExecutorUnavailableException(
            "executor '%s' could not be started: %s".formatted(name, failure), failure);
      }
    }

    /** Closes what has started; what has not is interrupted, and closed when it has. */
    void close() {
      TaskExecutor started;
      synchronized (this) {
        unwanted = true;
        started = executor;
        if (thread != null) {
          thread.interrupt();
        }
      }
      if (started != null) {
        started.close();
      }
    }
  }
}
