package dev.reprise.cache.store;

import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.ResultStore.Presence;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One store behind the first. It is asked in other threads and within limits; one that fails or
 * keeps others waiting is left out until {@link #begin}.
 */
final class FartherStore {
  private final String name;
  private final @Nullable ResultStore folder;
  private final @Nullable BlobSource source;
  private final ExecutorService threads;
  private final Limits limits;
  private final Consumer<String> tell;
  private final AtomicBoolean told = new AtomicBoolean();
  private final AtomicInteger failures = new AtomicInteger();
  private final AtomicLong waitedNanos = new AtomicLong();
  private final AtomicBoolean out = new AtomicBoolean();

  /**
   * For how much others wait.
   *
   * @param answer for one answer
   * @param stall for a byte of a blob that is read
   * @param slow answers that take longer count
   * @param budget for all of these
   * @param failures after so many without an answer in between it is left out
   */
  record Limits(
      Duration answer,
      Duration stall,
      Duration slow,
      Duration budget,
      int failures,
      Ticker ticker) {
    static final Limits STANDARD =
        new Limits(
            Duration.ofSeconds(5),
            Duration.ofSeconds(15),
            Duration.ofSeconds(1),
            Duration.ofSeconds(15),
            3,
            Ticker.system());
  }

  /** Opens a store; may throw whatever a user's code throws. */
  interface Opening {
    /** A {@link ResultStore} or a {@link BlobSource}. */
    Object open() throws Exception;
  }

  /** Something that goes on for as long as bytes move. */
  interface Transfer {
    void run(AtomicLong moved) throws IOException;
  }

  /**
   * Opens a store; one that cannot be opened may have anything.
   *
   * @param name for people
   * @param threads where it is asked
   * @param tell told of the first trouble, and when it is left out
   */
  FartherStore(
      String name, Opening opening, ExecutorService threads, Limits limits, Consumer<String> tell) {
    this.name = name;
    this.threads = threads;
    this.limits = limits;
    this.tell = tell;
    @Nullable Object opened = null;
    try {
      opened = ask(opening::open);
    } catch (IOException e) {
      // which was told
    }
    folder = opened instanceof ResultStore store ? store : null;
    source = opened instanceof BlobSource store ? store : null;
  }

  String name() {
    return name;
  }

  /** The store, if it is one of ours, which its readers read by themselves. */
  @Nullable ResultStore folder() {
    return folder;
  }

  /** The store, if it is one of the user's. */
  @Nullable BlobSource source() {
    return source;
  }

  /** A run begins: what was before counts no more. */
  void begin() {
    failures.set(0);
    waitedNanos.set(0);
    if (folder != null || source != null) {
      told.set(false);
      out.set(false);
    }
  }

  boolean isOut() {
    return out.get();
  }

  /** Whether a blob is there; not known of a store that is left out or gives no answer. */
  Presence presence(Fingerprint address, long size) {
    ResultStore ours = folder;
    BlobSource users = source;
    if (isOut()) {
      return Presence.UNKNOWN;
    }
    try {
      if (ours != null) {
        return ask(() -> ours.presence(address, size));
      }
      return users == null ? Presence.UNKNOWN : ask(() -> users.presence(address, size));
    } catch (IOException e) {
      return Presence.UNKNOWN;
    }
  }

  private <T> T ask(Callable<T> question) throws IOException {
    return await(new AtomicLong(), limits.answer, question);
  }

  /**
   * Moves bytes, in another thread.
   *
   * @param work stops by itself once nobody waits for it: its thread is interrupted
   * @throws InterruptedIOException if this thread is
   * @throws IOException as the work did, or if nothing moved for too long
   */
  void transfer(Transfer work) throws IOException {
    AtomicLong moved = new AtomicLong();
    await(
        moved,
        limits.stall,
        () -> {
          work.run(moved);
          return true;
        });
  }

  /** Waits for as long as something moves in each span of so much time. */
  private <T> T await(AtomicLong moved, Duration most, Callable<T> work) throws IOException {
    long begun = limits.ticker.nanos();
    Future<T> answer;
    try {
      answer = threads.submit(work);
    } catch (RuntimeException | Error e) { // the system gives no more threads
      throw failed(e);
    }
    try {
      long seen = 0;
      while (true) {
        try {
          T got = answer.get(most.toNanos(), TimeUnit.NANOSECONDS);
          if (got == null) {
            throw failed(new IOException("it says nothing"));
          }
          if (moved.get() == 0) {
            waited(begun);
          }
          failures.set(0);
          return got;
        } catch (TimeoutException e) {
          long now = moved.get();
          if (now == seen) {
            waited(begun);
            throw failed(new IOException("no answer for " + most.toSeconds() + " s"));
          }
          seen = now;
        }
      }
    } catch (ExecutionException e) {
      waited(begun);
      Throwable cause = e.getCause() == null ? e : e.getCause();
      if (cause instanceof DamagedBlobException damaged) {
        throw damaged; // which is an answer
      }
      throw failed(cause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the store " + name + " was asked");
    } finally {
      answer.cancel(true);
    }
  }

  private void waited(long begun) {
    long nanos = limits.ticker.nanos() - begun;
    if (nanos >= limits.slow.toNanos()
        && waitedNanos.addAndGet(nanos) >= limits.budget.toNanos()
        && !out.getAndSet(true)) {
      tell.accept(
          "the store %s is not asked any more: it kept others waiting for %d s; what it alone has is made again"
              .formatted(name, TimeUnit.NANOSECONDS.toSeconds(waitedNanos.get())));
    }
  }

  /** Notes that it failed, and returns that as what its callers throw. */
  IOException failed(Throwable why) {
    if (!told.getAndSet(true) && !isOut()) {
      tell.accept(
          "the store %s cannot be used (%s); what it alone has is made again".formatted(name, why));
    }
    if (failures.incrementAndGet() >= limits.failures && !out.getAndSet(true)) {
      tell.accept(
          "the store %s is not asked any more: it failed %d times, the last time with %s"
              .formatted(name, failures.get(), why));
    }
    return why instanceof IOException failure ? failure : new IOException(why.toString(), why);
  }

  /** Notes that it did what it should. */
  void succeeded() {
    failures.set(0);
  }
}
