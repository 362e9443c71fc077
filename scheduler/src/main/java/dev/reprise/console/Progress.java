package dev.reprise.console;

/**
 * How far a run is.
 *
 * @param units that are known
 * @param done how many of them have ended
 * @param running what runs now, in few words; empty if nothing does
 */
record Progress(int units, int done, String running) {
  /** Nothing is known yet. */
  static final Progress NONE = new Progress(0, 0, "");

  /** The part that is done, from 0 to 1. */
  double share() {
    return units == 0 ? 0 : (double) done / units;
  }

  /** As in {@code 1,204 of 100,000 units done, 4 of delays running}. */
  @Override
  public String toString() {
    String counts = Figures.count(done) + " of " + Figures.count(units, "unit") + " done";
    return running.isEmpty() ? counts : counts + ", " + running + " running";
  }
}
