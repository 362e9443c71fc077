package dev.reprise.cache.store;

import java.io.IOException;

/**
 * The store cannot be written from here. The result is still the run's; it is not kept, and the run
 * goes on.
 */
public final class ReadOnlyStoreException extends IOException {
  private static final long serialVersionUID = 1L;

  public ReadOnlyStoreException(String message) {
    super(message);
  }
}
