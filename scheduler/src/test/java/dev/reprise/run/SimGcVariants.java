package dev.reprise.run;

import dev.reprise.cache.base.KillPoint;
import dev.reprise.cache.base.KillPoints;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cache.upkeep.GarbageCollection;
import dev.reprise.cache.upkeep.GcLimits;
import dev.reprise.cache.upkeep.GcPlan;
import dev.reprise.cache.upkeep.GcPlan.Victim;
import dev.reprise.cache.upkeep.Pins;
import dev.reprise.cache.upkeep.Scopes;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Evictions that break a promise. */
final class SimGcVariants {
  private SimGcVariants() {}

  /** Removes blobs, and then the entries that name them. */
  static final class BlobsFirst extends SimSeams {
    @Override
    void carryOut(GcPlan plan, Scopes scopes, ResultStore store, KillPoints points)
        throws CacheUnavailableException, IOException {
      Set<Fingerprint> going = blobs(plan, scopes, /* goes= */ true);
      going.removeAll(blobs(plan, scopes, /* goes= */ false));
      for (Fingerprint blob : going) {
        store.delete(blob);
        points.pass(KillPoint.G4);
      }
      super.carryOut(plan, scopes, store, points);
    }
  }

  /** Removes the blobs of what goes, whatever else names them. */
  static final class NamedBlobsToo extends SimSeams {
    @Override
    void carryOut(GcPlan plan, Scopes scopes, ResultStore store, KillPoints points)
        throws CacheUnavailableException, IOException {
      Set<Fingerprint> going = blobs(plan, scopes, /* goes= */ true);
      super.carryOut(plan, scopes, store, points);
      for (Fingerprint blob : going) {
        store.delete(blob);
      }
    }
  }

  /** Goes on to the blobs with entries that a power cut brings back. */
  static final class NotDurable extends SimSeams {
    @Override
    void carryOut(GcPlan plan, Scopes scopes, ResultStore store, KillPoints points)
        throws CacheUnavailableException, IOException {
      Scopes lying =
          new Scopes() {
            @Override
            public List<String> names() throws CacheUnavailableException {
              return scopes.names();
            }

            @Override
            public CacheIndex in(String name) throws CacheUnavailableException {
              return new ForwardingIndex(scopes.in(name)) {
                @Override
                public void sync() {}
              };
            }
          };
      new GarbageCollection(lying, store, points).carryOut(plan, () -> true);
    }
  }

  /** Evicts what is pinned. */
  static final class PinsIgnored extends SimSeams {
    @Override
    Pins pins(Pins sound) {
      return Pins.NONE;
    }
  }

  /** Evicts what the runs of its own process made and found. */
  static final class NothingSpared extends SimSeams {
    @Override
    GcLimits limits(GcLimits sound) {
      return GcLimits.of(sound.maxBytes(), sound.maxAge());
    }
  }

  /** Blobs of the entries that go, or of those that stay. */
  private static Set<Fingerprint> blobs(GcPlan plan, Scopes scopes, boolean goes)
      throws CacheUnavailableException {
    Set<CacheKey> victims = new HashSet<>();
    plan.victims().stream().map(Victim::key).forEach(victims::add);
    Set<Fingerprint> blobs = new HashSet<>();
    for (String scope : scopes.names()) {
      scopes
          .in(scope)
          .forEach(
              new CacheIndex.EntryVisitor() {
                @Override
                public void entry(CacheEntry entry) {
                  if (victims.contains(entry.key()) == goes) {
                    entry.manifest().blobs().stream().map(BlobRef::address).forEach(blobs::add);
                  }
                }

                @Override
                public void damaged(@Nullable CacheKey key, String why) {}
              });
    }
    return blobs;
  }
}
