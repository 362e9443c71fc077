package dev.reprise.run;

import static dev.reprise.cache.base.Checks.checkState;
import static java.util.Objects.requireNonNull;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.Origin;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.executor.Argument;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.ErrorInfo;
import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.executor.TaskCode;
import dev.reprise.executor.TaskExecutor.AttemptListener;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import dev.reprise.explain.UnitHistory.Variant;
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
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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
  private static final int MOST_HEALS = 3;
  private static final Duration GRACE = Duration.ofSeconds(8);
  private static final Duration LONGEST_NAP = Duration.ofSeconds(1);

  private final RunEnvironment environment;
  private final RunHeader header;
  private final RunOptions options;
  private final TaskGraph graph;
  private final UnitTable units;
  private final Propagation propagation;
  private final Cache cache;
  private final Planner planner;
  private final Manifests manifests;
  private final Arguments arguments;
  private final SingleFlight flight;
  private final Failures failures = new Failures();
  private final Timers timers = new Timers();
  private final Reports reports;
  private final TableView view;
  private final Commits commits;

  private final Map<String, Lane> lanes = new LinkedHashMap<>();
  private final Map<Long, Attempt> inFlight = new HashMap<>();
  private final Map<Integer, byte[]> outputs = new HashMap<>();
  private final Map<Integer, Integer> heals = new HashMap<>();
  private final BitSet historyKept = new BitSet();
  private final BitSet waited = new BitSet();
  private final BitSet skippedNodes = new BitSet();
  private final List<Finished> finished = new ArrayList<>();
  private final Set<Integer> selected = new TreeSet<>();
  private final List<Runnable> early = new ArrayList<>();
  private long nextAttempt = 1;
  private int committing;
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
    this.planner = new Planner(units, propagation, environment.steps(), cache, rules(), this);
    this.view = new TableView(header.run(), units, planner, manifests);
    this.reports = new Reports(units, planner, view, listeners);
    this.arguments =
        new Arguments(
            units, propagation, manifests, environment.sources()::argument, environment.steps());
    this.flight =
        new SingleFlight(
            environment.claims(), "run " + header.run(), unit -> post(() -> onKeyFree(unit)));
    this.commits = environment.commits().apply(settled -> post(() -> onSettled(settled)));
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
    commits.close();
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
      lanes.values().forEach(Lane::close);
      commits.close();
      flight.close();
    }
    return finish();
  }

  /**
   * Does a part of the run's work; a pipeline that turns out not to be valid ends the run in order.
   */
  private void step(Runnable work) {
    try {
      work.run();
    } catch (PipelineException e) {
      fatal(3, String.valueOf(e.getMessage()));
      abandonLater();
    }
  }

  /** A run in which nothing can happen any more would wait for ever. */
  private void checkNotStalled(@Nullable Runnable event) {
    boolean nothingToCome =
        event == null
            && inFlight.isEmpty()
            && committing == 0
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
    flushCommits();
    dispatch();
    reports.tellClosedSteps();
  }

  private boolean over() {
    if (!inFlight.isEmpty() || committing > 0) {
      return false;
    }
    return units.open() == 0 && allSized();
  }

  private boolean allSized() {
    for (Node node : graph.nodes()) {
      if (units.count(node.id()) < 0 && !skippedNodes.get(node.id())) {
        return false;
      }
    }
    return true;
  }

  // ---- rules ------------------------------------------------------------------------------------

  private Planner.Rules rules() {
    CacheMode mode = options.cache();
    Reason unread =
        switch (mode) {
          case REFRESH -> Reason.of(Code.FORCED);
          case OFF, WRITE -> new Reason(Code.DISABLED, "--cache=" + mode.word());
          case ON, READ, REQUIRE -> Reason.of(Code.INDEX_UNAVAILABLE);
        };
    Set<Integer> forced = new HashSet<>();
    options.rerun().forEach(step -> forced.add(require(step).id()));
    options.rerunFrom().forEach(step -> forced.addAll(downstream(require(step).id())));
    options.only().forEach(step -> selected.add(require(step).id()));
    Set<Integer> unselected = new HashSet<>();
    if (!selected.isEmpty()) {
      graph.nodes().stream()
          .filter(node -> node.isStep() && !selected.contains(node.id()))
          .forEach(node -> unselected.add(node.id()));
    }
    boolean reads = mode.reads() && environment.index() != null;
    return new Planner.Rules(reads, unread, forced, unselected);
  }

  private Node require(String step) {
    return RunTargets.step(graph, step);
  }

  private Set<Integer> downstream(int node) {
    Set<Integer> reached = new TreeSet<>(Set.of(node));
    for (int id = node; id < graph.nodes().size(); id++) {
      if (reached.contains(id)) {
        for (int consumer : graph.consumers(id)) {
          reached.add(consumer);
        }
      }
    }
    return reached;
  }

  private void setDeadlines() {
    Duration timeout = options.timeout();
    if (timeout != null) {
      timers.at(
          startNanos + timeout.toNanos(),
          () -> {
            fatal(9, "the run took longer than its deadline of " + timeout.toSeconds() + " s");
            abandonLater();
          });
    }
    renewLater();
  }

  private void renewLater() {
    timers.at(
        now() + SingleFlight.TIME_TO_LIVE.toNanos() / 3,
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
    Reason stop = stopped;
    if (cancelled) {
      endUnrun(unit, Outcome.CANCELLED, Reason.of(Code.RUN_CANCELLED));
    } else if (stop != null) {
      endUnrun(unit, Outcome.SKIPPED, stop);
    } else {
      laneOf(unit).queue.add(unit);
    }
  }

  @Override
  public void notSelected(int unit) {
    endUnrun(unit, Outcome.SKIPPED, Reason.of(Code.NOT_SELECTED));
    skipConsumers(unit, Reason.of(Code.NOT_SELECTED));
  }

  @Override
  public void gone(int unit) {
    sendBack(unit, new Reason(Code.NO_ENTRY, "its entry is gone"));
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
    for (Lane lane : lanes.values()) {
      try {
        while (!lane.queue.isEmpty() && stopped == null && !cancelled) {
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
        abandonLater();
      }
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
      units.move(unit, UnitState.WAITING);
      propagation.refresh(unit);
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
      List<Argument> values;
      try {
        values = arguments.of(unit);
      } catch (GoneException e) {
        retreat(unit);
        gone(e.unit());
        continue;
      }
      if (units.state(unit) != UnitState.QUEUED || units.stale(unit)) {
        continue; // an earlier unit of the chunk found one of this unit's inputs gone
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
      timers.at(
          now() + start.toNanos(),
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
    units.move(attempt.unit, UnitState.RUNNING);
    reports.unitStarted(attempt.unit, attempt.number);
    Duration run = units.node(attempt.unit).step().timeout().run();
    if (run != null) {
      timers.at(
          now() + run.toNanos(),
          () -> onDeadline(attempt, "ran longer than its deadline of " + run.toMillis() + " ms"));
    }
  }

  private void onDeadline(Attempt attempt, String what) {
    if (inFlight.remove(attempt.id) == null) {
      return;
    }
    attempt.lane.inFlight--;
    attempt.lane.cancel(new long[] {attempt.id});
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
      discardPending(result);
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
          inputDamaged(attempt, damaged.blob(), damaged.missing());
          return null;
        },
        lost -> {
          lost(attempt, lost.why(), output);
          return null;
        },
        ended -> {
          ended(attempt, output);
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
      reports.warning(
          "NOT_KEPT", "the result of '%s' is not kept: %s".formatted(name(unit), notKept));
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
    finished.add(
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

  private void flushCommits() {
    if (!finished.isEmpty()) {
      committing += finished.size();
      commits.submit(List.copyOf(finished));
      finished.clear();
    }
  }

  private void onSettled(List<Settled> settled) {
    committing -= settled.size();
    settled.forEach(this::settle);
  }

  private void settle(Settled settled) {
    int unit = settled.unit();
    byte[] output = requireNonNull(outputs.remove(unit));
    boolean expired = requireNonNull(units.reason(unit)).code() == Code.EXPIRED;
    if (!settled.note().isEmpty() && !(settled.kept() && expired)) {
      String code = settled.kept() ? "NONDETERMINISTIC" : "NOT_KEPT";
      reports.warning(code, "'%s': %s".formatted(name(unit), settled.note()));
    }
    if (!settled.kept()) {
      historyKept.clear(units.nodeOf(unit));
    }
    Manifest manifest = settled.manifest();
    if (manifest == null) {
      fail(unit, null, output, "its result could not be stored: " + settled.note());
      return;
    }
    units.unkept(unit, !settled.kept());
    units.forced(unit, false);
    manifests.put(unit, manifest);
    List<Integer> followers = flight.leave(unit);
    planner.ended(unit, Outcome.RAN, manifest.content());
    reports.unitFinished(unit, output, null, settled.note());
    for (int follower : followers) {
      if (units.state(follower) == UnitState.FOLLOWING) {
        units.unkept(follower, !settled.kept());
        manifests.put(follower, manifest);
        units.durationNanos(follower, units.durationNanos(unit));
        planner.ended(follower, Outcome.SHARED, manifest.content());
        reports.unitFinished(follower, new byte[0], null, "joined " + name(unit));
      }
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
    endOpenUnits(Outcome.CANCELLED, Reason.of(Code.RUN_CANCELLED));
    cancelInFlight(true);
    abandonLater();
  }

  // ---- what becomes of attempts that did not succeed --------------------------------------------

  private void userError(Attempt attempt, ErrorInfo error, byte[] output) {
    int unit = attempt.unit;
    if (cancelled) {
      end(unit, Outcome.CANCELLED, Reason.of(Code.RUN_CANCELLED), output);
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

  private void lost(Attempt attempt, String why, byte[] output) {
    int unit = attempt.unit;
    if (cancelled) {
      end(unit, Outcome.CANCELLED, Reason.of(Code.RUN_CANCELLED), output);
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

  private void ended(Attempt attempt, byte[] output) {
    Reason stop = stopped;
    if (cancelled) {
      end(attempt.unit, Outcome.CANCELLED, Reason.of(Code.RUN_CANCELLED), output);
    } else if (stop != null) {
      end(attempt.unit, Outcome.SKIPPED, stop, output);
    } else {
      lost(attempt, "the executor ended it", output);
    }
  }

  private void retry(int unit, Duration wait) {
    units.move(unit, UnitState.BACKING_OFF);
    backingOff++;
    timers.at(
        now() + wait.toNanos(),
        () -> {
          backingOff--;
          if (units.state(unit) == UnitState.BACKING_OFF) {
            units.move(unit, UnitState.QUEUED);
            laneOf(unit).queue.add(unit);
          }
        });
  }

  private void fail(int unit, @Nullable ErrorInfo error, byte[] output, String text) {
    List<Integer> followers = flight.leave(unit);
    units.end(unit, Outcome.FAILED);
    reports.unitFinished(unit, output, error, text);
    if (exitCode == 0) {
      exitCode = 1;
      message = "'%s' failed: %s".formatted(name(unit), text);
    }
    String step = units.node(unit).name();
    skipConsumers(unit, new Reason(Code.UPSTREAM_FAILED, step));
    for (int follower : followers) {
      if (units.state(follower) == UnitState.FOLLOWING) {
        units.move(follower, UnitState.READY); // one of them takes over
        propagation.ready().add(follower);
      }
    }
    if (!options.keepGoing()) {
      stop(new Reason(Code.RUN_STOPPED, step));
    }
  }

  /** Ends a unit in flight without a result. */
  private void end(int unit, Outcome how, Reason why, byte[] output) {
    flight.leave(unit);
    units.reason(unit, why);
    units.end(unit, how);
    reports.unitFinished(unit, output, null, "");
    skipConsumers(unit, why);
  }

  // ---- healing ----------------------------------------------------------------------------------

  private void inputDamaged(Attempt attempt, BlobRef blob, boolean missing) {
    int unit = attempt.unit;
    if (cancelled) {
      end(unit, Outcome.CANCELLED, Reason.of(Code.RUN_CANCELLED), new byte[0]);
      return;
    }
    List<Integer> producers = new ArrayList<>();
    arguments.forEachProducer(
        unit,
        producer -> {
          if (manifests.holds(producer, blob.address())) {
            producers.add(producer);
          }
        });
    Code code = missing ? Code.BLOB_MISSING : Code.BLOB_CORRUPT;
    if (options.cache() == CacheMode.REQUIRE) {
      fatal(6, "a cached input of '%s' is damaged (%s)".formatted(name(unit), code));
    }
    boolean again =
        producers.stream().allMatch(producer -> heals.getOrDefault(producer, 0) < MOST_HEALS);
    if (producers.isEmpty() || !again || stopped != null || cancelled) {
      fail(
          unit,
          null,
          new byte[0],
          "its input in blob %s is %s; run 'reprise cache verify'"
              .formatted(blob.address().brief(), missing ? "missing" : "damaged"));
      return;
    }
    try {
      environment.store().quarantine(blob);
    } catch (IOException e) {
      // Left where it is, it would be found again: a blob is created only if it is absent.
      fail(
          unit,
          null,
          new byte[0],
          "its input in blob %s is damaged and cannot be set aside: %s"
              .formatted(blob.address().brief(), e.getMessage()));
      return;
    }
    retreat(unit);
    for (int producer : producers) {
      heals.merge(producer, 1, Integer::sum);
      sendBack(producer, Reason.of(code));
    }
  }

  /** A unit that was about to run, or tried to, waits for its inputs again. */
  private void retreat(int unit) {
    flight.leave(unit).forEach(follower -> requeue(follower));
    units.move(unit, UnitState.WAITING);
  }

  private void requeue(int follower) {
    if (units.state(follower) == UnitState.FOLLOWING) {
      units.move(follower, UnitState.READY);
      propagation.ready().add(follower);
    }
  }

  /** The result of a unit that has ended is lost: it runs again, and what takes it waits. */
  private void sendBack(int unit, Reason why) {
    if (!units.known(unit)) {
      propagation.refresh(unit); // on its way already
      return;
    }
    reports.warning("HEALING", "'%s' runs again: %s".formatted(name(unit), why));
    manifests.remove(unit);
    forget(unit);
    units.reason(unit, why);
    units.move(unit, UnitState.QUEUED);
    laneOf(unit).queue.add(unit);
  }

  /** Takes back what is known of a result, with the views of it: what takes it waits again. */
  private void forget(int unit) {
    propagation.forget(unit);
    propagation.forEachConsumer(
        unit,
        consumer -> {
          switch (units.state(consumer)) {
            case QUEUED, FOLLOWING, BACKING_OFF -> units.move(consumer, UnitState.WAITING);
            case HELD -> {
              flight.woken(consumer);
              units.move(consumer, UnitState.WAITING);
            }
            case DONE -> {
              if (!units.node(consumer).isStep() && units.known(consumer)) {
                forget(consumer);
                units.move(consumer, UnitState.WAITING);
              }
            }
            case WAITING, READY, DISPATCHED, RUNNING, COMMITTING -> {}
          }
        });
  }

  // ---- stopping ---------------------------------------------------------------------------------

  /** Ends the run for a reason that is not a unit's. */
  private void fatal(int code, String text) {
    if (exitCode == 0 || exitCode == 1) {
      exitCode = code;
      message = text;
    }
    stop(new Reason(Code.RUN_STOPPED, text));
    cancelInFlight(true);
  }

  private void stop(Reason why) {
    if (stopped != null || cancelled) {
      return;
    }
    stopped = why;
    endOpenUnits(Outcome.SKIPPED, why);
    cancelInFlight(false);
  }

  /** Ends every unit that is not in flight. */
  private void endOpenUnits(Outcome how, Reason why) {
    for (int unit = 0; unit < units.size(); unit++) {
      switch (units.state(unit)) {
        case WAITING, READY, QUEUED, HELD, FOLLOWING, BACKING_OFF -> endUnrun(unit, how, why);
        case DISPATCHED, RUNNING, COMMITTING, DONE -> {}
      }
    }
    for (Node node : graph.nodes()) {
      if (units.count(node.id()) < 0) {
        skippedNodes.set(node.id());
      }
    }
  }

  private void endUnrun(int unit, Outcome how, Reason why) {
    flight.woken(unit);
    units.reason(unit, why);
    units.end(unit, how);
    if (units.node(unit).isStep()) {
      reports.unitFinished(unit, new byte[0], null, "");
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
    timers.at(now() + GRACE.toNanos(), this::abandonAll);
  }

  /** Gives up what does not answer. */
  private void abandonAll() {
    for (Attempt attempt : List.copyOf(inFlight.values())) {
      inFlight.remove(attempt.id);
      attempt.lane.inFlight--;
      Reason why =
          cancelled
              ? Reason.of(Code.RUN_CANCELLED)
              : requireNonNull(stopped, "abandons without a reason");
      end(attempt.unit, cancelled ? Outcome.CANCELLED : Outcome.SKIPPED, why, new byte[0]);
    }
  }

  /**
   * Ends everything downstream of a unit that has no result. Uses no recursion: graphs are deep.
   */
  private void skipConsumers(int unit, Reason why) {
    Outcome how = why.code() == Code.RUN_CANCELLED ? Outcome.CANCELLED : Outcome.SKIPPED;
    List<Integer> open = new ArrayList<>(List.of(unit));
    for (int i = 0; i < open.size(); i++) {
      int node = units.nodeOf(open.get(i));
      propagation.forEachConsumer(
          open.get(i),
          consumer -> {
            if (units.state(consumer) == UnitState.WAITING) {
              checkSelected(consumer, unit, why);
              endUnrun(consumer, how, why);
              open.add(consumer);
            }
          });
      propagation.forEachUnsizedConsumer(node, consumer -> skipUnsized(consumer, why, open));
    }
  }

  /** A node whose number of units will never be known, and what depends on it. */
  private void skipUnsized(int node, Reason why, List<Integer> open) {
    Outcome how = why.code() == Code.RUN_CANCELLED ? Outcome.CANCELLED : Outcome.SKIPPED;
    IntQueue unsized = new IntQueue();
    unsized.add(node);
    while (!unsized.isEmpty()) {
      int next = unsized.poll();
      if (skippedNodes.get(next)) {
        continue;
      }
      skippedNodes.set(next);
      for (int consumer : graph.consumers(next)) {
        if (units.count(consumer) < 0) {
          unsized.add(consumer);
          continue;
        }
        for (int i = 0; i < units.count(consumer); i++) {
          int unit = units.first(consumer) + i;
          if (units.state(unit) == UnitState.WAITING) {
            endUnrun(unit, how, why);
            open.add(unit);
          }
        }
      }
    }
  }

  private void checkSelected(int consumer, int unit, Reason why) {
    if (why.code() == Code.NOT_SELECTED && selected.contains(units.nodeOf(consumer))) {
      throw new PipelineException(
          "step '%s' was selected and needs '%s', whose result is not in the cache; add --only %s"
              .formatted(
                  units.node(consumer).name(), units.node(unit).name(), units.node(unit).name()));
    }
  }

  // ---- the end ----------------------------------------------------------------------------------

  private PlanSummary summarize() {
    int cached = 0;
    int toRun = 0;
    int unknown = 0;
    int unknownSteps = 0;
    long saved = 0;
    for (Node node : graph.nodes()) {
      if (!node.isStep()) {
        continue;
      }
      if (units.count(node.id()) < 0) {
        unknownSteps++;
        continue;
      }
      int first = units.first(node.id());
      for (int unit = first; unit < first + units.count(node.id()); unit++) {
        switch (units.state(unit)) {
          case DONE -> {
            if (units.outcome(unit) == Outcome.CACHED) {
              cached++;
              saved += units.durationNanos(unit);
            }
          }
          case WAITING -> unknown++;
          default -> toRun++;
        }
      }
    }
    return new PlanSummary(cached, toRun, unknown, unknownSteps, saved, now() - startNanos);
  }

  private RunSummary finish() {
    Map<Outcome, Integer> outcomes = new LinkedHashMap<>();
    for (Outcome outcome : Outcome.values()) {
      outcomes.put(outcome, 0);
    }
    int total = 0;
    long saved = 0;
    for (Node node : graph.nodes()) {
      if (!node.isStep() || units.count(node.id()) < 0) {
        continue;
      }
      int first = units.first(node.id());
      for (int unit = first; unit < first + units.count(node.id()); unit++) {
        Outcome outcome = units.outcome(unit);
        checkState(outcome != null, "unit %s has no outcome at the end", unit);
        outcomes.merge(requireNonNull(outcome), 1, Integer::sum);
        saved += outcome == Outcome.CACHED ? units.durationNanos(unit) : 0;
        total++;
      }
    }
    RunState state =
        cancelled ? RunState.CANCELLED : exitCode == 0 ? RunState.SUCCEEDED : RunState.FAILED;
    reports.tellClosedSteps();
    reports.tellRemainingSteps();
    RunSummary summary =
        new RunSummary(state, exitCode, total, outcomes, saved, now() - startNanos, message);
    reports.finished(summary);
    return summary;
  }

  private void discardPending(AttemptResult result) {
    if (result instanceof AttemptResult.Success success) {
      success
          .manifest()
          .partitions()
          .forEach(
              partition -> {
                if (partition.location() instanceof Location.Pending pending) {
                  environment.store().discard(pending);
                }
              });
    }
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
