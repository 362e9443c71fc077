package dev.reprise.executor.testing;

import java.util.Random;

/** Says what goes wrong with which attempt. */
@FunctionalInterface
public interface FaultPlan {
  /** What may happen to an attempt. */
  enum Fault {
    /** Nothing. */
    NONE,
    /** The worker is gone before user code begins. */
    LOST_BEFORE,
    /** User code runs and its blobs are written, but the worker is gone before it answers. */
    LOST_AFTER,
    /** The engine runs user code twice, and the second result is the one that counts. */
    TWICE,
    /** User code begins and never ends, unless it is cancelled. */
    HANGS
  }

  /** Nothing ever goes wrong. */
  FaultPlan NONE = (step, label, attempt) -> Fault.NONE;

  /** What happens to an attempt. Asked once, when it is submitted. */
  Fault of(String step, String label, long attempt);

  /**
   * Returns a plan in which each attempt meets some fault with a probability; never one that hangs.
   */
  static FaultPlan seeded(Random random, double probability) {
    Fault[] faults = {Fault.LOST_BEFORE, Fault.LOST_AFTER, Fault.TWICE};
    return (step, label, attempt) ->
        random.nextDouble() < probability ? faults[random.nextInt(faults.length)] : Fault.NONE;
  }
}
