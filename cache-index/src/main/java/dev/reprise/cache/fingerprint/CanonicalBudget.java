package dev.reprise.cache.fingerprint;

/**
 * What one value may still take in canonical form. Parts that are written apart, to be sorted, take
 * of the same budget: all of them are in memory at once.
 */
final class CanonicalBudget {
  /** The most a value may take, in bytes: 256 MiB. What is larger belongs in a file or a table. */
  static final int BYTES = 256 << 20;

  private int left = BYTES;

  void take(int bytes) throws NoCanonicalFormException {
    if (bytes > left) {
      throw new NoCanonicalFormException(
          "",
          "takes more than "
              + (BYTES >> 20)
              + " MiB in canonical form; pass it as a file or as the result of a step");
    }
    left -= bytes;
  }
}
