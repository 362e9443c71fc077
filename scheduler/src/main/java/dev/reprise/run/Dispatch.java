package dev.reprise.run;

import static java.util.Objects.requireNonNull;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.executor.Argument;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.executor.TaskExecutor.AttemptListener;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import dev.reprise.graph.Node;
import dev.reprise.plan.Cache;
import dev.reprise.plan.Planner;
import dev.reprise.plan.UnitState;
import dev.reprise.plan.UnitTable;
import dev.reprise.run.Arguments.GoneException;
import dev.reprise.run.RunListener.Keeping;
import dev.reprise.run.SingleFlight.Turn;
import dev.reprise.task.CachePolicy.Sharing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Gives units that must run to executors. Belongs to the run's one thread. */
final class Dispatch {
  private static final int LARGEST_CHUNK = 256;

  private final Shared run;
  private final UnitTable units;
  private final Lanes lanes;
  private final Stopping stopping;
  private final Healing healing;
  private final Arguments arguments;
  private final Planner planner;
  private final Cache cache;
  private final Answers answers;
  private final Endings endings;
  private final StartNews starts;
  private final Map<Integer, Awaited> awaited = new HashMap<>();
  private final AttemptListener listener =
      new AttemptListener() {
        @Override
        public void started(long attempt) {
          post(() -> answers.started(attempt));
        }

        @Override
        public void finished(long attempt, AttemptResult result) {
          post(() -> answers.finished(attempt, result));
        }

        private void post(Runnable event) {
          run.environment().mailbox().post(event);
        }
      };

  /**
   * A key that a unit waited for, and who made its result.
   *
   * @param joined whether the unit waited for that, and did not just find it
   */
  private record Awaited(Fingerprint key, String owner, boolean joined) {}

  Dispatch(
      Shared run,
      Lanes lanes,
      Stopping stopping,
      Healing healing,
      Arguments arguments,
      Planner planner,
      Cache cache,
      Answers answers,
      Endings endings) {
    this.run = run;
    this.units = run.units();
    this.lanes = lanes;
    this.stopping = stopping;
    this.healing = healing;
    this.arguments = arguments;
    this.planner = planner;
    this.cache = cache;
    this.answers = answers;
    this.endings = endings;
    this.starts = new StartNews(run, stopping);
  }

  /** Whether the unit waited for another run to make what its key stands for. */
  boolean hasWaited(int unit) {
    Awaited last = awaited.get(unit);
    return last != null && last.key.equals(units.key(unit));
  }

  /** The unit has what it waited for: tells so. */
  void shared(int unit) {
    Awaited last = requireNonNull(awaited.remove(unit), "it did not wait");
    run.reports().unitFinished(unit, new byte[0], null, "made by " + last.owner, Keeping.KEPT);
  }

  /**
   * Finds a step with units to run that must leave the driver's process and cannot: no plan with it
   * can be carried out. One whose results are all there need not run.
   *
   * @param unselected ids of steps that do not run
   * @return which step, why and what to do; null if there is none
   */
  @Nullable String findBound(Set<Integer> unselected) {
    for (Node node : run.graph().nodes()) {
      if (node.isStep() && !unselected.contains(node.id()) && lanes.leavesDriver(node)) {
        boolean ended = units.count(node.id()) >= 0 && units.open(node.id()) == 0;
        String why = ended ? null : run.environment().steps().bound(node.id());
        if (why != null) {
          return "step '%s' %s".formatted(node.name(), cannotLeave(why));
        }
      }
    }
    return null;
  }

  private static String cannotLeave(String why) {
    return "cannot leave the driver: %s; or run the step with local(...)".formatted(why);
  }

  /** Submits what may run now and what the executors have room for. */
  void dispatch() {
    int known;
    do {
      known = lanes.all().size();
      lanes.all().forEach(this::dispatch);
    } while (lanes.all().size() > known); // what was sent back may need another executor
  }

  private void dispatch(Lane lane) {
    try {
      while (!lane.queue.isEmpty() && stopping.halted() == null) {
        int first = lane.queue.peek();
        String bound =
            lane.isDriver() ? null : run.environment().steps().bound(units.nodeOf(first));
        if (bound != null) {
          lane.queue.poll();
          failBound(first, bound);
          continue;
        }
        if (!lane.begun() && !mayRun(first)) {
          if (!lane.queue.isEmpty()) { // as in a run that was stopped meanwhile
            lane.queue.poll(); // no executor is started for what is made elsewhere
          }
          continue;
        }
        if (!lane.begun()) {
          starts.tellLater(lane);
        }
        int room = lane.room();
        if (room <= 0) {
          break;
        }
        List<Integer> chunk = nextChunk(lane, room);
        if (!chunk.isEmpty()) {
          submit(lane, chunk);
        }
      }
    } catch (ExecutorUnavailableException e) {
      stopping.fatal(4, String.valueOf(e.getMessage()));
    }
  }

  /**
   * A unit whose result was there when the plan was made, and must be made again: it must leave the
   * driver's process and cannot, so no engine would help.
   */
  private void failBound(int unit, String why) {
    if (units.state(unit) == UnitState.QUEUED) {
      stopping.fail(unit, null, new byte[0], "it " + cannotLeave(why));
    }
  }

  /**
   * Takes units of one step that may run now; what may not run now is put where it waits. As many
   * as there is room for: each chunk costs, and executors share one out among their slots.
   */
  private List<Integer> nextChunk(Lane lane, int room) {
    List<Integer> chunk = new ArrayList<>();
    int most = Math.min(room, LARGEST_CHUNK);
    while (chunk.size() < most && !lane.queue.isEmpty()) {
      int unit = lane.queue.peek();
      boolean sameStep = chunk.isEmpty() || units.nodeOf(chunk.get(0)) == units.nodeOf(unit);
      if (!sameStep) {
        break;
      }
      lane.queue.poll();
      if (mayRun(unit)) {
        chunk.add(unit);
      }
    }
    return chunk;
  }

  /**
   * Whether a unit of the queue may run now; if not, it has gone where it waits. One that may, and
   * is asked again before it runs, may still.
   */
  private boolean mayRun(int unit) {
    return units.state(unit) == UnitState.QUEUED && takesTurn(unit);
  }

  private boolean takesTurn(int unit) {
    if (units.stale(unit) || units.waits(unit)) {
      healing.retreat(unit);
      return false;
    }
    if (units.attempts(unit) > 0 && isMadeMeanwhile(unit)) {
      healing.retreat(unit); // asked for again, it is found
      return false;
    }
    if (!sharesRuns(unit)) {
      return leadsEqualCalls(unit);
    }
    Turn turn = run.flight().enter(unit, units.key(unit));
    switch (turn) {
      case FOLLOW -> units.move(unit, UnitState.FOLLOWING);
      case WAIT -> {
        units.move(unit, UnitState.HELD);
        Awaited it = new Awaited(units.key(unit), run.flight().waitsFor(unit), true);
        awaited.put(unit, it);
        run.reports().warning("WAITING", "'%s' waits for %s".formatted(units.name(unit), it.owner));
      }
      case LEAD -> {
        boolean waited = hasWaited(unit);
        boolean joined = waited && requireNonNull(awaited.get(unit)).joined;
        if (joined
            && sharing(unit) == Sharing.FAIL_TOGETHER
            && !run.flight().wasMade(unit)
            && !planner.appeared(unit)) {
          String owner = requireNonNull(awaited.remove(unit)).owner;
          String text = "%s was making it and did not, and equal units of this step fail together";
          stopping.fail(unit, null, new byte[0], text.formatted(owner));
          return false;
        }
        String maker = waited ? null : maker(units.key(unit));
        if (maker != null && planner.appeared(unit)) {
          // Made and let go of between the look-up and this claim: looked up again, it is found.
          awaited.put(unit, new Awaited(units.key(unit), maker, false));
          healing.retreat(unit);
          return false;
        }
        if (maker != null && planner.failsByNow(unit)) {
          healing.retreat(unit); // looked up again, it fails as the one that was let go of
          return false;
        }
        awaited.remove(unit);
        if (!waited) {
          run.flight().alone(unit);
        }
      }
    }
    return turn == Turn.LEAD
        && units.state(unit) == UnitState.QUEUED // unless the run was stopped
        && leadsEqualCalls(unit);
  }

  /**
   * Whether the result of a unit whose attempt failed is there by now: a run that does not wait for
   * this one, as with {@code --cache=write}, may have made it. Its turn is not given up to find
   * out, since equal units wait for what comes of all its attempts.
   */
  private boolean isMadeMeanwhile(int unit) {
    if (hasWaited(unit)) {
      return false; // it was there, and is gone again
    }
    Fingerprint key = planner.appearedForRetry(unit);
    if (key == null) {
      return false;
    }
    String when = ", before attempt " + (units.attempts(unit) + 1);
    awaited.put(unit, new Awaited(key, makerOf(key) + when, false));
    return true;
  }

  private String makerOf(Fingerprint key) {
    CacheIndex index = cache.index();
    try {
      return index == null
          ? "another run"
          : index
              .find(new CacheKey(key))
              .map(entry -> "run " + entry.origin().run())
              .orElse("another run");
    } catch (CacheUnavailableException e) {
      cache.fail(e.getMessage());
      return "another run";
    }
  }

  /** Whether the unit is the execution of all calls that equal it; true if its step has no memo. */
  private boolean leadsEqualCalls(int unit) {
    Fingerprint memo = planner.memoKey(unit);
    if (memo == null) {
      return true;
    }
    if (planner.remembers(unit)) {
      healing.retreat(unit); // asked for again, it takes what an equal call made meanwhile
      return false;
    }
    Fingerprint key = Hasher.of("reprise/memo-turn").putFingerprint(memo).finish();
    Integer leader = run.flight().leaderHere(unit, key);
    if (leader == null) {
      run.flight().leadHere(unit, key);
      return true;
    }
    endings.leaveFlight(unit);
    run.flight().follow(unit, leader);
    units.move(unit, UnitState.FOLLOWING);
    return false;
  }

  /** Who may have made the result of a key since it was looked up; null if nobody can have. */
  private @Nullable String maker(Fingerprint key) {
    if (run.flight().mayHaveLetGo(key)) {
      return "an equal unit of this run";
    }
    return run.flight().othersLetGo() ? "another run" : null;
  }

  private boolean sharesRuns(int unit) {
    return units.keyed(unit)
        && run.options().cache().reads()
        && cache.available()
        && sharing(unit) != Sharing.NONE;
  }

  private Sharing sharing(int unit) {
    return units.node(unit).step().cache().sharing();
  }

  private void submit(Lane lane, List<Integer> chunk) throws ExecutorUnavailableException {
    arguments.prepare(chunk);
    List<UnitWork> work = new ArrayList<>(chunk.size());
    List<Attempt> begun = new ArrayList<>(chunk.size());
    for (int unit : chunk) {
      if (units.state(unit) != UnitState.QUEUED) {
        continue; // an earlier unit of the chunk found one of its inputs gone, or the run stops
      }
      List<Argument> values;
      try {
        values = arguments.of(unit);
      } catch (GoneException e) {
        healing.gone(e.unit());
        if (units.state(unit) == UnitState.QUEUED) {
          healing.retreat(unit);
        }
        continue;
      }
      Attempt attempt = lanes.begin(unit, lane);
      begun.add(attempt);
      work.add(new UnitWork(attempt.id, units.label(unit), values));
      units.move(unit, UnitState.DISPATCHED);
      setStartDeadline(attempt);
    }
    arguments.forgetChunk();
    if (work.isEmpty()) {
      return;
    }
    Node node = units.node(chunk.get(0));
    WorkChunk chunkOfWork =
        new WorkChunk(
            run.header().run(),
            node.name(),
            run.environment().steps().resolved(node.id()).code(),
            run.environment().steps().libraries(node.id()),
            run.environment().steps().reads(node.id()),
            node.step().resources(),
            work);
    try {
      lane.executor().submit(chunkOfWork, listener);
    } catch (ExecutorUnavailableException e) {
      begun.forEach(lanes::takeBack);
      throw e;
    }
  }

  private void setStartDeadline(Attempt attempt) {
    Duration start = units.node(attempt.unit).step().timeout().start();
    if (start != null) {
      attempt.deadline =
          run.timers()
              .after(
                  run.now(),
                  start,
                  () -> answers.late(attempt, "did not start within " + start.toMillis() + " ms"));
    }
  }
}
