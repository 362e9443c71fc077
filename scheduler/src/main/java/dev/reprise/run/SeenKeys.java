package dev.reprise.run;

import dev.reprise.cache.fingerprint.Fingerprint;

/**
 * Keys, by 32 bits of each: at most 16 bytes a key. One in four billions is taken for another, per
 * key that is here.
 */
final class SeenKeys {
  private static final int NONE = 0;
  private static final int LEAST = 1024;

  /** Open addressing with linear probing, at most half full. */
  private int[] places = new int[LEAST];

  private int size;

  /** Adds a key. */
  void add(Fingerprint key) {
    if (put(mark(key)) && ++size > places.length / 2) {
      grow();
    }
  }

  /** Whether the key was added; may be true of one that was not. */
  boolean mayHave(Fingerprint key) {
    int mark = mark(key);
    int place = mark & places.length - 1;
    while (places[place] != NONE) {
      if (places[place] == mark) {
        return true;
      }
      place = place + 1 & places.length - 1;
    }
    return false;
  }

  /** Of a digest, so any bits will do. */
  private static int mark(Fingerprint key) {
    int mark = key.hashCode();
    return mark == NONE ? 1 : mark;
  }

  private boolean put(int mark) {
    int place = mark & places.length - 1;
    while (places[place] != NONE) {
      if (places[place] == mark) {
        return false;
      }
      place = place + 1 & places.length - 1;
    }
    places[place] = mark;
    return true;
  }

  private void grow() {
    int[] before = places;
    places = new int[before.length * 2];
    for (int mark : before) {
      if (mark != NONE) {
        put(mark);
      }
    }
  }
}
