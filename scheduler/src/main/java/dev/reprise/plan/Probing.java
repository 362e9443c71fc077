package dev.reprise.plan;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.cache.base.Durations;
import dev.reprise.cache.base.Saturating;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
  /** Half of what a run waits for the side that commits, which asks probes, too. */
  public static final Duration STANDARD = Duration.ofSeconds(30);

  private final Duration limit;

  /** Probes that did not answer; guarded by itself. */
  private final Set<Object> silent = Collections.newSetFromMap(new IdentityHashMap<>());

  /** Questions that are not answered yet; guarded by {@code silent}. */
  private final Set<FutureTask<?>> open = Collections.newSetFromMap(new IdentityHashMap<>());

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

  /** A probe did not answer; the message says what to do. */
  public static final class UnansweredException extends Exception {
    private static final long serialVersionUID = 1L;

    UnansweredException(String message) {
      super(message);
    }
  }

  /**
   * Asks a probe.
   *
   * @param of known by being one object: what does not answer is not asked again
   * @param name of what is asked about, for people
   * @throws UnansweredException if there is no answer in time, or nobody wants one any more; the
   *     thread stays interrupted if it was
   * @throws Exception what the probe throws; errors are thrown as they are
   */
  public <T extends @Nullable Object> T ask(Object of, String name, Callable<T> probe)
      throws Exception {
    FutureTask<T> question = new FutureTask<>(probe);
    synchronized (silent) {
      if (silent.contains(of)) {
        throw late();
      }
      open.add(question);
    }
    Thread thread = new Thread(question, "reprise-probe-" + name);
    thread.setDaemon(true);
    thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
    try {
      thread.start();
      return question.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      synchronized (silent) {
        silent.add(of);
      }
      throw late();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnansweredException("the probe did not answer before its run had to end");
    } catch (CancellationException e) {
      throw new UnansweredException("the probe did not answer before its run had to end");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      } else if (e.getCause() instanceof Exception thrown) {
        throw thrown;
      }
      throw e; // a checked throwable that is neither
    } finally {
      question.cancel(true); // interrupts it if it goes on
      synchronized (silent) {
        open.remove(question);
      }
    }
  }

  private UnansweredException late() {
    return new UnansweredException(
        "the probe did not answer within %s; probe-timeout gives it more time"
            .formatted(Durations.text(limit)));
  }

  /** Nobody wants the answers any more that are waited for now: interrupts who gives them. */
  public void interrupt() {
    synchronized (silent) {
      open.forEach(question -> question.cancel(true));
    }
  }
}
