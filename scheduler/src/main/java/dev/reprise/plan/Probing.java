package dev.reprise.plan;

import static dev.reprise.cache.base.Checks.checkArgument;
import static java.util.Objects.requireNonNull;

import dev.reprise.cache.base.Durations;
import dev.reprise.cache.base.Saturating;
import dev.reprise.cache.base.Text;
import dev.reprise.cache.base.Ticker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
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
 * <p>Each is asked in a thread of its own, which nobody waits for when the process ends, and a few
 * at a time: what they look at may refuse more. One that is late is interrupted, and not asked
 * again: what hangs once would cost the limit each time. May be used from several threads.
 */
public final class Probing {
  /** The limit unless another is asked for. */
  public static final Duration STANDARD = Duration.ofSeconds(30);

  /**
   * The longest that is waited before results are kept, whatever the limit: half of what a run
   * waits for the side that commits, which asks all that it has to ask at once.
   */
  public static final Duration KEEPING = Duration.ofSeconds(30);

  /** So many are asked at a time; as many connections are common in one client. */
  static final int AT_A_TIME = 16;

  private static final String ENDED = "the probe did not answer before its run had to end";
  private static final Duration FIRST_NEWS = Duration.ofSeconds(1);
  private static final Ticker TICKER = Ticker.system();

  private final Duration limit;

  /** Probes that did not answer, and what is said of each; guarded by itself. */
  private final IdentityHashMap<Object, String> silent = new IdentityHashMap<>();

  /** Questions that are asked now; guarded by {@code silent}, as are the next three. */
  private final Set<Question<?>> open = Collections.newSetFromMap(new IdentityHashMap<>());

  /** Questions that are asked when others have ended. */
  private final Deque<Question<?>> next = new ArrayDeque<>();

  /** When the last one was answered. */
  private long heardNanos = TICKER.nanos();

  /** Whether none was answered while one of those asked together had its limit, nor since. */
  private boolean quiet;

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
  private record Preparation(@Nullable Duration time, long end, Waiting told) {
    boolean isOver() {
      return time != null && end - TICKER.nanos() <= 0;
    }

    String text() {
      return "the probe did not answer in the %s that the run has in all"
          .formatted(time == null ? "time" : Durations.text(time));
    }
  }

  /**
   * From now on until {@link #prepared}, waits are told, and none is longer than a run has time.
   *
   * @param time that the run has; null if that has no end
   * @param spent of it already
   */
  public void prepare(@Nullable Duration time, Duration spent, Waiting told) {
    long nanos =
        time == null
            ? Long.MAX_VALUE
            : Math.max(0, Saturating.limit(time).toNanos() - Saturating.limit(spent).toNanos());
    preparation = new Preparation(time, Saturating.sum(TICKER.nanos(), nanos), told);
  }

  /** All is asked that is asked before a run begins. */
  public void prepared() {
    preparation = null;
  }

  /** Whether a run or plan that is prepared has no more time, so that nothing of it will run. */
  public boolean isOver() {
    Preparation run = preparation;
    return run != null && run.isOver();
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
   * Asks a probe. Several that are asked before the first is waited for are asked at once, some at
   * a time. Each has its limit from when it is its turn. If none answers while one has its limit,
   * and none while one has that comes after it, those of which it was not the turn are not asked:
   * it is two limits together where nothing answers, and what hangs first does not decide alone.
   *
   * @param atMost how long to wait for the answer from now on, where that is less than the limit
   * @return of which the answer must be taken, after those of earlier ones
   */
  public <T extends @Nullable Object> Question<T> begin(
      Object of, String name, Callable<T> probe, Duration atMost) {
    Question<T> question = new Question<>(of, name, probe, atMost);
    question.enter();
    return question;
  }

  private void askNext() {
    Question<?> question = turn();
    while (question != null && question.start()) {
      question = turn();
    }
  }

  private @Nullable Question<?> turn() {
    synchronized (silent) {
      Question<?> question = open.size() < AT_A_TIME && !ended ? next.poll() : null;
      if (question != null) {
        open.add(question);
      }
      return question;
    }
  }

  /** What a probe was asked. */
  public final class Question<T extends @Nullable Object> {
    private final Object of;
    private final String name;
    private final FutureTask<T> task;
    private final Duration atMost;
    private final long askedNanos = TICKER.nanos();
    private final @Nullable ClassLoader classes = Thread.currentThread().getContextClassLoader();

    // Guarded by `silent`.
    private @Nullable Long begunNanos;
    private boolean begunInQuiet;
    private @Nullable String refused;

    private Question(Object of, String name, Callable<T> probe, Duration atMost) {
      this.of = of;
      this.name = name;
      this.atMost = atMost;
      this.task =
          new FutureTask<>(probe) {
            @Override
            protected void done() {
              over();
            }
          };
    }

    private void enter() {
      Preparation run = preparation;
      synchronized (silent) {
        refused = ended ? ENDED : run != null && run.isOver() ? run.text() : silent.get(of);
        unanswered |= ended;
        if (refused != null) {
          return;
        }
        if (open.isEmpty() && next.isEmpty()) {
          quiet = false; // what was silent before has nothing to do with these
        }
        next.add(this);
      }
      askNext();
    }

    /** Returns whether another may be asked. */
    private boolean start() {
      Thread thread = new Thread(task, "reprise-probe-" + name);
      thread.setDaemon(true);
      thread.setContextClassLoader(classes);
      try {
        thread.start();
        synchronized (silent) {
          begunNanos = TICKER.nanos();
          begunInQuiet = quiet;
        }
        return true;
      } catch (OutOfMemoryError e) { // the system gives no more threads
        synchronized (silent) {
          open.remove(this);
          if (!open.isEmpty() && !task.isDone()) {
            next.addFirst(this); // when one of those has ended
            return false;
          }
          refused = "the probe could not be asked: " + e;
        }
        task.cancel(false);
        return true;
      }
    }

    /** It is answered, or nobody waits any more; the thread of the probe may heed nobody. */
    private void over() {
      boolean frees;
      synchronized (silent) {
        next.remove(this);
        frees = open.remove(this);
        if (frees && !task.isCancelled()) {
          heardNanos = TICKER.nanos();
          quiet = false;
        }
      }
      if (frees) {
        askNext();
      }
    }

    /**
     * Waits for the answer.
     *
     * @throws UnansweredException as {@link #ask}
     * @throws Exception as {@link #ask}
     */
    public T answer() throws Exception {
      throwIfRefused();
      try {
        return await();
      } catch (TimeoutException e) {
        String over = requireNonNull(preparation, "nothing else ends the wait").text();
        synchronized (silent) { // or what ends now would begin the next
          next.forEach(each -> each.refused = over);
          next.clear();
        }
        throw new UnansweredException(over);
      } catch (CancellationException e) {
        throwIfRefused();
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
        over(); // which may be on its way
      }
    }

    private void throwIfRefused() throws UnansweredException {
      synchronized (silent) {
        if (refused != null) {
          throw new UnansweredException(refused);
        }
      }
    }

    /**
     * Waits also if this thread is interrupted, and leaves it so: without the answer the run that
     * is submitted would begin all the same, and do again what is done.
     */
    private T await() throws ExecutionException, TimeoutException {
      boolean interrupted = false;
      try {
        long news = Saturating.sum(askedNanos, FIRST_NEWS.toNanos());
        while (true) {
          Preparation run = preparation;
          long from = TICKER.nanos();
          long end = Saturating.sum(from, nanosToNext(this));
          long until = run == null ? end : Math.min(Math.min(end, run.end), news);
          try {
            return task.get(until - from, TimeUnit.NANOSECONDS);
          } catch (InterruptedException e) {
            interrupted = true;
          } catch (TimeoutException e) {
            long now = TICKER.nanos();
            if (run != null && news - now <= 0) {
              run.told.on(names(), Duration.ofNanos(now - askedNanos));
              while (news - now <= 0) {
                news += news - askedNanos;
              }
            }
            endLate(this);
            if (run != null && run.isOver() && !task.isDone()) {
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

    /** How long it may still take; nothing if it is late. */
    private long restNanos(long now) {
      long rest = atMost.toNanos() - (now - askedNanos);
      return begunNanos == null ? rest : Math.min(rest, limit.toNanos() - (now - begunNanos));
    }
  }

  /** For how long nothing that is asked, or waited for, is late. */
  private long nanosToNext(Question<?> waitedFor) {
    synchronized (silent) {
      long now = TICKER.nanos();
      long rest = waitedFor.restNanos(now);
      for (Question<?> each : open) {
        rest = Math.min(rest, each.restNanos(now));
      }
      return Math.max(0, rest);
    }
  }

  /**
   * Ends all that is late, whichever is waited for: those that wait for their turn would get none.
   */
  private void endLate(Question<?> waitedFor) {
    List<Question<?>> late = new ArrayList<>();
    synchronized (silent) {
      long now = TICKER.nanos();
      List<Question<?>> asked = new ArrayList<>(open);
      asked.add(waitedFor);
      for (Question<?> each : asked) {
        if (each.restNanos(now) <= 0 && !each.task.isDone() && each.refused == null) {
          boolean shortened = each.atMost.compareTo(limit) < 0;
          String within = "within " + Durations.text(shortened ? each.atMost : limit);
          String wayOut =
              shortened
                  ? "before results are kept none has more time"
                  : "probe-timeout gives it more time";
          String noTurn =
              "the probe was not asked, since %d others did not answer %s%s; %s"
                  .formatted(
                      AT_A_TIME, within, each.begunInQuiet ? ", nor any after them" : "", wayOut);
          late.add(each);
          if (each.begunNanos == null) {
            each.refused = noTurn;
            continue;
          }
          each.refused = "the probe did not answer %s; %s".formatted(within, wayOut);
          silent.put(each.of, each.refused);
          if (heardNanos - each.begunNanos <= 0) { // nor did any other in all that time
            if (each.begunInQuiet || each.atMost.compareTo(limit) <= 0) { // or no time is left
              next.forEach(other -> other.refused = noTurn);
              late.addAll(next);
              next.clear();
            }
            quiet = true;
          }
        }
      }
    }
    late.forEach(each -> each.task.cancel(true));
  }

  /** Nobody wants these answers any more, in place of {@link Question#answer}. */
  void drop(Collection<? extends Question<?>> questions) {
    synchronized (silent) {
      next.removeAll(questions); // or what ends now would begin them
    }
    for (Question<?> each : questions) {
      each.task.cancel(true);
      each.over();
    }
  }

  /** Names what is asked now, for people; empty if nothing is. */
  public String asked() {
    return names().stream().map(Text::quote).collect(Collectors.joining(", "));
  }

  private List<String> names() {
    synchronized (silent) {
      return open.stream().map(question -> question.name).distinct().sorted().toList();
    }
  }

  /**
   * Nobody wants answers any more: interrupts who is to give those that are waited for now, and
   * asks nothing from now on.
   */
  public void interrupt() {
    List<Question<?>> left = new ArrayList<>();
    synchronized (silent) {
      ended = true;
      left.addAll(open);
      left.addAll(next);
      unanswered |= !left.isEmpty();
    }
    left.forEach(question -> question.task.cancel(true));
  }

  /** Whether something was, or would have been, asked when nobody wanted answers any more. */
  public boolean leftUnanswered() {
    return unanswered;
  }
}
