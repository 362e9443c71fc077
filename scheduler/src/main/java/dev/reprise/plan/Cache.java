package dev.reprise.plan;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.KeptFailure;
import dev.reprise.cache.index.LookupBatch;
import dev.reprise.cache.index.NoteKind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The index as a run sees it: once it fails it stays away, the run goes on without, and the user is
 * told once.
 */
public final class Cache {
  private static final long NO_GENERATION = -1;

  private final @Nullable CacheIndex index;
  private final Consumer<String> trouble;
  private boolean failed;

  /**
   * Wraps an index.
   *
   * @param index null to have none
   * @param trouble told, once, why the index cannot be used any more
   */
  public Cache(@Nullable CacheIndex index, Consumer<String> trouble) {
    this.index = index;
    this.trouble = trouble;
  }

  /** Whether there is an index that works. */
  public boolean available() {
    return index != null && !failed;
  }

  /** Whether there was an index and it failed. */
  public boolean failed() {
    return failed;
  }

  /** The index, if it works. */
  public @Nullable CacheIndex index() {
    return available() ? index : null;
  }

  /** Answers every key of the batch; false if the index cannot be read, and nothing is answered. */
  public boolean lookup(LookupBatch batch) {
    CacheIndex working = index();
    if (working == null) {
      return false;
    }
    try {
      working.lookup(batch);
      return true;
    } catch (CacheUnavailableException e) {
      fail(e.getMessage());
      return false;
    }
  }

  /** The notes under {@code ids}, place by place; null where there is none or the index fails. */
  public List<@Nullable Bytes> notes(NoteKind kind, List<Fingerprint> ids) {
    CacheIndex working = index();
    if (working == null || ids.isEmpty()) {
      return Collections.nCopies(ids.size(), null);
    }
    try {
      return working.notes(kind, ids);
    } catch (CacheUnavailableException e) {
      fail(e.getMessage());
      return Collections.nCopies(ids.size(), null);
    }
  }

  /**
   * How units failed under {@code keys}, as far as that is kept and nothing came of them since.
   *
   * @return place by place; null where nothing is kept, it cannot be read, or the index fails
   */
  public List<@Nullable KeptFailure> failures(List<Fingerprint> keys) {
    List<@Nullable KeptFailure> found = new ArrayList<>(keys.size());
    List<CacheKey> failed = new ArrayList<>();
    for (Bytes note : notes(NoteKind.FAILURE, keys)) {
      KeptFailure failure = note == null ? null : decode(keys.get(found.size()), note);
      found.add(failure);
      if (failure != null) {
        failed.add(failure.key());
      }
    }
    return failed.isEmpty() ? found : withoutResults(found, failed);
  }

  private static @Nullable KeptFailure decode(Fingerprint key, Bytes note) {
    try {
      return KeptFailure.decode(key, note);
    } catch (BadRecordException e) {
      return null; // the unit is executed; 'cache verify' names it
    }
  }

  /** An expired result that is newer than the failure says that it can be made. */
  private List<@Nullable KeptFailure> withoutResults(
      List<@Nullable KeptFailure> found, List<CacheKey> failed) {
    CacheIndex working = index();
    if (working == null) {
      return Collections.nCopies(found.size(), null);
    }
    try {
      Iterator<@Nullable CacheEntry> results = working.findAll(failed).iterator();
      found.replaceAll(
          failure -> {
            CacheEntry result = failure == null ? null : results.next();
            return failure == null
                    || (result != null && result.createdMillis() >= failure.failedMillis())
                ? null
                : failure;
          });
      return found;
    } catch (CacheUnavailableException e) {
      fail(e.getMessage());
      return Collections.nCopies(found.size(), null);
    }
  }

  /** What time it is by the index's clock, in milliseconds since 1970; 0 if the index fails. */
  public long nowMillis() {
    CacheIndex working = index();
    return working == null ? 0 : working.nowMillis();
  }

  /** The index's generation; one that it never has if the index fails. */
  public long generation() {
    CacheIndex working = index();
    if (working == null) {
      return NO_GENERATION;
    }
    try {
      return working.generation();
    } catch (CacheUnavailableException e) {
      fail(e.getMessage());
      return NO_GENERATION;
    }
  }

  /** Gives the index up for the rest of the run. */
  public void fail(@Nullable String why) {
    if (!failed) {
      failed = true;
      trouble.accept(String.valueOf(why));
    }
  }
}
