package dev.reprise.cache.index;

/** Another process holds the index and did not let go in time. Wait for it, or do without. */
public final class IndexLockedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Holder holder;

  public IndexLockedException(String message, Holder holder) {
    super(message);
    this.holder = holder;
  }

  /** Who holds it. */
  public Holder holder() {
    return holder;
  }
}
