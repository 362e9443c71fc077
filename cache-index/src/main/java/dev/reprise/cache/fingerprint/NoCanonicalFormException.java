package dev.reprise.cache.fingerprint;

/**
 * A value has no canonical form, so nothing that depends on it has a key. The step runs uncached
 * and says which argument and why; a part of a key is never dropped silently.
 */
public final class NoCanonicalFormException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String path;
  private final String why;

  /**
   * @param path where in the value, as {@code .field[3].other}; empty for the value itself
   * @param why what cannot be encoded and what to do about it
   */
  public NoCanonicalFormException(String path, String why) {
    super(path.isEmpty() ? why : path + ": " + why);
    this.path = path;
    this.why = why;
  }

  /** Where in the value, as {@code .field[3].other}; empty for the value itself. */
  public String path() {
    return path;
  }

  /** What cannot be encoded and what to do about it. */
  public String why() {
    return why;
  }

  /** The same refusal as seen from one level further out. */
  NoCanonicalFormException under(String segment) {
    NoCanonicalFormException outer = new NoCanonicalFormException(segment + path, why);
    outer.initCause(getCause());
    return outer;
  }
}
