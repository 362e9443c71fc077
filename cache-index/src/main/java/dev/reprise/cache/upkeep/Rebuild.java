package dev.reprise.cache.upkeep;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.EntryFormat;
import dev.reprise.cache.index.IndexBatch;
import dev.reprise.cache.index.IndexBatch.Change;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cache.store.ResultStore.Presence;
import dev.reprise.cache.store.StoredManifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes index entries anew from the manifests in the store. An entry that is there already stays,
 * if it is at least as new. Small results live in the index alone and cannot be found again.
 */
public final class Rebuild {
  private static final int AT_ONCE = 512;

  private final Scopes scopes;
  private final ResultStore store;
  private final Progress progress;

  // Per call of run().
  private final Map<String, List<CacheEntry>> pending = new HashMap<>();
  private final List<String> unreadable = new ArrayList<>();
  private @Nullable CacheUnavailableException failure;
  private int waiting;
  private long seen;
  private long restored;
  private long there;
  private long incomplete;

  public Rebuild(Scopes scopes, ResultStore store, Progress progress) {
    this.scopes = scopes;
    this.store = store;
    this.progress = progress;
  }

  /**
   * What came of it.
   *
   * @param restored number of entries that were written
   * @param there number of manifests whose entry was there already, or a newer one
   * @param incomplete number of manifests with a blob that is gone
   * @param unreadable one sentence for each manifest that cannot be read
   */
  public record Result(long restored, long there, long incomplete, List<String> unreadable) {
    public Result {
      unreadable = List.copyOf(unreadable);
    }
  }

  /**
   * Reads all manifests. To be called once.
   *
   * @throws CacheUnavailableException if the index cannot be written
   * @throws IOException if the store cannot be listed
   */
  public Result run() throws CacheUnavailableException, IOException {
    store.forEachManifest(this::add, unreadable::add);
    flush();
    for (String name : scopes.names()) {
      scopes.in(name).sync();
    }
    return new Result(restored, there, incomplete, unreadable);
  }

  private void add(StoredManifest manifest) {
    CacheKey key = new CacheKey(manifest.key());
    CacheEntry entry;
    try {
      entry = EntryFormat.decode(key, manifest.record());
    } catch (BadRecordException e) {
      unreadable.add("manifest of " + key + ": " + e.getMessage());
      return;
    }
    if (!isComplete(entry)) {
      incomplete++;
      return;
    }
    pending.computeIfAbsent(manifest.scope(), any -> new ArrayList<>()).add(entry);
    seen++;
    if (++waiting == AT_ONCE && failure == null) {
      try {
        flush();
      } catch (CacheUnavailableException e) {
        failure = e;
      }
      progress.at(seen, 0);
    }
  }

  private boolean isComplete(CacheEntry entry) {
    for (PartitionRef partition : entry.manifest().partitions()) {
      if (partition.location() instanceof Location.Stored stored
          && store.presence(stored.blob().address(), stored.blob().size()) != Presence.PRESENT) {
        return false;
      }
    }
    return true;
  }

  private void flush() throws CacheUnavailableException {
    if (failure != null) {
      throw failure;
    }
    for (Map.Entry<String, List<CacheEntry>> ofScope : pending.entrySet()) {
      write(scopes.in(ofScope.getKey()), ofScope.getValue());
    }
    pending.clear();
    waiting = 0;
  }

  /** Of several manifests of one key the newest is kept, in whatever order they come. */
  private void write(CacheIndex index, List<CacheEntry> entries) throws CacheUnavailableException {
    Map<CacheKey, CacheEntry> newest = new HashMap<>();
    for (CacheEntry entry : entries) {
      newest.merge(entry.key(), entry, (a, b) -> a.createdMillis() >= b.createdMillis() ? a : b);
    }
    List<CacheKey> keys = List.copyOf(newest.keySet());
    List<@Nullable CacheEntry> known = index.findAll(keys);
    IndexBatch batch = new IndexBatch();
    for (int i = 0; i < keys.size(); i++) {
      CacheEntry found = newest.get(keys.get(i));
      CacheEntry mine = known.get(i);
      if (found != null && (mine == null || mine.createdMillis() < found.createdMillis())) {
        batch.add(new Change.Put(found));
      }
    }
    index.write(batch);
    restored += batch.changes().size();
    there += entries.size() - batch.changes().size();
  }
}
