package dev.reprise.cache.upkeep;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.IndexBatch;
import dev.reprise.cache.index.KeptFailure;
import dev.reprise.cache.index.NoteKind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The failures that are kept in a scope. They live in the index alone, so that a rebuild from the
 * store loses them; what lost them is executed again.
 */
public final class KeptFailures {
  private KeptFailures() {}

  /** Takes failures one by one. */
  public interface Visitor {
    /** There is a failure, which may not count any more. */
    void failure(KeptFailure failure);

    /**
     * There is a record that cannot be read; nothing takes it for a failure.
     *
     * @param key null if not even that can be read, nor how many there are
     * @param why for people
     */
    void damaged(@Nullable CacheKey key, String why);
  }

  /** Shows all of them, ascending by key. */
  public static void forEach(CacheIndex index, Visitor each) throws CacheUnavailableException {
    index.forEachNote(
        NoteKind.FAILURE,
        new CacheIndex.NoteVisitor() {
          @Override
          public void note(Fingerprint id, Bytes value) {
            KeptFailure failure;
            try {
              failure = KeptFailure.decode(id, value);
            } catch (BadRecordException e) {
              each.damaged(new CacheKey(id), String.valueOf(e.getMessage()));
              return;
            }
            each.failure(failure);
          }

          @Override
          public void damaged(String why) {
            each.damaged(null, why);
          }
        });
  }

  /** Those that {@code wanted} accepts, ascending by key. */
  public static List<KeptFailure> find(CacheIndex index, Predicate<KeptFailure> wanted)
      throws CacheUnavailableException {
    List<KeptFailure> found = new ArrayList<>();
    forEach(
        index,
        new Visitor() {
          @Override
          public void failure(KeptFailure failure) {
            if (wanted.test(failure)) {
              found.add(failure);
            }
          }

          @Override
          public void damaged(@Nullable CacheKey key, String why) {
            // nothing to choose it by
          }
        });
    return found;
  }

  /**
   * Removes those that {@code unwanted} accepts.
   *
   * @param damagedToo whether to remove what cannot be read, which nothing can choose
   * @return how many, damaged ones included
   */
  public static long remove(CacheIndex index, Predicate<KeptFailure> unwanted, boolean damagedToo)
      throws CacheUnavailableException {
    List<CacheKey> keys = new ArrayList<>();
    forEach(
        index,
        new Visitor() {
          @Override
          public void failure(KeptFailure failure) {
            if (unwanted.test(failure)) {
              keys.add(failure.key());
            }
          }

          @Override
          public void damaged(@Nullable CacheKey key, String why) {
            if (damagedToo && key != null) {
              keys.add(key);
            }
          }
        });
    for (int from = 0; from < keys.size(); from += Removal.AT_ONCE) {
      IndexBatch batch = new IndexBatch();
      keys.subList(from, Math.min(keys.size(), from + Removal.AT_ONCE)).stream()
          .map(KeptFailure::remove)
          .forEach(batch::add);
      index.write(batch);
    }
    return keys.size();
  }

  /** Removes those that do not count any more, of all scopes; returns how many. */
  public static long removeExpired(Scopes scopes) throws CacheUnavailableException {
    long removed = 0;
    for (String name : scopes.names()) {
      CacheIndex index = scopes.in(name);
      long now = index.nowMillis();
      removed += remove(index, failure -> failure.untilMillis() <= now, /* damagedToo= */ true);
    }
    return removed;
  }
}
