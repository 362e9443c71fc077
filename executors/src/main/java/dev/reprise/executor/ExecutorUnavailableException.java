package dev.reprise.executor;

import org.jspecify.annotations.Nullable;

/** An engine cannot be reached, or cannot do what is asked of it. The user has to look (exit 4). */
public final class ExecutorUnavailableException extends Exception {
  private static final long serialVersionUID = 1L;

  public ExecutorUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
