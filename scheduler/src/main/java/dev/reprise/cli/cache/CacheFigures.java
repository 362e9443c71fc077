package dev.reprise.cli.cache;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheIndex.EntryVisitor;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.store.ResultStore;
import java.io.IOException;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How much a scope of the index and a store hold.
 *
 * @param byStep sums of entries, by step
 * @param damaged number of entries that cannot be read
 * @param blobs in the store; all of them, whatever names them
 * @param unnamedBlobs of these, those that no entry of any scope of this index names
 */
record CacheFigures(
    SortedMap<String, Sum> byStep,
    long damaged,
    long blobs,
    long blobBytes,
    long unnamedBlobs,
    long unnamedBlobBytes,
    Unfinished unfinished,
    Quarantined quarantined) {
  /** Entries and what they come to. */
  record Sum(long entries, long bytes, long inlineBytes, long nanos) {
    static final Sum NONE = new Sum(0, 0, 0, 0);

    Sum plus(Sum more) {
      return new Sum(
          entries + more.entries,
          bytes + more.bytes,
          inlineBytes + more.inlineBytes,
          nanos + more.nanos);
    }
  }

  static CacheFigures of(CacheIndex index, ResultStore store)
      throws CacheUnavailableException, IOException {
    SortedMap<String, Sum> byStep = new TreeMap<>();
    long[] damaged = new long[1];
    index.forEach(
        new EntryVisitor() {
          @Override
          public void entry(CacheEntry entry) {
            EntryRow row = EntryRow.of(entry);
            byStep.merge(
                row.origin().step(),
                new Sum(1, row.bytes(), row.inlineBytes(), row.origin().durationNanos()),
                Sum::plus);
          }

          @Override
          public void damaged(@Nullable CacheKey key, String why) {
            damaged[0]++;
          }
        });
    Set<Fingerprint> named = NamedBlobs.of(index);
    long[] sums = new long[4];
    store.forEachBlob(
        (address, size, published) -> {
          int at = named.contains(address) ? 0 : 2;
          sums[at]++;
          sums[at + 1] += size;
        });
    return new CacheFigures(
        byStep,
        damaged[0],
        sums[0] + sums[2],
        sums[1] + sums[3],
        sums[2],
        sums[3],
        Unfinished.in(store),
        Quarantined.in(store));
  }

  /** The sum over all steps. */
  Sum all() {
    return byStep.values().stream().reduce(Sum.NONE, Sum::plus);
  }
}
