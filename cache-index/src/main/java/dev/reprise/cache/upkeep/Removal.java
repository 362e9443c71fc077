package dev.reprise.cache.upkeep;

import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.IndexBatch;
import dev.reprise.cache.index.IndexBatch.Change;
import dev.reprise.cache.index.KeptFailure;
import dev.reprise.cache.store.ResultStore;
import java.io.IOException;
import java.util.List;

/**
 * Removes entries: first the manifests from which a rebuild would bring them back. Whoever removes
 * their blobs, too, makes the index durable between the two.
 */
final class Removal {
  /** So many entries are written at once. */
  static final int AT_ONCE = 1024;

  private Removal() {}

  /** Removes at most {@link #AT_ONCE} entries. */
  static void of(List<CacheKey> keys, CacheIndex index, String scope, ResultStore store)
      throws CacheUnavailableException, IOException {
    IndexBatch batch = new IndexBatch();
    store.removeManifests(scope, keys.stream().map(CacheKey::digest).toList());
    for (CacheKey key : keys) {
      batch.add(new Change.Remove(key));
      batch.add(KeptFailure.remove(key)); // of before it: that must not come back with its absence
      batch.add(ImportNote.remove(key));
    }
    index.write(batch);
  }
}
