package dev.reprise.cache.store;

import java.io.IOException;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Keeps a store from filling its disk: below the floor nothing is written, so that what else lives
 * there, the index first of all, goes on working.
 */
final class FreeSpace {
  private final String store;
  private final long floor;
  private final LongSupplier usable;

  /**
   * @param store for messages
   * @param floor in bytes
   * @param usable bytes that may still be written
   */
  FreeSpace(String store, long floor, LongSupplier usable) {
    this.store = store;
    this.floor = floor;
    this.usable = usable;
  }

  /**
   * Checks the floor.
   *
   * @throws StoreFullException if there is less free space; nothing may be written
   */
  void check() throws StoreFullException {
    long free = usable.getAsLong();
    if (free < floor) {
      throw new StoreFullException(
          String.format(
              Locale.ROOT,
              "the disk of result store %s has %d MiB left, less than the floor of %d MiB: results"
                  + " are not kept; free some space or name another store with --store",
              store,
              free >> 20,
              floor >> 20));
    }
  }

  /** Says of a write that failed that the disk is full, if that is what it is. */
  IOException explain(IOException failure) {
    try {
      String message = failure.getMessage();
      if (message != null && message.contains("No space left")) {
        throw new StoreFullException(
            "the disk of result store "
                + store
                + " is full: results are not kept; free some space");
      }
      check();
      return failure;
    } catch (StoreFullException full) {
      full.initCause(failure);
      return full;
    }
  }
}
