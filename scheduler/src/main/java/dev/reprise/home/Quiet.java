package dev.reprise.home;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Tells when no run or plan uses a home, and has work done then that would take away what they
 * read. Who comes meanwhile waits for its end, and is why it ends soon.
 */
public final class Quiet {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by the lock. There are no users while there is work.
  private int users;
  private int coming;
  private boolean working;

  /** A run or plan begins; waits for the end of work that goes on. */
  public void enter() {
    lock.lock();
    try {
      coming++;
      while (working) {
        changed.awaitUninterruptibly();
      }
      coming--;
      users++;
    } finally {
      lock.unlock();
    }
  }

  /** It has ended. */
  public void leave() {
    leave(goOn -> {});
  }

  /**
   * It has ended; if no other goes on, {@code work} is done.
   *
   * @param work is given what to ask every now and then: whether nobody waits for its end
   */
  public void leave(Consumer<BooleanSupplier> work) {
    lock.lock();
    try {
      users--;
      working = users == 0;
      changed.signalAll();
      if (!working) {
        return;
      }
    } finally {
      lock.unlock();
    }
    try {
      work.accept(this::isQuiet);
    } finally {
      lock.lock();
      try {
        working = false;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private boolean isQuiet() {
    lock.lock();
    try {
      return coming == 0;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until nobody uses the home, and no work is done. */
  public void await() {
    lock.lock();
    try {
      while (users > 0 || working) {
        changed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }
}
