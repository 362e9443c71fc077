package dev.reprise.run;

import static java.util.Objects.requireNonNull;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.store.Manifest;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.executor.TaskExecutor.AttemptListener;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import dev.reprise.graph.Edge;
import dev.reprise.graph.Edge.FromNode;
import dev.reprise.graph.Node;
import dev.reprise.plan.Outcome;
import dev.reprise.plan.Reason;
import dev.reprise.plan.UnitTable;
import dev.reprise.run.Arguments.GoneException;
import dev.reprise.run.RunListener.AuditReport;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Executes units again whose results the run has, and compares by content. It begins when all units
 * have ended, so it meets no claim, memo or retry; its attempts are its own and their results are
 * dropped. Belongs to the run's one thread.
 */
final class Auditing {
  private static final int LARGEST_CHUNK = 256;

  /**
   * How many differences are told with the row or field; each may need decoding of large values.
   */
  private static final int MOST_TOLD_IN_FULL = 10;

  /** How old an answer may be to whether code is what it was. */
  private static final long BETWEEN_LOOKS_NANOS = 100_000_000;

  /** Results that are larger are compared by digest alone, in bytes. */
  private static final long LARGEST_DECODED = 64L << 20;

  private final Shared run;
  private final UnitTable units;
  private final Lanes lanes;
  private final Stopping stopping;
  private final Arguments arguments;
  private final Manifests manifests;
  private final Commits commits;
  private final Differences differences;
  private final Audit audit;
  private final StandIns standIns;
  private final StartNews starts;
  private final Set<Integer> unselected;
  private final OncePerReason skipped;
  private final Deque<Integer> waiting = new ArrayDeque<>();
  private final Map<Long, Again> inFlight = new HashMap<>();
  private final List<String> differing = new ArrayList<>();
  private final AttemptListener listener =
      new AttemptListener() {
        @Override
        public void started(long attempt) {
          run.environment().mailbox().post(() -> onStarted(attempt));
        }

        @Override
        public void finished(long attempt, AttemptResult result) {
          run.environment().mailbox().post(() -> onFinished(attempt, result));
        }
      };
  private final Map<String, String> spoilt = new HashMap<>();
  private long lookedAt;
  private boolean begun;
  private String seed = "";
  private int reused;
  private int reusedAgain;
  private int executed;
  private int equal;
  private int notCompared;
  private boolean halted;

  /** An attempt at a unit whose result is there. */
  private static final class Again {
    final int unit;
    final Lane lane;
    Timers.@Nullable Timer deadline;

    Again(int unit, Lane lane) {
      this.unit = unit;
      this.lane = lane;
    }
  }

  private record Drawn(long lot, int unit) {}

  /**
   * @param unselected ids of steps that do not run
   */
  Auditing(
      Shared run,
      Set<Integer> unselected,
      Lanes lanes,
      Stopping stopping,
      Arguments arguments,
      Manifests manifests,
      Commits commits,
      StandIns standIns) {
    this.run = run;
    this.units = run.units();
    this.lanes = lanes;
    this.stopping = stopping;
    this.arguments = arguments;
    this.manifests = manifests;
    this.commits = commits;
    this.differences = run.environment().differences();
    this.audit = run.options().audit();
    this.unselected = unselected;
    this.skipped =
        new OncePerReason(
            "'%s' was not compared: %s",
            "%d more not compared: %s", text -> run.reports().warning("NOT_AUDITED", text));
    this.standIns = standIns;
    this.starts = new StartNews(run, stopping);
  }

  /** Chooses what is executed again, now that all units have ended. */
  void begin() {
    begun = true;
    if (stopping.halted() != null) {
      run.reports().warning("AUDIT", "nothing was executed again: the run did not come to its end");
      halted = true;
      return;
    }
    seed = audit.seed().isEmpty() ? run.header().run() : audit.seed();
    BitSet chosen = new BitSet();
    for (Node node : run.graph().nodes()) {
      if (isCompared(node)) {
        for (int unit = first(node); audit.twice() && unit < end(node); unit++) {
          if (units.outcome(unit) == Outcome.RAN && !units.spoilt(unit)) {
            chosen.set(unit);
            executed++;
          }
        }
        reused += units.ended(node.id(), Outcome.CACHED);
      }
    }
    draw(
        BigDecimal.valueOf(audit.share())
            .multiply(BigDecimal.valueOf(reused))
            .setScale(0, RoundingMode.CEILING)
            .intValueExact(),
        chosen);
    chosen.stream().forEach(waiting::add);
  }

  /** Side effects are not: they would happen again; nor is what the run was told to leave out. */
  private boolean isCompared(Node node) {
    return node.isStep()
        && !node.step().effect()
        && !unselected.contains(node.id())
        && units.count(node.id()) > 0;
  }

  private int first(Node node) {
    return units.first(node.id());
  }

  private int end(Node node) {
    return units.first(node.id()) + units.count(node.id());
  }

  /**
   * Draws so many of the units that were reused. Which ones depends on the seed and on their names
   * alone, so that the same ones can be drawn again.
   */
  private void draw(int most, BitSet chosen) {
    if (most == 0) {
      return;
    }
    PriorityQueue<Drawn> smallest =
        new PriorityQueue<>(Comparator.comparingLong(Drawn::lot).reversed());
    for (Node node : run.graph().nodes()) {
      for (int unit = first(node); isCompared(node) && unit < end(node); unit++) {
        if (units.outcome(unit) != Outcome.CACHED) {
          continue;
        }
        Fingerprint lot =
            Hasher.of("reprise/audit")
                .putString(seed)
                .putString(node.name())
                .putString(units.label(unit))
                .finish();
        smallest.add(new Drawn(lot.hashCode() & 0xffff_ffffL, unit));
        if (smallest.size() > most) {
          smallest.remove();
        }
      }
    }
    smallest.forEach(drawn -> chosen.set(drawn.unit));
    reusedAgain = smallest.size();
  }

  boolean over() {
    return waiting.isEmpty() && inFlight.isEmpty();
  }

  /** Submits what the executors have room for. */
  void advance() {
    if (stopping.halted() != null) {
      halt();
      return;
    }
    while (!waiting.isEmpty()) {
      int unit = waiting.element();
      Node node = units.node(unit);
      String bound = lanes.leavesDriver(node) ? run.environment().steps().bound(node.id()) : null;
      if (bound != null) {
        skip(waiting.remove(), "it cannot leave the driver: " + bound);
        continue;
      }
      Lane lane = lanes.of(unit);
      try {
        if (!lane.begun()) {
          starts.tellLater(lane);
        }
        int room = lane.room();
        if (room <= 0) {
          return;
        }
        submit(lane, node, nextChunk(node, room));
      } catch (ExecutorUnavailableException e) {
        skipAll(lane, String.valueOf(e.getMessage()));
      }
    }
  }

  private void skipAll(Lane lane, String why) {
    waiting.stream().filter(unit -> lanes.of(unit) == lane).forEach(unit -> skip(unit, why));
    waiting.removeIf(unit -> lanes.of(unit) == lane);
  }

  private List<Integer> nextChunk(Node node, int room) {
    List<Integer> chunk = new ArrayList<>();
    int most = Math.min(Math.min(room, LARGEST_CHUNK), 1 + waiting.size() / 8);
    while (chunk.size() < most
        && !waiting.isEmpty()
        && units.nodeOf(waiting.element()) == node.id()) {
      int unit = waiting.remove();
      String missing = missing(unit);
      if (missing == null) {
        chunk.add(unit);
      } else {
        skip(unit, "this run did not need '%s', which it takes".formatted(missing));
      }
    }
    return chunk;
  }

  /** A node whose result the unit takes and this run does not have; null if it has all. */
  private @Nullable String missing(int unit) {
    for (Edge edge : units.node(unit).inputs()) {
      if (edge instanceof FromNode from) {
        String name = run.graph().node(from.node()).name();
        if (units.count(from.node()) < 0) {
          return name;
        }
        for (int input : run.propagation().inputs(unit, from)) {
          if (!units.known(input)) {
            return name;
          }
        }
      }
    }
    return null;
  }

  private void submit(Lane lane, Node node, List<Integer> chunk)
      throws ExecutorUnavailableException {
    arguments.prepare(chunk);
    List<WorkChunk.UnitWork> work = new ArrayList<>(chunk.size());
    List<Long> begun = new ArrayList<>(chunk.size());
    for (int unit : chunk) {
      try {
        long id = lanes.newAttempt();
        work.add(new UnitWork(id, units.label(unit), arguments.of(unit)));
        Again again = new Again(unit, lane);
        inFlight.put(id, again);
        lane.inFlight++;
        begun.add(id);
        Duration start = node.step().timeout().start();
        setDeadline(id, again, start, "did not start within");
      } catch (GoneException e) {
        skip(unit, whyGone(e.unit()));
      }
    }
    arguments.forgetChunk();
    if (work.isEmpty()) {
      return;
    }
    try {
      lane.executor()
          .submit(
              new WorkChunk(
                  run.header().run(),
                  node.name(),
                  run.environment().steps().resolved(node.id()).code(),
                  run.environment().steps().libraries(node.id()),
                  run.environment().steps().reads(node.id()),
                  node.step().resources(),
                  work),
              listener);
    } catch (ExecutorUnavailableException e) {
      begun.forEach(id -> skip(requireNonNull(end(id)).unit, String.valueOf(e.getMessage())));
      throw e;
    }
  }

  private String whyGone(int input) {
    Reason reason = units.reason(input);
    String what = "the result of '%s', which it takes, %s";
    return reason != null && reason.code() == Reason.Code.NOT_NEEDED
        ? what.formatted(units.name(input), "was not needed: it was found with a nested pipeline")
        : what.formatted(units.name(input), "is gone");
  }

  private void setDeadline(long id, Again again, @Nullable Duration limit, String what) {
    if (limit != null) {
      Runnable late =
          () -> {
            if (end(id) != null) {
              again.lane.cancel(new long[] {id});
              skip(again.unit, "%s %d ms".formatted(what, limit.toMillis()));
            }
          };
      again.deadline = run.timers().after(run.now(), limit, late);
    }
  }

  private void onStarted(long id) {
    Again again = inFlight.get(id);
    if (again != null) {
      run.timers().cancel(again.deadline);
      Duration limit = units.node(again.unit).step().timeout().run();
      setDeadline(id, again, limit, "ran longer than its deadline of");
    }
  }

  private @Nullable Again end(long id) {
    Again again = inFlight.remove(id);
    if (again != null) {
      again.lane.inFlight--;
      run.timers().cancel(again.deadline);
    }
    return again;
  }

  private void onFinished(long id, AttemptResult result) {
    Again again = end(id);
    if (again != null && !halted && stopping.halted() == null) {
      int unit = again.unit;
      result.<@Nullable Void>fold(
          success -> compare(unit, success),
          failure -> skip(unit, "it failed: " + failure.error().headline()),
          damaged -> skip(unit, damaged.why()),
          unreadable -> skip(unit, unreadable.why()),
          lost -> skip(unit, "its attempt was lost: " + lost.why()),
          ended -> skip(unit, "its executor ended it"));
    }
    if (result instanceof AttemptResult.Success success) {
      commits.discard(success.manifest());
    }
  }

  private @Nullable Void compare(int unit, AttemptResult.Success success) {
    Node node = units.node(unit);
    if (standIns.refers(node, success)) {
      return skip(unit, "its result is taken by reference, so its content is not known");
    }
    Manifest now = success.manifest();
    Fingerprint before = units.content(unit);
    if (standIns.of(unit, 0, success).content().equals(before)) {
      equal++;
      return null;
    }
    String other = success.notKept();
    String why = other == null ? spoilt(units.node(unit).name()) : other;
    if (!why.isEmpty()) {
      return skip(unit, why);
    }
    String name = units.name(unit);
    differing.add(name);
    run.reports()
        .warning(
            "AUDIT",
            "'%s' does not give the same twice: it made %s now, and the run has %s%s%s"
                .formatted(
                    name, now.content().brief(), before.brief(), where(unit, now), wayOut(unit)));
    return null;
  }

  /** Looks at all class files, so not for each of many differences that come together. */
  private String spoilt(String step) {
    if (run.now() - lookedAt > BETWEEN_LOOKS_NANOS) {
      spoilt.clear();
    }
    return spoilt.computeIfAbsent(
        step,
        any -> {
          lookedAt = run.now();
          return differences.spoilt(step);
        });
  }

  private String where(int unit, Manifest now) {
    if (differing.size() > MOST_TOLD_IN_FULL) {
      return "";
    }
    Optional<Manifest> before = manifests.get(unit);
    if (before.isEmpty()) {
      return "; the bytes of that are gone";
    } else if (before.get().size() + now.size() > LARGEST_DECODED) {
      return "; they are too large to look for the first difference";
    }
    try {
      String first = differences.first(units.nodeOf(unit), before.get(), now);
      return first.isEmpty() ? "" : "; first difference: " + first;
    } catch (IOException | RuntimeException | Error e) { // of the user's code, or no memory
      return "; where they differ cannot be told: " + e;
    }
  }

  /** The entry stays: nobody knows which of the two is right, see ADR-0012. */
  private String wayOut(int unit) {
    return units.outcome(unit) == Outcome.CACHED
        ? "; what is cached stays, 'reprise cache evict --key %s' removes it"
            .formatted(units.key(unit).toString().substring(0, 16))
        : "";
  }

  private @Nullable Void skip(int unit, String why) {
    notCompared++;
    skipped.add(units.name(unit), why);
    return null;
  }

  /** Whether the run itself is over: what ends it now ends the audit alone. */
  boolean hasBegun() {
    return begun;
  }

  /** Compares no more, for a reason of its own: all units of the run have ended. */
  void endEarly(String why) {
    run.reports().warning("AUDIT", "ended early: " + why);
    halt();
  }

  /** The run was cancelled, or time is up: attempts end soon, or are given up. */
  private void halt() {
    if (halted) {
      return;
    }
    halted = true;
    notCompared += waiting.size() + inFlight.size();
    waiting.clear();
    for (Lane lane : lanes.all()) {
      long[] attempts =
          inFlight.entrySet().stream()
              .filter(each -> each.getValue().lane == lane)
              .mapToLong(Map.Entry::getKey)
              .toArray();
      if (attempts.length > 0) {
        lane.cancel(attempts);
      }
    }
    run.timers()
        .after(
            run.now(), Patience.STOPPING, () -> List.copyOf(inFlight.keySet()).forEach(this::end));
  }

  /** Tells what came of it. */
  void finish() {
    if (halted && seed.isEmpty()) {
      return;
    }
    skipped.tellRest();
    run.reports()
        .audited(
            new AuditReport(
                audit, seed, reused, reusedAgain, executed, equal, differing.size(), notCompared));
    boolean well = stopping.halted() == null && stopping.exitCode() == 0;
    if (audit.failing() && !differing.isEmpty() && well) {
      String more = differing.size() == 1 ? "" : " and %d more".formatted(differing.size() - 1);
      stopping.fatal(6, "'%s'%s does not give the same twice".formatted(differing.get(0), more));
    }
  }
}
