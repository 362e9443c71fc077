package dev.reprise.cache.index;

import dev.reprise.cache.base.BigEndian;
import dev.reprise.cache.fingerprint.Fingerprint;

/**
 * Sorts packed keys without moving them. Keys are digests, so their first bits are spread evenly:
 * two counting passes over 22 of them leave almost nothing to do, and the rest is put right in
 * place.
 */
final class KeyOrder {
  private static final int BITS = 11;
  private static final int BUCKETS = 1 << BITS;
  private static final int SMALL = 64;

  private KeyOrder() {}

  /**
   * The places of {@code size} packed keys, ascending by key as unsigned bytes; equal keys in any
   * order.
   */
  static int[] of(byte[] keys, int size) {
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      order[i] = i;
    }
    if (size > SMALL) {
      int[] other = new int[size];
      countingPass(keys, order, other, Long.SIZE - 2 * BITS);
      countingPass(keys, other, order, Long.SIZE - BITS);
    }
    insertionSort(keys, order);
    return order;
  }

  /** Moves places from one array to the other, stable, by {@link #BITS} bits of their keys. */
  private static void countingPass(byte[] keys, int[] from, int[] to, int shift) {
    int[] starts = new int[BUCKETS + 1];
    for (int place : from) {
      starts[bucket(keys, place, shift) + 1]++;
    }
    for (int i = 0; i < BUCKETS; i++) {
      starts[i + 1] += starts[i];
    }
    for (int place : from) {
      to[starts[bucket(keys, place, shift)]++] = place;
    }
  }

  private static int bucket(byte[] keys, int place, int shift) {
    long first = BigEndian.getLong(keys, place * Fingerprint.BYTES);
    return (int) (first >>> shift) & (BUCKETS - 1);
  }

  private static void insertionSort(byte[] keys, int[] order) {
    for (int i = 1; i < order.length; i++) {
      int place = order[i];
      int j = i - 1;
      while (j >= 0 && compare(keys, order[j], keys, place * Fingerprint.BYTES) > 0) {
        order[j + 1] = order[j];
        j--;
      }
      order[j + 1] = place;
    }
  }

  /** Compares the key at {@code place} with the one that lies in {@code other}. */
  static int compare(byte[] keys, int place, byte[] other, int otherAt) {
    int at = place * Fingerprint.BYTES;
    for (int i = 0; i < Fingerprint.BYTES; i += Long.BYTES) {
      long mine = BigEndian.getLong(keys, at + i);
      long its = BigEndian.getLong(other, otherAt + i);
      if (mine != its) {
        return Long.compareUnsigned(mine, its);
      }
    }
    return 0;
  }
}
