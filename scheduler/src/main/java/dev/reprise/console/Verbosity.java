package dev.reprise.console;

/** How much a run says to people. */
public enum Verbosity {
  /** The last line, and what went wrong. */
  QUIET,
  /** A few lines a step. */
  NORMAL,
  /** A line for each unit that was not cached. */
  VERBOSE,
  /** A line for each unit, with keys, and whole stack traces. */
  EVERYTHING;

  /** Whether this says as much as {@code other}. */
  public boolean says(Verbosity other) {
    return compareTo(other) >= 0;
  }
}
