package dev.reprise.plan;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.cache.base.Durations;
import dev.reprise.cache.base.Saturating;
import dev.reprise.cache.base.Text;
import dev.reprise.cache.base.Ticker;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Asks probes of the user's, on the driver, and waits for an answer no longer than a limit: they
 * look at what is outside, which may not answer.
 *
 * <p>Each is asked in a thread of its own, which nobody waits for when the process ends. One that
 * is late is interrupted, and not asked again: what hangs once would cost the limit each time. May
 * be used from several threads.
 */
public final class Probing {
  /** The limit unless another is asked for. */
  public static final Duration STANDARD = Duration.ofSeconds(30);

  /**
   * The longest that is waited before results are kept, whatever the limit: half of what a run
   * waits for the side that commits, which asks all that it has to ask at once.
   */
  public static final Duration KEEPING = Duration.ofSeconds(30);

  private static final String ENDED = "the probe did not answer before its run had to end";
  private static final Duration FIRST_NEWS = Duration.ofSeconds(1);
  private static final Ticker TICKER = Ticker.system();

  private final Duration limit;

  /** Probes that did not answer, and what is said of each; guarded by itself. */
  private final IdentityHashMap<Object, String> silent = new IdentityHashMap<>();

  /** Questions that are not answered yet, and names; guarded by {@code silent}. */
  private final IdentityHashMap<FutureTask<?>, String> open = new IdentityHashMap<>();

  private volatile @Nullable Preparation preparation;
  private volatile boolean ended;
  private volatile boolean unanswered;

  /**
   * @param limit how long to wait for an answer; more than nothing
   */
  public Probing(Duration limit) {
    checkArgument(
        !limit.isNegative() && !limit.isZero(),
        "a limit for probes must be positive, not %s",
        limit);
    this.limit = Saturating.limit(limit);
  }

  /** Hears what a run or a plan waits for while it is prepared. */
  @FunctionalInterface
  public interface Waiting {
    /**
     * Probes have not answered yet; called after a second, and then each time after twice as long.
     *
     * @param asked names of what they are asked about
     * @param soFar since the one that is waited for was asked
     */
    void on(List<String> asked, Duration soFar);
  }

  /**
   * A run or a plan that is prepared.
   *
   * @param time that it has in all; null if that has no end
   * @param end when it has no more
   */
  private record Preparation(@Nullable Duration time, long end, Waiting told) {}

  /**
   * From now on until {@link #prepared}, waits are told, and none is longer than a run has time.
   *
   * @param time that is left to the run; null if that has no end
   */
  public void prepare(@Nullable Duration time, Waiting told) {
    long nanos = time == null ? Long.MAX_VALUE : Saturating.limit(time).toNanos();
    preparation = new Preparation(time, Saturating.sum(TICKER.nanos(), nanos), told);
  }

  /** All is asked that is asked before a run begins. */
  public void prepared() {
    preparation = null;
  }

  /** A probe did not answer; the message says what to do. */
  public static final class UnansweredException extends Exception {
    private static final long serialVersionUID = 1L;

    UnansweredException(String message) {
      super(message);
    }
  }

  /**
   * Asks a probe, and waits for its answer, also if this thread is interrupted, which it stays.
   *
   * @param of known by being one object: what does not answer is not asked again
   * @param name of what is asked about, for people
   * @throws UnansweredException if there is no answer in time, or nobody wants one any more
   * @throws Exception what the probe throws; errors are thrown as they are
   */
  public <T extends @Nullable Object> T ask(Object of, String name, Callable<T> probe)
      throws Exception {
    return begin(of, name, probe, limit).answer();
  }

  /**
   * Asks a probe. Several that are asked before the first is waited for have one limit together,
   * not one each.
   *
   * @param atMost how long to wait for the answer from now on, where that is less than the limit
   * @return of which the answer must be taken
   */
  public <T extends @Nullable Object> Question<T> begin(
      Object of, String name, Callable<T> probe, Duration atMost) {
    return new Question<>(of, name, probe, atMost);
  }

  /** What a probe was asked. */
  public final class Question<T extends @Nullable Object> {
    private final Object of;
    private final FutureTask<T> task;
    private final boolean shortened;
    private final Duration time;
    private final long begun;
    private final long deadline;
    private final @Nullable String refused;

    private Question(Object of, String name, Callable<T> probe, Duration atMost) {
      this.of = of;
      this.task = new FutureTask<>(probe);
      this.shortened = atMost.compareTo(limit) < 0;
      this.time = shortened ? atMost : limit;
      this.refused = start(name);
      this.begun = TICKER.nanos();
      this.deadline = Saturating.sum(begun, time.toNanos());
    }

    /** Returns why it is not asked. */
    private @Nullable String start(String name) {
      synchronized (silent) {
        if (ended) {
          unanswered = true;
          return ENDED;
        }
        String late = silent.get(of);
        if (late != null) {
          return late;
        }
        open.put(task, name);
      }
      Thread thread = new Thread(task, "reprise-probe-" + name);
      thread.setDaemon(true);
      thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
      try {
        thread.start();
      } catch (OutOfMemoryError e) { // the system gives no more threads
        forget();
        return "the probe could not be asked: " + e;
      }
      return null;
    }

    /**
     * Waits for the answer.
     *
     * @throws UnansweredException as {@link #ask}
     * @throws Exception as {@link #ask}
     */
    public T answer() throws Exception {
      if (refused != null) {
        throw new UnansweredException(refused);
      }
      try {
        return await();
      } catch (TimeoutException e) {
        Preparation run = preparation;
        if (run != null && run.time != null && deadline - TICKER.nanos() > 0) {
          throw new UnansweredException(
              "the probe did not answer in the %s that the run has in all"
                  .formatted(Durations.text(run.time)));
        }
        synchronized (silent) {
          silent.put(of, late());
        }
        throw new UnansweredException(late());
      } catch (CancellationException e) {
        throw new UnansweredException(ENDED);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof Error error) {
          throw error;
        } else if (e.getCause() instanceof Exception thrown) {
          throw thrown;
        }
        throw e; // a checked throwable that is neither
      } finally {
        task.cancel(true); // interrupts it if it goes on
        forget();
      }
    }

    /**
     * Waits also if this thread is interrupted, and leaves it so: without the answer the run that
     * is submitted would begin all the same, and do again what is done.
     */
    private T await() throws ExecutionException, TimeoutException {
      boolean interrupted = false;
      try {
        long news = Saturating.sum(begun, FIRST_NEWS.toNanos());
        while (true) {
          Preparation run = preparation;
          long end = run == null ? deadline : Math.min(deadline, run.end);
          long until = run == null ? end : Math.min(end, news);
          try {
            return task.get(until - TICKER.nanos(), TimeUnit.NANOSECONDS);
          } catch (InterruptedException e) {
            interrupted = true;
          } catch (TimeoutException e) {
            long now = TICKER.nanos();
            if (run != null && news - now <= 0) {
              run.told.on(names(), Duration.ofNanos(now - begun));
              while (news - now <= 0) {
                news += news - begun;
              }
            }
            if (end - now <= 0) {
              throw e;
            }
          }
        }
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }

    /** Nobody wants the answer any more, in place of {@link #answer}. */
    void drop() {
      task.cancel(true);
      forget();
    }

    private void forget() {
      synchronized (silent) {
        open.remove(task);
      }
    }

    private String late() {
      return "the probe did not answer within %s; %s"
          .formatted(
              Durations.text(time),
              shortened
                  ? "before results are kept none has more time"
                  : "probe-timeout gives it more time");
    }
  }

  /** Names what is asked now, for people; empty if nothing is. */
  public String asked() {
    return names().stream().map(Text::quote).collect(Collectors.joining(", "));
  }

  private List<String> names() {
    synchronized (silent) {
      return open.values().stream().distinct().sorted().toList();
    }
  }

  /**
   * Nobody wants answers any more: interrupts who is to give those that are waited for now, and
   * asks nothing from now on.
   */
  public void interrupt() {
    synchronized (silent) {
      ended = true;
      unanswered |= !open.isEmpty();
      open.keySet().forEach(question -> question.cancel(true));
    }
  }

  /** Whether something was, or would have been, asked when nobody wanted answers any more. */
  public boolean leftUnanswered() {
    return unanswered;
  }
}
