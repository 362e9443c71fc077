package dev.reprise.graph;

/**
 * A pipeline is not valid. The message names the step and the way out; fix the definition (exit 3).
 */
public final class PipelineException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public PipelineException(String message) {
    super(message);
  }

  public PipelineException(String message, Throwable cause) {
    super(message, cause);
  }
}
