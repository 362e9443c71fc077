package dev.reprise.plan;

import java.util.Arrays;

/** A first-in, first-out queue of numbers in a flat array. */
public final class IntQueue {
  private int[] ring = new int[16];
  private int head;
  private int size;

  /** Adds at the end. */
  public void add(int value) {
    if (size == ring.length) {
      int[] larger = Arrays.copyOf(ring, 2 * size);
      // What wrapped around to the front goes behind what was at the end.
      System.arraycopy(ring, 0, larger, size, head);
      ring = larger;
    }
    ring[(head + size) & (ring.length - 1)] = value;
    size++;
  }

  /**
   * The number at the front, which stays.
   *
   * @throws IllegalStateException if there is none
   */
  public int peek() {
    if (size == 0) {
      throw new IllegalStateException("the queue is empty");
    }
    return ring[head];
  }

  /**
   * Takes the number at the front.
   *
   * @throws IllegalStateException if there is none
   */
  public int poll() {
    int value = peek();
    head = (head + 1) & (ring.length - 1);
    size--;
    return value;
  }

  /** How many there are. */
  public int size() {
    return size;
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return size == 0;
  }

  /** Takes all away. */
  public void clear() {
    head = 0;
    size = 0;
  }
}
