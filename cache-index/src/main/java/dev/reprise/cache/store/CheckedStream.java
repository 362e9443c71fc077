package dev.reprise.cache.store;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * Reads a blob chunk by chunk; hands out no byte of a chunk before the whole chunk is checked.
 * Holds one chunk in memory.
 */
final class CheckedStream extends InputStream {
  private final BlobRef blob;
  private final ChunkReader reader;
  private final byte[] chunk;
  private int nextChunk;
  private int position;
  private int limit;

  CheckedStream(BlobRef blob, ChunkReader reader) {
    this.blob = blob;
    this.reader = reader;
    this.chunk = new byte[(int) Math.min(BlobRef.CHUNK_BYTES, blob.size())];
  }

  @Override
  public int read() throws IOException {
    return fill() ? chunk[position++] & 0xff : -1;
  }

  @Override
  public int read(byte[] to, int offset, int count) throws IOException {
    Objects.checkFromIndexSize(offset, count, to.length);
    if (count == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int taken = Math.min(count, limit - position);
    System.arraycopy(chunk, position, to, offset, taken);
    position += taken;
    return taken;
  }

  /** Chunks that are skipped as a whole are neither read nor checked. */
  @Override
  public long skip(long count) throws IOException {
    long left = Math.max(0, count);
    while (left > 0) {
      int here = (int) Math.min(left, limit - position);
      position += here;
      left -= here;
      if (left > 0) {
        // Never the last one, which is shorter.
        long before = Math.max(0, blob.chunkCount() - 1 - nextChunk);
        int whole = (int) Math.min(left / BlobRef.CHUNK_BYTES, before);
        nextChunk += whole;
        left -= (long) whole * BlobRef.CHUNK_BYTES;
        if (left > 0 && !fill()) {
          break;
        }
      }
    }
    return count - left;
  }

  @Override
  public int available() {
    return limit - position;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }

  /** Sees to it that there are checked bytes to hand out; false at the end of the blob. */
  private boolean fill() throws IOException {
    if (position < limit) {
      return true;
    }
    if (nextChunk == blob.chunkCount()) {
      return false;
    }
    limit = reader.read(nextChunk, chunk, 0);
    nextChunk++;
    position = 0;
    return true;
  }
}
