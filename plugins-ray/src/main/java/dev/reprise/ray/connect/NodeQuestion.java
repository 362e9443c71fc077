package dev.reprise.ray.connect;

import dev.reprise.cache.base.Ticker;
import dev.reprise.ray.connect.RayCalls.Node;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Asks a cluster for its nodes, with patience. Ray's own call waits for ever if the head takes
 * connections and does not answer: one that hangs, or that is being stopped. For threads: who asks
 * while there is no answer yet waits for the same one.
 */
final class NodeQuestion {
  /** An answer that nobody waited for is good for the next look, not for the next run. */
  private static final long GOOD_NANOS = 5_000_000_000L;

  private final Callable<List<Node>> call;
  private final Ticker ticker;
  private @Nullable FutureTask<List<Node>> asked; // this and the next: holding this
  private long askedNanos;

  NodeQuestion(Callable<List<Node>> call, Ticker ticker) {
    this.call = call;
    this.ticker = ticker;
  }

  /**
   * Waits for the answer. What has not come within {@code patience} is not asked for again, but
   * waited for again the next time.
   *
   * @throws IllegalStateException if there is none yet, or Ray fails
   */
  List<Node> ask(Duration patience) {
    FutureTask<List<Node>> question = question();
    try {
      List<Node> nodes = question.get(patience.toNanos(), TimeUnit.NANOSECONDS);
      forget(question);
      return nodes;
    } catch (TimeoutException e) {
      throw new IllegalStateException("its head takes connections and does not answer", e);
    } catch (ExecutionException e) {
      forget(question);
      throw new IllegalStateException(String.valueOf(e.getCause()), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for an answer", e);
    }
  }

  private synchronized FutureTask<List<Node>> question() {
    FutureTask<List<Node>> question = asked;
    long now = ticker.nanos();
    if (question == null || (question.isDone() && now - askedNanos > GOOD_NANOS)) {
      question = new FutureTask<>(call);
      Thread thread = new Thread(question, "reprise-ray-nodes");
      thread.setDaemon(true);
      thread.start();
      asked = question;
      askedNanos = now;
    }
    return question;
  }

  private synchronized void forget(FutureTask<List<Node>> question) {
    if (asked == question) {
      asked = null;
    }
  }
}
