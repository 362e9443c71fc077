package dev.reprise.cache.base;

/** Bytes are not the record they should be. What they described counts as not there. */
public final class BadRecordException extends Exception {
  private static final long serialVersionUID = 1L;

  public BadRecordException(String message) {
    super(message);
  }
}
