package dev.reprise.cache.store;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.cache.fingerprint.Fingerprint;
import java.util.List;

/**
 * Names one content-addressed object in the result store.
 *
 * @param address SHA-256 over the SHA-256 digests of the blob's chunks of {@link #CHUNK_BYTES} (the
 *     last may be shorter), in order; exact, unlike the content digest of a table
 * @param size in bytes
 * @param chunks the chunk digests, so that a reader checks a chunk when it first touches it; empty
 *     when there is at most one chunk, whose digest {@code address} proves by itself
 */
public record BlobRef(Fingerprint address, long size, List<Fingerprint> chunks) {
  /** Size of a chunk, in bytes: 1 MiB. */
  public static final int CHUNK_BYTES = 1 << 20;

  public BlobRef {
    checkArgument(size >= 0, "size of blob %s must not be negative: %s", address, size);
    chunks = List.copyOf(chunks);
    long expected = (size + CHUNK_BYTES - 1) / CHUNK_BYTES;
    checkArgument(
        expected <= 1 ? chunks.isEmpty() : chunks.size() == expected,
        "blob %s of %s bytes has %s chunk digests, wanted %s",
        address,
        size,
        chunks.size(),
        expected <= 1 ? 0 : expected);
  }
}
