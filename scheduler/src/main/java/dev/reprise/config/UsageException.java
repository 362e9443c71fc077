package dev.reprise.config;

/**
 * What was asked for cannot be done as it was asked: a setting, an option or an argument is wrong.
 * The message names it, where it was given and what is wanted; correct the call or the
 * configuration (exit 2).
 */
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UsageException(String message) {
    super(message);
  }

  public UsageException(String message, Throwable cause) {
    super(message, cause);
  }
}
