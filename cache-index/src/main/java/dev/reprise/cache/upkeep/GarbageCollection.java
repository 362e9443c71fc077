package dev.reprise.cache.upkeep;

import dev.reprise.cache.base.KillPoint;
import dev.reprise.cache.base.KillPoints;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cache.upkeep.GcPlan.BlobUse;
import dev.reprise.cache.upkeep.GcPlan.Victim;
import dev.reprise.cache.upkeep.GcPlan.Why;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Carries out a {@link GcPlan}. Nobody else may change the index meanwhile; others may read it, and
 * the store.
 *
 * <p>All entries go before the first blob does, and durably so. Cut short, it leaves entries that
 * the next plan finds, or blobs for {@link Sweep}; an entry whose blob is gone never.
 */
public final class GarbageCollection {
  private static final int MOST_SUPPRESSED = 10;

  private final Scopes scopes;
  private final ResultStore store;
  private final KillPoints killPoints;

  /**
   * @param store as the home uses it that has the index
   * @param killPoints told of G1 to G4
   */
  public GarbageCollection(Scopes scopes, ResultStore store, KillPoints killPoints) {
    this.scopes = scopes;
    this.store = store;
    this.killPoints = killPoints;
  }

  /**
   * What was removed.
   *
   * @param entries number of entries
   * @param bytes of their results, whatever else names them
   * @param freedBytes of the blobs that are gone, and of results that lay in the index
   * @param whole whether all that the plan names was removed
   * @param unreadable one sentence for each manifest of another home that cannot be read: while
   *     there is one, blobs stay, and so do entries that were to go for their size
   */
  public record Result(
      long entries, long bytes, long freedBytes, boolean whole, List<String> unreadable) {
    public Result {
      unreadable = List.copyOf(unreadable);
    }
  }

  /**
   * Removes what the plan names, once.
   *
   * @param goOn asked every now and then; what is begun is brought to an end that leaves no blob
   *     behind
   * @throws CacheUnavailableException if the index cannot be written; some entries may be gone
   * @throws IOException if a manifest cannot be removed, or some blobs cannot: the others are gone
   */
  public Result carryOut(GcPlan plan, BooleanSupplier goOn)
      throws CacheUnavailableException, IOException {
    killPoints.pass(KillPoint.G1);
    if (plan.victims().isEmpty()) {
      return new Result(0, 0, 0, true, List.of());
    }
    // Before entries go: while their blobs have to stay, nothing is gained by it.
    NamedBlobs others;
    try {
      others = NamedBlobs.byOthers(store, new Stopped.Asking(goOn));
    } catch (Stopped e) {
      return new Result(0, 0, 0, false, List.of());
    }
    List<Victim> victims =
        others.unreadable().isEmpty()
            ? plan.victims()
            : plan.victims().stream().filter(victim -> victim.why() != Why.SIZE).toList();
    boolean all = victims.size() == plan.victims().size();
    int done = 0;
    while (done < victims.size() && goOn.getAsBoolean()) {
      int to = Math.min(victims.size(), done + Removal.AT_ONCE);
      removeEntries(victims.subList(done, to));
      done = to;
      killPoints.pass(KillPoint.G2);
    }
    if (done == 0) {
      return new Result(0, 0, 0, false, others.unreadable());
    }
    store.sync(); // the manifests are gone for good before what they name is
    for (String scope : scopes.names()) {
      scopes.in(scope).sync();
    }
    killPoints.pass(KillPoint.G3);
    List<Victim> gone = victims.subList(0, done);
    // Again, now that those of this home are gone: a store may not tell whose a manifest is.
    others = NamedBlobs.byOthers(store, new Stopped.Asking(() -> true));
    boolean shared = !others.addresses().isEmpty();
    long freed = removeBlobs(gone, others, plan.blobsSparedSince(shared));
    store.sync();
    long bytes = gone.stream().mapToLong(Victim::bytes).sum();
    return new Result(done, bytes, freed, all && done == victims.size(), others.unreadable());
  }

  private void removeEntries(List<Victim> some) throws CacheUnavailableException, IOException {
    Map<String, List<CacheKey>> byScope = new LinkedHashMap<>();
    for (Victim victim : some) {
      byScope.computeIfAbsent(victim.scope(), any -> new ArrayList<>()).add(victim.key());
    }
    for (Map.Entry<String, List<CacheKey>> of : byScope.entrySet()) {
      Removal.of(of.getValue(), scopes.in(of.getKey()), of.getKey(), store);
    }
  }

  /** Those that no entry of this home names now, nor a manifest of another home. */
  private long removeBlobs(List<Victim> gone, NamedBlobs others, Instant since) throws IOException {
    long freed = 0;
    IOException trouble = null;
    for (Victim victim : gone) {
      freed += victim.inlineBytes();
      for (BlobUse blob : victim.blobs()) {
        boolean last = blob.release();
        if (!last
            || !others.unreadable().isEmpty()
            || others.addresses().contains(blob.address())) {
          continue;
        }
        try {
          if (store.delete(blob.address(), since)) {
            freed += blob.size();
            killPoints.pass(KillPoint.G4);
          }
        } catch (IOException e) {
          if (trouble == null) {
            trouble = e;
          } else if (trouble.getSuppressed().length < MOST_SUPPRESSED) {
            trouble.addSuppressed(e);
          }
        }
      }
    }
    if (trouble != null) {
      throw trouble;
    }
    return freed;
  }
}
