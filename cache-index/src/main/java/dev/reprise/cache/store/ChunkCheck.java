package dev.reprise.cache.store;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import java.security.MessageDigest;
import java.util.List;

/** Checks a blob's chunks against what its reference says of them. Belongs to one thread. */
final class ChunkCheck {
  private final MessageDigest sha256 = Hasher.sha256();
  private final BlobRef blob;

  /**
   * @throws DamagedBlobException if the chunk digests of {@code blob} do not make up its address:
   *     the reference itself is damaged, and nothing can be checked by it
   */
  ChunkCheck(BlobRef blob) throws DamagedBlobException {
    this.blob = blob;
    if (!blob.chunks().isEmpty()
        && !BlobDigester.address(blob.chunks(), sha256).equals(blob.address())) {
      throw new DamagedBlobException(
          blob, false, "blob " + blob.address() + ": its chunk digests do not make up its address");
    }
  }

  /** Number of bytes of chunk {@code chunk}. */
  static int length(BlobRef blob, int chunk) {
    return (int) Math.min(BlobRef.CHUNK_BYTES, blob.size() - (long) chunk * BlobRef.CHUNK_BYTES);
  }

  /**
   * Checks the bytes of chunk {@code chunk}, which lie in {@code bytes} from {@code offset} on.
   *
   * @throws DamagedBlobException if they are not those that were written
   */
  void check(int chunk, byte[] bytes, int offset) throws DamagedBlobException {
    sha256.update(bytes, offset, length(blob, chunk));
    Fingerprint found = Fingerprint.of(sha256.digest());
    boolean same =
        blob.chunks().isEmpty()
            ? BlobDigester.address(List.of(found), sha256).equals(blob.address())
            : blob.chunks().get(chunk).equals(found);
    if (!same) {
      throw new DamagedBlobException(
          blob,
          false,
          "blob "
              + blob.address()
              + " is damaged in bytes "
              + (long) chunk * BlobRef.CHUNK_BYTES
              + " to "
              + ((long) chunk * BlobRef.CHUNK_BYTES + length(blob, chunk) - 1)
              + ": what made it runs again");
    }
  }
}
