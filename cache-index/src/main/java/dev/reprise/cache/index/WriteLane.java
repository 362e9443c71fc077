package dev.reprise.cache.index;

import dev.reprise.cache.base.Ticker;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/**
 * The one thread on which RocksDB is written, so that a write that never comes back (a full disk
 * can do that) hangs this thread and nobody else.
 *
 * <p>After a write that failed nothing is tried any more: on a disk that is full or broken every
 * further try would cost the run its time and gain nothing. A write that only takes long is no
 * failure. Whoever asked for it goes on without it after the patience; while it is under way,
 * others are refused at once, so that a dead disk costs the patience once; when it comes back, so
 * does the lane. A slow disk (a network drive, a laptop that writes back gigabytes) thus costs the
 * results of its slow moments, and not the cache of the rest of the process. Such a write may take
 * effect after all: it holds what is true, told or not.
 */
final class WriteLane {
  private static final long BETWEEN_TRIES_NANOS = 5_000_000;

  /** RocksDB that is busy for so long has no disk that it could write its files to. */
  private static final Duration LONGEST_STALL = Duration.ofMinutes(1);

  private final ExecutorService thread;
  private final Duration patience;
  private final Duration stall;
  private final AtomicReference<@Nullable String> broken = new AtomicReference<>();
  private final AtomicReference<@Nullable Slow> slow = new AtomicReference<>();

  /** A write that nobody waits for any more. */
  private record Slow(Future<@Nullable Void> write, String why) {}

  /** A change of the database. */
  @FunctionalInterface
  interface Change {
    /** Makes the change; it may be tried again after it failed because RocksDB was busy. */
    void make() throws RocksDBException;
  }

  WriteLane(Duration patience) {
    this(patience, LONGEST_STALL);
  }

  /**
   * @param patience how long one who writes waits
   * @param stall how long a write is tried again while RocksDB is busy
   */
  WriteLane(Duration patience, Duration stall) {
    this.patience = patience;
    this.stall = stall;
    this.thread =
        Executors.newSingleThreadExecutor(
            work -> {
              Thread daemon = new Thread(work, "reprise-index-writer");
              daemon.setDaemon(true);
              return daemon;
            });
  }

  /**
   * Makes {@code change}, waiting as long as the patience lasts, also on a thread that is
   * interrupted: whoever closes an index often is, and a write goes on whether anybody waits or
   * not.
   *
   * @param after called once it is over, however it ended, perhaps long after this returned: frees
   *     what the change uses
   */
  void run(Change change, Runnable after) throws CacheUnavailableException {
    run(change, after, patience);
  }

  /** The same with another patience. */
  void run(Change change, Runnable after, Duration limit) throws CacheUnavailableException {
    String why = refusal();
    if (why != null) {
      after.run();
      throw new CacheUnavailableException(why);
    }
    Future<@Nullable Void> made = submit(change, after);
    try {
      uninterruptibly(limit, rest -> made.get(rest, TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      String late =
          "the index did not take a write for "
              + limit.toMillis()
              + " ms: nothing is kept until the disk is done with it";
      slow.set(new Slow(made, late));
      throw new CacheUnavailableException(late, e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new CacheUnavailableException(
          "the index cannot be written: " + cause.getMessage(), cause);
    }
  }

  private Future<@Nullable Void> submit(Change change, Runnable after)
      throws CacheUnavailableException {
    try {
      return thread.submit(
          () -> {
            try {
              makeUnlessBusyTooLong(change);
            } catch (RocksDBException | RuntimeException e) {
              broken.compareAndSet(null, "the index cannot be written: " + e.getMessage());
              throw e;
            } finally {
              after.run();
            }
            return null;
          });
    } catch (RejectedExecutionException e) {
      after.run();
      throw new CacheUnavailableException("the index was closed before it was written", e);
    }
  }

  /** Why nothing can be written now; null if it can. */
  private @Nullable String refusal() {
    Slow under = slow.get();
    if (under != null && !under.write.isDone()) {
      return under.why;
    }
    return broken.get();
  }

  /** A stall means that RocksDB is behind with its files, which passes, unless the disk is full. */
  private void makeUnlessBusyTooLong(Change change) throws RocksDBException {
    long tries = Math.max(1, stall.toNanos() / BETWEEN_TRIES_NANOS);
    while (true) {
      try {
        change.make();
        return;
      } catch (RocksDBException e) {
        Status status = e.getStatus();
        boolean busy = status != null && status.getCode() == Status.Code.Incomplete;
        if (!busy || --tries <= 0 || thread.isShutdown()) {
          throw e;
        }
        LockSupport.parkNanos(BETWEEN_TRIES_NANOS);
      }
    }
  }

  /**
   * Takes no more writes and waits for those under way, interrupted or not: a database that is left
   * open is lost to this process. False if one does not end.
   */
  boolean close() {
    thread.shutdown();
    try {
      uninterruptibly(patience, rest -> thread.awaitTermination(rest, TimeUnit.NANOSECONDS));
    } catch (TimeoutException | ExecutionException e) {
      throw new IllegalStateException("waiting for the end of a thread throws neither", e);
    }
    return thread.isTerminated();
  }

  private interface Wait {
    void atMost(long nanos) throws InterruptedException, ExecutionException, TimeoutException;
  }

  /** Waits as long as the limit says; an interrupt meanwhile is kept for the caller. */
  private static void uninterruptibly(Duration limit, Wait wait)
      throws ExecutionException, TimeoutException {
    Ticker ticker = Ticker.system();
    long end = ticker.nanos() + limit.toNanos();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          wait.atMost(end - ticker.nanos());
          return;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
