package dev.reprise.cache.index;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.LookupBatch.Answer;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cache.store.ResultStore.Presence;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether the record found under a key may be used: sound, not expired, and all its blobs
 * there. Belongs to one thread, one look-up and one scope.
 */
final class Judge {
  /** Reads a whole entry, for the few whose blobs are not listed in the head. */
  interface WholeEntries {
    /** The entry under {@code key} in the scope at hand; null if it is damaged or gone. */
    @Nullable CacheEntry read(CacheKey key) throws CacheUnavailableException;
  }

  private final EntryHead head = new EntryHead();
  private final ResultStore store;
  private final long nowMillis;
  private final WholeEntries whole;

  /**
   * @param nowMillis by the index's clock, in milliseconds since 1970
   */
  Judge(ResultStore store, long nowMillis, WholeEntries whole) {
    this.store = store;
    this.nowMillis = nowMillis;
    this.whole = whole;
  }

  /**
   * Answers one place of a batch.
   *
   * @param record the record from 0 on, or its first {@link EntryHead#MOST} bytes
   * @param length number of bytes of it that are there
   * @return whether it is a hit
   */
  boolean judge(LookupBatch batch, int place, byte[] record, int length)
      throws CacheUnavailableException {
    Answer answer = judge(record, length, batch.keys(), place, batch.maxAgeMillis(place));
    if (answer != Answer.HIT) {
      batch.miss(place, answer);
      return false;
    }
    boolean lasts =
        EntryHead.expiresMillis(record) == CacheEntry.NEVER
            && EntryHead.blobs(record) == 0
            && !EntryHead.blobsStandInBody(record);
    batch.hit(place, record, EntryHead.contentAt(), EntryHead.durationNanos(record), lasts);
    return true;
  }

  private Answer judge(byte[] record, int length, byte[] keys, int place, long maxAgeMillis)
      throws CacheUnavailableException {
    return switch (head.check(keys, place * Fingerprint.BYTES, record, length)) {
      case CORRUPT -> Answer.ENTRY_CORRUPT;
      case NEWER -> Answer.NO_ENTRY;
      case SOUND -> judgeSound(record, keys, place, maxAgeMillis);
    };
  }

  private Answer judgeSound(byte[] record, byte[] keys, int place, long maxAgeMillis)
      throws CacheUnavailableException {
    if (EntryHead.isExpired(record, nowMillis, maxAgeMillis)) {
      return Answer.EXPIRED;
    }
    if (EntryHead.blobsStandInBody(record)) {
      CacheKey key = new CacheKey(Fingerprint.read(keys, place * Fingerprint.BYTES));
      return blobs(whole.read(key));
    }
    for (int blob = 0; blob < EntryHead.blobs(record); blob++) {
      Presence presence =
          store.presence(EntryHead.blobAddress(record, blob), EntryHead.blobSize(record, blob));
      if (presence != Presence.PRESENT) {
        return answer(presence);
      }
    }
    return Answer.HIT;
  }

  private Answer blobs(@Nullable CacheEntry entry) {
    if (entry == null) {
      return Answer.ENTRY_CORRUPT;
    }
    for (BlobRef blob : entry.manifest().blobs()) {
      Presence presence = store.presence(blob.address(), blob.size());
      if (presence != Presence.PRESENT) {
        return answer(presence);
      }
    }
    return Answer.HIT;
  }

  /**
   * Whether a look-up would take the entry: the same verdict without a record, for readers that
   * have to choose between scopes.
   */
  static boolean isGood(
      @Nullable CacheEntry entry, ResultStore store, long nowMillis, long maxAgeMillis) {
    return entry != null
        && !entry.isExpired(nowMillis)
        && !CacheEntry.isTooOld(entry.createdMillis(), nowMillis, maxAgeMillis)
        && store.holds(entry.manifest());
  }

  private static Answer answer(Presence presence) {
    return switch (presence) {
      case PRESENT -> Answer.HIT;
      case MISSING, UNKNOWN -> Answer.BLOB_MISSING;
      case DAMAGED -> Answer.BLOB_CORRUPT;
    };
  }
}
