package dev.reprise.worker;

import dev.reprise.cache.base.Ticker;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.ref.Cleaner;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How many bytes of results a worker may hold in memory, all together, because the store takes
 * none.
 */
final class MemoryBudget {
  /*
   * Bytes of a finished partition count for as long as anything refers to them. Who lets go of a result
   * is many: a list of which a later partition fails, an attempt that was cancelled, a process of a
   * cluster once it has sent the answer, a run that drops a result or ends. None of them has to say so:
   * the collector sees it. It may see it late, so before a result is refused the collector is asked to
   * look, as the JDK does before it refuses direct memory (java.nio.Bits). A run that does hold all of
   * it, and goes on, pays for one look a second.
   */
  private static final Cleaner CLEANER = Cleaner.create();

  private static final long BETWEEN_LOOKS = TimeUnit.SECONDS.toNanos(1);

  /** How long what nobody refers to may take to be counted out, so many times. */
  private static final long COUNTING_MILLIS = 50;

  private static final int TIMES = 10;

  private final long most;
  private final Ticker ticker;

  // Guarded by this.
  private long taken;
  private long lookedAt;

  /**
   * @param most bytes
   */
  MemoryBudget(long most, Ticker ticker) {
    this.most = most;
    this.ticker = ticker;
    lookedAt = ticker.nanos() - BETWEEN_LOOKS;
  }

  /** An eighth of the heap, since a result is there twice while it is encoded; 1 GiB at most. */
  static MemoryBudget ofHeap(Ticker ticker) {
    return new MemoryBudget(Math.min(Runtime.getRuntime().maxMemory() / 8, 1 << 30), ticker);
  }

  /** How many bytes there may be, all together. */
  long most() {
    return most;
  }

  /**
   * Takes so many bytes, to be given back or to be finished.
   *
   * @throws ExhaustedException if they are not left; none are taken then
   * @throws InterruptedIOException if the thread was interrupted while it waited for some
   */
  synchronized void take(int bytes) throws IOException {
    if (taken + bytes > most && ticker.nanos() - lookedAt >= BETWEEN_LOOKS) {
      look(bytes);
    }
    if (taken + bytes > most) {
      throw ExhaustedException.together(most);
    }
    taken += bytes;
  }

  private void look(int bytes) throws IOException {
    lookedAt = ticker.nanos(); // others need not look as well
    System.gc();
    try {
      for (int i = 0; i < TIMES && taken + bytes > most; i++) {
        TimeUnit.MILLISECONDS.timedWait(this, COUNTING_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for memory");
    } finally {
      lookedAt = ticker.nanos();
    }
  }

  /** Gives back bytes of a partition that was not finished. */
  synchronized void give(long bytes) {
    taken -= bytes;
    notifyAll();
  }

  /** Counts bytes that were taken until nothing refers to {@code partition} any more. */
  void finish(byte[] partition) {
    long bytes = partition.length;
    CLEANER.register(partition, () -> give(bytes));
  }

  /** The store takes no bytes, and memory may hold no more of them. */
  static final class ExhaustedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean passing;

    /**
     * @param passing whether there may be room when others have let go of theirs
     */
    private ExhaustedException(String message, boolean passing, @Nullable Throwable cause) {
      super(message, cause);
      this.passing = passing;
    }

    static ExhaustedException together(long most) {
      return new ExhaustedException(
          "this result and those that are held in memory already are more than the %d MiB that they may have"
              .formatted(most >> 20),
          true,
          null);
    }

    static ExhaustedException alone(long most) {
      return new ExhaustedException(
          "this result alone is more than the %d MiB that may be held in memory"
              .formatted(most >> 20),
          false,
          null);
    }

    /** Tells in front of this why the store takes nothing, and behind it the way out. */
    ExhaustedException because(IOException storeFull) {
      return new ExhaustedException(
          "the store takes no bytes (%s), and %s; free some space on its disk, or name another folder with --store"
              .formatted(storeFull.getMessage(), getMessage()),
          passing,
          storeFull);
    }

    /** Whether another attempt may find room. */
    boolean mayPass() {
      return passing;
    }
  }
}
