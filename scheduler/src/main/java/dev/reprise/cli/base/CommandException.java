package dev.reprise.cli.base;

/**
 * A command cannot do what it was asked for. The message is for the user and names the way out; the
 * process ends with the code.
 */
public final class CommandException extends Exception {
  private static final long serialVersionUID = 1L;

  private final ExitCode code;

  public CommandException(ExitCode code, String message) {
    super(message);
    this.code = code;
  }

  public CommandException(ExitCode code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** How the process ends. */
  public ExitCode code() {
    return code;
  }
}
