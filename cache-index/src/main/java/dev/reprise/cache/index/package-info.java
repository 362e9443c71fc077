/**
 * The cache index: cache key to manifest, with where it came from and what it cost. The only
 * package that knows RocksDB.
 *
 * <p>Start with {@link dev.reprise.cache.index.CacheIndex}.
 */
@NullMarked
package dev.reprise.cache.index;

import org.jspecify.annotations.NullMarked;
