package dev.reprise.ray;

import static dev.reprise.cache.base.Checks.checkState;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.base.Ticker;
import dev.reprise.executor.Answer;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.AttemptResult.Cancelled;
import dev.reprise.executor.AttemptResult.Lost;
import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.executor.TaskExecutor.AttemptListener;
import dev.reprise.executor.WorkChunk;
import dev.reprise.ray.bootstrap.Reply.Failure;
import dev.reprise.ray.worker.ChunkReply;
import dev.reprise.ray.worker.TaskFiles;
import dev.reprise.ray.worker.TaskFiles.Progress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The units that are in tasks, and {@link Waiting} for one: what becomes of them, whatever the
 * cluster does. Calls listeners, never Ray.
 */
final class Traffic {
  private static final Logger LOG = LoggerFactory.getLogger(Traffic.class);

  /** How long a worker may take to answer after the grace before it is given up. */
  static final long SLACK_NANOS = 3_000_000_000L;

  /*
   * The lock guards the queues and the flights. Units are taken from a queue into a flight by the
   * dispatcher alone, and it alone answers units of a flight whose task a worker has begun; so that of
   * the two words on an attempt, started and finished, the second comes second. cancel() answers what
   * waits, and what is in a task that no worker has begun once it has taken that task back.
   *
   * No listener is called with the lock held.
   */
  private final Object lock = new Object();

  private final TaskFiles files;
  private final Waiting waiting;
  private final Unplaceable unplaceable;
  private final long patienceNanos;
  private final Ticker ticker;

  private final Map<String, Flight> flights = new LinkedHashMap<>();
  private final WorkerHealth health = new WorkerHealth();
  private @Nullable String broken;
  private boolean closed;

  /**
   * @param waiting empty
   * @param graceNanos how long a cancelled unit may take to end
   */
  Traffic(
      TaskFiles files, Waiting waiting, Unplaceable unplaceable, long graceNanos, Ticker ticker) {
    this.files = files;
    this.waiting = waiting;
    this.unplaceable = unplaceable;
    this.patienceNanos = graceNanos + SLACK_NANOS;
    this.ticker = ticker;
  }

  /** How many units should be here at one time, so that no slot idles. */
  int window() {
    synchronized (lock) {
      return waiting.window();
    }
  }

  /** What nodes there are now. */
  void capacity(Capacity now) {
    String hopeless;
    synchronized (lock) {
      waiting.capacity(now);
      Stream<StepQueue> sent =
          flights.values().stream().filter(Flight::isUnbegun).map(flight -> flight.step);
      hopeless =
          unplaceable.look(
              Stream.concat(waiting.queued(), sent).collect(Collectors.toSet()),
              now,
              ticker.nanos());
    }
    if (hopeless != null) {
      gone(hopeless);
    }
  }

  // ---- there and back
  // -----------------------------------------------------------------------------

  /**
   * Takes units that must run.
   *
   * @throws ExecutorUnavailableException if the cluster has not what they want, or is gone
   */
  void add(WorkChunk chunk, AttemptListener listener) throws ExecutorUnavailableException {
    synchronized (lock) {
      checkState(!closed, "step '%s' was submitted to a closed executor", chunk.step());
      if (broken != null) {
        throw new ExecutorUnavailableException(broken, null);
      }
      unplaceable.check(chunk, waiting.capacity());
      waiting.add(chunk, listener);
      lock.notifyAll();
    }
  }

  /** Waits until there is anything; false when there will be nothing more. */
  boolean await() {
    synchronized (lock) {
      while (flights.isEmpty() && waiting.isEmpty()) {
        if (closed) {
          return false;
        }
        try {
          lock.wait();
        } catch (InterruptedException e) {
          return false;
        }
      }
      return true;
    }
  }

  /** The next task to submit; null if there is nothing that waits, or no room. */
  @Nullable Flight next() {
    synchronized (lock) {
      if (closed) {
        return null;
      }
      long busy = flights.values().stream().filter(flight -> !flight.open.isEmpty()).count();
      Flight flight = waiting.next(busy, ticker.nanos());
      if (flight != null) {
        flights.put(flight.task, flight);
      }
      return flight;
    }
  }

  /** The tasks that are not answered. */
  List<Flight> flights() {
    synchronized (lock) {
      return List.copyOf(flights.values());
    }
  }

  /** Tells which units have begun. */
  void progress() {
    List<Flight> slow;
    synchronized (lock) {
      slow = flights.values().stream().filter(flight -> !flight.open.isEmpty()).toList();
    }
    for (Flight flight : slow) {
      long at = files.progress(flight.task).map(Progress::attempt).orElse(0L);
      boolean news;
      synchronized (lock) {
        news = at != 0 && flight.open.containsKey(at) && flight.started.add(at);
      }
      if (news) {
        flight.step.listener().started(at);
      }
    }
  }

  /** A task was answered; returns results that nobody waits for any more. */
  List<AttemptResult> answered(Flight flight, ChunkReply reply) {
    List<Runnable> words = new ArrayList<>();
    List<AttemptResult> late = new ArrayList<>();
    synchronized (lock) {
      flights.remove(flight.task);
      health.answered(flight);
      waiting.measure(flight, reply, ticker.nanos());
      for (Answer answer : reply.answers()) {
        if (!flight.answer(answer.attempt(), answer.result(), words)) {
          late.add(answer.result());
        }
      }
      flight.putBack(reply.notStarted(), words);
      flight.answerAll(lost("its worker did not answer for it"), words);
    }
    if (reply.abandoned()) {
      LOG.warn(
          "a cancelled unit of step '{}' does not end; its worker is abandoned and ends when it has"
              + " nothing else to do",
          flight.step.step());
    }
    files.remove(flight.task); // who hears that a unit has ended finds nothing of it in the store
    words.forEach(Runnable::run);
    return late;
  }

  // ---- what goes wrong
  // ----------------------------------------------------------------------------

  private static Lost lost(String why) {
    return new Lost(why, 0, Bytes.EMPTY);
  }

  /** Ray did not take a task, or its answer makes no sense: each of its units costs an attempt. */
  void refused(Flight flight, String why) {
    List<Runnable> words = new ArrayList<>();
    files.takeBack(flight.task);
    synchronized (lock) {
      flights.remove(flight.task);
      flight.answerAll(lost(why), words);
    }
    words.forEach(Runnable::run);
  }

  /**
   * A worker is there and could not run a task. If no worker can, on any node, the cluster is of no
   * use; else its units may find a better node.
   */
  void failed(Flight flight, Failure failure) {
    boolean begun = !files.takeBack(flight.task);
    List<Runnable> words = new ArrayList<>();
    synchronized (lock) {
      flights.remove(flight.task);
      if (health.failed(failure.host(), waiting.capacity().hosts())) {
        broken = failure.why();
      }
      if (broken == null && !begun && health.goesAgain(flight)) {
        flight.putBackAll(words);
      } else {
        flight.answerAll(lost(failure.why()), words);
      }
    }
    words.forEach(Runnable::run);
  }

  /**
   * A task will not be answered: its worker is gone, as far as Ray tells by what it throws, or its
   * answer is.
   */
  void died(Flight flight, Throwable thrown) {
    boolean begun = !files.takeBack(flight.task);
    Optional<Progress> progress = files.progress(flight.task);
    String exit = files.exit(flight.task);
    List<Runnable> words = new ArrayList<>();
    synchronized (lock) {
      flights.remove(flight.task);
      if (!begun && health.goesAgain(flight)) {
        flight.putBackAll(words);
      } else {
        long last = progress.map(Progress::attempt).orElse(0L);
        String worker = progress.map(Progress::worker).orElse("a worker");
        flight.step.pace().died(flight.chunk.units().size());
        flight.lose(last, why(worker, exit, thrown), words);
      }
    }
    words.forEach(Runnable::run);
  }

  private static String why(String worker, @Nullable String exit, Throwable thrown) {
    return exit != null
        ? "%s ended: %s; user code must return or throw".formatted(worker, exit)
        : "%s died: %s".formatted(worker, RayWords.of(thrown));
  }

  /** Ray itself does not answer: nothing that is on its way will come back. */
  void gone(String why) {
    List<Runnable> words = new ArrayList<>();
    synchronized (lock) {
      broken = why;
      for (Flight flight : flights.values()) {
        files.takeBack(flight.task); // workers may live on, and need not begin it
        flight.answerAll(lost(why), words);
      }
      flights.clear();
      waiting.answer(waiting.attempts(), lost(why), words);
    }
    words.forEach(Runnable::run);
  }

  // ---- cancel -----------------------------------------------------------------------------------

  /** Asks attempts to end. */
  void cancel(Set<Long> attempts) {
    List<Runnable> words = new ArrayList<>();
    synchronized (lock) {
      waiting.answer(attempts, new Cancelled(0, Bytes.EMPTY), words);
      for (Flight flight : List.copyOf(flights.values())) {
        boolean any = false;
        for (long attempt : flight.open.keySet()) {
          any |= attempts.contains(attempt) && flight.cancelled.add(attempt);
        }
        if (any) {
          cancel(flight, words);
        }
      }
    }
    words.forEach(Runnable::run);
  }

  private void cancel(Flight flight, List<Runnable> words) {
    boolean all = flight.cancelled.containsAll(flight.open.keySet());
    if (all && flight.started.isEmpty() && files.takeBack(flight.task)) {
      // Its file stays until the end: the task may come to a worker at any time, and must find it.
      flights.remove(flight.task);
      flight.answerAll(new Cancelled(0, Bytes.EMPTY), words);
      return;
    }
    flight.giveUpAt = ticker.nanos() + patienceNanos;
    try {
      files.cancel(flight.task, flight.cancelled);
    } catch (IOException e) {
      LOG.warn("step '{}': a worker cannot be told to cancel", flight.step.step(), e);
    }
  }

  /** Answers for workers that do not, though they were asked to end. */
  void giveUp() {
    long now = ticker.nanos();
    List<Runnable> words = new ArrayList<>();
    synchronized (lock) {
      for (Flight flight : flights.values()) {
        if (flight.giveUpAt != 0 && now - flight.giveUpAt >= 0 && !flight.open.isEmpty()) {
          LOG.warn(
              "step '{}': a worker that was told to cancel does not answer", flight.step.step());
          for (long attempt : List.copyOf(flight.open.keySet())) {
            AttemptResult result =
                flight.cancelled.contains(attempt)
                    ? new Cancelled(1, Bytes.EMPTY)
                    : lost("its worker answers no more");
            flight.answer(attempt, result, words);
          }
        }
      }
    }
    words.forEach(Runnable::run);
  }

  /** Asks all to end and takes nothing more. */
  void close() {
    Set<Long> all;
    synchronized (lock) {
      closed = true;
      all = waiting.attempts();
      flights.values().forEach(flight -> all.addAll(flight.open.keySet()));
    }
    cancel(all);
    synchronized (lock) {
      lock.notifyAll();
    }
  }

  /** Nothing will be heard any more: answers what is left. */
  void end() {
    List<Runnable> words = new ArrayList<>();
    synchronized (lock) {
      flights.values().forEach(flight -> flight.answerAll(new Cancelled(0, Bytes.EMPTY), words));
      flights.clear();
    }
    words.forEach(Runnable::run);
  }
}
