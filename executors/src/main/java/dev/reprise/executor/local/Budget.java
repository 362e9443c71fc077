package dev.reprise.executor.local;

import dev.reprise.task.Resources;

/**
 * What of the machine is free: places for units, processors in thousandths, memory in bytes. Not
 * safe for threads; the executor's lock guards it.
 *
 * <p>A unit that claims more than the machine has gets all of it, so that a pipeline made for a
 * cluster can be tried on a laptop: such units run one at a time. Named resources of a cluster mean
 * nothing here and limit nothing.
 */
final class Budget {
  private final int allMillis;
  private final long allMemory;

  private int places;
  private int cpuMillis;
  private long memory;

  Budget(int places, int cpus, long memory) {
    this.places = places;
    allMillis = Math.multiplyExact(cpus, 1000);
    cpuMillis = allMillis;
    allMemory = memory;
    this.memory = memory;
  }

  /** What one unit takes. */
  record Claim(int cpuMillis, long memory) {}

  /** What a unit with these needs takes here. */
  Claim claim(Resources resources) {
    long millis = Math.max(1, Math.round(resources.cpus() * 1000));
    return new Claim(
        (int) Math.min(allMillis, millis), Math.min(allMemory, resources.memoryBytes()));
  }

  /** Whether nothing fits: every claim is at least a thousandth of a processor. */
  boolean isUsedUp() {
    return places == 0 || cpuMillis == 0;
  }

  boolean fits(Claim claim) {
    return places > 0 && claim.cpuMillis <= cpuMillis && claim.memory <= memory;
  }

  void take(Claim claim) {
    places--;
    cpuMillis -= claim.cpuMillis;
    memory -= claim.memory;
  }

  void give(Claim claim) {
    places++;
    cpuMillis += claim.cpuMillis;
    memory += claim.memory;
  }
}
