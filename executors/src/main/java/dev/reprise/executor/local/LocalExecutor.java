package dev.reprise.executor.local;

import static dev.reprise.cache.base.Checks.checkState;

import dev.reprise.cache.base.ThreadAlarms;
import dev.reprise.cache.base.Ticker;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.executor.WorkChunk;
import dev.reprise.task.Resources;
import dev.reprise.worker.OutputCapture;
import dev.reprise.worker.RunningUnit;
import dev.reprise.worker.Worker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs units on threads of this process.
 *
 * <p>A unit that calls {@code System.exit} ends the driver: Java 17 has no way to prevent that
 * which is not deprecated for removal. What the driver must not lose is its shutdown hooks'
 * business.
 *
 * @see <a href="../../../../../../../docs/adr/0007-units-in-the-drivers-process.md">ADR-0007, units
 *     in the driver's own process</a>
 */
final class LocalExecutor implements TaskExecutor {
  private static final Logger LOG = LoggerFactory.getLogger(LocalExecutor.class);

  /*
   * The lock guards the queue and the slots. A slot that gets a job gets the claim of one unit with it
   * and keeps both from unit to unit, without the lock, until the job has no more units or another job
   * is held up. So trivial units cost no lock, and several slots may work on one job.
   *
   * Whoever gets a job wakes or starts one more slot if there is more that fits. A slot that was woken
   * and did not get the lock yet still counts as idle; it wakes the next one when it does.
   *
   * Neither the listener nor user code is ever called with the lock held.
   */
  private final Object lock = new Object();

  private final LocalSettings settings;
  private final Worker worker;
  private final Ticker ticker;
  private final OutputCapture capture = OutputCapture.open();
  private final ThreadAlarms alarms = new ThreadAlarms("reprise-local-grace");
  private final Pace pace = new Pace();

  private final Budget budget;
  private final JobQueue queue;
  private final Set<Slot> slots = new LinkedHashSet<>();
  private final Set<String> steps = new HashSet<>();
  private int idle;
  private int slotsMade;
  private int abandoned;
  private boolean closed;

  LocalExecutor(LocalSettings settings, Worker worker, Ticker ticker) {
    this.settings = settings;
    this.worker = worker;
    this.ticker = ticker;
    budget = new Budget(settings.units(), settings.cpus(), settings.memoryBytes());
    queue = new JobQueue(budget);
  }

  @Override
  public String name() {
    return LocalExecutorFactory.NAME;
  }

  @Override
  public int window() {
    synchronized (lock) {
      return pace.window(Math.max(settings.usualUnits(), slots.size() - idle));
    }
  }

  @Override
  public long nanosOfWork() {
    synchronized (lock) {
      return pace.nanosOf(queue.waitingForOthers(), slots.size() - idle);
    }
  }

  @Override
  public void submit(WorkChunk chunk, AttemptListener listener) {
    Job job = new Job(chunk, listener, budget.claim(chunk.resources()));
    boolean tell;
    synchronized (lock) {
      checkState(!closed, "step '%s' was submitted to a closed executor", chunk.step());
      queue.add(job);
      wakeOneMore();
      tell = steps.add(chunk.step());
    }
    if (tell) {
      tellHowClaimsCount(chunk);
    }
  }

  private void tellHowClaimsCount(WorkChunk chunk) {
    Resources claimed = chunk.resources();
    if (claimed.cpus() > settings.cpus() || claimed.memoryBytes() > settings.memoryBytes()) {
      LOG.info(
          "step '{}' asks for {} processors and {} bytes; this machine gives at most {} and {},"
              + " to one of its units at a time",
          chunk.step(),
          claimed.cpus(),
          claimed.memoryBytes(),
          settings.cpus(),
          settings.memoryBytes());
    }
    if (!claimed.custom().isEmpty()) {
      LOG.info(
          "step '{}' asks for {} of a cluster, which limits nothing on this machine",
          chunk.step(),
          claimed.custom());
    }
  }

  /**
   * Waits for a job, which comes with the claim of one unit.
   *
   * @param done a job whose claim is given back; null for none
   * @return null when the slot should end
   */
  @Nullable Job nextJob(Slot slot, @Nullable Job done) {
    synchronized (lock) {
      if (done != null) {
        queue.giveBack(done);
      }
      while (!closed) {
        Job job = queue.take();
        if (job != null) {
          wakeOneMore();
          return job;
        }
        idle++;
        slot.rest();
        try {
          lock.wait();
        } catch (InterruptedException e) {
          // Meant for a unit that ended just then. Only close() ends this thread.
        } finally {
          idle--;
        }
      }
      slots.remove(slot);
      lock.notifyAll();
      releaseCapture();
      return null;
    }
  }

  private void wakeOneMore() {
    if (queue.peek() == null) {
      return;
    }
    if (idle > 0) {
      lock.notify();
    } else if (slots.size() < settings.units()) {
      Slot slot = null;
      try {
        slot = new Slot(this, worker, ticker, ++slotsMade);
        slots.add(slot);
        slot.thread().start();
      } catch (OutOfMemoryError e) {
        // There is no memory, or no thread, for more; those that there are do the work.
        slots.remove(slot);
        if (slots.isEmpty()) {
          throw e;
        }
      }
    }
  }

  /** Whether a slot may take one more unit of its job without asking. */
  boolean mayGoOn() {
    return !queue.isHeldUp();
  }

  void ran(long nanos) {
    pace.ran(nanos);
  }

  @Override
  public void cancel(long[] attempts) {
    long[] sorted = attempts.clone();
    Arrays.sort(sorted);
    cancelAll(sorted);
  }

  private void cancelAll(long @Nullable [] sorted) {
    List<Job> jobs;
    synchronized (lock) {
      jobs = queue.all();
    }
    jobs.forEach(job -> job.cancelWaiting(sorted));
    // In this order: a unit that was not waiting any more was taken by a slot that is there now.
    List<Slot> running;
    synchronized (lock) {
      running = new ArrayList<>(slots);
    }
    for (Slot slot : running) {
      RunningUnit unit = slot.cancel(sorted);
      if (unit != null) {
        alarms.after(settings.grace(), () -> abandon(slot, unit));
      }
    }
  }

  /** Regains the place of a unit that does not end. */
  private void abandon(Slot slot, @Nullable RunningUnit unit) {
    Job job = slot.abandon(unit);
    if (job != null) {
      synchronized (lock) {
        abandoned++;
        slots.remove(slot);
        lock.notifyAll();
        queue.giveBack(job);
        wakeOneMore();
        releaseCapture();
      }
    }
  }

  /** The thread of an abandoned unit came to its end after all. */
  void abandonedEnded() {
    synchronized (lock) {
      abandoned--;
      releaseCapture();
    }
  }

  /** What abandoned threads print must not reach the real output, not even once this is closed. */
  private void releaseCapture() {
    if (closed && slots.isEmpty() && abandoned == 0) {
      capture.close();
    }
  }

  /** Takes at most twice the grace. */
  @Override
  public void close() {
    synchronized (lock) {
      if (closed) {
        return;
      }
      closed = true;
      lock.notifyAll();
    }
    cancelAll(null);
    for (Slot slot : awaitSlots()) {
      abandon(slot, null);
    }
    // Some may be under way of being abandoned by an alarm: a slot stays until its unit is
    // answered.
    awaitSlots();
    alarms.close();
    synchronized (lock) {
      releaseCapture();
    }
  }

  /** Waits for the slots to be gone and returns those that are not. */
  private List<Slot> awaitSlots() {
    long deadline = ticker.nanos() + settings.grace().toNanos();
    synchronized (lock) {
      long left = deadline - ticker.nanos();
      while (!slots.isEmpty() && left > 0) {
        try {
          TimeUnit.NANOSECONDS.timedWait(lock, left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          break;
        }
        left = deadline - ticker.nanos();
      }
      return new ArrayList<>(slots);
    }
  }
}
