package dev.reprise.cache.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;

/**
 * Digests bytes on their way, together with the id of the codec that writes them, and refuses more
 * than may be. Does not close what it writes to.
 */
final class ContentStream extends OutputStream {
  private final OutputStream to;
  private final long limit;
  private final MessageDigest sha256;
  private long written;

  /**
   * @param prefix of the codec
   */
  ContentStream(byte[] prefix, OutputStream to, long limit) {
    this(prefix, to, limit, Hasher.sha256());
  }

  /**
   * @param unused a digest of SHA-256 that has seen nothing; {@link #content} leaves it so
   */
  ContentStream(byte[] prefix, OutputStream to, long limit, MessageDigest unused) {
    this.to = to;
    this.limit = limit;
    sha256 = unused;
    sha256.update(prefix);
  }

  /** What the digests of a codec's values begin with. */
  static byte[] prefix(String codec) {
    return (codec + '\0').getBytes(UTF_8);
  }

  @Override
  public void write(int b) throws IOException {
    count(1);
    sha256.update((byte) b);
    to.write(b);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    count(length);
    sha256.update(bytes, offset, length);
    to.write(bytes, offset, length);
  }

  /** The digest of id and bytes; to be asked once, at the end. */
  Fingerprint content() {
    return Fingerprint.of(sha256.digest());
  }

  private void count(int more) throws NoCodecException {
    written += more;
    if (written > limit) {
      throw new NoCodecException(tooLarge(limit));
    }
  }

  /** What is said of a value that takes more bytes than it may. */
  static String tooLarge(long limit) {
    return "takes more than "
        + (limit >> 20)
        + " MiB, which is the most for one object; return it in partitions, or as a table or a file";
  }
}
