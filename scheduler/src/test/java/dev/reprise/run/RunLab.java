package dev.reprise.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reprise.api.Pipeline;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.commit.CommitRequest.Mode;
import dev.reprise.cache.store.Manifest;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.ErrorInfo;
import dev.reprise.executor.Platform;
import dev.reprise.executor.WorkChunk;
import dev.reprise.graph.TaskGraph;
import dev.reprise.plan.HeldMemos;
import dev.reprise.plan.Outcome;
import dev.reprise.plan.Remembering;
import dev.reprise.plan.StepKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs pipelines in one thread and in virtual time, with everything around the loop by hand: the
 * index in a map, results as text, user code called in place. What runs is counted by unit.
 */
final class RunLab {
  final LabIndex index;
  final LabStore store;
  final LabClaims claims;
  final Map<String, Integer> executions = new TreeMap<>();
  final List<RunListener.UnitReport> reports = new ArrayList<>();
  final List<String> warnings = new ArrayList<>();
  final List<String> starting = new ArrayList<>();

  /** What was to become of the entries that were there, by the units that were committed. */
  final Map<String, Mode> modes = new HashMap<>();

  int reportsBeforePlan = -1;
  boolean withoutIndex;

  /** Called for each file whose content is digested. */
  Consumer<Path> digesting = file -> {};

  /** How runs ended, as listeners were told. */
  final List<RunListener.RunSummary> endings = new ArrayList<>();

  /** Engines do not answer, but these: their starts are here. */
  boolean startsHang;

  final Set<String> startsAtOnce = new HashSet<>();
  final List<Runnable> starts = new ArrayList<>();

  /** Executors that were opened and not closed. */
  int open;

  /** Executors that were ever opened. */
  int opened;

  /** How long an executor takes to start, with {@link #chaos}. */
  Supplier<Duration> startsAfter = () -> Duration.ZERO;

  /** Why the engine cannot be started; null if it can. */
  @Nullable String unreachable;

  /** Why the engine takes no work; null if it does. */
  @Nullable String unavailable;

  /** Of the workers. */
  Platform platform = Platform.here();

  /** From when on nothing is committed any more: what is under way, and what comes. */
  boolean commitsHang;

  final Map<String, String> codeVersions = new HashMap<>();

  /** Changes what becomes of an attempt; by unit name and number of the attempt. Null: nothing. */
  BiFunction<String, Integer, @Nullable AttemptResult> meddle = (unit, attempt) -> null;

  /** What the driver holds from run to run: nothing, each run is of a driver of its own. */
  HeldMemos held = new HeldMemos(0);

  /** All steps of the tests' pipelines in a few records, so that one can be told by its number. */
  Remembering remembering = new Remembering(32, 4096, 0);

  RunOptions options = RunOptions.DEFAULT;
  int window = 4;

  /** From how many units on results are handed on before they are kept. */
  int handsOnFrom;

  /** How long each unit takes, as its executor says. */
  Duration unitTakes = Duration.ofMillis(1);

  /** For how long executors say that they have work, in nanoseconds. */
  LongSupplier nanosOfWork = () -> 0;

  /** Told of every chunk that an executor is given. */
  Consumer<WorkChunk> submitted = chunk -> {};

  /** How long runs let events gather, in nanoseconds, each time. */
  final List<Long> gathered = new ArrayList<>();

  /** Lets answers come late and in any order; null: everything is answered at once. */
  @Nullable Random chaos;

  /** Called before every event with {@link #chaos}: the world changes at any time. */
  Runnable weather = () -> {};

  /** What runs are given. */
  LabParts parts = new LabByHand(this);

  /** Puts results at paths. */
  Publisher publisher = Publisher.NONE;

  /** How long what a run does in threads of its own takes, but the starts of executors. */
  Duration threadsTake = Duration.ZERO;

  private final List<Runnable> deferred = new ArrayList<>();
  private final World world;
  private final int place;
  private final Map<String, Integer> attempts = new HashMap<>();
  private final List<Runnable> later = new ArrayList<>();
  private final List<Runnable> stalled = new ArrayList<>();

  /** What all runs of a driver have in common, beside the cache. */
  private static final class World {
    private final LabTurns turns = new LabTurns();
    private final TreeMap<Long, Runnable> timed = new TreeMap<>();
    private long time = 1;
    private int runs;
  }

  RunLab() {
    this.index = new LabIndex();
    this.store = new LabStore();
    this.claims = new LabClaims();
    this.world = new World();
    this.place = 0;
  }

  /**
   * For a run at the same time as the other's, in the same driver: with its cache and its clock.
   */
  RunLab(RunLab other) {
    this.index = other.index;
    this.store = other.store;
    this.claims = other.claims;
    this.world = other.world;
    this.place = 1;
  }

  /** Does {@code mine} beside {@code others}, which uses the other lab. */
  void together(Runnable mine, Runnable others) {
    world.turns.together(mine, others);
  }

  long now() {
    return world.time;
  }

  /** Lets time pass while the run's thread does something. */
  void pass(Duration time) {
    world.time += time.toNanos();
  }

  /** Lets something happen when so much time has passed. */
  void after(Duration wait, Runnable event) {
    long at = world.time + wait.toNanos();
    while (world.timed.containsKey(at)) {
      at++;
    }
    world.timed.put(at, event);
  }

  /** The driver's process is gone, with all that it was about to do. */
  void forget() {
    world.timed.clear();
    deferred.clear();
    later.clear();
    stalled.clear();
    commitsHang = false;
  }

  /** What the committing side would do if it did not hang. */
  void stalled(Runnable work) {
    stalled.add(work);
  }

  /** Lets the committing side go on. */
  void commitsGoOn() {
    commitsHang = false;
    stalled.forEach(Runnable::run);
    stalled.clear();
  }

  /** How many attempts at a unit were submitted in the last run. */
  int attempts(String unit) {
    return attempts.getOrDefault(unit, 0);
  }

  /** Counts an attempt; returns its number. */
  int countAttempt(String unit) {
    return attempts.merge(unit, 1, Integer::sum);
  }

  private void start(Runnable executor) {
    if (!threadsTake.isZero() && !(executor instanceof Startup.Starting)) {
      after(threadsTake, executor);
    } else if (startsHang && !startsAtOnce.contains(((Startup.Starting) executor).name)) {
      starts.add(executor);
    } else if (chaos != null) {
      after(startsAfter.get(), executor);
    } else {
      defer(executor);
    }
  }

  /** Does something now, or some time later. */
  void defer(Runnable answer) {
    if (chaos == null) {
      answer.run();
    } else {
      deferred.add(answer);
    }
  }

  /** Lets something happen when the run has nothing else to do. */
  void later(Runnable event) {
    later.add(event);
  }

  /** What a run came to. */
  record Result(RunListener.RunSummary summary, RunView view, Map<String, String> outcomes) {
    String outcome(String unit) {
      return String.valueOf(outcomes.get(unit));
    }
  }

  Result run(Pipeline.Definition definition) {
    return run(Pipeline.define("lab", definition).graph(), loop -> {});
  }

  Result run(TaskGraph graph, Consumer<RunLoop> meanwhile) {
    executions.clear();
    reports.clear();
    warnings.clear();
    modes.clear();
    endings.clear();
    starting.clear();
    opened = 0;
    attempts.clear();
    deferred.clear(); // of a run that gave them up
    stalled.clear();
    RunLoop loop = loop(graph);
    meanwhile.accept(loop);
    RunListener.RunSummary summary;
    try {
      summary = loop.run();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    Map<String, String> outcomes = new LinkedHashMap<>();
    RunView view = loop.view();
    for (var node : graph.nodes()) {
      for (int i = 0; node.isStep() && i < view.unitCount(node.id()); i++) {
        int unit = view.firstUnit(node.id()) + i;
        String reason = view.reason(unit) == null ? "" : " " + view.reason(unit);
        outcomes.put(name(node.name(), view.label(unit)), view.outcome(unit) + reason);
      }
    }
    return new Result(summary, view, outcomes);
  }

  RunLoop loop(TaskGraph graph) {
    LabMailbox mailbox = new LabMailbox();
    StepKeys keys = new StepKeys(graph, parts.resolver(), parts.values(), node -> new TreeMap<>());
    RunListener.RunHeader header =
        new RunListener.RunHeader(
            "run" + ++world.runs,
            graph.pipeline(),
            Map.of(),
            options,
            "someone",
            "here",
            1,
            Instant.EPOCH,
            "",
            "");
    RunEnvironment environment =
        new RunEnvironment(
            options.cache() == CacheMode.OFF || withoutIndex ? null : parts.index(),
            parts.claims(),
            keys,
            parts.sources(),
            name -> parts.executor(graph),
            this::start,
            parts::commits,
            mailbox,
            () -> world.time,
            parts.remembering(),
            parts.held(),
            parts.recollections(options),
            new Differences() {
              @Override
              public String spoilt(String step) {
                return "";
              }

              @Override
              public String first(int node, Manifest before, Manifest now) {
                return "";
              }
            },
            publisher,
            handsOnFrom);
    List<RunListener> listeners = new ArrayList<>(parts.listeners(header.run()));
    listeners.add(0, new Notes());
    return new RunLoop(graph, header, environment, listeners);
  }

  static String name(String step, String label) {
    return label.isEmpty() ? step : step + ":" + label;
  }

  /** The bytes of a value: its type and its text. */
  static byte[] encode(@Nullable Object value) {
    return String.valueOf(value).getBytes(UTF_8);
  }

  private final class Notes implements RunListener {
    @Override
    public void planned(RunView view, PlanSummary summary) {
      reportsBeforePlan = reports.size();
    }

    @Override
    public void executorStarting(String executor, Duration soFar) {
      starting.add(executor + " " + soFar.toSeconds());
    }

    @Override
    public void unitFinished(RunView view, UnitReport report) {
      reports.add(report);
    }

    @Override
    public void warning(String code, String message) {
      warnings.add(code + " " + message);
    }

    @Override
    public void finished(RunView view, RunSummary summary) {
      endings.add(summary);
    }
  }

  /** Time moves when nothing else can happen. */
  private final class LabMailbox implements Mailbox {
    private final Deque<Runnable> events = new ArrayDeque<>();
    private int idle;

    @Override
    public void post(Runnable event) {
      events.add(event);
    }

    @Override
    public void gather(long nanos) {
      gathered.add(nanos);
      world.time += Math.min(nanos, nanosToNext());
      doWhatIsDue();
    }

    @Override
    public @Nullable Runnable poll(long nanos) throws InterruptedException {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      Random random = chaos;
      if (random != null && random.nextInt(4) == 0) {
        world.turns.pass(place, false);
      }
      doWhatIsDue();
      if (random != null) {
        weather.run();
        while (!deferred.isEmpty() && (random.nextInt(3) == 0 || (events.isEmpty() && nanos > 0))) {
          deferred.remove(random.nextInt(deferred.size())).run();
        }
      }
      Runnable event = events.poll();
      if (event == null && nanos > 0 && !later.isEmpty()) {
        later.remove(0).run();
        return events.poll();
      }
      if (event == null && nanos > 0) {
        if (!world.turns.pass(place, true)) {
          world.time += Math.min(nanos, nanosToNext()); // nobody else has anything to do either
        }
        doWhatIsDue();
        if (++idle > 100_000) {
          throw new AssertionError("the run hangs");
        }
      }
      return event;
    }

    private long nanosToNext() {
      return world.timed.isEmpty()
          ? Long.MAX_VALUE
          : Math.max(0, world.timed.firstKey() - world.time);
    }

    private void doWhatIsDue() {
      while (!world.timed.isEmpty() && world.timed.firstKey() <= world.time) {
        world.timed.pollFirstEntry().getValue().run();
      }
    }
  }

  /** An attempt that never ends by itself. */
  static final AttemptResult HANG = new AttemptResult.Lost("hangs", 0, Bytes.EMPTY);

  /** A value that has a key and cannot leave the driver. */
  static final String STAYS_HERE = "stays here";

  /** The default options with a deadline. */
  static RunOptions withTimeout(Duration timeout) {
    return RunOptions.DEFAULT.withTimeout(timeout);
  }

  /** What a worker says of user code that throws. */
  static AttemptResult error(String message) {
    return new AttemptResult.UserError(ErrorInfo.of(new IOException(message)), 10, Bytes.EMPTY);
  }

  /** The outcomes of a summary that are not zero. */
  static Map<Outcome, Integer> counts(Result result) {
    Map<Outcome, Integer> counts = new LinkedHashMap<>(result.summary().outcomes());
    counts.values().removeIf(count -> count == 0);
    return counts;
  }
}
