package dev.reprise.cache.commit;

import dev.reprise.cache.claim.Claims.Claim;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.IndexBatch.Change;
import dev.reprise.cache.index.Origin;
import dev.reprise.cache.store.Manifest;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A finished result that wants to become visible.
 *
 * @param key null if it has none or must not be kept: its blobs are published for this run alone
 * @param manifest its partitions, inline or pending
 * @param timeToLive after which the entry expires; null for never
 * @param claim under which it was made; null if there was none
 * @param mode what becomes of an entry that is there
 * @param notes put and removed with the entry, if it is kept
 */
public record CommitRequest(
    @Nullable CacheKey key,
    Manifest manifest,
    Origin origin,
    @Nullable Duration timeToLive,
    @Nullable Claim claim,
    Mode mode,
    List<Change> notes) {
  /** What becomes of an entry that is there under the key. */
  public enum Mode {
    /**
     * There is none: it was looked up under the claim, or nobody else had it since. Without a claim
     * the same as {@link #FIRST_WINS}.
     */
    NEW,
    /** It stays: somebody else was quicker. */
    FIRST_WINS,
    /**
     * The new one takes its place: it was asked for, or the old one is too old. If both have the
     * same content, the bytes of the old one stay.
     */
    REPLACE,
    /**
     * The new one takes its place, with its bytes: the old one is damaged, or no value any more.
     */
    MAKE_GOOD
  }

  public CommitRequest {
    notes = List.copyOf(notes);
  }
}
