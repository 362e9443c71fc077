package dev.reprise.cache.codec;

import dev.reprise.cache.base.BigEndian;
import dev.reprise.cache.fingerprint.Fingerprint;

/**
 * A sum of 256-bit numbers modulo 2²⁵⁶. Not XOR: two equal rows must not cancel each other.
 *
 * @see <a href="../../../../../../../docs/adr/0005-row-digests.md">ADR-0005</a>
 */
final class RowSum {
  private long first;
  private long second;
  private long third;
  private long fourth;

  /** Adds a number of 32 bytes, big-endian. */
  void add(byte[] number) {
    long a = BigEndian.getLong(number, 24);
    fourth += a;
    long carry = Long.compareUnsigned(fourth, a) < 0 ? 1 : 0;

    long b = BigEndian.getLong(number, 16);
    long c = third + b;
    long overflow = Long.compareUnsigned(c, b) < 0 ? 1 : 0;
    third = c + carry;
    carry = overflow + (carry == 1 && third == 0 ? 1 : 0);

    b = BigEndian.getLong(number, 8);
    c = second + b;
    overflow = Long.compareUnsigned(c, b) < 0 ? 1 : 0;
    second = c + carry;
    carry = overflow + (carry == 1 && second == 0 ? 1 : 0);

    first += BigEndian.getLong(number, 0) + carry;
  }

  Fingerprint value() {
    byte[] bytes = new byte[Fingerprint.BYTES];
    BigEndian.putLong(bytes, 0, first);
    BigEndian.putLong(bytes, 8, second);
    BigEndian.putLong(bytes, 16, third);
    BigEndian.putLong(bytes, 24, fourth);
    return Fingerprint.of(bytes);
  }
}
