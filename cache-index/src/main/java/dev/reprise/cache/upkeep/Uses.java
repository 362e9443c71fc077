package dev.reprise.cache.upkeep;

import dev.reprise.cache.fingerprint.Fingerprint;
import java.io.IOException;

/** Tells when results were used: made, or found. An index does not know; journals of runs do. */
@FunctionalInterface
public interface Uses {
  /** Knows of none. */
  Uses NONE = each -> true;

  /**
   * Tells all uses, in no order.
   *
   * @return whether all that could matter were told; false if there was too little time
   * @throws IOException if what must be known cannot be read
   */
  boolean forEach(Each each) throws IOException;

  /** Takes uses one by one. */
  @FunctionalInterface
  interface Each {
    /**
     * A result was used.
     *
     * @param key of its entry
     * @param atMillis in milliseconds since 1970
     */
    void use(Fingerprint key, long atMillis);
  }
}
