package dev.reprise.cache.store;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.ResultStore.Presence;
import java.io.IOException;
import java.io.InputStream;

/**
 * A store of the user's own, farther away than the one that runs write to: a bucket, a server, a
 * folder of another layout. It is asked for blobs that the nearer ones do not have; one that it has
 * counts as there. What it gives is checked against the digest that names it before anybody sees
 * it.
 *
 * <p>Its class is named in the setting {@code stores}, and has a public constructor without
 * arguments. It is called in the driver's process alone, from several threads of its own. A run
 * waits five seconds for an answer, fifteen for a byte, and for all bytes of a blob fifteen and
 * four more for each MiB; a source that does not answer, or fails, is left out for the rest of the
 * run or ten minutes. Whatever it throws costs a miss, and never a run.
 */
public interface BlobSource {
  /**
   * Whether the blob is there. Asked instead of believed from what was kept once: a blob that was
   * deleted is a miss, and what made it runs again.
   *
   * @param address digest of the blob's bytes, which a name for it should contain: equal addresses
   *     mean equal bytes for good, so nothing is ever overwritten
   * @param size in bytes
   */
  Presence presence(Fingerprint address, long size);

  /**
   * The bytes of a blob, from the beginning; the caller closes the stream.
   *
   * @throws IOException if it is not there or cannot be read
   */
  InputStream open(Fingerprint address, long size) throws IOException;

  /**
   * A result was published that this source does not have: keeps a copy. One that only reads does
   * nothing. Nobody waits for it but the end of a run, for up to a minute. A copy that shows no
   * sign of life for fifteen seconds, and one more for each MiB, or is slower than a quarter of a
   * MiB a second, is given up, and so is what is left at the end of the run: the thread is
   * interrupted.
   *
   * @param bytes of the blob; the caller closes the stream
   * @throws IOException if no copy could be made, which the user is told; the result is kept all
   *     the same
   */
  default void keep(Fingerprint address, long size, InputStream bytes) throws IOException {}

  /**
   * Whether {@link #keep} does anything; if not, nothing is read for it. Asked once, when the
   * source is opened.
   */
  default boolean keeps() {
    return false;
  }
}
