package dev.reprise.worker;

import org.jspecify.annotations.Nullable;

/**
 * A worker cannot do what a unit asks of it: its code is not there, an argument cannot be decoded,
 * its result cannot be encoded. Reaches the driver as the error of the attempt.
 */
final class WorkerException extends Exception {
  private static final long serialVersionUID = 1L;

  WorkerException(String message, @Nullable Throwable cause) {
    // Where in the worker it was found out is of no interest; the cause has its own stack.
    super(message, cause, true, false);
  }
}
