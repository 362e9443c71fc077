package dev.reprise.cli.cache;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheIndex.EntryVisitor;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.upkeep.Scopes;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The blobs that the entries of an index name. */
final class NamedBlobs {
  private NamedBlobs() {}

  /** Addresses of the blobs that an entry of any scope names; damaged entries name none. */
  static Set<Fingerprint> of(CacheIndex index) throws CacheUnavailableException {
    Set<Fingerprint> addresses = new HashSet<>();
    EntryVisitor collector =
        new EntryVisitor() {
          @Override
          public void entry(CacheEntry entry) {
            forEach(entry, addresses::add);
          }

          @Override
          public void damaged(@Nullable CacheKey key, String why) {}
        };
    Scopes scopes = Scopes.of(index);
    for (String scope : scopes.names()) {
      scopes.in(scope).forEach(collector);
    }
    return addresses;
  }

  /** Calls {@code each} with the address of every blob of the entry. */
  static void forEach(CacheEntry entry, Consumer<Fingerprint> each) {
    for (PartitionRef partition : entry.manifest().partitions()) {
      if (partition.location() instanceof Location.Stored stored) {
        each.accept(stored.blob().address());
      }
    }
  }
}
