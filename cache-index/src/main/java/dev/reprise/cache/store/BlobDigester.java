package dev.reprise.cache.store;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds out a blob's address while its bytes pass: each chunk is digested, then the chunk digests
 * are. Belongs to one thread.
 */
final class BlobDigester {
  private final MessageDigest sha256 = Hasher.sha256();
  private final List<Fingerprint> chunks = new ArrayList<>();
  private long size;
  private int inChunk;

  /** Takes the next bytes. */
  void update(byte[] bytes, int offset, int count) {
    int from = offset;
    int rest = count;
    while (rest > 0) {
      int taken = Math.min(rest, BlobRef.CHUNK_BYTES - inChunk);
      sha256.update(bytes, from, taken);
      from += taken;
      rest -= taken;
      inChunk += taken;
      if (inChunk == BlobRef.CHUNK_BYTES) {
        endChunk();
      }
    }
    size += count;
  }

  /** Number of bytes taken. */
  long size() {
    return size;
  }

  /** Returns the blob that the bytes are; none may follow. */
  BlobRef finish() {
    if (inChunk > 0) {
      endChunk();
    }
    return new BlobRef(address(chunks, sha256), size, chunks.size() > 1 ? chunks : List.of());
  }

  /** Returns the blob that {@code bytes} are. */
  static BlobRef blobOf(byte[] bytes) {
    BlobDigester digester = new BlobDigester();
    digester.update(bytes, 0, bytes.length);
    return digester.finish();
  }

  /** The address of a blob whose chunks have these digests. */
  static Fingerprint address(List<Fingerprint> chunks, MessageDigest sha256) {
    byte[] digest = new byte[Fingerprint.BYTES];
    for (Fingerprint chunk : chunks) {
      chunk.write(digest, 0);
      sha256.update(digest);
    }
    return Fingerprint.of(sha256.digest());
  }

  private void endChunk() {
    chunks.add(Fingerprint.of(sha256.digest()));
    inChunk = 0;
  }
}
