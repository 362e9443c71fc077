package dev.reprise.run;

/** How a run ended. */
public enum RunState {
  /** It goes on. */
  RUNNING,
  /** Every unit that was asked for has a result. */
  SUCCEEDED,
  /** A unit failed, or the run could not go on. */
  FAILED,
  /** It was cancelled. */
  CANCELLED
}
