package dev.reprise.cache.index;

/**
 * The index cannot be read or written now. The work may go on without it: what is not found runs
 * again, what is not written is not reused.
 */
public class CacheUnavailableException extends Exception {
  private static final long serialVersionUID = 1L;

  public CacheUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }

  public CacheUnavailableException(String message) {
    super(message);
  }
}
