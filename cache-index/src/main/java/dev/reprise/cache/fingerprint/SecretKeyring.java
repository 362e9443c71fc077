package dev.reprise.cache.fingerprint;

import static dev.reprise.cache.base.Checks.checkArgument;

import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key under which secrets enter cache keys. Without it, who reads an index cannot test guesses
 * of a password against the keys in it.
 *
 * <p>Drivers that share results of steps with secrets must have the same key; with another key the
 * same secret gives another cache key, which costs a recomputation and nothing else.
 */
public final class SecretKeyring {
  /** The fewest bytes a key may have. */
  public static final int MIN_BYTES = 32;

  private static final String ALGORITHM = "HmacSHA256";

  private final SecretKeySpec key;

  private SecretKeyring(byte[] key) {
    this.key = new SecretKeySpec(key, ALGORITHM);
  }

  /**
   * Returns the keyring of a key; the array is copied.
   *
   * @throws IllegalArgumentException if the key has fewer than {@link #MIN_BYTES} bytes
   */
  public static SecretKeyring of(byte[] key) {
    checkArgument(
        key.length >= MIN_BYTES,
        "a key for secrets has at least %s bytes, this has %s",
        MIN_BYTES,
        key.length);
    return new SecretKeyring(key);
  }

  /** The HMAC-SHA-256 of {@code message}, 32 bytes. */
  byte[] mac(byte[] message) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac.doFinal(message);
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("this Java has no HMAC-SHA-256, which every Java has", e);
    }
  }

  /** Tells nothing. */
  @Override
  public String toString() {
    return "SecretKeyring";
  }
}
