package dev.reprise.cache.index;

import dev.reprise.cache.fingerprint.Fingerprint;

/**
 * The fingerprint of everything that determines a unit's result.
 *
 * @see <a href="../../../../../../../docs/how-the-key-is-made.md">How the key is made</a>
 */
public record CacheKey(Fingerprint digest) implements Comparable<CacheKey> {
  @Override
  public int compareTo(CacheKey other) {
    return digest.compareTo(other.digest);
  }

  /** 64 lower-case hexadecimal digits. */
  @Override
  public String toString() {
    return digest.toString();
  }
}
