package dev.reprise.cache.upkeep;

import dev.reprise.cache.base.Saturating;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.ResultStore;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Removes blobs that no manifest names. Every home keeps a manifest for each of its entries with
 * blobs, so a store that several homes share is swept rightly too.
 *
 * <p>A blob is published before its manifest is written, and results that are not kept have none at
 * all; so blobs are spared until they have been there for longer than any run takes. One that is
 * removed all the same is a miss of its entry, and comes back when that runs again.
 */
public final class Sweep {
  private final ResultStore store;
  private final InstantSource clock;

  /**
   * @param clock the one that the store's files have their times from
   */
  public Sweep(ResultStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  /**
   * What was found.
   *
   * @param blobs that no manifest names and that are old enough
   * @param bytes their size together
   * @param removed whether they are gone
   * @param unreadable one sentence for each manifest that cannot be read: what it names is not
   *     known, so nothing is removed while there is one
   */
  public record Result(long blobs, long bytes, boolean removed, List<String> unreadable) {
    public Result {
      unreadable = List.copyOf(unreadable);
    }
  }

  private record Orphan(Fingerprint address, long size) {}

  /**
   * Looks for orphans.
   *
   * @param grace blobs that were published later than so long ago are spared
   * @param remove whether to remove them, as against counting them
   */
  public Result sweep(Duration grace, boolean remove) throws IOException {
    return sweep(grace, remove, Set.of());
  }

  /**
   * Looks for orphans.
   *
   * @param grace blobs that were published later than so long ago are spared
   * @param remove whether to remove them, as against counting them
   * @param spare addresses of blobs that are spared although no manifest may name them: an eviction
   *     that was cut short leaves entries without their manifests
   */
  public Result sweep(Duration grace, boolean remove, Set<Fingerprint> spare) throws IOException {
    Instant spared = clock.instant().minus(Saturating.limit(grace));
    List<Orphan> old = new ArrayList<>();
    store.forEachBlob(
        (address, size, published) -> {
          if (published.isBefore(spared) && !spare.contains(address)) {
            old.add(new Orphan(address, size));
          }
        });
    // Manifests after blobs: whatever got its manifest meanwhile is named.
    NamedBlobs named = NamedBlobs.of(store);
    old.removeIf(orphan -> named.addresses().contains(orphan.address));
    boolean removed = remove && named.unreadable().isEmpty();
    if (removed) {
      for (Orphan orphan : old) {
        store.delete(orphan.address, spared); // unless it was published again meanwhile
      }
    }
    long bytes = old.stream().mapToLong(Orphan::size).sum();
    return new Result(old.size(), bytes, removed, named.unreadable());
  }
}
