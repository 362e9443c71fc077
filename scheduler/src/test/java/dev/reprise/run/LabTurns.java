package dev.reprise.run;

import org.jspecify.annotations.Nullable;

/**
 * Lets two runs, each in a thread of its own, go on one at a time: who, and for how long, is for
 * the runs' own chance to say, so that a seed always gives the same course.
 */
final class LabTurns {
  private int turn;
  private final boolean[] over = {true, true};
  private final boolean[] idle = new boolean[2];

  /** Does both to their ends; the first in this thread. */
  void together(Runnable first, Runnable second) {
    over[0] = false;
    over[1] = false;
    turn = 0;
    Throwable[] thrown = new Throwable[1];
    Thread other =
        new Thread(
            () -> {
              try {
                begin();
                second.run();
              } catch (Throwable e) {
                thrown[0] = e;
              } finally {
                end(1);
              }
            });
    other.start();
    try {
      first.run();
    } finally {
      end(0);
      join(other);
    }
    rethrow(thrown[0]);
  }

  /**
   * Lets the other go on, if there is one, and comes back when it lets this one.
   *
   * @param idles whether this one has nothing to do before time moves
   * @return whether the other went on; false if it has nothing to do either, so that time may move
   */
  synchronized boolean pass(int me, boolean idles) {
    if (over[1 - me]) {
      return false;
    }
    if (idles && idle[1 - me]) {
      idle[1 - me] = false; // time moves, and perhaps something comes
      return false;
    }
    idle[me] = idles;
    turn = 1 - me;
    notifyAll();
    awaitTurn(me);
    return true;
  }

  private synchronized void begin() {
    awaitTurn(1);
  }

  private synchronized void end(int me) {
    over[me] = true;
    turn = 1 - me;
    notifyAll();
  }

  private synchronized void awaitTurn(int me) {
    while (turn != me) {
      try {
        wait();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void rethrow(@Nullable Throwable thrown) {
    if (thrown instanceof RuntimeException e) {
      throw e;
    } else if (thrown instanceof Error e) {
      throw e;
    }
  }
}
