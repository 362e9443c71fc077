package dev.reprise.run;

import org.jspecify.annotations.Nullable;

/** An attempt in flight. */
final class Attempt {
  final long id;
  final int unit;
  final int number;
  final Lane lane;
  boolean started;

  /** When it began, by the run's ticker; meaningful if it has. */
  long startNanos;

  /** When it is given up next; null if it is not. */
  Timers.@Nullable Timer deadline;

  Attempt(long id, int unit, int number, Lane lane) {
    this.id = id;
    this.unit = unit;
    this.number = number;
    this.lane = lane;
  }
}
