package dev.reprise.cache.upkeep;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.EntryFormat;
import dev.reprise.cache.index.IndexBatch;
import dev.reprise.cache.index.IndexBatch.Change;
import dev.reprise.cache.index.KeptFailure;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cache.store.ResultStore.Presence;
import dev.reprise.cache.store.StoredManifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Gives entries of one scope to another, which has them from then on whatever becomes of the first:
 * the same keys, results, origins and times. Nothing is copied in the store, where both name the
 * same blobs.
 */
public final class Promotion {
  private static final int AT_ONCE = 512;

  /** Names the temporary files of the manifests that it writes. */
  private static final String RUN = "promote";

  private final CacheIndex from;
  private final CacheIndex to;
  private final String toName;
  private final ResultStore store;

  // Per call of run().
  private final List<CacheEntry> chosen = new ArrayList<>();
  private final List<CacheEntry> promoted = new ArrayList<>();
  private final List<CacheEntry> differing = new ArrayList<>();
  private long there;
  private long unusable;

  /**
   * @param from scope that has the entries
   * @param to scope that gets them, of the same index
   */
  public Promotion(Scopes scopes, String from, String to, ResultStore store)
      throws CacheUnavailableException {
    checkArgument(!from.equals(to), "scope '%s' has its own entries already", from);
    this.from = scopes.in(from);
    this.to = scopes.in(to);
    this.toName = to;
    this.store = store;
  }

  /**
   * What came of it.
   *
   * @param promoted the entries that the other scope has now and did not have, or not so
   * @param there number of those that it had already, with the same content
   * @param differing entries under whose key it has another content, which it keeps unless it was
   *     to be replaced
   * @param unusable number of those that are expired or have lost a blob, which are not promoted
   */
  public record Result(
      List<CacheEntry> promoted, long there, List<CacheEntry> differing, long unusable) {
    public Result {
      promoted = List.copyOf(promoted);
      differing = List.copyOf(differing);
    }
  }

  /**
   * Gives all entries that {@code wanted} accepts. To be called once.
   *
   * @param replace whether an entry with another content, or with other bytes that count as the
   *     same, gives way
   * @param write false to find out only what would come of it
   * @param nowMillis by the index's clock
   * @throws CacheUnavailableException if the index cannot be read or written; some may be promoted
   * @throws IOException if a manifest cannot be written
   */
  public Result run(Predicate<CacheEntry> wanted, boolean replace, boolean write, long nowMillis)
      throws CacheUnavailableException, IOException {
    from.forEach(
        new CacheIndex.EntryVisitor() {
          @Override
          public void entry(CacheEntry entry) {
            if (wanted.test(entry)) {
              chosen.add(entry);
            }
          }

          @Override
          public void damaged(@Nullable CacheKey key, String why) {}
        });
    for (int at = 0; at < chosen.size(); at += AT_ONCE) {
      give(chosen.subList(at, Math.min(chosen.size(), at + AT_ONCE)), replace, write, nowMillis);
    }
    if (write) {
      to.sync();
    }
    return new Result(promoted, there, differing, unusable);
  }

  private void give(List<CacheEntry> entries, boolean replace, boolean write, long nowMillis)
      throws CacheUnavailableException, IOException {
    List<@Nullable CacheEntry> known = to.findAll(entries.stream().map(CacheEntry::key).toList());
    IndexBatch batch = new IndexBatch();
    for (int i = 0; i < entries.size(); i++) {
      CacheEntry entry = entries.get(i);
      CacheEntry before = known.get(i);
      boolean sound = before != null && !before.isExpired(nowMillis) && !isGone(before.manifest());
      if (entry.isExpired(nowMillis) || !store.holds(entry.manifest())) {
        unusable++;
      } else if (before != null
          && sound
          && before.manifest().content().equals(entry.manifest().content())
          && (!replace || before.manifest().equals(entry.manifest()))) {
        there++;
      } else if (sound && !replace) {
        differing.add(entry);
      } else {
        promoted.add(entry);
        batch.add(new Change.Put(entry));
        batch.add(KeptFailure.remove(entry.key())); // it takes that one's place
      }
    }
    if (!write || batch.isEmpty()) {
      return;
    }
    // Manifests first, as in a commit: an entry whose blobs nobody names would lose them.
    for (Change change : batch.changes()) {
      if (change instanceof Change.Put put && !put.entry().manifest().blobs().isEmpty()) {
        store.writeManifest(
            RUN,
            new StoredManifest(
                toName, put.entry().key().digest(), EntryFormat.encode(put.entry())));
      }
    }
    store.sync();
    to.write(batch);
    for (Change change : batch.changes()) {
      if (change instanceof Change.Put put) {
        // Lest a rebuild brings back what was replaced.
        store.removeManifests(toName, put.entry().key().digest(), EntryFormat.encode(put.entry()));
      }
    }
  }

  /** Whether a blob is known not to be there: a store that cannot be asked now may have it. */
  private boolean isGone(Manifest manifest) {
    return manifest.blobs().stream()
        .map(blob -> store.presence(blob.address(), blob.size()))
        .anyMatch(there -> there == Presence.MISSING || there == Presence.DAMAGED);
  }
}
