package dev.reprise.cache.codec;

/**
 * Bytes hold an object of a class that is not registered for the task that reads them. They may be
 * sound: the caller may register the class.
 */
public final class UnregisteredTypeException extends UndecodableException {
  private static final long serialVersionUID = 1L;

  private final String typeName;

  UnregisteredTypeException(String typeName, String message, Throwable cause) {
    super(message, cause);
    this.typeName = typeName;
  }

  /** The class, as {@link Class#getName} gives it. */
  public String typeName() {
    return typeName;
  }
}
