package dev.reprise.cache.upkeep;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.Origin;
import org.jspecify.annotations.Nullable;

/**
 * Something in a cache that is not as it was written, or could not be looked at. What is damaged is
 * never served: a look-up or a read finds it too, and what made it runs again.
 *
 * @param scope of the entry
 * @param key of the entry; null if not even that can be read
 * @param origin of the entry; null if it cannot be read
 * @param blob that is missing or damaged; null if it is the entry itself
 * @param detail for people
 * @param repaired whether it is out of the way now
 */
public record Finding(
    Code code,
    String scope,
    @Nullable CacheKey key,
    @Nullable Origin origin,
    @Nullable Fingerprint blob,
    String detail,
    boolean repaired) {
  /** What is wrong; where there is a miss for it, in its words. */
  public enum Code {
    /** The entry fails its checksum, or a file of the index fails its own. */
    ENTRY_CORRUPT,
    /**
     * What is kept of a failure fails its checksum: it does not count, and the unit is executed.
     */
    FAILURE_CORRUPT,
    /** A blob of the entry is not there. */
    BLOB_MISSING,
    /** A blob of the entry is not what was written. */
    BLOB_CORRUPT,
    /**
     * A blob could not be read now, which says nothing of its bytes: no file could be opened, say.
     * Never repaired; check again.
     */
    NOT_CHECKED
  }

  /** The same, out of the way. */
  Finding asRepaired() {
    return new Finding(code, scope, key, origin, blob, detail, /* repaired= */ true);
  }
}
