package dev.reprise.spark;

import static java.util.Objects.requireNonNull;

import dev.reprise.executor.TaskExecutor.AttemptListener;
import dev.reprise.executor.WorkChunk;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.IntSupplier;

/**
 * Units on datasets that wait for their turn, oldest first. A query spreads over all executors, so
 * as many run at one time as the cluster has processors for what they ask for together; one that
 * asks for more than there are runs alone.
 */
final class DatasetQueue {
  /** So many jobs at one time keep a small cluster busy while others plan or end. */
  private static final int FEWEST = 2;

  private static final int MOST = 16;

  private final Places places;
  private final int most;
  private final int fewest;
  private final IntSupplier slots;
  private final BiConsumer<WorkChunk, AttemptListener> start;

  /*
   * This object's monitor guards what follows. It is held while a unit is started, which waits for nobody
   * and calls no listener, so that after close() none is.
   */
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private final Map<Long, Long> running = new HashMap<>();
  private long takenMillis;
  private boolean closed;

  /**
   * @param maxParallel most units at one time, of whatever kind; 0 for no bound
   * @param slots processors of the cluster; asked anew each time, as executors come and go
   * @param start starts a chunk of one unit
   */
  DatasetQueue(
      Places places,
      int maxParallel,
      IntSupplier slots,
      BiConsumer<WorkChunk, AttemptListener> start) {
    this.places = places;
    this.slots = slots;
    this.start = start;
    most = most(maxParallel);
    // Whoever asks for more units than there are processors wants them to run, not to wait.
    fewest = Math.max(FEWEST, maxParallel);
    places.whenFree(this::startNext);
  }

  /** Most units on datasets at one time, whatever they ask for. */
  static int most(int maxParallel) {
    return maxParallel > 0 ? maxParallel : MOST;
  }

  /** A unit that waits, in a chunk of its own. */
  record Waiting(WorkChunk chunk, AttemptListener listener) {
    long attempt() {
      return chunk.units().get(0).attempt();
    }

    /** Thousandths of the processors that it asks for. */
    long millis() {
      return Math.max(1, Math.round(chunk.resources().cpus() * 1000));
    }
  }

  /** Puts the units of a chunk at the end. */
  void add(WorkChunk chunk, AttemptListener listener) {
    synchronized (this) {
      chunk.units().forEach(unit -> waiting.add(new Waiting(chunk.of(List.of(unit)), listener)));
    }
    startNext();
  }

  /** A unit that was started has ended. */
  void ended(long attempt) {
    synchronized (this) {
      takenMillis -= requireNonNull(running.remove(attempt));
    }
    places.give(1);
    startNext();
  }

  private synchronized void startNext() {
    while (!closed && !waiting.isEmpty() && fits(waiting.element()) && places.take(1) == 1) {
      Waiting next = waiting.remove();
      running.put(next.attempt(), next.millis());
      takenMillis += next.millis();
      start.accept(next.chunk(), next.listener());
    }
  }

  private boolean fits(Waiting next) {
    long allMillis = 1000L * Math.max(fewest, slots.getAsInt());
    return running.isEmpty() || (running.size() < most && takenMillis + next.millis() <= allMillis);
  }

  /** Takes out those of these attempts that wait. */
  synchronized List<Waiting> remove(Set<Long> attempts) {
    List<Waiting> removed = new ArrayList<>();
    waiting.removeIf(each -> attempts.contains(each.attempt()) && removed.add(each));
    return removed;
  }

  /** Starts none any more; returns those that wait. */
  synchronized List<Waiting> close() {
    closed = true;
    List<Waiting> left = new ArrayList<>(waiting);
    waiting.clear();
    return left;
  }
}
