package dev.reprise.spark;

import java.time.Duration;

/** Waits that end. */
final class Bounded {
  private Bounded() {}

  /**
   * Waits for a thread's end, whoever interrupts this one; that is kept.
   *
   * @return whether it has ended
   */
  static boolean join(Thread thread, Duration most) {
    boolean interrupted = false;
    long left = most.toMillis();
    while (thread.isAlive() && left > 0) {
      long piece = Math.min(left, 100);
      try {
        thread.join(piece);
      } catch (InterruptedException e) {
        interrupted = true;
      }
      left -= piece;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return !thread.isAlive();
  }
}
