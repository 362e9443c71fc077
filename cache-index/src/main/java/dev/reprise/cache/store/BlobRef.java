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
    checkArgument(
        chunks.size() == listedChunks(size),
        "blob %s of %s bytes has %s chunk digests, wanted %s",
        address,
        size,
        chunks.size(),
        listedChunks(size));
  }

  /** Number of chunks. */
  public int chunkCount() {
    return Math.toIntExact(chunkCount(size));
  }

  /** Number of chunk digests that the reference to a blob of {@code size} bytes lists. */
  public static long listedChunks(long size) {
    long count = chunkCount(size);
    return count > 1 ? count : 0;
  }

  private static long chunkCount(long size) {
    return size / CHUNK_BYTES + (size % CHUNK_BYTES == 0 ? 0 : 1);
  }
}
