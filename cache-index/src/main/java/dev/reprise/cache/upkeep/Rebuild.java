package dev.reprise.cache.upkeep;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.EntryFormat;
import dev.reprise.cache.index.IndexBatch;
import dev.reprise.cache.index.IndexBatch.Change;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cache.store.StoredManifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes index entries anew from the manifests in the store, whichever home kept them; the home at
 * hand then keeps its own. An entry that is there already stays, if it is at least as new. Small
 * results live in the index alone and cannot be found again.
 */
public final class Rebuild {
  private static final int AT_ONCE = 512;

  /** Names the temporary files of the manifests that it writes. */
  private static final String RUN = "rebuild";

  private final Scopes scopes;
  private final ResultStore store;
  private final Progress progress;

  // Per call of run().
  private final Map<String, List<CacheEntry>> pending = new HashMap<>();
  private final List<String> unreadable = new ArrayList<>();
  private @Nullable Exception failure;
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
   * @throws IOException if the store cannot be listed or written
   */
  public Result run() throws CacheUnavailableException, IOException {
    store.forEachManifest(this::add, unreadable::add);
    if (failure instanceof CacheUnavailableException unavailable) {
      throw unavailable;
    }
    if (failure instanceof IOException storeTrouble) {
      throw storeTrouble;
    }
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
    if (failure != null) {
      return; // the rest is not kept in memory for an index that cannot be written
    }
    if (!store.holds(entry.manifest())) {
      incomplete++;
      return;
    }
    pending.computeIfAbsent(manifest.scope(), any -> new ArrayList<>()).add(entry);
    seen++;
    if (++waiting == AT_ONCE) {
      try {
        flush();
      } catch (CacheUnavailableException | IOException e) {
        failure = e;
      }
      progress.at(seen, 0);
    }
  }

  private void flush() throws CacheUnavailableException, IOException {
    for (Map.Entry<String, List<CacheEntry>> ofScope : pending.entrySet()) {
      write(ofScope.getKey(), ofScope.getValue());
    }
    pending.clear();
    waiting = 0;
  }

  /** Of several manifests of one key the newest is kept, in whatever order they come. */
  private void write(String scope, List<CacheEntry> entries)
      throws CacheUnavailableException, IOException {
    CacheIndex index = scopes.in(scope);
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
        // The manifest may be another home's, which removes it when it likes.
        store.writeManifest(
            RUN, new StoredManifest(scope, found.key().digest(), EntryFormat.encode(found)));
        batch.add(new Change.Put(found));
      }
    }
    store.sync();
    index.write(batch);
    restored += batch.changes().size();
    there += entries.size() - batch.changes().size();
  }
}
