package dev.reprise.cache.code;

import org.jspecify.annotations.Nullable;

/**
 * The code of a task cannot be read, so it has no identity and the task no key: it runs uncached
 * and says why. A class was made at run time, or its file is damaged or newer than this program
 * knows.
 */
public final class CodeUnavailableException extends Exception {
  private static final long serialVersionUID = 1L;

  public CodeUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
