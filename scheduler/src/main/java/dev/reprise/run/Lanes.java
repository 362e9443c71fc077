package dev.reprise.run;

import dev.reprise.graph.Node;
import dev.reprise.plan.UnitState;
import dev.reprise.plan.UnitTable;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The units that wait for executors and the attempts that these have. An attempt that is no longer
 * here was given up: its late answer counts for nothing. Belongs to the run's one thread.
 */
final class Lanes {
  private final UnitTable units;
  private final RunOptions options;
  private final Startup startup;
  private final Timers timers;
  private final Map<String, Lane> lanes = new LinkedHashMap<>();
  private final Map<Long, Attempt> inFlight = new HashMap<>();
  private long nextAttempt = 1;

  /**
   * @param options say which executor runs the tasks of an engine
   */
  Lanes(UnitTable units, RunOptions options, Startup startup, Timers timers) {
    this.units = units;
    this.options = options;
    this.startup = startup;
    this.timers = timers;
  }

  /** Lets a unit wait for its executor. */
  void enqueue(int unit) {
    of(unit).queue.add(unit);
  }

  /** Where a unit runs. */
  Lane of(int unit) {
    String name = options.executorFor(units.node(unit).step().engine());
    return lanes.computeIfAbsent(name, any -> new Lane(name, startup));
  }

  /** An id for an attempt that is none of a unit's own. */
  long newAttempt() {
    return nextAttempt++;
  }

  /** Whether the units of a step leave the driver's process. */
  boolean leavesDriver(Node step) {
    return !Lane.isDriver(options.executorFor(step.step().engine()));
  }

  /** The lanes so far. */
  List<Lane> all() {
    return List.copyOf(lanes.values());
  }

  /** Begins the next attempt at a unit. */
  Attempt begin(int unit, Lane lane) {
    Attempt attempt = new Attempt(nextAttempt++, unit, units.nextAttempt(unit), lane);
    inFlight.put(attempt.id, attempt);
    lane.inFlight++;
    return attempt;
  }

  /** Id of the attempt that begins next; those before it have smaller ones. */
  long nextAttempt() {
    return nextAttempt;
  }

  /** The attempt, or null if it is over or was given up. */
  @Nullable Attempt find(long id) {
    return inFlight.get(id);
  }

  /** Ends an attempt; null if it is over or was given up. */
  @Nullable Attempt end(long id) {
    Attempt attempt = inFlight.remove(id);
    if (attempt != null) {
      attempt.lane.inFlight--;
      timers.cancel(attempt.deadline);
    }
    return attempt;
  }

  /** Ends an attempt that its executor did not take: the unit waits as if there had been none. */
  void takeBack(Attempt attempt) {
    if (end(attempt.id) != null) {
      units.move(attempt.unit, UnitState.QUEUED);
      units.takeBackAttempt(attempt.unit);
      attempt.lane.queue.add(attempt.unit);
    }
  }

  /** Whether no attempt is in flight. */
  boolean idle() {
    return inFlight.isEmpty();
  }

  /** For how long every executor that has attempts has work, in nanoseconds, rather too short. */
  long nanosOfWork() {
    return lanes.values().stream()
        .filter(lane -> lane.inFlight > 0)
        .mapToLong(Lane::nanosOfWork)
        .min()
        .orElse(0);
  }

  /** Whether no unit waits for an executor. */
  boolean nothingQueued() {
    return lanes.values().stream().allMatch(lane -> lane.queue.isEmpty());
  }

  /** Forgets what waits for an executor. */
  void clearQueues() {
    lanes.values().forEach(lane -> lane.queue.clear());
  }

  /** Asks attempts to end: those that have not started, or all. */
  void cancel(boolean running) {
    for (Lane lane : lanes.values()) {
      long[] attempts =
          inFlight.values().stream()
              .filter(attempt -> attempt.lane == lane && (running || !attempt.started))
              .mapToLong(attempt -> attempt.id)
              .toArray();
      if (attempts.length > 0) {
        lane.cancel(attempts);
      }
    }
  }

  /** Gives up all attempts. */
  void abandon() {
    inFlight.values().forEach(attempt -> timers.cancel(attempt.deadline));
    inFlight.clear();
    lanes.values().forEach(lane -> lane.inFlight = 0);
  }
}
