package dev.reprise.ray.connect;

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
 * connections and does not answer: one that hangs, or that is being stopped.
 */
final class NodeQuestion {
  private final Callable<List<Node>> call;
  private @Nullable FutureTask<List<Node>> asked; // holding this

  NodeQuestion(Callable<List<Node>> call) {
    this.call = call;
  }

  /**
   * Waits for the answer. What has not come within {@code patience} is not asked for again, but
   * waited for again the next time.
   *
   * @throws IllegalStateException if there is none yet, or Ray fails
   */
  synchronized List<Node> ask(Duration patience) {
    FutureTask<List<Node>> question = asked;
    if (question == null) {
      question = new FutureTask<>(call);
      asked = question;
      Thread thread = new Thread(question, "reprise-ray-nodes");
      thread.setDaemon(true);
      thread.start();
    }
    try {
      List<Node> nodes = question.get(patience.toNanos(), TimeUnit.NANOSECONDS);
      asked = null;
      return nodes;
    } catch (TimeoutException e) {
      throw new IllegalStateException("its head takes connections and does not answer", e);
    } catch (ExecutionException e) {
      asked = null;
      throw new IllegalStateException(String.valueOf(e.getCause()), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for an answer", e);
    }
  }
}
