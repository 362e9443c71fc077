package dev.reprise.cache.store;

import java.io.IOException;
import java.util.Locale;

/**
 * Keeps a store from filling its disk: below the floor nothing is written, so that what else lives
 * there, the index first of all, goes on working.
 */
final class FreeSpace {
  private final String store;
  private final long floor;
  private final Usable usable;

  /** Bytes that may still be written. */
  @FunctionalInterface
  interface Usable {
    /** Asks the disk. */
    long bytes() throws IOException;
  }

  /**
   * @param store for messages
   * @param floor in bytes
   * @param usable bytes that may still be written
   */
  FreeSpace(String store, long floor, Usable usable) {
    this.store = store;
    this.floor = floor;
    this.usable = usable;
  }

  /**
   * Checks the floor.
   *
   * @throws StoreFullException if there is less free space; nothing may be written
   * @throws IOException if the disk cannot be asked: the store is gone, say
   */
  void check() throws IOException {
    long free;
    try {
      free = usable.bytes();
    } catch (IOException e) {
      throw new IOException("the result store " + store + " cannot be reached: " + e, e);
    }
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
    } catch (IOException unreachable) {
      unreachable.addSuppressed(failure);
      return unreachable;
    }
  }
}
