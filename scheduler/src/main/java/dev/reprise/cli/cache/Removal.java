package dev.reprise.cli.cache;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheIndex.EntryVisitor;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.IndexBatch;
import dev.reprise.cache.index.IndexBatch.Change;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Removes entries, then the manifests from which a rebuild would revive them, then the blobs that
 * no entry names any more. Cut short between two of these it leaves what is named by nothing, and
 * never a name of what is gone.
 */
final class Removal {
  private static final int BATCH = 1000;

  private final WritableHome home;
  private final List<EntryRow> removed = new ArrayList<>();
  private final List<CacheKey> keys = new ArrayList<>();
  private final Map<Fingerprint, Long> blobs = new HashMap<>();
  private long damaged;
  private long freedBytes;

  Removal(WritableHome home) {
    this.home = home;
  }

  /**
   * Removes the entries that {@code wanted} chooses.
   *
   * @param damagedToo whether to remove the entries that cannot be read, which nothing can choose
   */
  void remove(Predicate<EntryRow> wanted, boolean damagedToo)
      throws CacheUnavailableException, IOException {
    home.index()
        .forEach(
            new EntryVisitor() {
              @Override
              public void entry(CacheEntry entry) {
                EntryRow row = EntryRow.of(entry);
                if (wanted.test(row)) {
                  removed.add(row);
                  keys.add(entry.key());
                  collectBlobs(entry);
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
    removeEntries();
    for (CacheKey key : keys) {
      home.store().removeManifests(home.scope(), key.digest(), null);
    }
    removeBlobs();
    home.store().sync();
  }

  private void collectBlobs(CacheEntry entry) {
    for (PartitionRef partition : entry.manifest().partitions()) {
      if (partition.location() instanceof Location.Stored stored) {
        blobs.put(stored.blob().address(), stored.blob().size());
      }
    }
  }

  private void removeEntries() throws CacheUnavailableException {
    for (int from = 0; from < keys.size(); from += BATCH) {
      IndexBatch batch = new IndexBatch();
      for (CacheKey key : keys.subList(from, Math.min(keys.size(), from + BATCH))) {
        batch.add(new Change.Remove(key));
      }
      home.index().write(batch);
    }
    home.index().sync();
  }

  private void removeBlobs() throws CacheUnavailableException, IOException {
    Set<Fingerprint> named = NamedBlobs.of(home.index());
    for (Map.Entry<Fingerprint, Long> blob : blobs.entrySet()) {
      if (!named.contains(blob.getKey()) && home.store().delete(blob.getKey())) {
        freedBytes += blob.getValue();
      }
    }
  }

  /** The entries that are gone now, ascending by key. */
  List<EntryRow> removed() {
    return removed;
  }

  /** Number of damaged entries that are gone, too. */
  long damaged() {
    return damaged;
  }

  /** Bytes freed in the store. */
  long freedBytes() {
    return freedBytes;
  }
}
