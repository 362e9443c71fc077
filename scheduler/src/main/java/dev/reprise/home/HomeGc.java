package dev.reprise.home;

import dev.reprise.cache.base.HostName;
import dev.reprise.cache.base.KillPoints;
import dev.reprise.cache.base.Saturating;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.FartherStores;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cache.store.ResultStore.Presence;
import dev.reprise.cache.upkeep.GarbageCollection;
import dev.reprise.cache.upkeep.GcLimits;
import dev.reprise.cache.upkeep.GcPlan;
import dev.reprise.cache.upkeep.KeptFailures;
import dev.reprise.cache.upkeep.Pins;
import dev.reprise.cache.upkeep.Scopes;
import dev.reprise.cache.upkeep.Sweep;
import dev.reprise.journal.JournalUses;
import dev.reprise.journal.JournalUses.Own;
import dev.reprise.journal.RunHistory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a home within its limits: results, blobs that nothing names, journals of runs, and what
 * dead runs left in the store.
 *
 * @see <a href="../../../../../../cache-index/docs/adr/0007-eviction.md">ADR-0007, what goes when a
 *     cache is too large</a>
 */
public final class HomeGc {
  private final Path home;
  private final RunHistory history;
  private final Scopes scopes;
  private final ResultStore store;
  private final InstantSource clock;

  /**
   * @param scopes of its index; of a view if nothing is to be removed
   * @param store as this home uses it
   */
  public HomeGc(Path home, Path runs, Scopes scopes, ResultStore store, InstantSource clock) {
    this.home = home;
    this.history = new RunHistory(runs);
    this.scopes = scopes;
    this.store = store;
    this.clock = clock;
  }

  /** What time it is. */
  Instant now() {
    return clock.instant();
  }

  /** The file of pins of a home. */
  public static Path pinsFile(Path home) {
    return home.resolve("pins");
  }

  /**
   * What is pinned in a home.
   *
   * @throws CacheUnavailableException if that cannot be read; nothing may be evicted
   */
  public static Pins pins(Path home) throws CacheUnavailableException {
    try {
      return Pins.read(pinsFile(home));
    } catch (IOException e) {
      throw new CacheUnavailableException(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * What is to go.
   *
   * @throws CacheUnavailableException if the index cannot be read, or what is pinned
   */
  public GcPlan plan(GcOptions options) throws CacheUnavailableException, IOException {
    GcLimits limits = GcLimits.of(options.maxBytes(), options.maxAge());
    return plan(limits, Own.NONE, () -> true, () -> true).orElseThrow();
  }

  /**
   * What is to go.
   *
   * @param own what these used must be known
   * @param goOn whether to go on counting
   * @param hurry whether there is time to read more journals than those
   * @return empty if there was no time to count
   */
  Optional<GcPlan> plan(GcLimits limits, Own own, BooleanSupplier goOn, BooleanSupplier hurry)
      throws CacheUnavailableException, IOException {
    Instant now = clock.instant();
    Duration maxAge = limits.maxAge();
    Instant from = maxAge == null ? Instant.MIN : now.minus(Saturating.limit(maxAge));
    JournalUses uses = new JournalUses(history, from, own, hurry);
    ResultStore first = FartherStores.first(store);
    Predicate<BlobRef> here =
        blob -> first == store || first.presence(blob.address(), blob.size()) != Presence.MISSING;
    return GcPlan.of(scopes, pins(home), uses, limits, now.toEpochMilli(), goOn, here);
  }

  /** Removes what a plan names, and what is kept of failures that do not count any more. */
  public GarbageCollection.Result carryOut(GcPlan plan, KillPoints killPoints, BooleanSupplier goOn)
      throws CacheUnavailableException, IOException {
    KeptFailures.removeExpired(scopes);
    return new GarbageCollection(scopes, store, killPoints).carryOut(plan, goOn);
  }

  /**
   * Blobs that nothing names and that are older than the grace.
   *
   * @param plan knows what entries name; of those that went by it, the blobs are gone
   */
  public Sweep.Result unnamed(GcPlan plan, GcOptions options, boolean remove) throws IOException {
    return new Sweep(store, clock).sweep(options.grace(), remove, plan.named());
  }

  /** Removes what dead runs left in the store; says what had to stay, or null. */
  public @Nullable String tidy() {
    return StoreTidying.of(store, history, clock.instant()).tidy();
  }

  /**
   * The runs that are to be forgotten, oldest first: those beyond the newest, of which the journals
   * tell of no use that a limit of age asks about.
   */
  public List<String> superfluousRuns(GcOptions options) {
    if (options.keepRuns().isEmpty()) {
      return List.of();
    }
    Instant now = clock.instant();
    Duration maxAge = options.maxAge();
    Instant notBefore = maxAge == null ? Instant.MAX : now.minus(Saturating.limit(maxAge));
    return history.superfluous(options.keepRuns().getAsInt(), notBefore, HostName.find(), now);
  }

  /** Forgets runs. */
  public void forget(List<String> runs) throws IOException {
    for (String run : runs) {
      history.forget(run);
    }
  }
}
