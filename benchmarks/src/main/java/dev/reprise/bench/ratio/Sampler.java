package dev.reprise.bench.ratio;

import static dev.reprise.cache.base.Checks.checkState;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Takes samples from time to time, in a thread of its own, until it is closed. */
final class Sampler implements AutoCloseable {
  private static final int MOST_SECONDS = 20;

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread made = new Thread(work, "reprise-bench-samples");
            made.setDaemon(true);
            return made;
          });
  private final Future<?> samples;

  /**
   * @param pause between the end of one sample and the begin of the next
   */
  Sampler(Duration pause, Runnable sample) {
    long nanos = pause.toNanos();
    samples = thread.scheduleWithFixedDelay(sample, nanos, nanos, TimeUnit.NANOSECONDS);
  }

  /**
   * Ends once a sample that is being taken has been.
   *
   * @throws ExecutionException if a sample failed, after which there were no more
   */
  @Override
  public void close() throws ExecutionException, InterruptedException {
    thread.shutdown();
    boolean ended = thread.awaitTermination(MOST_SECONDS, TimeUnit.SECONDS);
    checkState(ended, "a sample is not taken within %s s", MOST_SECONDS);
    if (samples.isDone() && !samples.isCancelled()) {
      samples.get();
    }
  }
}
