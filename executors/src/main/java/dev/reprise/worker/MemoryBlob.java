package dev.reprise.worker;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.store.BlobWriter;
import dev.reprise.cache.store.PartitionRef.Location;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** A partition that stays in memory because the store takes no bytes. */
final class MemoryBlob extends BlobWriter {
  /** More than this is not worth the risk to everything else in the process, in bytes. */
  static final int MOST = 64 << 20;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  @Override
  public void write(int b) throws IOException {
    check(1);
    bytes.write(b);
  }

  @Override
  public void write(byte[] from, int offset, int length) throws IOException {
    check(length);
    bytes.write(from, offset, length);
  }

  private void check(int more) throws IOException {
    if (MOST - bytes.size() < more) {
      throw new TooLargeException(
          "the result has more than " + MOST + " bytes, too many to be kept in memory");
    }
  }

  @Override
  public Location finish() {
    return new Location.Inline(Bytes.wrap(bytes.toByteArray()));
  }

  @Override
  public long written() {
    return bytes.size();
  }

  /** The store takes no bytes, and these are too many for memory. */
  static final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    TooLargeException(String message) {
      super(message);
    }
  }
}
