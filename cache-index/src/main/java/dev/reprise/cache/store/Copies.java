package dev.reprise.cache.store;

import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.PartitionRef.Location;
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
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Copies what one run publishes to a store of the user's, beside it: whoever publishes does not
 * wait, and what cannot be copied is counted and lost to that store alone.
 */
final class Copies {
  // `open`, `lost` and `closed` are guarded by this. Whoever waits is woken by each that ends. The
  // threads here wait for those in which the store is asked, which may never come back.

  private static final int THREADS = 4;

  /** Some hundred bytes each. */
  private static final int MOST_OPEN = 100_000;

  private static final long MILLIS_BETWEEN_LOOKS = 100;

  private final ResultStore first;
  private final FartherStore to;
  private final ThreadPoolExecutor threads;
  private final Set<Fingerprint> open = new HashSet<>();
  private long lost;
  private boolean closed;

  /**
   * @param first has what is to be copied
   * @param to may be a store of the user's that keeps copies
   */
  Copies(ResultStore first, FartherStore to, ThreadFactory threads) {
    this.first = first;
    this.to = to;
    this.threads =
        new ThreadPoolExecutor(
            THREADS, THREADS, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
    this.threads.allowCoreThreadTimeOut(true);
  }

  /** A blob was published. Does not wait. */
  void add(Location.Stored stored) {
    synchronized (this) {
      if (closed) {
        return; // the run has told what it did not wait for
      }
      if (open.size() >= MOST_OPEN) {
        lost++;
        return;
      }
      if (!open.add(stored.blob().address())) {
        return;
      }
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
      done = copy(stored);
    } catch (IOException e) {
      // which is told of the store, or is for others to find: it may have been evicted meanwhile
    } finally {
      ended(stored, done);
    }
  }

  private synchronized void ended(Location.Stored stored, boolean done) {
    if (open.remove(stored.blob().address()) && !done) {
      lost++;
    }
    notifyAll();
  }

  /** Returns whether nothing is missing there. */
  private boolean copy(Location.Stored stored) throws IOException {
    FartherStore.Opened opened = to.opened();
    BlobSource source = opened == null ? null : opened.source();
    if (opened == null || source == null || !opened.keeps()) {
      return true; // as far as anybody knows, it takes none
    }
    BlobRef blob = stored.blob();
    return !to.takesNoCopies()
        && to.keep(
            source,
            blob,
            moved -> {
              try (InputStream bytes = new Moving(first.read(stored).open(), moved)) {
                source.keep(blob.address(), blob.size(), bytes);
              }
            });
  }

  /**
   * Waits for what is to be copied.
   *
   * @param goOn asked every now and then, in this thread
   * @return how many are left
   */
  int await(Duration patience, BooleanSupplier goOn) throws InterruptedException {
    Ticker ticker = Ticker.system();
    long deadline = ticker.nanos() + patience.toNanos();
    while (goOn.getAsBoolean()) { // may be somebody else's code: not with the lock
      synchronized (this) {
        long rest = TimeUnit.NANOSECONDS.toMillis(deadline - ticker.nanos());
        if (open.isEmpty() || rest <= 0) {
          break;
        }
        wait(Math.min(rest, MILLIS_BETWEEN_LOOKS));
      }
    }
    return open();
  }

  /** How many are not copied yet. */
  synchronized int open() {
    return open.size();
  }

  /** Gives up what is not copied, and returns how many were not in all. */
  synchronized long close() {
    closed = true;
    threads.shutdownNow();
    lost += open.size();
    open.clear();
    return lost;
  }

  /** Tells that somebody reads. */
  private static final class Moving extends FilterInputStream {
    private final AtomicLong moved;

    Moving(InputStream in, AtomicLong moved) {
      super(in);
      this.moved = moved;
    }

    @Override
    public int read() throws IOException {
      moved.incrementAndGet();
      return super.read();
    }

    @Override
    public int read(byte[] to, int from, int length) throws IOException {
      moved.incrementAndGet();
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
