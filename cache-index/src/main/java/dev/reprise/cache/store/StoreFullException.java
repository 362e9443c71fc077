package dev.reprise.cache.store;

import java.io.IOException;

/**
 * The store has less free space than its floor. The result is still the run's; it is not kept, and
 * the run goes on.
 */
public final class StoreFullException extends IOException {
  private static final long serialVersionUID = 1L;

  public StoreFullException(String message) {
    super(message);
  }
}
