package dev.reprise.examples.flights;

/** Flights of one origin, in whole numbers: sums of sums are then exact in any order. */
final class Delays {
  private long flights;
  private long minutes;
  private long late;

  /** Adds a flight. */
  void add(int delayMinutes, int lateMinutes) {
    flights++;
    minutes += delayMinutes;
    late += delayMinutes > lateMinutes ? 1 : 0;
  }

  /** Adds the flights of another month. */
  void add(long moreFlights, long moreMinutes, long moreLate) {
    flights += moreFlights;
    minutes += moreMinutes;
    late += moreLate;
  }

  long flights() {
    return flights;
  }

  long minutes() {
    return minutes;
  }

  long late() {
    return late;
  }

  /** Mean delay, in minutes. */
  double mean() {
    return (double) minutes / flights;
  }

  /** Share of flights that were late, from 0 to 1. */
  double lateShare() {
    return (double) late / flights;
  }
}
