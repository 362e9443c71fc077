package dev.reprise.run;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import dev.reprise.cache.base.Durations;
import dev.reprise.cache.commit.CommitRequest.Mode;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.Origin;
import dev.reprise.cache.store.Manifest;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.ErrorInfo;
import dev.reprise.executor.Platform;
import dev.reprise.explain.StepParts;
import dev.reprise.explain.UnitHistory.Variant;
import dev.reprise.graph.Node;
import dev.reprise.graph.PipelineException;
import dev.reprise.graph.TaskGraph;
import dev.reprise.plan.Cache;
import dev.reprise.plan.Outcome;
import dev.reprise.plan.Planner;
import dev.reprise.plan.Reason;
import dev.reprise.plan.Reason.Code;
import dev.reprise.plan.UnitState;
import dev.reprise.plan.UnitTable;
import dev.reprise.run.Commits.Failures;
import dev.reprise.run.Commits.Finished;
import dev.reprise.run.Commits.Settled;
import dev.reprise.run.RunListener.Keeping;
import dev.reprise.task.FailureKeeping;
import dev.reprise.task.TaskSpec;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Results of attempts, on their way to being published, and what is known of them then. Belongs to
 * the run's one thread.
 */
final class Results {
  private static final String NOTHING_KEPT = "nothing is kept here";

  /**
   * How much may be handed on before it is kept, in bytes of the heap. More only piles up: the
   * committing side is slower than the executors then, or hangs.
   */
  private static final long MOST_HANDED_ON = 64L << 20;

  /**
   * What a result may have cost that is handed on before it is kept. What takes it may be what
   * brings the process down, and to wait for a commit is nothing beside a longer unit.
   */
  private static final Duration LONGEST_HANDED_ON = Duration.ofMillis(10);

  /** And what all of them may have cost that are not kept yet. */
  private static final Duration MOST_TIME_HANDED_ON = Duration.ofSeconds(1);

  /** Of the objects that go with a result to the committing side, in bytes. */
  private static final int WEIGHT = 1_000;

  private final Shared run;
  private final UnitTable units;
  private final Stopping stopping;
  private final Planner planner;
  private final Cache cache;
  private final Manifests manifests;
  private final Retries retries;
  private final Healing healing;
  private final Committing committing;
  private final OncePerReason unkept;
  private final OncePerReason unkeptFailures;
  private final OncePerReason elsewhere;
  private final StandIns standIns;
  private final Map<Integer, Underway> underway = new HashMap<>();

  /** Failures that are being committed, by unit. */
  private final Map<Integer, Failing> failing = new HashMap<>();

  private final BitSet feedingEffects;

  /** What the results weigh that are handed on and not settled. */
  private long handedOn;

  /** How long the units took that made them. */
  private long nanosHandedOn;

  /** Nodes whose key parts are in the index, or on their way there. */
  private final BitSet historyKept = new BitSet();

  /**
   * A result that is being committed.
   *
   * @param output what its unit printed
   * @param notKept why it will not be kept, whatever comes of it; null if it may be
   * @param spoilt whether the worker found that something changed while it was made
   * @param said what its task says of the version of its data, for people
   * @param nanos how long the attempt took
   * @param handedOn the result, if what takes it may run meanwhile; else null
   */
  private record Underway(
      byte[] output,
      @Nullable String notKept,
      boolean spoilt,
      String said,
      long nanos,
      @Nullable Manifest handedOn) {
    /** How much of the heap it takes until it is settled, roughly, if it is handed on. */
    long weight() {
      return handedOn == null ? 0 : WEIGHT + output.length + handedOn.weight();
    }
  }

  /** A failure on its way to being kept. */
  private record Failing(ErrorInfo error, byte[] output, FailureKeeping how) {}

  Results(
      Shared run,
      Stopping stopping,
      Planner planner,
      Cache cache,
      Manifests manifests,
      Retries retries,
      Healing healing,
      Committing committing) {
    this.run = run;
    this.units = run.units();
    this.stopping = stopping;
    this.planner = planner;
    this.cache = cache;
    this.manifests = manifests;
    this.retries = retries;
    this.healing = healing;
    this.committing = committing;
    this.standIns = new StandIns(run, planner);
    this.feedingEffects = feedingEffects(run.graph());
    this.unkept =
        new OncePerReason(
            "the result of '%s' is not kept: %s",
            "%d more not kept: %s", text -> run.reports().warning("NOT_KEPT", text));
    this.unkeptFailures =
        new OncePerReason(
            "the failure of '%s' is not kept: %s",
            "%d more failures not kept: %s", text -> run.reports().warning("NOT_KEPT", text));
    this.elsewhere =
        new OncePerReason(
            "%s ran with %s",
            "%d more ran with %s", text -> run.reports().warning("OTHER_PLATFORM", text));
  }

  /** Tells of what was not kept and not told one by one. */
  void tellRest() {
    unkept.tellRest();
    unkeptFailures.tellRest();
    elsewhere.tellRest();
  }

  /**
   * Hands a failure of the user's code, after which there is no other attempt, to the committing
   * side, if its task keeps it. The unit ends when that has answered: whoever waits for an equal
   * unit finds the failure then, and does not execute it once more.
   *
   * @return whether it does; else the unit has yet to end
   */
  boolean keepsFailure(Attempt attempt, AttemptResult.UserError failure) {
    int unit = attempt.unit;
    Node node = units.node(unit);
    FailureKeeping how = node.step().cache().failures();
    if (how == null
        || !how.covers(failure.error().classes())
        || !units.keyed(unit)
        || !run.options().cache().writes()
        || !cache.available()
        || stopping.endsAtOnce()) {
      return false;
    }
    String notKept =
        failure.error().isOfEngine()
            ? "code of Spark, Hadoop or Netty threw it, not the task itself"
            : failure.notKept();
    if (notKept != null) {
      unkeptFailures.add(units.name(unit), notKept);
      return false;
    }
    units.move(unit, UnitState.COMMITTING);
    failing.put(unit, new Failing(failure.error(), failure.output().array(), how));
    committing.add(
        Finished.failed(
            unit,
            new CacheKey(units.key(unit)),
            new Origin(
                run.header().run(),
                run.graph().pipeline(),
                node.name(),
                units.label(unit),
                attempt.number,
                attempt.lane.engine,
                failure.durationNanos(),
                "",
                namedKey(run.environment().steps().of(node.id()).parts())),
            run.flight().claim(unit),
            new Failures.Keep(failure.error(), how.time())));
    return true;
  }

  private void failed(Settled settled, Failing failure) {
    int unit = settled.unit();
    String text = failure.error.headline();
    if (settled.kept()) {
      text += "; kept for " + Durations.text(failure.how.time());
    } else {
      unkeptFailures.add(
          units.name(unit), settled.note().isEmpty() ? NOTHING_KEPT : settled.note());
    }
    stopping.fail(unit, failure.error, failure.output, text);
  }

  /** What it runs on is in no key: see ADR-0008 of the executors. */
  private void comparePlatform(int unit, AttemptResult.Success success) {
    Platform here = Platform.here();
    if (!success.platform().equals(here)) {
      elsewhere.add(
          "'%s' on %s".formatted(units.name(unit), success.host()),
          "%s, and this driver is %s: what a task returns may depend on that, and no key tells; use one version on all machines, or give such tasks a version that names it"
              .formatted(success.platform(), here));
    }
  }

  /** Hands what an attempt made to the committing side. */
  void succeeded(Attempt attempt, AttemptResult.Success success) {
    int unit = attempt.unit;
    Node node = units.node(unit);
    TaskSpec task = node.step();
    units.move(unit, UnitState.COMMITTING);
    comparePlatform(unit, success);
    String notKept = success.notKept();
    String why = whyNot(unit, notKept);
    if (notKept != null) {
      unkept.add(units.name(unit), notKept);
      if (units.keyed(unit)) {
        mustBeKept(unit, notKept);
      }
    }
    boolean keeps =
        units.keyed(unit) && run.options().cache().writes() && cache.available() && notKept == null;
    Reason reason = requireNonNull(units.reason(unit));
    Mode mode =
        switch (reason.code()) {
          case BLOB_MISSING, BLOB_CORRUPT, ENTRY_CORRUPT -> Mode.MAKE_GOOD;
          case FORCED, EXPIRED -> Mode.REPLACE;
          case NO_ENTRY,
              VERSION_CHANGED,
              CODE_CHANGED,
              ENGINE_CHANGED,
              ARG_CHANGED,
              RESOURCE_CHANGED,
              UPSTREAM_CHANGED -> {
            boolean elsewhere = run.environment().steps().of(node.id()).keptAs() != null;
            boolean alone = run.flight().isAlone(unit);
            // Under a version of its own nobody looked, and what is there is to be replaced.
            yield elsewhere ? Mode.REPLACE : alone ? Mode.NEW : Mode.FIRST_WINS;
          }
          default -> run.options().cache() == CacheMode.WRITE ? Mode.REPLACE : Mode.FIRST_WINS;
        };
    if (mode == Mode.REPLACE && StandIns.any(node, success)) {
      mode = Mode.MAKE_GOOD; // other bytes may be behind what is equal
    }
    Variant variant = null;
    if (keeps) {
      variant =
          new Variant(
              units.key(unit),
              run.environment().steps().encodedParts(node.id()).id(),
              run.header().run(),
              planner.argumentDigests(unit));
    }
    Origin origin =
        new Origin(
            run.header().run(),
            run.graph().pipeline(),
            node.name(),
            units.label(unit),
            attempt.number,
            attempt.lane.engine,
            success.durationNanos(),
            success.host(),
            namedKey(run.environment().steps().of(node.id()).parts()));
    boolean firstOfStep = keeps && !historyKept.get(node.id());
    Manifest manifest = standIns.of(unit, attempt.id, success);
    committing.add(
        new Finished(
            unit,
            keeps ? new CacheKey(units.key(unit)) : null,
            manifest,
            origin,
            task.cache().timeToLive(),
            run.flight().claim(unit),
            mode,
            keeps ? planner.historyId(unit) : null,
            planner.isNew(unit),
            variant,
            firstOfStep ? run.environment().steps().encodedParts(node.id()) : null,
            task.cache().failures() == null ? Failures.NONE : Failures.FORGET));
    if (firstOfStep) {
      historyKept.set(node.id());
    }
    boolean handsOn =
        (!keeps || mode == Mode.NEW) && mayHandOn(unit, success.durationNanos(), manifest);
    Underway finished =
        new Underway(
            success.output().array(),
            why,
            notKept != null,
            StandIns.shown(success),
            success.durationNanos(),
            handsOn ? manifest : null);
    underway.put(unit, finished);
    if (handsOn) {
      handOn(unit, finished, manifest);
    }
  }

  /**
   * Whether what takes a result may run before that is kept: it is all at hand, and no other can
   * turn out to have been kept first. See ADR-0014.
   */
  private boolean mayHandOn(int unit, long nanos, Manifest manifest) {
    return units.size() + manifest.partitions().size() >= run.environment().handsOnFrom()
        && run.options().cache() != CacheMode.REQUIRE // whose runs end if it is not kept
        && stopping.halted() == null
        && handedOn < MOST_HANDED_ON
        && nanosHandedOn < MOST_TIME_HANDED_ON.toNanos()
        && nanos <= LONGEST_HANDED_ON.toNanos()
        && !units.stale(unit) // what takes it would be made of two times
        && !units.waits(unit) // so would it, if what is made again turns out another
        && !feedingEffects.get(units.nodeOf(unit))
        && manifest.isInline()
        && planner.misfit(unit, manifest) == null;
  }

  /**
   * Nodes that a side effect takes results from or waits for. After a kill it must find what it
   * took before: made anew, that may be another, and the effect would happen again.
   */
  private static BitSet feedingEffects(TaskGraph graph) {
    BitSet feeding = new BitSet();
    for (int id = graph.nodes().size() - 1; id >= 0; id--) { // consumers come after what they take
      for (int consumer : graph.consumers(id)) {
        Node taker = graph.node(consumer);
        if (taker.isStep() ? taker.step().effect() : feeding.get(consumer)) {
          feeding.set(id);
        }
      }
    }
    return feeding;
  }

  private void handOn(int unit, Underway finished, Manifest manifest) {
    handedOn += finished.weight();
    nanosHandedOn += finished.nanos;
    units.unkept(unit, true);
    manifests.put(unit, manifest);
    planner.handedOn(unit, manifest.content());
  }

  private static Origin.@Nullable NamedKey namedKey(StepParts parts) {
    return parts
        .written()
        .map(written -> new Origin.NamedKey(written.cache(), written.text()))
        .orElse(null);
  }

  /** The committing side has answered: results that are published are known from now on. */
  void onSettled(List<Settled> settled) {
    committing.settled(settled);
    PipelineException invalid = null;
    for (Settled each : settled) {
      try {
        settle(each);
      } catch (PipelineException e) {
        invalid = requireNonNullElse(invalid, e); // ends the run, when all have been told of
      }
      try {
        healing.settled(each.unit());
      } catch (PipelineException e) {
        invalid = requireNonNullElse(invalid, e);
      }
    }
    if (invalid != null) {
      throw invalid;
    }
  }

  private void settle(Settled settled) {
    int unit = settled.unit();
    Failing failure = failing.isEmpty() ? null : failing.remove(unit);
    if (failure != null) {
      failed(settled, failure);
      return;
    }
    Underway begun = requireNonNull(underway.remove(unit));
    byte[] output = begun.output;
    boolean unkeptAnyway = settled.spoilt() && !units.keyed(unit);
    boolean usual = settled.note().isEmpty() || (settled.kept() && mayDiffer(unit));
    if (!usual && !unkeptAnyway) {
      if (settled.kept()) {
        run.reports()
            .warning("NONDETERMINISTIC", "'%s': %s".formatted(units.name(unit), settled.note()));
      } else {
        unkept.add(units.name(unit), settled.note());
      }
    }
    if (!settled.kept()) {
      historyKept.clear(units.nodeOf(unit));
    }
    Manifest manifest = settled.manifest();
    if (begun.handedOn != null) {
      handedOn -= begun.weight();
      nanosHandedOn -= begun.nanos;
      manifest = requireNonNullElse(manifest, begun.handedOn);
    }
    if (manifest == null) {
      retries.lost(unit, "its result could not be stored: " + settled.note(), output);
      return;
    }
    boolean spoilt = settled.spoilt() || begun.spoilt;
    units.spoilt(unit, spoilt);
    List<Integer> followers = run.flight().leaveMade(unit);
    if (!settled.lasting()) {
      planner.mayPass(unit);
      followers.forEach(planner::mayPass);
    }
    planner.executed(unit, manifest, spoilt);
    Keeping keeping = keeping(settled, begun.notKept);
    String note = usual ? begun.said : settled.note();
    made(unit, Outcome.RAN, manifest, keeping, output, note);
    for (int follower : followers) {
      if (units.state(follower) != UnitState.FOLLOWING) {
        continue; // ended meanwhile, because the leader's result stopped the run
      }
      units.durationNanos(follower, units.durationNanos(unit));
      units.spoilt(follower, spoilt);
      boolean other = settled.kept() && !units.key(follower).equals(units.key(unit));
      Keeping its = other ? Keeping.not("kept under the key of " + units.name(unit)) : keeping;
      String joined = "joined " + units.name(unit);
      if (planner.memoKey(follower) == null) {
        made(follower, Outcome.SHARED, manifest, its, new byte[0], joined);
      } else {
        units.reason(follower, null);
        made(follower, Outcome.MEMO, manifest, its, new byte[0], joined);
      }
    }
    if (!settled.kept() && units.keyed(unit)) {
      mustBeKept(unit, settled.note().isEmpty() ? NOTHING_KEPT : settled.note());
    }
  }

  /** Whether nobody wonders if the content is another than before. */
  private boolean mayDiffer(int unit) {
    return requireNonNull(units.reason(unit)).code() == Code.EXPIRED
        || units.node(unit).step().cache().byReference();
  }

  /** Why the result of a unit is not kept whatever the committing side does; null if it may be. */
  private @Nullable String whyNot(int unit, @Nullable String saysTheWorker) {
    if (!units.keyed(unit)) {
      return requireNonNull(units.reason(unit)).toString();
    } else if (!run.options().cache().writes()) {
      return "--cache=" + run.options().cache().word();
    }
    return cache.available() ? saysTheWorker : "the index cannot be used";
  }

  private static Keeping keeping(Settled settled, @Nullable String notKept) {
    if (settled.kept()) {
      return Keeping.KEPT;
    }
    String note = settled.note().isEmpty() ? NOTHING_KEPT : settled.note();
    return Keeping.not(requireNonNullElse(notKept, note));
  }

  /** The unit has a result, which is known from now on. */
  private void made(
      int unit, Outcome how, Manifest manifest, Keeping keeping, byte[] output, String note) {
    healing.made(unit);
    String misfit = planner.misfit(unit, manifest);
    if (misfit != null) {
      stopping.fail(unit, null, output, misfit);
      return;
    }
    units.unkept(unit, keeping.state() != Keeping.State.KEPT);
    manifests.put(unit, manifest);
    PipelineException invalid = null;
    try {
      planner.ended(unit, how, manifest.content());
    } catch (PipelineException e) {
      invalid = e;
    }
    run.reports().unitFinished(unit, output, null, note, keeping);
    run.propagation().refresh(unit);
    if (invalid != null) {
      throw invalid;
    }
  }

  /** Ends a run that requires the cache, now that the result of a unit with a key is not kept. */
  private void mustBeKept(int unit, String why) {
    if (run.options().cache() == CacheMode.REQUIRE) {
      stopping.cacheFailed(
          5,
          "the cache is required, and the result of '%s' is not kept: %s"
              .formatted(units.name(unit), why));
    }
  }
}
