package dev.reprise.cache.codec;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.Payload;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Turns values of some types into bytes and back. Equal values give equal content digests in every
 * JVM. A codec may be used from several threads.
 */
public interface Codec {
  /** Name and version of the byte form, such as {@code kryo/1}; recorded with every partition. */
  String id();

  /** Whether this codec is the one for {@code value}. */
  boolean accepts(@Nullable Object value);

  /**
   * Writes {@code value}; does not close {@code to}.
   *
   * @throws NoCodecException if a part of the value cannot be encoded; names the class and the path
   */
  Encoded encode(@Nullable Object value, OutputStream to) throws IOException;

  /**
   * Reads a value back.
   *
   * @throws IOException if the bytes are damaged (see {@link
   *     dev.reprise.cache.store.DamagedBlobException}) or are not of this codec's form
   */
  @Nullable Object decode(Payload payload) throws IOException;

  /**
   * What is known of a value once it is encoded.
   *
   * @param content digest of what the value means
   * @param rows number of rows of a table, {@link dev.reprise.cache.store.PartitionRef#NOT_A_TABLE}
   *     for anything else
   * @param schema of a table; empty for anything else
   */
  record Encoded(Fingerprint content, long rows, Bytes schema) {}
}
