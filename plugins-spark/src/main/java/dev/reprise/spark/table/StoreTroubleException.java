package dev.reprise.spark.table;

import java.io.IOException;

/** A task could not use the store. Crosses from executor to driver, so it holds text alone. */
public final class StoreTroubleException extends IOException {
  private static final long serialVersionUID = 1L;

  StoreTroubleException(String message) {
    super(message);
  }
}
