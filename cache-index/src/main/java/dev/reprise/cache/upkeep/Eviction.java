package dev.reprise.cache.upkeep;

import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.IndexBatch;
import dev.reprise.cache.index.IndexBatch.Change;
import dev.reprise.cache.store.ResultStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Removes entries that are not wanted any more, with their manifests, so that no rebuild brings
 * them back. Their blobs stay until {@link Sweep} finds that nothing names them: another entry may.
 */
public final class Eviction {
  private static final int AT_ONCE = 1024;

  private final CacheIndex index;
  private final String scope;
  private final ResultStore store;

  /**
   * @param scope of {@code index}
   */
  public Eviction(CacheIndex index, String scope, ResultStore store) {
    this.index = index;
    this.scope = scope;
    this.store = store;
  }

  /**
   * Removes every entry of the scope that {@code unwanted} accepts, and those that cannot be read.
   *
   * @return number of entries removed
   * @throws CacheUnavailableException if the index cannot be written; some may be gone already
   * @throws IOException if a manifest cannot be removed
   */
  public long evict(Predicate<CacheEntry> unwanted) throws CacheUnavailableException, IOException {
    List<CacheKey> keys = new ArrayList<>();
    index.forEach(
        new CacheIndex.EntryVisitor() {
          @Override
          public void entry(CacheEntry entry) {
            if (unwanted.test(entry)) {
              keys.add(entry.key());
            }
          }

          @Override
          public void damaged(@Nullable CacheKey key, String why) {
            if (key != null) {
              keys.add(key);
            }
          }
        });
    for (int from = 0; from < keys.size(); from += AT_ONCE) {
      remove(keys.subList(from, Math.min(keys.size(), from + AT_ONCE)));
    }
    index.sync();
    store.sync();
    return keys.size();
  }

  /** Manifests first: if this is cut short, the next eviction still finds the entry. */
  private void remove(List<CacheKey> keys) throws CacheUnavailableException, IOException {
    IndexBatch batch = new IndexBatch();
    for (CacheKey key : keys) {
      store.removeManifests(scope, key.digest(), null);
      batch.add(new Change.Remove(key));
    }
    index.write(batch);
  }
}
