package dev.reprise.spark.table;

import dev.reprise.cache.store.ReadOnlyStoreException;
import dev.reprise.cache.store.StoreFullException;
import java.io.IOException;

/** A task could not use the store. Crosses from executor to driver, so it holds text alone. */
public final class StoreTroubleException extends IOException {
  private static final long serialVersionUID = 2L;

  private final Kind kind;

  /** What becomes of trouble. */
  public enum Kind {
    /** Its disk is full, which does not pass soon. */
    FULL,
    /** It can only be read from there, which does not pass. */
    READ_ONLY,
    /** Whatever else; may pass. */
    OTHER;

    private static Kind of(IOException cause) {
      if (cause instanceof StoreFullException) {
        return FULL;
      }
      return cause instanceof ReadOnlyStoreException ? READ_ONLY : OTHER;
    }
  }

  StoreTroubleException(String message, IOException cause) {
    super(message);
    kind = Kind.of(cause);
  }

  /** What becomes of it. */
  public Kind kind() {
    return kind;
  }
}
