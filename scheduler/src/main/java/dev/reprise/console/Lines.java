package dev.reprise.console;

/** Where the lines of a run for people go. Called by the run's thread. */
interface Lines {
  /** Prints a line of what was asked for. */
  void out(String line);

  /** Prints a line of diagnostics. */
  void err(String line);

  /** Says how far the run is; may be shown now, later or never. */
  void progress(Progress progress);

  /** The run is over: nothing is shown any more that was not printed by a call. */
  void close();
}
