package dev.reprise.run;

import java.time.Duration;

/** Tells of executors that take long to start. Belongs to the run's one thread. */
final class StartNews {
  private final Shared run;
  private final Stopping stopping;

  StartNews(Shared run, Stopping stopping) {
    this.run = run;
    this.stopping = stopping;
  }

  /** Tells of one that is about to begin, if it does not start soon. */
  void tellLater(Lane lane) {
    tellLater(lane, run.now(), Patience.START_SLOW);
  }

  /** Ever more rarely: a cluster may take minutes to answer. */
  private void tellLater(Lane lane, long began, Duration wait) {
    run.timers()
        .after(
            run.now(),
            wait,
            () -> {
              if (lane.starting() && stopping.halted() == null) {
                Duration soFar = Duration.ofNanos(run.now() - began);
                run.reports().executorStarting(lane.engine, soFar);
                tellLater(lane, began, soFar);
              }
            });
  }
}
