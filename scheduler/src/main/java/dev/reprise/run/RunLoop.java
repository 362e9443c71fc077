package dev.reprise.run;

import static java.util.Objects.requireNonNull;

import dev.reprise.cache.base.Durations;
import dev.reprise.cache.base.Text;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.KeptFailure;
import dev.reprise.cache.store.Manifest;
import dev.reprise.executor.TaskCode;
import dev.reprise.graph.PipelineException;
import dev.reprise.graph.TaskGraph;
import dev.reprise.plan.Cache;
import dev.reprise.plan.Outcome;
import dev.reprise.plan.Planner;
import dev.reprise.plan.Probing;
import dev.reprise.plan.Propagation;
import dev.reprise.plan.Reason;
import dev.reprise.plan.Reason.Code;
import dev.reprise.plan.UnitState;
import dev.reprise.plan.UnitTable;
import dev.reprise.run.Commits.Settled;
import dev.reprise.run.RunListener.PlanSummary;
import dev.reprise.run.RunListener.PublishPlan;
import dev.reprise.run.RunListener.RunHeader;
import dev.reprise.run.RunListener.RunSummary;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a graph: one thread owns all state and is fed by events.
 *
 * <p>A unit goes through the chain of {@link UnitState}. Whoever is not on the run's thread
 * (workers, the committing side, other runs, Ctrl-C) posts to the mailbox; the loop takes all that
 * has come, walks the plan on, hands finished results to the committing side and submits what may
 * run.
 *
 * <p>What takes a result may start only when that result is published, or all of it is at hand (see
 * ADR-0014), so a damaged or lost one is found by whoever reads it; {@link Healing} then sends its
 * producer back and its readers wait again.
 *
 * <p>The parts, in the order in which a unit meets them: {@link Dispatch} gives it to an executor
 * of {@link Lanes}, {@link Answers} hears of it, {@link Results} has it committed or {@link
 * Retries} lets it try again, and {@link Endings} says what its end without a result means for
 * others. {@link Stopping} says whether anything may begin at all.
 */
public final class RunLoop implements Planner.Surroundings {
  private static final Logger log = LoggerFactory.getLogger(RunLoop.class);

  private static final Duration LONGEST_NAP = Duration.ofSeconds(1);

  /** Longer than a look at the class files takes, short against what people notice. */
  private static final Duration LONGEST_GATHERING = Duration.ofMillis(5);

  /**
   * Linux lets a thread sleep some 50 microseconds longer than it asks for (its timer slack): what
   * is meant to be shorter would last several times as long, while slots idle.
   */
  private static final Duration SHORTEST_GATHERING = Duration.ofNanos(100_000);

  private static final int LONGEST_ERROR = 200;
  private static final int SHORT_KEY = 12;

  private final RunEnvironment environment;
  private final RunHeader header;
  private final RunRules rules;
  private final UnitTable units;
  private final Propagation propagation;
  private final Cache cache;
  private final Planner planner;
  private final Manifests manifests;
  private final SingleFlight flight;
  private final Timers timers = new Timers();
  private final Reports reports;
  private final TableView view;
  private final Commits commits;
  private final Committing committing;
  private final Lanes lanes;
  private final Endings endings;
  private final Stopping stopping;
  private final Healing healing;
  private final Retries retries;
  private final Results results;
  private final Dispatch dispatch;
  private final @Nullable Auditing auditing;
  private final @Nullable Publishing publishing;
  private final List<Runnable> early = new ArrayList<>();
  private final long startNanos;
  private volatile boolean cancelAsked;
  private volatile @Nullable Thread thread;
  private @Nullable String keepsNothing;
  private boolean planning;
  private boolean carriesOut;

  /**
   * Prepares a run, whose time begins here: keys and arguments are made from the code and the
   * user's values as they are now.
   *
   * @throws PipelineException if there is no key to be had of a step as declared
   * @throws IllegalStateException if the probes were interrupted, since nobody wants the run
   */
  public RunLoop(
      TaskGraph graph, RunHeader header, RunEnvironment environment, List<RunListener> listeners) {
    this.environment = environment;
    this.header = header;
    this.startNanos = environment.ticker().getAsLong();
    Probing probing = environment.steps().probing();
    probing.prepare(
        header.options().timeout(),
        header.options().spent(),
        (asked, soFar) -> tell(listeners, header, asked, soFar));
    environment.steps().compose(); // which takes its time in a wide pipeline
    this.units = new UnitTable(graph);
    this.propagation = new Propagation(units);
    this.cache = new Cache(environment.index(), this::onCacheTrouble);
    this.manifests = new Manifests(units, cache);
    this.rules = RunRules.of(graph, header.options());
    this.planner =
        new Planner(
            units,
            propagation,
            environment.steps(),
            cache,
            rules.forPlanner(environment.index() != null),
            environment.remembering(),
            environment.held(),
            environment.recollections(),
            this);
    this.planner.alreadyDone(
        AlreadyDone.ask(graph, environment.steps(), rules.forced(), text -> warn("PROBE", text)));
    probing.prepared();
    if (probing.leftUnanswered()) { // what is done would be done again
      throw new IllegalStateException("the driver is closed, while the run was prepared");
    }
    this.view = new TableView(header.run(), units, planner, manifests);
    this.reports = new Reports(units, planner, view, listeners);
    this.flight =
        new SingleFlight(
            environment.claims(), "run " + header.run(), unit -> post(() -> onKeyFree(unit)));
    this.commits = environment.commits().apply(settled -> post(() -> onSettled(settled)));
    this.commits.onNews(this::onNews);
    this.committing =
        new Committing(
            commits,
            environment.ticker(),
            environment.steps().probing()::asked,
            text -> reports.warning("COMMIT_SLOW", text),
            this::onCommitsDead);
    Arguments arguments =
        new Arguments(
            units, propagation, manifests, environment.sources()::argument, environment.steps());
    Shared shared =
        new Shared(graph, header, environment, units, propagation, flight, reports, timers);
    Startup startup =
        new Startup(environment.executors(), environment.threads(), () -> post(() -> {}));
    this.lanes = new Lanes(units, header.options(), startup, timers);
    this.endings = new Endings(shared, rules.selected());
    this.stopping = new Stopping(shared, endings, lanes, committing);
    this.healing =
        new Healing(shared, endings, stopping, lanes, manifests, arguments, commits, planner::lost);
    this.retries = new Retries(shared, endings, stopping, lanes);
    this.results =
        new Results(shared, stopping, planner, cache, manifests, retries, healing, committing);
    Answers answers = new Answers(shared, lanes, results, retries, healing, commits);
    this.dispatch =
        new Dispatch(shared, lanes, stopping, healing, arguments, planner, cache, answers, endings);
    this.auditing =
        header.options().audit().asked()
            ? new Auditing(
                shared,
                rules.unselected(),
                lanes,
                stopping,
                arguments,
                manifests,
                commits,
                new StandIns(shared, planner))
            : null;
    this.publishing =
        environment.publisher().publications().isEmpty()
            ? null
            : new Publishing(
                shared,
                rules.unselected(),
                stopping,
                endings,
                healing,
                commits,
                arguments,
                manifests);
  }

  /** Before there is a run, nobody is told what goes wrong with a listener. */
  private static void tell(
      List<RunListener> listeners, RunHeader header, List<String> asked, Duration soFar) {
    for (RunListener listener : listeners) {
      try {
        listener.preparing(header, asked, soFar);
      } catch (RuntimeException e) {
        log.warn("a run listener of {} threw", listener.getClass().getName(), e);
      }
    }
  }

  /** Called from any thread: ends the run soon, with what was committed kept. */
  public void cancel() {
    cancelAsked = true;
    post(stopping::cancel);
    environment.steps().probing().interrupt();
  }

  /** Adds something that the user should know, told when the run begins. */
  public void warn(String code, String text) {
    early.add(() -> reports.warning(code, text));
  }

  /** Says that the cache keeps nothing of what runs, which ends a run that requires it. */
  public void keepsNothing(String why) {
    keepsNothing = why;
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
    try {
      begin();
      makePlan(/* runs= */ false);
      PlanSummary summary = summarize();
      reports.planned(summary);
      remember();
      return summary;
    } finally {
      close();
      tellNews();
    }
  }

  /**
   * Ends what commits, which begins with this; of a loop that has planned or run that is done. What
   * steps are, {@link #code} included, is known as before.
   */
  public void close() {
    committing.close();
    commits.awaitCopies(Duration.ZERO, () -> false); // there are none
  }

  /** A plan that waits for a farther store says so while it does. */
  private void onNews() {
    if (Thread.currentThread().equals(thread)) {
      tellNews();
    } else {
      post(this::tellNews);
    }
  }

  /** Trouble with farther stores, as it is met. */
  private void tellNews() {
    for (String text = commits.news(); text != null; text = commits.news()) {
      reports.warning("STORES", text);
    }
  }

  /** What a run would publish, now that it is planned; in the order of the definition. */
  public List<PublishPlan> publications() {
    return publishing == null ? List.of() : publishing.plan();
  }

  /**
   * The exit code of a run that ends with its plan, since it may not go on; 0 if it would begin.
   */
  public int exitCode() {
    return goesOn() ? 0 : stopping.exitCode();
  }

  /** Whether units that fail at once do not end it. */
  private boolean goesOn() {
    return header.options().keepGoing() && stopping.halted() == null;
  }

  /** Why it may not go on, for people; empty if it may. */
  public String message() {
    return goesOn() ? "" : stopping.message();
  }

  /**
   * Runs to the end.
   *
   * @throws InterruptedException if this thread is interrupted; what was committed is kept
   */
  public RunSummary run() throws InterruptedException {
    try {
      goThrough();
      remember();
      closeCommits(Patience.COPIES);
      RunSummary summary = finish();
      closeExecutors(); // a cluster may take long to let go, and the run is over
      return summary;
    } catch (InterruptedException e) {
      throw interrupted(e);
    } catch (Interruption e) {
      throw interrupted(e.interrupt);
    } catch (Throwable e) { // Scala throws checked ones that nobody declares
      giveUp();
      reports.finished(Totals.broken(units, e, now() - startNanos));
      throw e;
    }
  }

  private InterruptedException interrupted(InterruptedException e) {
    giveUp();
    reports.finished(Totals.interrupted(units, now() - startNanos));
    return e;
  }

  private void goThrough() throws InterruptedException {
    begin();
    setDeadlines();
    planning = true;
    step(() -> makePlan(/* runs= */ true));
    planning = false;
    reports.planned(summarize());
    step(
        this::runTimersAndTick); // nothing begins after a deadline that passed while it was planned
    while (!over()) {
      gather();
      long nap = timers.nanosToNext(now(), LONGEST_NAP.toNanos());
      Runnable event = environment.mailbox().poll(nap);
      checkNotStalled(event);
      while (event != null) {
        step(event);
        event = environment.mailbox().poll(0);
      }
      step(this::runTimersAndTick);
    }
    if (auditing != null) {
      audit(auditing);
    }
    if (publishing != null) {
      publishing.begin();
      goOn(publishing::over, publishing::advance);
      publishing.finish();
    }
  }

  /** Compares what is asked for. Whatever that meets, the run has come to its end. */
  private void audit(Auditing again) throws InterruptedException {
    try {
      again.begin();
      goOn(again::over, again::advance);
    } catch (RuntimeException | Error e) { // of user code, of an engine, or no memory
      again.endEarly(e.toString());
      goOn(again::over, () -> {});
    }
    again.finish();
  }

  /** Does what is left when all units have ended. */
  private void goOn(BooleanSupplier over, Runnable advance) throws InterruptedException {
    advance.run();
    while (!over.getAsBoolean()) {
      Runnable event = environment.mailbox().poll(timers.nanosToNext(now(), LONGEST_NAP.toNanos()));
      while (event != null) {
        event.run();
        event = environment.mailbox().poll(0);
      }
      timers.run(now());
      advance.run();
    }
  }

  /**
   * Lets answers gather for half of the time that the executors have work. Taken together they cost
   * far less than one by one, for each of which threads wake, every class file is looked at and the
   * index is written; and while all slots are busy, nobody waits for them.
   */
  private void gather() {
    long busy = Math.min(lanes.nanosOfWork() / 2, LONGEST_GATHERING.toNanos());
    long nanos = timers.nanosToNext(now(), busy);
    if (nanos >= SHORTEST_GATHERING.toNanos()) {
      environment.mailbox().gather(nanos);
    }
  }

  /** Ends a run at once that could not carry out its plan, so that a plan tells of it too. */
  private void makePlan(boolean runs) {
    carriesOut = runs;
    stopping.planning(); // of what fails at once, all is told
    try {
      propagation.start();
      leaveOut();
      planner.advance();
    } finally {
      stopping.planned(runs);
    }
    String unknown = reports.unwritable();
    if (unknown != null && !header.options().idempotencyKey().isEmpty()) {
      stopping.fatal(
          1, "others with its idempotency key could not know that it goes on: " + unknown);
    }
    if (keepsNothing != null) {
      stopping.cacheFailed(5, "the cache is required, and " + keepsNothing);
    }
    String passedOver = stopping.halted() == null ? namedButLeftOut() : null;
    if (passedOver != null) {
      stopping.fatal(2, passedOver);
    }
    String bound = stopping.halted() == null ? dispatch.findBound(rules.unselected()) : null;
    if (bound != null) {
      stopping.fatal(3, bound);
    }
  }

  /** Ends partitions of sources that nobody asked for, and all that takes them. */
  private void leaveOut() {
    for (int source : rules.partitions().sources()) {
      int first = units.first(source);
      List<Integer> leftOut =
          rules.partitions().leftOut(source).stream().mapToObj(place -> first + place).toList();
      endings.endAll(leftOut, Reason.leftOut(rules.partitions().why(source)));
    }
  }

  /** What to say of a step that is named and has no unit, since partitions are left out. */
  private @Nullable String namedButLeftOut() {
    RunOptions options = header.options();
    Map<String, Set<String>> named = new LinkedHashMap<>();
    named.put("--only", options.only());
    named.put("--rerun", options.rerun());
    named.put("--rerun-from", options.rerunFrom());
    Resume resume = options.resume();
    named.put("to go on from", resume == null ? Set.of() : resume.again());
    for (Map.Entry<String, Set<String>> each : named.entrySet()) {
      for (String name : each.getValue()) {
        Reason why = endings.whyLeftOut(RunTargets.step(units.graph(), name).id());
        if (why != null) {
          return "%s %s would run nothing: step '%s' takes what --partitions leaves out (%s); leave out"
                  .formatted(each.getKey(), name, name, why.detail())
              + " --partitions, or name a step that works on partitions one by one";
        }
      }
    }
    return null;
  }

  /**
   * Does what came while a plan is made, which takes long if files are large: nothing runs yet, so
   * it can be but the deadline, or somebody who cancels the run.
   */
  private void heed() {
    try {
      Runnable event = environment.mailbox().poll(0);
      while (event != null) {
        event.run();
        event = environment.mailbox().poll(0);
      }
    } catch (InterruptedException e) {
      throw new Interruption(e);
    }
    timers.run(now());
  }

  /** Carries an interrupt of the run's thread through the planner. */
  private static final class Interruption extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final InterruptedException interrupt;

    Interruption(InterruptedException interrupt) {
      super(interrupt);
      this.interrupt = interrupt;
    }
  }

  private void giveUp() {
    closeExecutors();
    closeCommits(Duration.ZERO);
  }

  /** What the run came to is decided: trouble must not keep the rest from being closed. */
  private void closeExecutors() {
    for (Lane lane : lanes.all()) {
      try {
        lane.close();
      } catch (Throwable e) { // whatever it is, the run's end has been told
        log.warn("executor '{}' could not be closed", lane.engine, e);
      }
    }
  }

  private void closeCommits(Duration patience) {
    try {
      committing.close();
    } catch (Throwable e) {
      reports.warning("CLOSE_FAILED", "the committing side could not be closed: " + e);
    }
    flight.close();
    commits.awaitCopies(
        patience,
        () -> {
          tellNews();
          return !cancelAsked;
        });
    tellNews();
  }

  /**
   * Does a part of the run's work; a pipeline that turns out not to be valid ends the run in order.
   */
  private void step(Runnable work) {
    try {
      work.run();
    } catch (PipelineException e) {
      if (Thread.interrupted()) { // which closes the file that is read
        throw new Interruption(new InterruptedException(e.getMessage()));
      }
      stopping.fatal(3, String.valueOf(e.getMessage()));
    }
  }

  /** A run in which nothing can happen any more would wait for ever. */
  private void checkNotStalled(@Nullable Runnable event) {
    boolean nothingToCome =
        event == null
            && lanes.idle()
            && committing.isEmpty()
            && !retries.waits()
            && !flight.waits()
            && propagation.ready().isEmpty()
            && lanes.nothingQueued()
            && (publishing == null || !publishing.reads());
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
        text.append(' ').append(units.name(unit)).append(' ').append(units.state(unit)).append(';');
        told++;
      }
    }
    return text.toString();
  }

  private void begin() {
    reports.started(header);
    thread = Thread.currentThread();
    early.forEach(Runnable::run);
  }

  private void runTimersAndTick() {
    timers.run(now());
    tick();
  }

  private void tick() {
    committing.check(); // what it has answered is heard: later, only the plan may have taken long
    committing.flush(); // it works while the plan goes on; kept even if the run ends with that
    planner.advance();
    endings.skipLateUnits();
    if (publishing != null) {
      publishing.verify();
    }
    dispatch.dispatch();
    reports.tellClosedSteps(node -> publishing != null && publishing.reads(node));
  }

  /** Keeps what makes the next plan quick. */
  private void remember() {
    if (header.options().cache().writes()) {
      planner.remember(committing::remember);
    }
  }

  private boolean over() {
    return lanes.idle()
        && committing.isEmpty()
        && units.open() == 0
        && endings.allSized()
        && (publishing == null || !publishing.reads());
  }

  private void setDeadlines() {
    Duration timeout = header.options().timeout();
    Duration left = header.options().timeLeft();
    if (timeout != null && left != null) {
      timers.after(
          startNanos,
          left,
          () -> {
            String late = "the run took longer than its deadline of " + Durations.text(timeout);
            if (auditing != null && auditing.hasBegun() && !auditing.over()) {
              auditing.endEarly(late);
            } else {
              stopping.fatal(9, late);
              environment.steps().probing().interrupt(); // or results would wait for them
            }
          });
    }
    renewLater();
  }

  private void renewLater() {
    timers.after(
        now(),
        flight.heartbeat(),
        () -> {
          flight.renew();
          renewLater();
        });
  }

  private void onSettled(List<Settled> settled) {
    results.onSettled(settled);
  }

  private void onKeyFree(int unit) {
    flight.woken(unit);
    if (units.state(unit) == UnitState.HELD) {
      units.move(unit, UnitState.READY);
      propagation.ready().add(unit);
    }
  }

  // ---- what the planner asks and tells ----------------------------------------------------------

  @Override
  public Fingerprint digest(String source, Path file) {
    Fingerprint digest = environment.sources().digest(source, file);
    if (planning) {
      heed();
    }
    return digest;
  }

  @Override
  public Optional<Manifest> manifest(int unit) {
    return manifests.get(unit);
  }

  @Override
  public @Nullable Manifest inMemory(int unit) {
    return manifests.peek(unit);
  }

  @Override
  public void held(int unit, List<Manifest> results) {
    manifests.hold(unit, results);
  }

  @Override
  public @Nullable Reason lost(int unit) {
    return healing.lost(unit);
  }

  @Override
  public Outcome found(int unit) {
    manifests.remove(unit); // of the result before, if an input was made again and differs
    reports.touched(units.nodeOf(unit));
    return dispatch.hasWaited(unit) ? Outcome.SHARED : Outcome.CACHED;
  }

  @Override
  public void recalled(int node) {
    reports.touched(node);
  }

  @Override
  public void misfit(int unit, String why) {
    stopping.fail(unit, null, new byte[0], why);
  }

  @Override
  public void recollected(int unit, Manifest manifest) {
    units.unkept(unit, true);
    manifests.put(unit, manifest);
  }

  @Override
  public void remembered(int unit, String from) {
    reports.unitFinished(unit, new byte[0], null, from);
  }

  @Override
  public void shared(int unit) {
    dispatch.shared(unit);
  }

  @Override
  public void mustRun(int unit) {
    Reason reason = requireNonNull(units.reason(unit));
    switch (reason.code()) {
      case BLOB_CORRUPT, BLOB_MISSING, ENTRY_CORRUPT ->
          stopping.cacheFailed(
              6,
              "the cached result of '%s' cannot be trusted: %s; run 'reprise cache verify'"
                  .formatted(units.name(unit), reason));
      case INDEX_UNAVAILABLE ->
          stopping.cacheFailed(5, "the cache is required and its index cannot be read");
      default -> {}
    }
    Reason stop = stopping.halted();
    if (units.state(unit) != UnitState.QUEUED) {
      return; // ended just now, because the run must not go on without it
    } else if (stop != null) {
      endings.end(unit, stop);
    } else {
      lanes.enqueue(unit);
    }
  }

  @Override
  public void notSelected(int unit) {
    endings.end(unit, Reason.of(Code.NOT_SELECTED));
  }

  @Override
  public void failureKept(int unit, KeptFailure failure, long untilMillis) {
    Reason stop = stopping.halted();
    if (stop != null) {
      endings.end(unit, stop);
      return;
    }
    String text =
        "%s; not executed, since it failed so in run %s at %s, which counts until %s;"
                .formatted(
                    Text.safe(failure.headline(), LONGEST_ERROR),
                    failure.origin().run(),
                    time(failure.failedMillis()),
                    time(untilMillis))
            + tryAgain(unit, failure.key().toString().substring(0, SHORT_KEY));
    stopping.fail(unit, null, new byte[0], text);
  }

  /** What executes the unit again, and if it can be no other that is well. */
  private String tryAgain(int unit, String key) {
    int node = units.nodeOf(unit);
    String step = units.node(unit).name();
    String evict = "'reprise cache evict --key %s'".formatted(key);
    if (units.count(node) > 1 && !carriesOut) { // nobody can retry a plan
      return " any run after %s tries again, and one with --rerun %s all %d units of the step"
          .formatted(evict, step, units.count(node));
    }
    return " %s tries again now, as any run does after %s"
        .formatted(
            units.count(node) == 1
                ? "--rerun " + step
                : "'reprise runs retry %s'".formatted(header.run()),
            evict);
  }

  private static Instant time(long millis) {
    return Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.SECONDS);
  }

  @Override
  public void notNeeded(int unit, String nested) {
    endings.end(unit, new Reason(Code.NOT_NEEDED, nested));
  }

  @Override
  public void neededAgain(int node) {
    endings.neededAgain(node);
  }

  @Override
  public void gone(int unit) {
    healing.gone(unit);
  }

  @Override
  public void waitsAgain(int unit) {
    endings.waitsAgain(unit);
  }

  /** Whatever is looked up or read there next would hang the run itself. */
  private void onCommitsDead(String why) {
    if (cache.available()) {
      cache.fail(why);
    }
  }

  private void onCacheTrouble(String why) {
    reports.warning("CACHE_UNAVAILABLE", "the cache cannot be used any more: " + why);
    stopping.cacheFailed(5, "the cache is required and cannot be used: " + why);
  }

  // ---- the end ----------------------------------------------------------------------------------

  private PlanSummary summarize() {
    return Totals.plan(units, now() - startNanos);
  }

  private RunSummary finish() {
    results.tellRest();
    reports.tellClosedSteps(node -> false);
    reports.tellRemainingSteps();
    RunSummary summary = Totals.run(units, stopping, now() - startNanos);
    reports.finished(summary);
    return summary;
  }

  private long now() {
    return environment.ticker().getAsLong();
  }

  private void post(Runnable event) {
    environment.mailbox().post(event);
  }
}
