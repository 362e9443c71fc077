package dev.reprise.spark;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * How many units may run at one time, of both kinds together. Nobody's turn is kept: what waits
 * comes to its end, whoever is first. Safe for threads.
 */
final class Places {
  private final int all;
  private final List<Runnable> told = new CopyOnWriteArrayList<>();
  private int taken;

  /**
   * @param most 0 for no bound
   */
  Places(int most) {
    all = most == 0 ? Integer.MAX_VALUE : most;
  }

  /** How many there are, free or not. */
  int all() {
    return all;
  }

  /** How many are free. */
  synchronized int free() {
    return all - taken;
  }

  /** Takes so many places, or fewer if fewer are free; returns how many. */
  synchronized int take(int wanted) {
    int got = Math.min(wanted, all - taken);
    taken += got;
    return got;
  }

  /** Returns places, and tells those who may have found none. */
  void give(int count) {
    boolean found;
    synchronized (this) {
      found = taken < all;
      taken -= count;
    }
    if (!found && count > 0) {
      told.forEach(Runnable::run);
    }
  }

  /** Lets {@code action} be called, in any thread, when places are free after there were none. */
  void whenFree(Runnable action) {
    told.add(action);
  }
}
