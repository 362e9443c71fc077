package dev.reprise.api;

/** A value given for a parameter does not fit, or is of no parameter. Correct the call (exit 2). */
public final class ParameterException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ParameterException(String message) {
    super(message);
  }
}
