package dev.reprise.cache.store;

import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.ResultStore.Presence;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
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
 * keeps others waiting is left out, until {@link #begin} or for a while, and so is one of which
 * calls do not come back.
 */
final class FartherStore {
  /** An answer that a blob is not there counts in full from here on. */
  private static final Duration PROMPT = Duration.ofMillis(100);

  /** Others that wait for longer are told. */
  private static final Duration TOLD = Duration.ofSeconds(2);

  private final String name;
  private final Opening opening;
  private final Object openingLock = new Object();
  private volatile @Nullable Opened opened;
  private final ExecutorService threads;
  private final Limits limits;
  private final Consumer<String> tell;
  private final AtomicBoolean told = new AtomicBoolean();
  private final AtomicBoolean toldSlow = new AtomicBoolean();
  private final AtomicBoolean toldStuck = new AtomicBoolean();
  private final AtomicBoolean toldStuckCopies = new AtomicBoolean();
  private final AtomicInteger failures = new AtomicInteger();
  private final AtomicLong slowNanos = new AtomicLong();
  private final AtomicLong allNanos = new AtomicLong();
  private final AtomicBoolean out = new AtomicBoolean();
  private volatile long outNanos;

  /** Left out as it fails, and is not merely slow, which concerns only those that wait. */
  private volatile boolean fails;

  // What comes of copies says nothing of reading: a bucket may be there to be read alone.
  private final AtomicBoolean toldCopies = new AtomicBoolean();
  private final AtomicInteger copyFailures = new AtomicInteger();
  private final AtomicBoolean noCopies = new AtomicBoolean();
  private volatile long noCopiesNanos;

  /** Calls for which nobody waits any more, and from when on they should have come back. */
  private final Map<Call<?>, Long> left = new ConcurrentHashMap<>();

  /**
   * For how much others wait.
   *
   * @param answer for one answer
   * @param stall for a byte of a blob that is read
   * @param slow what an answer takes above this counts, and all of a wait that gave nothing: no
   *     answer, or that a blob is not there (of a prompt one, less)
   * @param budget for all that counts
   * @param failures after so many without an answer in between it is left out, and while so many
   *     calls do not come back; after so many copies that failed, or while so many do not come
   *     back, it gets no more of them
   * @param again after so long it gets another chance
   */
  record Limits(
      Duration answer,
      Duration stall,
      Duration slow,
      Duration budget,
      int failures,
      Duration again,
      Ticker ticker) {
    /** Slower than any line that is worth it. */
    private static final long BYTES_PER_SECOND = 1 << 18;

    static final Limits STANDARD =
        new Limits(
            Duration.ofSeconds(5),
            Duration.ofSeconds(15),
            Duration.ofSeconds(1),
            Duration.ofSeconds(15),
            3,
            Duration.ofMinutes(10),
            Ticker.system());

    /** For all bytes of a blob. */
    Duration whole(long bytes) {
      return stall.plusMillis(bytes / (BYTES_PER_SECOND / 1000));
    }

    /** What a transfer takes above this counts. */
    Duration slow(long bytes) {
      return slow.plus(sending(bytes)).minus(stall);
    }

    /** For a sign of life while a copy is made, which may send all at once in the end. */
    Duration sending(long bytes) {
      return stall.plusMillis(bytes / (BYTES_PER_SECOND / 250));
    }
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
   * A store that could be opened: one of the two.
   *
   * @param folder one of ours, which its readers read by themselves
   * @param source one of the user's
   * @param keeps whether the source does
   */
  record Opened(@Nullable ResultStore folder, @Nullable BlobSource source, boolean keeps) {
    static Opened of(Object store) {
      BlobSource source = store instanceof BlobSource users ? users : null;
      ResultStore folder = store instanceof ResultStore ours ? ours : null;
      return new Opened(folder, source, source != null && source.keeps());
    }
  }

  /** A question or a transfer, which may last longer than somebody waits for it. */
  private final class Call<T> implements Callable<T> {
    private final Callable<T> work;
    private final boolean copies;
    private final AtomicInteger state = new AtomicInteger();

    private static final int NEW = 0;
    private static final int BEGUN = 1;
    private static final int OVER = 2;

    Call(Callable<T> work, boolean copies) {
      this.work = work;
      this.copies = copies;
    }

    @Override
    public T call() throws Exception {
      if (!state.compareAndSet(NEW, BEGUN)) {
        throw new InterruptedIOException("nobody waits");
      }
      try {
        return work.call();
      } finally {
        state.set(OVER);
        left.remove(this);
      }
    }

    /** Nobody waits for it any more. */
    void leave(long due) {
      if (!state.compareAndSet(NEW, OVER) && state.get() == BEGUN) {
        left.put(this, due);
        if (state.get() == OVER) {
          left.remove(this); // which came too early above
        }
      }
    }
  }

  /**
   * Opens a store; one that cannot be opened may have anything, and is tried again when it is asked
   * later.
   *
   * @param name for people
   * @param threads where it is asked
   * @param tell told of the first trouble, and when it is left out
   */
  FartherStore(
      String name, Opening opening, ExecutorService threads, Limits limits, Consumer<String> tell) {
    this.name = name;
    this.opening = opening;
    this.threads = threads;
    this.limits = limits;
    this.tell = tell;
    opened();
  }

  String name() {
    return name;
  }

  /** The store; null if it cannot be opened. Opens it if that was not tried for a while. */
  @Nullable Opened opened() {
    if (opened != null) {
      return opened;
    }
    synchronized (openingLock) { // others wait for no longer than for an answer
      if (opened == null && !isOut()) {
        try {
          opened = ask(true, () -> Opened.of(opening.open()));
          told.set(false);
        } catch (IOException e) {
          leaveOut(/* asItFails= */ true); // which was told
        }
      }
      return opened;
    }
  }

  /** Whether it may be a store that keeps copies. */
  boolean mayKeep() {
    Opened is = opened;
    return is == null ? name.startsWith(FartherStores.CLASS) : is.keeps();
  }

  /** A run begins, and no other goes on: what was before counts no more. */
  void begin() {
    failures.set(0);
    slowNanos.set(0);
    allNanos.set(0);
    toldSlow.set(false);
    toldStuck.set(false);
    toldStuckCopies.set(false);
    if (opened != null) {
      told.set(false);
    }
    out.set(false);
    fails = false;
    beginCopies();
  }

  private void beginCopies() {
    copyFailures.set(0);
    toldCopies.set(false);
    noCopies.set(false);
  }

  private boolean leaveOut(boolean asItFails) {
    outNanos = limits.ticker.nanos();
    fails |= asItFails;
    return !out.getAndSet(true);
  }

  boolean isOut() {
    return isLeftOut() || isStuckInAnswers();
  }

  private boolean isLeftOut() {
    if (out.get() && limits.ticker.nanos() - outNanos >= limits.again.toNanos()) {
      begin();
    }
    return out.get();
  }

  private boolean isStuckInAnswers() {
    return isStuck(
        /* copies= */ false,
        toldStuck,
        "the store %s is not asked until it returns from what it was asked: %d calls have not ended");
  }

  /**
   * Whether nothing is copied there now; it may be read all the same. One that only keeps others
   * waiting gets copies, for which nobody waits.
   */
  boolean takesNoCopies() {
    if (noCopies.get() && limits.ticker.nanos() - noCopiesNanos >= limits.again.toNanos()) {
      beginCopies();
    }
    return (isLeftOut() && fails)
        || isStuckInAnswers()
        || noCopies.get()
        || isStuck(
            /* copies= */ true,
            toldStuckCopies,
            "nothing is copied to the store %s until it returns from what it was to keep: %d calls have not ended");
  }

  /** Threads must not pile up in a store that never returns. */
  private boolean isStuck(boolean copies, AtomicBoolean told, String text) {
    if (left.size() < limits.failures) {
      return false;
    }
    long now = limits.ticker.nanos();
    long stuck =
        left.entrySet().stream()
            .filter(each -> each.getKey().copies == copies && now - each.getValue() >= 0)
            .count();
    if (stuck < limits.failures) {
      return false;
    }
    if (!told.getAndSet(true)) {
      tell.accept(text.formatted(name, stuck));
    }
    return true;
  }

  /** Whether a blob is there; not known of a store that is left out or gives no answer. */
  Presence presence(Fingerprint address, long size) {
    Opened is = opened();
    if (is == null || isOut()) {
      return Presence.UNKNOWN;
    }
    ResultStore ours = is.folder();
    BlobSource users = is.source();
    try {
      if (ours != null) {
        return ask(true, () -> ours.presence(address, size));
      }
      return users == null ? Presence.UNKNOWN : ask(true, () -> users.presence(address, size));
    } catch (IOException e) {
      return Presence.UNKNOWN;
    }
  }

  private <T> T ask(boolean counts, Callable<T> question) throws IOException {
    Duration normal = counts ? limits.slow : null;
    return await(
        normal, new AtomicLong(), limits.answer, limits.answer, new Call<>(question, false));
  }

  /**
   * Moves the bytes of a blob, in another thread.
   *
   * @param work stops by itself once nobody waits for it: its thread is interrupted
   * @throws InterruptedIOException if this thread is
   * @throws IOException as the work did, or if nothing moved for too long, or all took too long
   */
  void transfer(long bytes, Transfer work) throws IOException {
    AtomicLong moved = new AtomicLong();
    await(
        limits.slow(bytes),
        moved,
        limits.stall,
        limits.whole(bytes),
        new Call<>(
            () -> {
              work.run(moved);
              return true;
            },
            /* copies= */ false));
  }

  /**
   * Has a source keep a blob that it does not have.
   *
   * @param work hands it over, as for {@link #transfer}; nobody waits for it
   * @return whether the blob is there now
   * @throws IOException likewise
   */
  boolean keep(BlobSource source, BlobRef blob, Transfer work) throws IOException {
    Presence before = ask(false, () -> source.presence(blob.address(), blob.size()));
    if (before == Presence.MISSING) {
      AtomicLong moved = new AtomicLong();
      await(
          null,
          moved,
          limits.sending(blob.size()),
          limits.whole(blob.size()),
          new Call<>(
              () -> {
                work.run(moved);
                return true;
              },
              /* copies= */ true));
    }
    return before != Presence.UNKNOWN;
  }

  /**
   * Waits for as long as something moves in each span of so much time.
   *
   * @param normal what it takes above this counts, as somebody waits who has better to do; null if
   *     nobody does
   */
  private <T> T await(
      @Nullable Duration normal, AtomicLong moved, Duration silence, Duration whole, Call<T> call)
      throws IOException {
    long begun = limits.ticker.nanos();
    Future<T> answer;
    try {
      answer = threads.submit(call);
    } catch (RuntimeException | Error e) { // the system gives no more threads
      throw failed(call, e);
    }
    long due = begun + limits.answer.toNanos();
    try {
      long seen = 0;
      while (true) {
        long rest = whole.toNanos() - (limits.ticker.nanos() - begun);
        try {
          T got = answer.get(Math.min(rest, silence.toNanos()), TimeUnit.NANOSECONDS);
          if (got == null) {
            throw failed(call, new IOException("it says nothing"));
          }
          if (got instanceof Presence there && there != Presence.PRESENT) {
            waitedForNoBlob(begun, normal);
          } else {
            waited(begun, normal, /* moved= */ moved.get() > 0);
          }
          (call.copies ? copyFailures : failures).set(0);
          return got;
        } catch (TimeoutException e) {
          long now = moved.get();
          boolean late = limits.ticker.nanos() - begun >= whole.toNanos();
          if (now == seen || late) {
            due = limits.ticker.nanos();
            waited(begun, all(normal), false);
            throw failed(
                call,
                new IOException(
                    late && now > 0
                        ? "not all bytes of a blob within " + whole.toSeconds() + " s"
                        : "no answer for " + silence.toSeconds() + " s"));
          }
          seen = now;
        }
      }
    } catch (ExecutionException e) {
      waited(begun, moved.get() > 0 ? normal : all(normal), false);
      Throwable cause = e.getCause() == null ? e : e.getCause();
      if (cause instanceof DamagedBlobException damaged) {
        throw damaged; // which is an answer
      }
      throw failed(call, cause);
    } catch (InterruptedException e) {
      due = limits.ticker.nanos() + limits.answer.toNanos();
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the store " + name + " was asked");
    } finally {
      answer.cancel(true);
      call.leave(due);
    }
  }

  /** For a wait that gave nothing: all of it counts, if any does. */
  private static @Nullable Duration all(@Nullable Duration normal) {
    return normal == null ? null : Duration.ZERO;
  }

  /** Of a transfer it is only what counts that anybody has waited for, as bytes were wanted. */
  private void waited(long begun, @Nullable Duration normal, boolean moved) {
    if (normal == null) {
      return;
    }
    long nanos = limits.ticker.nanos() - begun;
    long over = Math.max(0, nanos - normal.toNanos());
    count(moved ? over : nanos, over);
  }

  /**
   * Nothing was saved by the wait. Of a prompt answer only so much counts as it is of what is
   * prompt: thousands of them are usual, and yet there is an end to any number.
   */
  private void waitedForNoBlob(long begun, @Nullable Duration normal) {
    if (normal == null) {
      return;
    }
    long nanos = limits.ticker.nanos() - begun;
    long prompt = PROMPT.toNanos();
    count(nanos, nanos < prompt ? nanos * nanos / prompt : nanos);
  }

  private void count(long nanos, long thatCount) {
    long all = allNanos.addAndGet(nanos);
    long slow = slowNanos.addAndGet(thatCount);
    if (slow >= limits.budget.toNanos()) {
      if (leaveOut(/* asItFails= */ false)) {
        tell.accept(
            "the store %s is not asked any more for what others wait for: they waited for %d s; what it alone has is made again"
                .formatted(name, TimeUnit.NANOSECONDS.toSeconds(all)));
      }
    } else if ((slow >= TOLD.toNanos() || all >= limits.budget.toNanos())
        && !toldSlow.getAndSet(true)) {
      tell.accept(
          "others have waited %d s for answers of the store %s so far"
              .formatted(TimeUnit.NANOSECONDS.toSeconds(all), name));
    }
  }

  /** Notes that it failed, and returns that as what its callers throw. */
  private IOException failed(Call<?> call, Throwable why) {
    if (call.copies) {
      copyFailed(why);
    } else {
      answerFailed(why);
    }
    return why instanceof IOException failure ? failure : new IOException(why.toString(), why);
  }

  private void answerFailed(Throwable why) {
    if (!told.getAndSet(true) && !out.get()) {
      tell.accept(
          "the store %s cannot be used (%s); what it alone has is made again".formatted(name, why));
    }
    if (failures.incrementAndGet() >= limits.failures && leaveOut(/* asItFails= */ true)) {
      tell.accept(
          "the store %s is not asked any more: it failed %d times, the last time with %s"
              .formatted(name, failures.get(), why));
    }
  }

  private void copyFailed(Throwable why) {
    if (!toldCopies.getAndSet(true)) {
      tell.accept("the store %s could not be given a copy (%s)".formatted(name, why));
    }
    if (copyFailures.incrementAndGet() >= limits.failures) {
      noCopiesNanos = limits.ticker.nanos();
      if (!noCopies.getAndSet(true)) {
        tell.accept(
            "nothing is copied to the store %s any more: that failed %d times, the last time with %s; it is still read"
                .formatted(name, copyFailures.get(), why));
      }
    }
  }
}
