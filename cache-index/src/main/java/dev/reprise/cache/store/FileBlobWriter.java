package dev.reprise.cache.store;

import static dev.reprise.cache.base.Checks.checkState;
import static java.util.Objects.requireNonNull;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.base.KillPoint;
import dev.reprise.cache.base.KillPoints;
import dev.reprise.cache.store.PartitionRef.Location;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Gathers bytes in one buffer; when they pass the inline limit the buffer spills to a temporary
 * file and goes on serving as the file's write buffer. Large writes go past it.
 *
 * <p>What the kernel caches of a file it keeps in pages as large as the writes that made it, and
 * scans mapped memory twice as fast where they are large. So a large file is written in megabytes,
 * however small the pieces that come.
 */
final class FileBlobWriter extends BlobWriter {
  private static final int FIRST_BUFFER = 512;
  private static final int WRITE_BUFFER = 64 << 10;
  private static final int LARGEST_WRITE = 1 << 20;

  /** Opens and removes the temporary file. */
  interface Temporary {
    /** Opens the file, once. */
    FileChannel create() throws IOException;

    /** Path of the file relative to the store. */
    String name();

    /** Removes the file. */
    void remove();

    /** Says what a failed write means. */
    IOException explain(IOException failure);
  }

  private final Temporary temporary;
  private final int inlineLimit;
  private final KillPoints killPoints;
  private @Nullable FileChannel file;

  /** Of what is in the file; null as long as there is none. */
  private @Nullable BlobDigester digester;

  private byte[] buffer;
  private int buffered;
  private boolean finished;
  private boolean closed;

  FileBlobWriter(Temporary temporary, int inlineLimit, KillPoints killPoints) {
    this.temporary = temporary;
    this.inlineLimit = inlineLimit;
    this.killPoints = killPoints;
    this.buffer = new byte[Math.min(FIRST_BUFFER, Math.max(1, inlineLimit))];
  }

  @Override
  public void write(int one) throws IOException {
    if (buffered == buffer.length || (file == null && buffered == inlineLimit)) {
      write(new byte[] {(byte) one}, 0, 1);
      return;
    }
    checkState(!closed && !finished, "nothing can be written after the end of a blob");
    buffer[buffered++] = (byte) one;
  }

  @Override
  public void write(byte[] bytes, int offset, int count) throws IOException {
    Objects.checkFromIndexSize(offset, count, bytes.length);
    checkState(!closed && !finished, "nothing can be written after the end of a blob");
    if (file == null && count > inlineLimit - buffered) {
      spill();
    }
    if (file == null) {
      ensureBuffer(buffered + count);
      System.arraycopy(bytes, offset, buffer, buffered, count);
      buffered += count;
      return;
    }
    int end = offset + count;
    for (int from = offset; from < end; ) {
      int taken;
      if (buffered == 0 && end - from >= LARGEST_WRITE) {
        taken = (end - from) / LARGEST_WRITE * LARGEST_WRITE;
        toFile(bytes, from, taken);
      } else {
        taken = Math.min(end - from, buffer.length - buffered);
        System.arraycopy(bytes, from, buffer, buffered, taken);
        buffered += taken;
        if (buffered == buffer.length) {
          flushBuffer();
        }
      }
      from += taken;
    }
  }

  @Override
  public long written() {
    return inFile() + buffered;
  }

  private long inFile() {
    return digester == null ? 0 : digester.size();
  }

  @Override
  public Location finish() throws IOException {
    checkState(!closed && !finished, "a blob ends once");
    if (file == null) {
      finished = true;
      return new Location.Inline(Bytes.wrap(Arrays.copyOf(buffer, buffered)));
    }
    flushBuffer();
    try {
      file.force(false);
      file.close();
    } catch (IOException e) {
      throw temporary.explain(e);
    }
    finished = true;
    killPoints.pass(KillPoint.C2);
    return new Location.Pending(temporary.name(), requireNonNull(digester).finish());
  }

  /** Ends the writing; the file stays only if the blob is finished. */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    if (file != null && !finished) {
      try {
        file.close();
      } finally {
        temporary.remove();
      }
    }
  }

  private void spill() throws IOException {
    file = temporary.create();
    digester = new BlobDigester();
    ensureBuffer(WRITE_BUFFER);
  }

  private void ensureBuffer(int needed) {
    if (needed > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(needed, Math.min(2 * buffer.length, WRITE_BUFFER)));
    }
  }

  private void flushBuffer() throws IOException {
    toFile(buffer, 0, buffered);
    buffered = 0;
    if (buffer.length < LARGEST_WRITE && inFile() >= LARGEST_WRITE) {
      buffer = new byte[LARGEST_WRITE];
    }
  }

  private void toFile(byte[] bytes, int offset, int count) throws IOException {
    FileChannel channel = requireNonNull(file);
    BlobDigester digests = requireNonNull(digester);
    // In slices, since the JDK keeps a native buffer of the largest size ever written per thread.
    for (int from = offset; from < offset + count; from += LARGEST_WRITE) {
      int slice = Math.min(LARGEST_WRITE, offset + count - from);
      digests.update(bytes, from, slice);
      ByteBuffer rest = ByteBuffer.wrap(bytes, from, slice);
      try {
        while (rest.hasRemaining()) {
          channel.write(rest);
        }
      } catch (IOException e) {
        throw temporary.explain(e);
      }
      killPoints.pass(KillPoint.C1);
    }
  }
}
