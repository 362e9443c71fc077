package dev.reprise.run;

import java.util.ArrayDeque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The events of a run. Any thread posts, the run's thread takes. A simulation puts its own in
 * place, in which time moves when nothing else can happen.
 */
public interface Mailbox {
  /** Posts an event: something for the run's thread to do. */
  void post(Runnable event);

  /**
   * Lets events gather for so long, whatever comes; for less when the thread is interrupted. A
   * mailbox in whose time nothing happens by itself does nothing.
   */
  default void gather(long nanos) {}

  /** Takes the next event; null if none came for {@code nanos}. */
  @Nullable Runnable poll(long nanos) throws InterruptedException;

  /** Returns a mailbox on the JVM's own time. */
  static Mailbox blocking() {
    LinkedBlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();
    ArrayDeque<Runnable> taken = new ArrayDeque<>(); // of the thread that takes
    return new Mailbox() {
      @Override
      public void post(Runnable event) {
        queue.add(event);
      }

      @Override
      public void gather(long nanos) {
        LockSupport.parkNanos(nanos);
      }

      @Override
      public @Nullable Runnable poll(long nanos) throws InterruptedException {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        Runnable next = taken.poll();
        if (next == null && queue.drainTo(taken) > 0) {
          next = taken.poll();
        }
        return next != null ? next : queue.poll(nanos, TimeUnit.NANOSECONDS);
      }
    };
  }
}
