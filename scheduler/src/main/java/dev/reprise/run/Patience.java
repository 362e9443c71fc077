package dev.reprise.run;

import java.time.Duration;

/**
 * How long a run waits for what is not the user's code. What a run cannot do without taking its own
 * thread there is not bounded by these, see ADR-0005.
 *
 * <p>A cancelled run is over in {@link #STOPPING} and {@link #CLOSING}, within the ten seconds
 * after which the command line halts the process.
 */
final class Patience {
  /** An executor that takes so long to start is told of. */
  static final Duration START_SLOW = Duration.ofSeconds(2);

  /** A committing side that settles nothing for so long is told of. */
  static final Duration COMMIT_SLOW = Duration.ofSeconds(10);

  /**
   * A committing side that settles nothing for so long is given up. Longer than it asks the user's
   * probes, {@link dev.reprise.plan.Probing#KEEPING}.
   */
  static final Duration COMMIT = Duration.ofSeconds(60);

  /** How long attempts and commits that are under way may go on in a run that is to end now. */
  static final Duration STOPPING = Duration.ofSeconds(8);

  /** How long the committing side may still take when it is closed with something to do. */
  static final Duration CLOSING = Duration.ofSeconds(1);

  /** How long a run that has ended waits for copies to farther stores. */
  static final Duration COPIES = Duration.ofSeconds(60);

  private Patience() {}
}
