package dev.reprise.spark;

/**
 * Whether executors run the driver's code cannot be told: what they made is not kept, and may be
 * made again.
 */
final class UnknownCodeException extends Exception {
  private static final long serialVersionUID = 1L;

  UnknownCodeException(String message) {
    super(message);
  }

  UnknownCodeException(String message, Throwable cause) {
    super(message, cause);
  }
}
