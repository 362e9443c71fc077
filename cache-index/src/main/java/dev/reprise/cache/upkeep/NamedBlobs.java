package dev.reprise.cache.upkeep;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.EntryFormat;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cache.store.StoredManifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The blobs that a manifest in the store names. Every home keeps a manifest of its own for each of
 * its entries with blobs, so what is not named here is named by no home that shares the store.
 *
 * @param addresses of all blobs that are named
 * @param unreadable one sentence for each manifest that cannot be read: what it names is not known,
 *     so no blob may be removed while there is one
 */
record NamedBlobs(Set<Fingerprint> addresses, List<String> unreadable) {
  /** Reads all manifests. */
  static NamedBlobs of(ResultStore store) throws IOException {
    NamedBlobs named = new NamedBlobs(new HashSet<>(), new ArrayList<>());
    store.forEachManifest(named::add, named.unreadable::add);
    return named;
  }

  /** Reads the manifests of other homes alone: of its own, the index of a home says the same. */
  static NamedBlobs byOthers(ResultStore store, Stopped.Asking goOn) throws IOException {
    NamedBlobs named = new NamedBlobs(new HashSet<>(), new ArrayList<>());
    store.forEachManifestOfOthers(
        manifest -> {
          goOn.step();
          named.add(manifest);
        },
        named.unreadable::add);
    return named;
  }

  private void add(StoredManifest manifest) {
    CacheKey key = new CacheKey(manifest.key());
    try {
      for (BlobRef blob : EntryFormat.decode(key, manifest.record()).manifest().blobs()) {
        addresses.add(blob.address());
      }
    } catch (BadRecordException e) {
      unreadable.add("manifest of " + key + ": " + e.getMessage());
    }
  }
}
