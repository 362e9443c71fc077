package dev.reprise.executor.envelope;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Bytes are no envelope, or not one that this release reads, or what should go into one cannot. The
 * message says which and what to do.
 */
public final class EnvelopeException extends IOException {
  private static final long serialVersionUID = 1L;

  EnvelopeException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
