package dev.reprise.cache.index;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/**
 * The one thread on which RocksDB is written, so that a write that never comes back (a full disk
 * can do that) hangs this thread and nobody else. After the first failure nothing is tried any
 * more: on a disk that is full or broken every further try would cost the run its time and gain
 * nothing.
 */
final class WriteLane {
  private static final long BETWEEN_TRIES_NANOS = 5_000_000;

  private final ExecutorService thread;
  private final Duration patience;
  private final AtomicReference<@Nullable String> broken = new AtomicReference<>();

  /** A change of the database. */
  @FunctionalInterface
  interface Change {
    /** Makes the change; it may be tried again after it failed because RocksDB was busy. */
    void make() throws RocksDBException;
  }

  WriteLane(Duration patience) {
    this.patience = patience;
    this.thread =
        Executors.newSingleThreadExecutor(
            work -> {
              Thread daemon = new Thread(work, "reprise-index-writer");
              daemon.setDaemon(true);
              return daemon;
            });
  }

  /**
   * Makes {@code change}, waiting as long as the patience lasts.
   *
   * @param after called once it is over, however it ended, perhaps long after this returned: frees
   *     what the change uses
   */
  void run(Change change, Runnable after) throws CacheUnavailableException {
    run(change, after, patience);
  }

  /** The same with another patience. */
  void run(Change change, Runnable after, Duration limit) throws CacheUnavailableException {
    String why = broken.get();
    if (why != null) {
      after.run();
      throw new CacheUnavailableException(why);
    }
    Future<@Nullable Void> made =
        thread.submit(
            () -> {
              try {
                makeUnlessBusyTooLong(change);
              } finally {
                after.run();
              }
              return null;
            });
    try {
      made.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw giveUp("the index did not take a write for " + limit.toMillis() + " ms", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw giveUp("the index cannot be written: " + cause.getMessage(), cause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CacheUnavailableException("interrupted while the index was written", e);
    }
  }

  /** Says that nothing can be written any more; the first reason stays. */
  CacheUnavailableException giveUp(String why, Throwable cause) {
    broken.compareAndSet(null, why);
    return new CacheUnavailableException(why, cause);
  }

  /** A stall means that RocksDB is behind with its files, which passes, unless the disk is full. */
  private void makeUnlessBusyTooLong(Change change) throws RocksDBException {
    long tries = Math.max(1, patience.toNanos() / BETWEEN_TRIES_NANOS);
    while (true) {
      try {
        change.make();
        return;
      } catch (RocksDBException e) {
        Status status = e.getStatus();
        boolean busy = status != null && status.getCode() == Status.Code.Incomplete;
        if (!busy || --tries <= 0) {
          throw e;
        }
        LockSupport.parkNanos(BETWEEN_TRIES_NANOS);
      }
    }
  }

  /** Takes no more writes and waits for those under way; false if one does not end. */
  boolean close() {
    thread.shutdown();
    boolean interrupted = false;
    try {
      return thread.awaitTermination(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
      return thread.isTerminated();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
