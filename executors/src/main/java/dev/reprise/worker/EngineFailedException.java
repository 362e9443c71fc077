package dev.reprise.worker;

import org.jspecify.annotations.Nullable;

/** The engine failed a unit, not the user's code: it may be tried again. */
public final class EngineFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  public EngineFailedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
