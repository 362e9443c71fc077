package dev.reprise.cache.store;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;

/**
 * A manifest as the store keeps it: an index record under its key and scope, opaque here.
 *
 * @param scope of the index row
 * @param key the cache key's digest
 * @param record as the index wrote it
 */
public record StoredManifest(String scope, Fingerprint key, Bytes record) {}
