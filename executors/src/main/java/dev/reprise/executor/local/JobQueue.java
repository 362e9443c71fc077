package dev.reprise.executor.local;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The jobs that have units waiting, oldest first, and what of the machine is free for them. Not
 * safe for threads, {@link #isHeldUp} excepted; the executor's lock guards it.
 *
 * <p>Jobs are served in order. One that does not fit is overtaken by later ones, but not for ever:
 * after {@link #MOST_OVERTAKING} times nobody is served until it fits.
 */
final class JobQueue {
  static final int MOST_OVERTAKING = 100;

  private final Budget free;
  private final Deque<Job> jobs = new ArrayDeque<>();
  private volatile boolean heldUp;

  JobQueue(Budget free) {
    this.free = free;
  }

  void add(Job job) {
    jobs.add(job);
  }

  /**
   * Whether a later job was served before one that does not fit, so that whoever has a claim should
   * return it soon. Not if jobs merely wait for earlier ones, as they do whenever all is busy.
   */
  boolean isHeldUp() {
    return heldUp;
  }

  /** The job that is next; null if there is none, or none that fits. */
  @Nullable Job peek() {
    if (free.isUsedUp()) {
      return null; // without a look at each of what may be thousands
    }
    boolean overtook = false;
    Job next = null;
    for (Iterator<Job> each = jobs.iterator(); next == null && each.hasNext(); ) {
      Job job = each.next();
      if (!job.mayHaveMore()) {
        each.remove();
      } else if (free.fits(job.claim())) {
        next = job;
      } else {
        overtook |= job.overtaken > 0;
        if (job.overtaken >= MOST_OVERTAKING) {
          break;
        }
      }
    }
    heldUp = overtook; // slots read it at any time, so it is set once
    return next;
  }

  /** The job that is next, with the claim of one of its units; null as {@link #peek}. */
  @Nullable Job take() {
    Job job = peek();
    if (job == null) {
      return null;
    }
    free.take(job.claim());
    for (Job earlier : jobs) {
      if (earlier == job) {
        break;
      }
      earlier.overtaken++;
      heldUp = true;
    }
    return job;
  }

  /** How many units wait for others to end, about; 0 if one that waits may start at once. */
  int waitingForOthers() {
    return peek() == null ? jobs.stream().mapToInt(Job::waiting).sum() : 0;
  }

  /** Returns a claim. */
  void giveBack(Job job) {
    free.give(job.claim());
  }

  /** All jobs, oldest first; a copy. */
  List<Job> all() {
    return new ArrayList<>(jobs);
  }

  void clear() {
    jobs.clear();
  }
}
