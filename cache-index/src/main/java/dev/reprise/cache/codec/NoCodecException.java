package dev.reprise.cache.codec;

import java.io.IOException;

/** A value, or a part of it, cannot be encoded. Register the class or return another type. */
public final class NoCodecException extends IOException {
  private static final long serialVersionUID = 1L;

  public NoCodecException(String message) {
    super(message);
  }
}
