package dev.reprise.spark.table;

import java.io.IOException;

/** A task could not use the store. Crosses from executor to driver, so it holds text alone. */
public final class StoreTroubleException extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean full;

  StoreTroubleException(String message, boolean full) {
    super(message);
    this.full = full;
  }

  /** Whether its disk is full, which does not pass soon. */
  public boolean isFull() {
    return full;
  }
}
