package dev.reprise.cache.store;

import dev.reprise.cache.store.PartitionRef.Location;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Takes the bytes of one partition and digests them while they pass. Bytes up to the inline limit
 * stay in memory; past it they go to a file under a name that is unique to the attempt. A writer
 * that is closed without {@link #finish} leaves nothing behind.
 */
public abstract class BlobWriter extends OutputStream {
  /**
   * Ends the writing: the bytes are complete and, where they are in a file, durable.
   *
   * @return {@code Inline} or {@code Pending}
   */
  public abstract Location finish() throws IOException;

  /** Number of bytes written so far. */
  public abstract long written();
}
