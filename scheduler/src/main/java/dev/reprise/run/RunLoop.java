package dev.reprise.run;

import static java.util.Objects.requireNonNull;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.Origin;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.Manifest;
import dev.reprise.executor.Argument;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.ErrorInfo;
import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.executor.TaskCode;
import dev.reprise.executor.TaskExecutor.AttemptListener;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import dev.reprise.explain.UnitHistory.Variant;
import dev.reprise.graph.Edge;
import dev.reprise.graph.Edge.FromNode;
import dev.reprise.graph.Node;
import dev.reprise.graph.PipelineException;
import dev.reprise.graph.TaskGraph;
import dev.reprise.plan.Cache;
import dev.reprise.plan.IntQueue;
import dev.reprise.plan.Outcome;
import dev.reprise.plan.Planner;
import dev.reprise.plan.Propagation;
import dev.reprise.plan.Reason;
import dev.reprise.plan.Reason.Code;
import dev.reprise.plan.UnitState;
import dev.reprise.plan.UnitTable;
import dev.reprise.run.Arguments.GoneException;
import dev.reprise.run.Commits.Finished;
import dev.reprise.run.Commits.Settled;
import dev.reprise.run.RunListener.PlanSummary;
import dev.reprise.run.RunListener.RunHeader;
import dev.reprise.run.RunListener.RunSummary;
import dev.reprise.run.SingleFlight.Turn;
import dev.reprise.task.TaskSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Runs a graph: one thread owns all state and is fed by events.
 *
 * <p>A unit goes through the chain of {@link UnitState}. Whoever is not on the run's thread
 * (workers, the committing side, other runs, Ctrl-C) posts to the mailbox; the loop takes all that
 * has come, walks the plan on, hands finished results to the committing side and submits what may
 * run. An attempt that is no longer in the table of attempts in flight was given up: its late
 * answer publishes nothing.
 *
 * <p>What takes a result may start only when that result is published, so a damaged or lost one is
 * found by whoever reads it; {@link #gone} then sends its producer back and its readers wait again.
 */
public final class RunLoop implements Planner.Surroundings {
  private static final int LARGEST_CHUNK = 256;
  private static final Duration LONGEST_NAP = Duration.ofSeconds(1);

  private final RunEnvironment environment;
  private final RunHeader header;
  private final RunOptions options;
  private final TaskGraph graph;
  private final UnitTable units;
  private final Propagation propagation;
  private final Cache cache;
  private final RunRules rules;
  private final Planner planner;
  private final Manifests manifests;
  private final Arguments arguments;
  private final SingleFlight flight;
  private final Failures failures = new Failures();
  private final Timers timers = new Timers();
  private final Reports reports;
  private final Unkept unkept;
  private final TableView view;
  private final Commits commits;
  private final Committing committing;

  private final Map<String, Lane> lanes = new LinkedHashMap<>();
  private final Map<Long, Attempt> inFlight = new HashMap<>();
  private final Map<Integer, byte[]> outputs = new HashMap<>();
  private final Healing healing = new Healing();
  private final BitSet historyKept = new BitSet();
  private final BitSet waited = new BitSet();
  private final Map<Integer, Reason> skippedNodes = new TreeMap<>();
  private final List<Runnable> early = new ArrayList<>();
  private long nextAttempt = 1;
  private int backingOff;
  private @Nullable Reason stopped;
  private boolean cancelled;
  private int exitCode;
  private String message = "";
  private final long startNanos;

  public RunLoop(
      TaskGraph graph, RunHeader header, RunEnvironment environment, List<RunListener> listeners) {
    this.environment = environment;
    this.header = header;
    this.options = header.options();
    this.graph = graph;
    this.startNanos = environment.ticker().getAsLong();
    this.units = new UnitTable(graph);
    this.propagation = new Propagation(units);
    this.cache = new Cache(environment.index(), this::onCacheTrouble);
    this.manifests = new Manifests(units, cache);
    this.rules = RunRules.of(graph, options);
    this.planner =
        new Planner(
            units,
            propagation,
            environment.steps(),
            cache,
            rules.forPlanner(environment.index() != null),
            this);
    this.view = new TableView(header.run(), units, planner, manifests);
    this.reports = new Reports(units, planner, view, listeners);
    this.unkept = new Unkept(text -> reports.warning("NOT_KEPT", text));
    this.arguments =
        new Arguments(
            units, propagation, manifests, environment.sources()::argument, environment.steps());
    this.flight =
        new SingleFlight(
            environment.claims(), "run " + header.run(), unit -> post(() -> onKeyFree(unit)));
    this.commits = environment.commits().apply(settled -> post(() -> onSettled(settled)));
    this.committing =
        new Committing(
            commits,
            environment.ticker(),
            text -> reports.warning("COMMIT_SLOW", text),
            this::onCommitsDead);
  }

  /** Called from any thread: ends the run soon, with what was committed kept. */
  public void cancel() {
    post(this::onCancel);
  }

  /** Adds something that the user should know, told when the run begins. */
  public void warn(String code, String text) {
    early.add(() -> reports.warning(code, text));
  }

  /** What workers call for a step. */
  public TaskCode code(int node) {
    return environment.steps().resolved(node).code();
  }

  /** What listeners and results see; complete once {@link #run} has returned. */
  public RunView view() {
    return view;
  }

  /**
   * Plans without running anything.
   *
   * @throws PipelineException if the plan cannot be made
   */
  public PlanSummary plan() {
    begin();
    propagation.start();
    planner.advance();
    PlanSummary summary = summarize();
    reports.planned(summary);
    committing.close();
    return summary;
  }

  /** Runs to the end. */
  public RunSummary run() throws InterruptedException {
    begin();
    try {
      step(
          () -> {
            propagation.start();
            planner.advance();
          });
      reports.planned(summarize());
      setDeadlines();
      step(this::tick);
      while (!over()) {
        long nap = timers.nanosToNext(now(), LONGEST_NAP.toNanos());
        Runnable event = environment.mailbox().poll(nap);
        checkNotStalled(event);
        while (event != null) {
          step(event);
          event = environment.mailbox().poll(0);
        }
        step(
            () -> {
              timers.run(now());
              tick();
            });
      }
    } finally {
      close();
    }
    return finish();
  }

  private void close() {
    lanes.values().forEach(lane -> close("executor '" + lane.engine + "'", lane::close));
    close("the committing side", committing::close);
    close("the run's claims", flight::close);
  }

  /** What the run came to is decided: trouble must not keep the rest from being closed. */
  private void close(String what, Runnable closing) {
    try {
      closing.run();
    } catch (RuntimeException e) {
      reports.warning("CLOSE_FAILED", "%s could not be closed: %s".formatted(what, e));
    }
  }

  /**
   * Does a part of the run's work; a pipeline that turns out not to be valid ends the run in order.
   */
  private void step(Runnable work) {
    try {
      work.run();
    } catch (PipelineException e) {
      fatal(3, String.valueOf(e.getMessage()));
    }
  }

  /** A run in which nothing can happen any more would wait for ever. */
  private void checkNotStalled(@Nullable Runnable event) {
    boolean nothingToCome =
        event == null
            && inFlight.isEmpty()
            && committing.isEmpty()
            && backingOff == 0
            && !flight.waits()
            && propagation.ready().isEmpty()
            && lanes.values().stream().allMatch(lane -> lane.queue.isEmpty());
    if (nothingToCome) {
      throw new IllegalStateException(stall());
    }
  }

  private String stall() {
    StringBuilder text =
        new StringBuilder("the run waits for nothing, and these units have not ended:");
    int told = 0;
    for (int unit = 0; unit < units.size() && told < 10; unit++) {
      if (units.outcome(unit) == null) {
        text.append(' ').append(name(unit)).append(' ').append(units.state(unit)).append(';');
        told++;
      }
    }
    return text.toString();
  }

  private void begin() {
    reports.started(header);
    early.forEach(Runnable::run);
  }

  private void tick() {
    planner.advance();
    skipLateUnits();
    committing.flush();
    committing.check();
    dispatch();
    reports.tellClosedSteps();
  }

  private boolean over() {
    return inFlight.isEmpty() && committing.isEmpty() && units.open() == 0 && allSized();
  }

  private boolean allSized() {
    for (Node node : graph.nodes()) {
      if (units.count(node.id()) < 0 && !isSkipped(node.id())) {
        return false;
      }
    }
    return true;
  }

  // ---- deadlines --------------------------------------------------------------------------------

  private void setDeadlines() {
    Duration timeout = options.timeout();
    if (timeout != null) {
      timers.after(
          startNanos,
          timeout,
          () -> fatal(9, "the run took longer than its deadline of " + timeout.toSeconds() + " s"));
    }
    renewLater();
  }

  private void renewLater() {
    timers.after(
        now(),
        SingleFlight.TIME_TO_LIVE.dividedBy(3),
        () -> {
          flight.renew();
          renewLater();
        });
  }

  // ---- what the planner asks and tells ----------------------------------------------------------

  @Override
  public Fingerprint digest(String source, Path file) {
    return environment.sources().digest(source, file);
  }

  @Override
  public Optional<Manifest> manifest(int unit) {
    return manifests.get(unit);
  }

  @Override
  public Outcome found(int unit) {
    reports.touched(units.nodeOf(unit));
    return waited.get(unit) ? Outcome.SHARED : Outcome.CACHED;
  }

  @Override
  public void mustRun(int unit) {
    Reason reason = requireNonNull(units.reason(unit));
    if (options.cache() == CacheMode.REQUIRE) {
      switch (reason.code()) {
        case BLOB_CORRUPT, BLOB_MISSING, ENTRY_CORRUPT ->
            fatal(
                6,
                "the cached result of '%s' cannot be trusted: %s; run 'reprise cache verify'"
                    .formatted(name(unit), reason));
        case INDEX_UNAVAILABLE -> fatal(5, "the cache is required and its index cannot be read");
        default -> {}
      }
    }
    Reason stop = halted();
    if (units.state(unit) != UnitState.QUEUED) {
      return; // ended just now, because the run must not go on without it
    } else if (stop != null) {
      endAndSkip(unit, stop);
    } else {
      laneOf(unit).queue.add(unit);
    }
  }

  @Override
  public void notSelected(int unit) {
    endAndSkip(unit, Reason.of(Code.NOT_SELECTED));
  }

  @Override
  public void gone(int unit) {
    sendBack(unit, new Reason(Code.NO_ENTRY, "its entry is gone"));
  }

  /** Whatever is looked up or read there next would hang the run itself. */
  private void onCommitsDead(String why) {
    if (cache.available()) {
      cache.fail(why);
    }
  }

  private void onCacheTrouble(String why) {
    reports.warning("CACHE_UNAVAILABLE", "the cache cannot be used any more: " + why);
    if (options.cache() == CacheMode.REQUIRE) {
      fatal(5, "the cache is required and cannot be used: " + why);
    }
  }

  // ---- dispatch ---------------------------------------------------------------------------------

  private Lane laneOf(int unit) {
    String engine = units.node(unit).step().engine().name();
    String name = engine.equals("any") ? options.executor() : engine;
    return lanes.computeIfAbsent(name, any -> new Lane(name, environment.executors()));
  }

  private void dispatch() {
    int known;
    do {
      known = lanes.size();
      List.copyOf(lanes.values()).forEach(this::dispatch);
    } while (lanes.size() > known); // what was sent back may need another executor
  }

  private void dispatch(Lane lane) {
    try {
      while (!lane.queue.isEmpty() && halted() == null) {
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
      fatal(4, String.valueOf(e.getMessage()));
    }
  }

  /** Takes units of one step that may run now; what may not run now is put where it waits. */
  private List<Integer> nextChunk(Lane lane, int room) {
    List<Integer> chunk = new ArrayList<>();
    int most = Math.min(Math.min(room, LARGEST_CHUNK), 1 + lane.queue.size() / 8);
    while (chunk.size() < most && !lane.queue.isEmpty()) {
      int unit = lane.queue.peek();
      boolean sameStep = chunk.isEmpty() || units.nodeOf(chunk.get(0)) == units.nodeOf(unit);
      if (!sameStep) {
        break;
      }
      lane.queue.poll();
      if (units.state(unit) == UnitState.QUEUED && takesTurn(unit)) {
        chunk.add(unit);
      }
    }
    return chunk;
  }

  private boolean takesTurn(int unit) {
    if (units.stale(unit) || units.waits(unit)) {
      retreat(unit);
      return false;
    }
    if (!sharesRuns(unit)) {
      return true;
    }
    Turn turn = flight.enter(unit, units.key(unit));
    switch (turn) {
      case FOLLOW -> units.move(unit, UnitState.FOLLOWING);
      case WAIT -> {
        units.move(unit, UnitState.HELD);
        waited.set(unit);
        reports.warning(
            "WAITING", "'%s' waits for %s".formatted(name(unit), flight.waitsFor(unit)));
      }
      case LEAD -> {}
    }
    return turn == Turn.LEAD;
  }

  private boolean sharesRuns(int unit) {
    return units.keyed(unit) && options.cache().reads() && cache.available();
  }

  private void submit(Lane lane, List<Integer> chunk) throws ExecutorUnavailableException {
    Set<Integer> producers = new LinkedHashSet<>();
    chunk.forEach(unit -> arguments.forEachProducer(unit, producers::add));
    manifests.load(producers);
    List<UnitWork> work = new ArrayList<>(chunk.size());
    for (int unit : chunk) {
      if (units.state(unit) != UnitState.QUEUED) {
        continue; // an earlier unit of the chunk found one of its inputs gone, or the run stops
      }
      List<Argument> values;
      try {
        values = arguments.of(unit);
      } catch (GoneException e) {
        gone(e.unit());
        if (units.state(unit) == UnitState.QUEUED) {
          retreat(unit);
        }
        continue;
      }
      Attempt attempt = new Attempt(nextAttempt++, unit, units.nextAttempt(unit), lane);
      work.add(new UnitWork(attempt.id, units.label(unit), values));
      inFlight.put(attempt.id, attempt);
      lane.inFlight++;
      units.move(unit, UnitState.DISPATCHED);
      setStartDeadline(attempt);
    }
    if (work.isEmpty()) {
      return;
    }
    Node node = units.node(chunk.get(0));
    WorkChunk chunkOfWork =
        new WorkChunk(
            header.run(),
            node.name(),
            environment.steps().resolved(node.id()).code(),
            node.step().resources(),
            work);
    lane.executor().submit(chunkOfWork, listener);
  }

  private final AttemptListener listener =
      new AttemptListener() {
        @Override
        public void started(long attempt) {
          post(() -> onStarted(attempt));
        }

        @Override
        public void finished(long attempt, AttemptResult result) {
          post(() -> onFinished(attempt, result));
        }
      };

  private void setStartDeadline(Attempt attempt) {
    Duration start = units.node(attempt.unit).step().timeout().start();
    if (start != null) {
      timers.after(
          now(),
          start,
          () -> {
            if (!attempt.started) {
              onDeadline(attempt, "did not start within " + start.toMillis() + " ms");
            }
          });
    }
  }

  // ---- events -----------------------------------------------------------------------------------

  private void onStarted(long id) {
    Attempt attempt = inFlight.get(id);
    if (attempt == null) {
      return;
    }
    attempt.started = true;
    attempt.startNanos = now();
    units.move(attempt.unit, UnitState.RUNNING);
    reports.unitStarted(attempt.unit, attempt.number);
    Duration run = units.node(attempt.unit).step().timeout().run();
    if (run != null) {
      timers.after(
          now(),
          run,
          () -> onDeadline(attempt, "ran longer than its deadline of " + run.toMillis() + " ms"));
    }
  }

  private void onDeadline(Attempt attempt, String what) {
    if (inFlight.remove(attempt.id) == null) {
      return;
    }
    attempt.lane.inFlight--;
    attempt.lane.cancel(new long[] {attempt.id});
    units.durationNanos(attempt.unit, attempt.started ? now() - attempt.startNanos : 0);
    String text = "attempt %d of '%s' %s".formatted(attempt.number, name(attempt.unit), what);
    ErrorInfo error =
        new ErrorInfo(
            List.of("java.util.concurrent.TimeoutException", "java.lang.Exception"),
            text,
            List.of(),
            null,
            List.of());
    userError(attempt, error, new byte[0]);
  }

  private void onFinished(long id, AttemptResult result) {
    Attempt attempt = inFlight.remove(id);
    if (attempt == null) {
      if (result instanceof AttemptResult.Success late) {
        commits.discard(late.manifest());
      }
      return;
    }
    attempt.lane.inFlight--;
    int unit = attempt.unit;
    units.durationNanos(unit, result.durationNanos());
    byte[] output = result.output().array();
    result.<@Nullable Void>fold(
        success -> {
          succeeded(attempt, success);
          return null;
        },
        failure -> {
          userError(attempt, failure.error(), output);
          return null;
        },
        damaged -> {
          inputDamaged(attempt, damaged);
          return null;
        },
        unreadable -> {
          inputUnreadable(attempt, unreadable);
          return null;
        },
        lost -> {
          lost(unit, lost.why(), output);
          return null;
        },
        ended -> {
          ended(unit, output);
          return null;
        });
  }

  private void succeeded(Attempt attempt, AttemptResult.Success success) {
    int unit = attempt.unit;
    Node node = units.node(unit);
    TaskSpec task = node.step();
    units.move(unit, UnitState.COMMITTING);
    outputs.put(unit, success.output().array());
    String notKept = success.notKept();
    if (notKept != null) {
      unkept.add(name(unit), notKept);
    }
    boolean keeps =
        units.keyed(unit) && options.cache().writes() && cache.available() && notKept == null;
    Reason reason = requireNonNull(units.reason(unit));
    boolean replace =
        switch (reason.code()) {
          case FORCED, EXPIRED, BLOB_MISSING, BLOB_CORRUPT, ENTRY_CORRUPT -> true;
          default -> options.cache() == CacheMode.WRITE;
        };
    Variant variant = null;
    if (keeps) {
      variant =
          new Variant(
              units.key(unit),
              environment.steps().encodedParts(node.id()).id(),
              header.run(),
              planner.argumentDigests(unit));
    }
    Origin origin =
        new Origin(
            header.run(),
            graph.pipeline(),
            node.name(),
            units.label(unit),
            attempt.number,
            attempt.lane.engine,
            success.durationNanos(),
            success.host());
    boolean firstOfStep = keeps && !historyKept.get(node.id());
    committing.add(
        new Finished(
            unit,
            keeps ? new CacheKey(units.key(unit)) : null,
            success.manifest(),
            origin,
            task.cache().timeToLive(),
            flight.claim(unit),
            replace,
            planner.historyId(unit),
            variant,
            firstOfStep ? environment.steps().encodedParts(node.id()) : null));
    if (firstOfStep) {
      historyKept.set(node.id());
    }
  }

  private void onSettled(List<Settled> settled) {
    committing.settled(settled);
    settled.forEach(this::settle);
  }

  private void settle(Settled settled) {
    int unit = settled.unit();
    byte[] output = requireNonNull(outputs.remove(unit));
    boolean expired = requireNonNull(units.reason(unit)).code() == Code.EXPIRED;
    if (!settled.note().isEmpty() && !(settled.kept() && expired)) {
      if (settled.kept()) {
        reports.warning("NONDETERMINISTIC", "'%s': %s".formatted(name(unit), settled.note()));
      } else {
        unkept.add(name(unit), settled.note());
      }
    }
    if (!settled.kept()) {
      historyKept.clear(units.nodeOf(unit));
    }
    Manifest manifest = settled.manifest();
    if (manifest == null) {
      lost(unit, "its result could not be stored: " + settled.note(), output);
      return;
    }
    units.unkept(unit, !settled.kept());
    manifests.put(unit, manifest);
    List<Integer> followers = flight.leave(unit);
    planner.ended(unit, Outcome.RAN, manifest.content());
    reports.unitFinished(unit, output, null, settled.note());
    for (int follower : followers) {
      units.unkept(follower, !settled.kept());
      manifests.put(follower, manifest);
      units.durationNanos(follower, units.durationNanos(unit));
      planner.ended(follower, Outcome.SHARED, manifest.content());
      reports.unitFinished(follower, new byte[0], null, "joined " + name(unit));
      propagation.refresh(follower);
    }
    propagation.refresh(unit);
  }

  private void onKeyFree(int unit) {
    flight.woken(unit);
    if (units.state(unit) == UnitState.HELD) {
      units.move(unit, UnitState.READY);
      propagation.ready().add(unit);
    }
  }

  private void onCancel() {
    if (cancelled) {
      return;
    }
    cancelled = true;
    exitCode = 8;
    message = "cancelled";
    endOpenUnits(Reason.of(Code.RUN_CANCELLED));
    cancelInFlight(true);
    abandonLater();
  }

  // ---- what becomes of attempts that did not succeed --------------------------------------------

  private void userError(Attempt attempt, ErrorInfo error, byte[] output) {
    int unit = attempt.unit;
    if (cancelled) {
      end(unit, Reason.of(Code.RUN_CANCELLED), output);
      return;
    }
    Optional<Duration> wait =
        stopped == null
            ? failures.userError(unit, units.node(unit).step().retry(), error)
            : Optional.empty();
    if (wait.isPresent()) {
      reports.unitRetried(unit, output, error, error.headline(), wait.get());
      retry(unit, wait.get());
    } else {
      fail(unit, error, output, error.headline());
    }
  }

  private void lost(int unit, String why, byte[] output) {
    if (cancelled) {
      end(unit, Reason.of(Code.RUN_CANCELLED), output);
      return;
    }
    Optional<Duration> wait =
        stopped == null ? failures.lost(unit, units.node(unit).step().retry()) : Optional.empty();
    if (wait.isPresent()) {
      reports.unitRetried(unit, output, null, "attempt lost: " + why, wait.get());
      retry(unit, wait.get());
    } else {
      fail(unit, null, output, "lost after %d attempts: %s".formatted(units.attempts(unit), why));
    }
  }

  private void ended(int unit, byte[] output) {
    Reason stop = halted();
    if (stop != null) {
      end(unit, stop, output);
    } else {
      lost(unit, "the executor ended it", output);
    }
  }

  private void retry(int unit, Duration wait) {
    units.move(unit, UnitState.BACKING_OFF);
    backingOff++;
    timers.after(
        now(),
        wait,
        () -> {
          backingOff--;
          if (units.state(unit) == UnitState.BACKING_OFF) {
            units.move(unit, UnitState.QUEUED);
            laneOf(unit).queue.add(unit);
          }
        });
  }

  private void fail(int unit, @Nullable ErrorInfo error, byte[] output, String text) {
    leaveFlight(unit);
    units.end(unit, Outcome.FAILED);
    reports.unitFinished(unit, output, error, text);
    if (exitCode == 0) {
      exitCode = 1;
      message = "'%s' failed: %s".formatted(name(unit), text);
    }
    String step = units.node(unit).name();
    skipConsumers(unit, new Reason(Code.UPSTREAM_FAILED, step));
    if (!options.keepGoing()) {
      stop(new Reason(Code.RUN_STOPPED, step));
    }
  }

  // ---- healing ----------------------------------------------------------------------------------

  private void inputDamaged(Attempt attempt, AttemptResult.InputDamaged damaged) {
    BlobRef blob = damaged.blob();
    Set<Integer> producers =
        lostBy(
            attempt,
            damaged.why(),
            Healing.MOST,
            producer -> manifests.holds(producer, blob.address()));
    if (!producers.isEmpty()) {
      // Left where it is, it would be found again: a blob is created only if it is absent.
      commits.setAside(blob);
    }
    Code code = damaged.missing() ? Code.BLOB_MISSING : Code.BLOB_CORRUPT;
    makeAgain(attempt, producers, new Reason(code, damaged.why()));
  }

  /**
   * Whole bytes that are no value any more. There is nothing to set aside: the new result takes the
   * entry's place.
   */
  private void inputUnreadable(Attempt attempt, AttemptResult.InputUnreadable unreadable) {
    Set<Integer> producers =
        lostBy(
            attempt,
            unreadable.why(),
            1, // made again by the same code it is a value, or never will be
            producer -> manifests.contains(producer, unreadable.content()));
    makeAgain(attempt, producers, new Reason(Code.BLOB_CORRUPT, unreadable.why()));
  }

  /**
   * The producers whose results are lost, now that an attempt could not read an input; none if the
   * attempt's unit has been taken care of.
   *
   * @param what is wrong with the input, for people
   * @param most how many times each may run again
   * @param lost whether the input is of a producer's result
   */
  private Set<Integer> lostBy(Attempt attempt, String what, int most, IntPredicate lost) {
    int unit = attempt.unit;
    if (options.cache() == CacheMode.REQUIRE) {
      fatal(6, "a cached input of '%s' cannot be used: %s".formatted(name(unit), what));
    }
    Reason stop = halted();
    if (stop != null) {
      end(unit, stop, new byte[0]);
      return Set.of();
    }
    Set<Integer> producers = new LinkedHashSet<>();
    arguments.forEachProducer(unit, producers::add);
    if (producers.stream().anyMatch(each -> isOnItsWay(each, attempt))) {
      retreat(unit); // another reader of the same result told of it before
      return Set.of();
    }
    manifests.load(producers);
    producers.removeIf(each -> !lost.test(each));
    if (producers.isEmpty()) {
      fail(unit, null, new byte[0], "an input that no step made cannot be read: " + what);
    } else if (producers.stream().anyMatch(each -> healing.times(each) >= most)) {
      fail(
          unit,
          null,
          new byte[0],
          "an input cannot be read, though it was made again %d times: %s; run 'reprise doctor'"
              .formatted(most, what));
      return Set.of();
    }
    return producers;
  }

  private void makeAgain(Attempt attempt, Set<Integer> producers, Reason why) {
    for (int producer : producers) {
      healing.begins(producer, nextAttempt);
      sendBack(producer, why);
    }
    if (!producers.isEmpty()) {
      retreat(attempt.unit);
    }
  }

  /** Whether the producer's result is being made again, or was since the attempt got its inputs. */
  private boolean isOnItsWay(int producer, Attempt attempt) {
    return !units.known(producer) || healing.beganSince(producer, attempt.id);
  }

  /** A unit that was about to run, or tried to, waits for its inputs again. */
  private void retreat(int unit) {
    leaveFlight(unit);
    units.move(unit, UnitState.WAITING);
    propagation.refresh(unit);
    waitsAgain(unit);
  }

  /** One of the inputs that a unit waits for may have ended without a result before it waited. */
  @Override
  public void waitsAgain(int unit) {
    Reason never = units.state(unit) == UnitState.WAITING ? whyNever(unit) : null;
    if (never != null) {
      endAndSkip(unit, never);
    }
  }

  /** Ends whatever the unit has to do with equal ones; one of those that followed takes over. */
  private void leaveFlight(int unit) {
    flight.woken(unit);
    for (int follower : flight.leave(unit)) {
      units.move(follower, UnitState.READY);
      propagation.ready().add(follower);
    }
  }

  /** The result of a unit that has ended is lost: it runs again, and what takes it waits. */
  private void sendBack(int unit, Reason why) {
    if (!units.known(unit)) {
      if (isDead(unit)) {
        skipConsumers(unit, whyDead(unit));
      }
      return; // else on its way already
    }
    Reason stop = halted();
    if (stop != null) {
      skipConsumers(unit, stop);
      return;
    }
    reports.warning("HEALING", "'%s' runs again: %s".formatted(name(unit), why));
    manifests.remove(unit);
    units.reason(unit, why);
    units.move(unit, UnitState.QUEUED);
    forget(unit);
    laneOf(unit).queue.add(unit);
  }

  /** Takes back what is known of a result, with the views of it: what takes it waits again. */
  private void forget(int unit) {
    propagation.forget(unit);
    propagation.forEachConsumer(
        unit,
        consumer -> {
          switch (units.state(consumer)) {
            case QUEUED, FOLLOWING, BACKING_OFF, HELD -> retreat(consumer);
            case DONE -> {
              if (!units.node(consumer).isStep() && units.known(consumer)) {
                units.move(consumer, UnitState.WAITING);
                forget(consumer);
              }
            }
            case WAITING, READY, DISPATCHED, RUNNING, COMMITTING -> {}
          }
        });
  }

  // ---- stopping ---------------------------------------------------------------------------------

  /** Why nothing may begin any more; null while the run goes on. */
  private @Nullable Reason halted() {
    return cancelled ? Reason.of(Code.RUN_CANCELLED) : stopped;
  }

  /** Ends the run for a reason that is not a unit's. */
  private void fatal(int code, String text) {
    if (exitCode == 0 || exitCode == 1) {
      exitCode = code;
      message = text;
    }
    stop(new Reason(Code.RUN_STOPPED, text));
    cancelInFlight(true);
    abandonLater();
  }

  private void stop(Reason why) {
    if (halted() != null) {
      return;
    }
    stopped = why;
    endOpenUnits(why);
    cancelInFlight(false);
  }

  /** Ends every unit that is not in flight. */
  private void endOpenUnits(Reason why) {
    lanes.values().forEach(lane -> lane.queue.clear());
    for (int unit = 0; unit < units.size(); unit++) {
      switch (units.state(unit)) {
        case WAITING, READY, QUEUED, HELD, FOLLOWING, BACKING_OFF -> close(unit, why, new byte[0]);
        case DISPATCHED, RUNNING, COMMITTING, DONE -> {}
      }
    }
    for (Node node : graph.nodes()) {
      if (units.count(node.id()) < 0) {
        skippedNodes.putIfAbsent(node.id(), why);
      }
    }
  }

  /** Ends a unit that has no result, and everything that waits for it. */
  private void end(int unit, Reason why, byte[] output) {
    close(unit, why, output);
    skipConsumers(unit, why);
  }

  private void endAndSkip(int unit, Reason why) {
    end(unit, why, new byte[0]);
  }

  private void close(int unit, Reason why, byte[] output) {
    leaveFlight(unit);
    units.reason(unit, why);
    units.end(unit, why.code() == Code.RUN_CANCELLED ? Outcome.CANCELLED : Outcome.SKIPPED);
    if (units.node(unit).isStep()) {
      reports.unitFinished(unit, output, null, "");
    } else {
      reports.touched(units.nodeOf(unit));
    }
  }

  private void cancelInFlight(boolean running) {
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

  private void abandonLater() {
    timers.after(now(), Patience.STOPPING, this::abandonAll);
  }

  /** Gives up what does not answer: workers, and a disk that takes for ever. */
  private void abandonAll() {
    inFlight.clear();
    lanes.values().forEach(lane -> lane.inFlight = 0);
    Reason why = requireNonNull(halted(), "abandons without a reason");
    for (int unit = 0; unit < units.size(); unit++) {
      switch (units.state(unit)) {
        case DISPATCHED, RUNNING -> end(unit, why, new byte[0]);
        default -> {}
      }
    }
    committing.hurry(); // and tells, by events, what was kept and what was not
  }

  /**
   * Ends everything downstream of a unit that has no result. Uses no recursion: graphs are deep.
   */
  private void skipConsumers(int unit, Reason why) {
    List<Integer> open = new ArrayList<>(List.of(unit));
    for (int i = 0; i < open.size(); i++) {
      int node = units.nodeOf(open.get(i));
      propagation.forEachConsumer(
          open.get(i),
          consumer -> {
            if (units.state(consumer) == UnitState.WAITING) {
              checkSelected(consumer, unit, why);
              close(consumer, why, new byte[0]);
              open.add(consumer);
            }
          });
      propagation.forEachUnsizedConsumer(node, consumer -> skipUnsized(consumer, why, open));
    }
  }

  /** A node whose number of units will never be known, and what depends on it. */
  private void skipUnsized(int node, Reason why, List<Integer> open) {
    IntQueue unsized = new IntQueue();
    unsized.add(node);
    while (!unsized.isEmpty()) {
      int next = unsized.poll();
      if (skippedNodes.putIfAbsent(next, why) != null) {
        continue;
      }
      for (int consumer : graph.consumers(next)) {
        if (units.count(consumer) < 0) {
          unsized.add(consumer);
          continue;
        }
        for (int i = 0; i < units.count(consumer); i++) {
          int unit = units.first(consumer) + i;
          if (units.state(unit) == UnitState.WAITING) {
            close(unit, why, new byte[0]);
            open.add(unit);
          }
        }
      }
    }
  }

  /**
   * A node may get its units after something that they take has ended without a result; nobody
   * tells them any more.
   */
  private void skipLateUnits() {
    List<Integer> sized =
        skippedNodes.keySet().stream().filter(node -> units.count(node) >= 0).toList();
    for (int node : sized) {
      for (int unit = units.first(node); unit < units.first(node) + units.count(node); unit++) {
        waitsAgain(unit);
      }
    }
    sized.forEach(skippedNodes::remove);
  }

  /** Why an input of the unit will never be known; null if all of them may be. */
  private @Nullable Reason whyNever(int unit) {
    Node node = units.node(unit);
    for (Edge edge : node.inputs()) {
      if (edge instanceof FromNode from) {
        if (isSkipped(from.node())) {
          return skippedNodes.get(from.node());
        }
        for (int input : propagation.inputs(unit, from)) {
          if (isDead(input)) {
            return whyDead(input);
          }
        }
      }
    }
    for (int earlier : node.after()) {
      if (isSkipped(earlier)) {
        return skippedNodes.get(earlier);
      }
      for (int i = 0; i < units.count(earlier); i++) {
        if (isDead(units.first(earlier) + i)) {
          return whyDead(units.first(earlier) + i);
        }
      }
    }
    return null;
  }

  private Reason whyDead(int unit) {
    return units.outcome(unit) == Outcome.FAILED
        ? new Reason(Code.UPSTREAM_FAILED, units.node(unit).name())
        : requireNonNull(units.reason(unit));
  }

  /** Whether the node will never have units. */
  private boolean isSkipped(int node) {
    return units.count(node) < 0 && skippedNodes.containsKey(node);
  }

  private boolean isDead(int unit) {
    return units.state(unit) == UnitState.DONE && !units.known(unit) && !units.stale(unit);
  }

  private void checkSelected(int consumer, int unit, Reason why) {
    if (why.code() == Code.NOT_SELECTED && rules.selected().contains(units.nodeOf(consumer))) {
      throw new PipelineException(
          "step '%s' was selected and needs '%s', whose result is not in the cache; add --only %s"
              .formatted(
                  units.node(consumer).name(), units.node(unit).name(), units.node(unit).name()));
    }
  }

  // ---- the end ----------------------------------------------------------------------------------

  private PlanSummary summarize() {
    return Totals.plan(units, now() - startNanos);
  }

  private RunSummary finish() {
    RunState state =
        cancelled ? RunState.CANCELLED : exitCode == 0 ? RunState.SUCCEEDED : RunState.FAILED;
    unkept.tellRest();
    reports.tellClosedSteps();
    reports.tellRemainingSteps();
    RunSummary summary = Totals.run(units, state, exitCode, now() - startNanos, message);
    reports.finished(summary);
    return summary;
  }

  private String name(int unit) {
    String label = units.label(unit);
    String step = units.node(unit).name();
    return label.isEmpty() ? step : step + ":" + label;
  }

  private long now() {
    return environment.ticker().getAsLong();
  }

  private void post(Runnable event) {
    environment.mailbox().post(event);
  }
}
