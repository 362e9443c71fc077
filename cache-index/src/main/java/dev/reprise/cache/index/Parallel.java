package dev.reprise.cache.index;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/** Splits a large piece of reading among a few threads, the caller's among them. */
final class Parallel implements AutoCloseable {
  private static final int LEAST_PART = 4096;

  private final int parts;
  private final ThreadPoolExecutor others;

  /** Part of a whole, from one place to before another. */
  @FunctionalInterface
  interface Part {
    /** Does it. */
    void run(int from, int to) throws RocksDBException, CacheUnavailableException;
  }

  /**
   * @param threads that may work at the same time on one piece
   */
  Parallel(int threads) {
    parts = threads;
    others =
        new ThreadPoolExecutor(
            Math.max(1, threads - 1),
            Math.max(1, threads - 1),
            5,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread daemon = new Thread(work, "reprise-index-reader");
              daemon.setDaemon(true);
              return daemon;
            });
    others.allowCoreThreadTimeOut(true);
  }

  /** Does all {@code size} places; returns, or throws, when every part has ended. */
  void run(int size, Part part) throws RocksDBException, CacheUnavailableException {
    int count = Math.max(1, Math.min(parts, size / LEAST_PART));
    List<Future<?>> pending = new ArrayList<>();
    try {
      for (int i = 1; i < count; i++) {
        int from = (int) ((long) size * i / count);
        int to = (int) ((long) size * (i + 1) / count);
        try {
          pending.add(others.submit(() -> call(part, from, to)));
        } catch (RejectedExecutionException e) {
          part.run(from, to); // being closed: the gate still keeps the index open
        }
      }
      part.run(0, size / count);
    } finally {
      awaitAll(pending);
    }
    for (Future<?> done : pending) {
      rethrow(done);
    }
  }

  private static @Nullable Void call(Part part, int from, int to)
      throws RocksDBException, CacheUnavailableException {
    part.run(from, to);
    return null;
  }

  /** Nobody may leave while another part still uses the index. */
  private static void awaitAll(List<Future<?>> pending) {
    boolean interrupted = false;
    for (Future<?> part : pending) {
      while (!part.isDone()) {
        try {
          part.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          break; // rethrown by run()
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void rethrow(Future<?> done) throws RocksDBException, CacheUnavailableException {
    try {
      done.get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof RocksDBException rocks) {
        throw rocks;
      }
      if (cause instanceof CacheUnavailableException unavailable) {
        throw unavailable;
      }
      throw new IllegalStateException("part of a look-up failed", cause);
    } catch (InterruptedException e) {
      throw new IllegalStateException("the parts are done", e);
    }
  }

  @Override
  public void close() {
    others.shutdown();
  }
}
