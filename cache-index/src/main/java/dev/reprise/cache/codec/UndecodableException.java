package dev.reprise.cache.codec;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that are whole but cannot be read as a value here: a class has changed since, is not
 * registered, or the bytes are of another form. The result must be made again.
 */
public sealed class UndecodableException extends IOException permits UnregisteredTypeException {
  private static final long serialVersionUID = 1L;

  public UndecodableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  public UndecodableException(String message) {
    super(message);
  }
}
