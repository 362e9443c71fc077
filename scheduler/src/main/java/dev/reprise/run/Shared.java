package dev.reprise.run;

import dev.reprise.graph.TaskGraph;
import dev.reprise.plan.Propagation;
import dev.reprise.plan.UnitTable;
import dev.reprise.run.RunListener.RunHeader;

/** What all parts of a run's loop work on. Belongs to the run's one thread. */
record Shared(
    TaskGraph graph,
    RunHeader header,
    RunEnvironment environment,
    UnitTable units,
    Propagation propagation,
    SingleFlight flight,
    Reports reports,
    Timers timers) {

  /** The time by the run's ticker, in nanoseconds. */
  long now() {
    return environment.ticker().getAsLong();
  }

  RunOptions options() {
    return header.options();
  }
}
