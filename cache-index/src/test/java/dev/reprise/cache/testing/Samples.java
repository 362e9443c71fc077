package dev.reprise.cache.testing;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.Origin;
import dev.reprise.cache.store.BlobWriter;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.ResultStore;
import java.io.IOException;
import java.util.Random;

/** Keys, entries and results to test with, each made of a number. */
public final class Samples {
  private Samples() {}

  /** Key number {@code i}. */
  public static CacheKey key(long i) {
    return new CacheKey(Hasher.of("key").putLong(i).finish());
  }

  /** Content digest number {@code i}. */
  public static Fingerprint content(long i) {
    return Hasher.of("content").putLong(i).finish();
  }

  /** {@code size} bytes, the same for the same seed. */
  public static byte[] bytes(int size, long seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /** Where and how long result number {@code i} was made. */
  public static Origin origin(long i) {
    return new Origin(
        "run-" + i % 10, "flights", "clean", "month=" + i, 1, "local", 1_000_000 + i, "host");
  }

  /** A partition in the record itself. */
  public static PartitionRef inline(long i, int size) {
    return new PartitionRef(
        content(i),
        "kryo/1",
        size,
        PartitionRef.NOT_A_TABLE,
        Bytes.EMPTY,
        new Location.Inline(Bytes.wrap(bytes(size, i))));
  }

  /** Entry number {@code i}: one small inline value. */
  public static CacheEntry entry(long i, long createdMillis) {
    return entry(i, createdMillis, Manifest.one(inline(i, 10)));
  }

  /** Entry number {@code i} that holds {@code manifest} and never expires. */
  public static CacheEntry entry(long i, long createdMillis, Manifest manifest) {
    return new CacheEntry(key(i), manifest, origin(i), createdMillis, CacheEntry.NEVER);
  }

  /** Writes {@code size} bytes to the store, not yet published. */
  public static PartitionRef pending(ResultStore store, long i, int size) throws IOException {
    try (BlobWriter writer = store.write("run-1", "a" + i, 0)) {
      writer.write(bytes(size, i));
      return new PartitionRef(
          content(i), "bytes/1", size, PartitionRef.NOT_A_TABLE, Bytes.EMPTY, writer.finish());
    }
  }

  /** Writes {@code size} bytes to the store and publishes them. */
  public static PartitionRef stored(ResultStore store, long i, int size) throws IOException {
    PartitionRef pending = pending(store, i, size);
    return pending.at(store.publish((Location.Pending) pending.location()));
  }
}
