package dev.reprise.cache.upkeep;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.store.ResultStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Removes entries that are not wanted any more: first the manifests from which a rebuild would
 * bring them back, then the entries, then the blobs that no manifest names any more, of whichever
 * home that shares the store. Cut short, it leaves entries that the next eviction finds again, or
 * blobs for {@link Sweep}, and never the name of a blob that it removed.
 *
 * <p>A run that keeps nothing, and has just made a result of the same bytes, has no manifest: it
 * may miss the blob and make the result again.
 */
public final class Eviction {
  private final CacheIndex index;
  private final String scope;
  private final ResultStore store;

  // Per call of evict().
  private final List<CacheKey> keys = new ArrayList<>();
  private final Map<Fingerprint, Long> blobs = new HashMap<>();
  private long entries;
  private long damaged;

  /**
   * @param scope of {@code index}
   */
  public Eviction(CacheIndex index, String scope, ResultStore store) {
    this.index = index;
    this.scope = scope;
    this.store = store;
  }

  /**
   * What was removed.
   *
   * @param entries number of entries that could be read
   * @param damaged number of entries that could not
   * @param freedBytes size of the blobs that are gone
   * @param unreadable one sentence for each manifest that cannot be read: while there is one, blobs
   *     stay
   */
  public record Result(long entries, long damaged, long freedBytes, List<String> unreadable) {
    public Result {
      unreadable = List.copyOf(unreadable);
    }
  }

  /**
   * Removes every entry of the scope that {@code unwanted} accepts, asked once for each. To be
   * called once.
   *
   * @param damagedToo whether to remove the entries that cannot be read, which nothing can choose
   * @throws CacheUnavailableException if the index cannot be written; some may be gone already
   * @throws IOException if a manifest or a blob cannot be removed
   */
  public Result evict(Predicate<CacheEntry> unwanted, boolean damagedToo)
      throws CacheUnavailableException, IOException {
    index.forEach(
        new CacheIndex.EntryVisitor() {
          @Override
          public void entry(CacheEntry entry) {
            if (unwanted.test(entry)) {
              entries++;
              keys.add(entry.key());
              entry.manifest().blobs().forEach(blob -> blobs.put(blob.address(), blob.size()));
            }
          }

          @Override
          public void damaged(@Nullable CacheKey key, String why) {
            if (damagedToo && key != null) {
              damaged++;
              keys.add(key);
            }
          }
        });
    for (int from = 0; from < keys.size(); from += Removal.AT_ONCE) {
      int to = Math.min(keys.size(), from + Removal.AT_ONCE);
      Removal.of(keys.subList(from, to), index, scope, store);
    }
    index.sync();
    Result result = removeBlobs();
    store.sync();
    return result;
  }

  private Result removeBlobs() throws IOException {
    if (blobs.isEmpty()) {
      return new Result(entries, damaged, 0, List.of());
    }
    NamedBlobs named = NamedBlobs.of(store);
    long freed = 0;
    if (named.unreadable().isEmpty()) {
      for (Map.Entry<Fingerprint, Long> blob : blobs.entrySet()) {
        boolean gone = !named.addresses().contains(blob.getKey()) && store.delete(blob.getKey());
        freed += gone ? blob.getValue() : 0;
      }
    }
    return new Result(entries, damaged, freed, named.unreadable());
  }
}
