package dev.reprise.cache.store;

import static java.util.Objects.requireNonNull;

import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.ResultStore.Presence;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Copies what is published to a store of the user's, beside the runs: whoever publishes does not
 * wait, and what cannot be copied is counted and lost to that store alone.
 */
final class Copies {
  // `open`, `lost` and `movedNanos` are guarded by this. Whoever waits is woken by the last one.

  private static final int THREADS = 4;

  /** Some hundred bytes each. */
  private static final int MOST_OPEN = 100_000;

  private final ResultStore first;
  private final FartherStore to;
  private final Ticker ticker;
  private final ThreadPoolExecutor threads;
  private final Set<Fingerprint> open = new HashSet<>();
  private long lost;
  private long movedNanos;

  /**
   * @param first has what is to be copied
   * @param to is a store of the user's
   */
  Copies(ResultStore first, FartherStore to, ThreadFactory threads, Ticker ticker) {
    this.first = first;
    this.to = to;
    this.ticker = ticker;
    this.threads =
        new ThreadPoolExecutor(
            THREADS, THREADS, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
    this.threads.allowCoreThreadTimeOut(true);
  }

  /** A blob was published. Does not wait. */
  void add(Location.Stored stored) {
    synchronized (this) {
      if (open.size() >= MOST_OPEN || threads.isShutdown()) {
        lost++;
        return;
      }
      if (!open.add(stored.blob().address())) {
        return;
      }
      moved();
    }
    try {
      threads.execute(() -> copyOrLose(stored));
    } catch (RuntimeException | Error e) { // it was closed, or the system gives no more threads
      ended(stored, false);
    }
  }

  private void copyOrLose(Location.Stored stored) {
    boolean done = false;
    try {
      moved();
      done = copy(stored);
    } catch (Throwable e) { // the user's code may throw anything, and a run goes on
      if (!threads.isShutdown()) {
        to.failed(e);
      }
    } finally {
      ended(stored, done);
    }
  }

  private synchronized void ended(Location.Stored stored, boolean done) {
    open.remove(stored.blob().address());
    lost += done ? 0 : 1;
    movedNanos = ticker.nanos();
    notifyAll();
  }

  /** Returns whether nothing is missing there. */
  private boolean copy(Location.Stored stored) throws IOException {
    BlobSource source = requireNonNull(to.source());
    Fingerprint address = stored.blob().address();
    long size = stored.blob().size();
    if (to.isOut()) {
      return false;
    }
    if (source.keeps() && source.presence(address, size) == Presence.MISSING) {
      try (InputStream bytes = new Moving(first.read(stored).open())) {
        source.keep(address, size, bytes);
      } catch (DamagedBlobException e) {
        return false; // it was evicted meanwhile, or is for others to find
      }
    }
    to.succeeded();
    return true;
  }

  private synchronized void moved() {
    movedNanos = ticker.nanos();
  }

  /** How many were not copied so far. */
  synchronized long lost() {
    return lost;
  }

  /**
   * Waits for what is to be copied.
   *
   * @param patience at most so long, and no longer than that after the last sign of life
   * @param goOn asked every now and then
   * @return how many are left
   */
  synchronized int await(Duration patience, BooleanSupplier goOn) throws InterruptedException {
    long begun = ticker.nanos();
    while (!open.isEmpty() && goOn.getAsBoolean()) {
      long now = ticker.nanos();
      long silent = Math.max(now - begun, now - movedNanos);
      long rest = TimeUnit.NANOSECONDS.toMillis(patience.toNanos() - silent);
      if (rest <= 0) {
        break;
      }
      wait(Math.min(rest, 100));
    }
    return open.size();
  }

  /** Gives up what is not copied. */
  void close() {
    threads.shutdownNow();
  }

  /** Tells that somebody reads. */
  private final class Moving extends FilterInputStream {
    Moving(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      moved();
      return super.read();
    }

    @Override
    public int read(byte[] to, int from, int length) throws IOException {
      moved();
      return super.read(to, from, length);
    }
  }

  /** Why some were lost, for people; null if none were. */
  static @Nullable String told(String store, long lost, String why) {
    return lost == 0
        ? null
        : "%d %s copied to the store %s%s; what is not there is not copied later"
            .formatted(lost, lost == 1 ? "result was not" : "results were not", store, why);
  }
}
