package dev.reprise.cache.store;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.cache.store.DamagedBlobException.Damage;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;
import org.apache.arrow.memory.util.MemoryUtil;

/**
 * A stretch of a blob in memory that its file is mapped to, for who wants some of it or can do
 * without a copy (cache-index/docs/adr/0008-tables-in-mapped-memory.md). Bytes may be read only
 * after they were checked, and only until this is closed; they must not be written, which the
 * machine answers by ending the process. Belongs to one thread.
 */
public final class MappedBytes implements AutoCloseable {
  private final BlobRef blob;
  private final ChunkReader reader;
  private final FileChannel mapped;
  private final MappedByteBuffer memory;
  private final long from;
  private byte[] chunk = {};

  private MappedBytes(BlobRef blob, ChunkReader reader, MappedByteBuffer memory, long from) {
    this.blob = blob;
    this.reader = reader;
    this.mapped = reader.channel();
    this.memory = memory;
    this.from = from;
  }

  /** Takes {@code reader} over, unless this is empty, because the file cannot be mapped. */
  static Optional<MappedBytes> of(BlobRef blob, ChunkReader reader, long from, int length) {
    if (!Unmapping.isPossible()) {
      return Optional.empty();
    }
    try {
      FileChannel file = reader.channel();
      MappedByteBuffer memory = file.map(FileChannel.MapMode.READ_ONLY, from, length);
      return Optional.of(new MappedBytes(blob, reader, memory, from));
    } catch (IOException | UnsupportedOperationException e) {
      return Optional.empty(); // no room for it, or a file system without: it is read instead
    }
  }

  /** Where the first byte lies. */
  public long address() {
    return MemoryUtil.getByteBufferAddress(memory);
  }

  /** Number of bytes. */
  public long size() {
    return memory.capacity();
  }

  /**
   * Checks bytes against their digests, unless this process has done so before.
   *
   * @param at of the first, from the beginning of the stretch
   * @throws DamagedBlobException if they are not those that were written
   */
  public void check(long at, long length) throws IOException {
    checkArgument(
        at >= 0 && length >= 0 && at <= size() - length,
        "bytes %s to %s of %s",
        at,
        at + length,
        size());
    if (length == 0) {
      return;
    }
    int last = (int) ((from + at + length - 1) / BlobRef.CHUNK_BYTES);
    for (int i = (int) ((from + at) / BlobRef.CHUNK_BYTES); i <= last; i++) {
      if (reader.isChecked(i)) {
        continue;
      }
      if (chunk.length == 0) {
        chunk = new byte[BlobRef.CHUNK_BYTES];
      }
      reader.read(i, chunk, 0);
      if (reader.channel() != mapped) {
        // what was checked is another file than the one that is mapped
        throw new DamagedBlobException(
            blob,
            Damage.UNREADABLE,
            "blob " + blob.address() + " went away while it was read: what made it runs again",
            null);
      }
    }
  }

  /**
   * Leaves the memory to be given back when nobody can reach it any more: for who cannot tell
   * whether another thread still reads.
   */
  public void leave() throws IOException {
    reader.close();
  }

  /** Lets go of the memory; nobody may touch it from now on. */
  @Override
  public void close() throws IOException {
    try {
      reader.close();
    } finally {
      Unmapping.unmap(memory);
    }
  }
}
