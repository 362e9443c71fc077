package dev.reprise.executor.testing;

import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.TaskExecutor.AttemptListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** Takes answers, lets a test wait for them, and notes what must not happen. */
public final class Answers implements AttemptListener {
  private final Duration patience;
  private final Set<Long> started = new HashSet<>();
  private final Map<Long, AttemptResult> finished = new HashMap<>();
  private final List<String> violations = new ArrayList<>();

  /** Waits at most {@code patience} for anything. */
  public Answers(Duration patience) {
    this.patience = patience;
  }

  @Override
  public synchronized void started(long attempt) {
    if (finished.containsKey(attempt)) {
      violations.add("attempt " + attempt + " started after it finished");
    }
    if (!started.add(attempt)) {
      violations.add("attempt " + attempt + " started twice");
    }
    notifyAll();
  }

  @Override
  public synchronized void finished(long attempt, AttemptResult result) {
    if (finished.putIfAbsent(attempt, result) != null) {
      violations.add("attempt " + attempt + " was answered twice, the second time with " + result);
    }
    notifyAll();
  }

  /** What happened that must not. */
  public synchronized List<String> violations() {
    return List.copyOf(violations);
  }

  /** Number of attempts that are answered. */
  public synchronized int count() {
    return finished.size();
  }

  /** Whether the attempt is answered. */
  public synchronized boolean has(long attempt) {
    return finished.containsKey(attempt);
  }

  /** Whether the attempt's user code was said to begin. */
  public synchronized boolean hasStarted(long attempt) {
    return started.contains(attempt);
  }

  /** The answer, once it is there. */
  public synchronized AttemptResult await(long attempt) throws InterruptedException {
    awaitUntil(() -> finished.containsKey(attempt), "an answer to attempt " + attempt);
    return finished.get(attempt);
  }

  /** Waits until so many attempts are answered. */
  public synchronized void awaitCount(int count) throws InterruptedException {
    awaitUntil(() -> finished.size() >= count, count + " answers");
  }

  /** Waits until user code of the attempt is about to run. */
  public synchronized void awaitStart(long attempt) throws InterruptedException {
    awaitUntil(() -> started.contains(attempt), "the start of attempt " + attempt);
  }

  private void awaitUntil(BooleanSupplier condition, String what) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new AssertionError(
            "no " + what + " within " + patience + "; there are " + finished.size());
      }
      wait(left);
    }
  }
}
