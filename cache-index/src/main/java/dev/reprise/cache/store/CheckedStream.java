package dev.reprise.cache.store;

import dev.reprise.cache.store.VerifiedChunks.Marks;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;

/**
 * Reads a blob chunk by chunk; hands out no byte of a chunk before the whole chunk is checked.
 * Holds one chunk in memory.
 */
final class CheckedStream extends InputStream {
  private final FileChannel channel;
  private final BlobRef blob;
  private final ChunkCheck check;
  private final Marks marks;
  private final byte[] chunk;
  private int nextChunk;
  private int position;
  private int limit;

  CheckedStream(FileChannel channel, BlobRef blob, ChunkCheck check, Marks marks) {
    this.channel = channel;
    this.blob = blob;
    this.check = check;
    this.marks = marks;
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

  @Override
  public int available() {
    return limit - position;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** Sees to it that there are checked bytes to hand out; false at the end of the blob. */
  private boolean fill() throws IOException {
    if (position < limit) {
      return true;
    }
    if (nextChunk == blob.chunkCount()) {
      return false;
    }
    int length = ChunkCheck.length(blob, nextChunk);
    readFully(length);
    if (!marks.isChecked(nextChunk)) {
      check.check(nextChunk, chunk, 0);
      marks.checked(nextChunk);
    }
    nextChunk++;
    position = 0;
    limit = length;
    return true;
  }

  private void readFully(int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(chunk, 0, length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new DamagedBlobException(
            blob, false, "blob " + blob.address() + " was cut short while it was read");
      }
    }
  }
}
