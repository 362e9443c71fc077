package dev.reprise.cache.index;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Counts who is using a native handle, so that it is not closed under anybody: using RocksDB after
 * it is closed brings the whole process down.
 */
final class Gate {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition left = lock.newCondition();

  // Guarded by lock.
  private int inside;
  private boolean closed;

  /** Lets the caller in, who must {@link #leave}; false once the gate is closed. */
  boolean enter() {
    lock.lock();
    try {
      if (!closed) {
        inside++;
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  void leave() {
    lock.lock();
    try {
      inside--;
      left.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Lets nobody in any more; false if it was closed before. */
  boolean close() {
    lock.lock();
    try {
      boolean first = !closed;
      closed = true;
      return first;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until all who are inside have left.
   *
   * @return false if that takes longer than {@code patience}: the handle must stay open then
   */
  boolean awaitEmpty(Duration patience) {
    boolean interrupted = false;
    lock.lock();
    try {
      long rest = patience.toNanos();
      while (inside > 0 && rest > 0) {
        try {
          rest = left.awaitNanos(rest);
        } catch (InterruptedException e) {
          interrupted = true; // a handle is not closed halfway
        }
      }
      return inside == 0;
    } finally {
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
