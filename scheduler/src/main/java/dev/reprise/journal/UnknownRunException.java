package dev.reprise.journal;

/** No run, or more than one, is of the name that was given. Name another (exit 2). */
public final class UnknownRunException extends Exception {
  private static final long serialVersionUID = 1L;

  public UnknownRunException(String message) {
    super(message);
  }
}
