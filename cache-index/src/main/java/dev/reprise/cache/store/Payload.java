package dev.reprise.cache.store;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * The bytes of one partition, every one of which is checked against its digest before it is handed
 * out. A payload may be opened any number of times and from several threads.
 */
public interface Payload {
  /** Number of bytes. */
  long size();

  /**
   * Opens the bytes from the beginning; the caller closes the stream.
   *
   * @throws DamagedBlobException from here or from a read, if the bytes are missing or are not
   *     those that were written; recompute what made them
   */
  InputStream open() throws IOException;

  /**
   * All bytes at once.
   *
   * @throws DamagedBlobException as {@link #open}
   * @throws IOException also if there are more than an array holds (2 GiB); use {@link #open}
   */
  byte[] bytes() throws IOException;

  /**
   * Some of the bytes, in memory that their file is mapped to; the caller closes it. Empty if they
   * lie in no file that can be mapped: then {@link #open} has them.
   *
   * @param from the first of them
   * @param length how many, at least 1
   * @throws DamagedBlobException as {@link #open}
   */
  default Optional<MappedBytes> map(long from, int length) throws IOException {
    return Optional.empty();
  }
}
