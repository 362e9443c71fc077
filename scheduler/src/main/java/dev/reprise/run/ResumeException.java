package dev.reprise.run;

/** The run that another is to go on from does not serve. Correct the call (exit 2). */
public final class ResumeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Takes a sentence for people. */
  public ResumeException(String message) {
    super(message);
  }

  /** Takes a sentence for people, and why. */
  public ResumeException(String message, Throwable cause) {
    super(message, cause);
  }
}
