package dev.reprise.run;

import dev.reprise.api.Pipeline;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.executor.ErrorInfo;
import dev.reprise.explain.StepParts;
import dev.reprise.graph.Node;
import dev.reprise.graph.TaskGraph;
import dev.reprise.plan.Outcome;
import dev.reprise.plan.Reason;
import dev.reprise.run.RunListener.Change;
import dev.reprise.run.RunListener.Keeping;
import dev.reprise.run.RunListener.PlanSummary;
import dev.reprise.run.RunListener.RunHeader;
import dev.reprise.run.RunListener.RunSummary;
import dev.reprise.run.RunListener.StepReport;
import dev.reprise.run.RunListener.UnitReport;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A run whose course a test writes down, to be told to listeners. */
public final class ScriptedRun implements RunView {
  public static final Instant START = Instant.parse("2026-11-21T07:20:07Z");

  private final Pipeline pipeline;
  private final String run;
  private final Map<Integer, List<Unit>> unitsOf = new LinkedHashMap<>();
  private final List<Unit> units = new ArrayList<>();
  private final Map<Integer, Integer> first = new LinkedHashMap<>();
  private final Map<Integer, StepParts> parts = new LinkedHashMap<>();
  private RunOptions options = RunOptions.DEFAULT;
  private RunState state = RunState.SUCCEEDED;
  private int exitCode;
  private String message = "";
  private long wallNanos = 310_000_000;

  /** One unit of the script. */
  public static final class Unit {
    final int number;
    final int node;
    final String label;
    Outcome outcome = Outcome.CACHED;
    @Nullable Reason reason;
    long durationNanos = 150_000_000;
    int attempts;
    String output = "";
    @Nullable ErrorInfo error;
    String message = "";
    List<Change> stepChanged = List.of();
    List<Change> changed = List.of();
    boolean keyed = true;
    boolean spoilt;
    boolean late;
    boolean open;

    Unit(int number, int node, String label) {
      this.number = number;
      this.node = node;
      this.label = label;
    }

    private Keeping keeping() {
      return outcome == Outcome.RAN || outcome == Outcome.SHARED ? Keeping.KEPT : Keeping.NO_RESULT;
    }

    public Unit cached() {
      outcome = Outcome.CACHED;
      return this;
    }

    public Unit ran(Reason.Code code, String detail) {
      return ended(Outcome.RAN, code, detail);
    }

    public Unit ended(Outcome how, Reason.Code code, String detail) {
      outcome = how;
      reason = new Reason(code, detail);
      attempts = how == Outcome.RAN || how == Outcome.FAILED ? 1 : 0;
      return this;
    }

    public Unit failed(Throwable thrown) {
      ended(Outcome.FAILED, Reason.Code.NO_ENTRY, "");
      error = ErrorInfo.of(thrown);
      return this;
    }

    public Unit took(long nanos) {
      durationNanos = nanos;
      return this;
    }

    public Unit printed(String text) {
      output = text;
      return this;
    }

    public Unit changed(Change... changes) {
      changed = List.of(changes);
      return this;
    }

    /** What it shares with other units. */
    public Unit stepChanged(List<Change> changes) {
      stepChanged = changes;
      return this;
    }

    public Unit attempts(int count) {
      attempts = count;
      return this;
    }

    public Unit says(String text) {
      message = text;
      return this;
    }

    /** Nothing is known of it before its step is told of. */
    public Unit late() {
      late = true;
      return this;
    }

    public Unit spoilt() {
      spoilt = true;
      return this;
    }

    public Unit withoutKey() {
      keyed = false;
      return this;
    }
  }

  public ScriptedRun(String run, Pipeline pipeline) {
    this.run = run;
    this.pipeline = pipeline;
  }

  /** Gives a node its units, all cached at first; nodes in topological order. */
  public ScriptedRun units(String node, String... labels) {
    int id = pipeline.graph().find(node).orElseThrow().id();
    first.put(id, units.size());
    List<Unit> own = new ArrayList<>();
    for (String label : labels) {
      own.add(new Unit(units.size() + own.size(), id, label));
    }
    unitsOf.put(id, own);
    units.addAll(own);
    return this;
  }

  public Unit unit(String node, int partition) {
    return unitsOf.get(pipeline.graph().find(node).orElseThrow().id()).get(partition);
  }

  public ScriptedRun parts(String node, StepParts of) {
    parts.put(pipeline.graph().find(node).orElseThrow().id(), of);
    return this;
  }

  public ScriptedRun options(RunOptions to) {
    options = to;
    return this;
  }

  public ScriptedRun ends(RunState how, int code, String saying) {
    state = how;
    exitCode = code;
    message = saying;
    return this;
  }

  public ScriptedRun took(long nanos) {
    wallNanos = nanos;
    return this;
  }

  public RunHeader header() {
    return new RunHeader(
        run,
        pipeline.name(),
        pipeline.parameters(),
        options,
        "ada",
        "analytical",
        4711,
        START,
        "default/prod",
        "/srv/results");
  }

  /** Tells the whole course. */
  public void play(RunListener to) {
    begin(to);
    for (Node node : graph().nodes()) {
      if (node.isStep() && unitsOf.containsKey(node.id())) {
        playStep(to, node.id());
      }
    }
    end(to);
  }

  public void begin(RunListener to) {
    to.started(header(), this);
    units.forEach(unit -> unit.open = unit.late || unit.outcome != Outcome.CACHED);
    to.planned(this, plan());
  }

  public PlanSummary plan() {
    List<Unit> known = stepUnits().stream().filter(unit -> !unit.late).toList();
    int cached = count(known, Outcome.CACHED);
    int unknown = stepUnits().size() - known.size();
    return new PlanSummary(cached, known.size() - cached, unknown, 0, saved(known), 20_000_000);
  }

  public void playStep(RunListener to, int node) {
    List<Unit> own = unitsOf.get(node);
    own.forEach(unit -> unit.late = false);
    for (Unit unit : own) {
      if (unit.outcome != Outcome.CACHED && unit.attempts > 0) {
        to.unitStarted(this, unit.number, unit.attempts);
      }
    }
    for (Unit unit : own) {
      unit.open = false;
      if (unit.outcome != Outcome.CACHED) {
        to.unitFinished(this, report(unit));
      }
    }
    Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
    own.forEach(unit -> outcomes.merge(unit.outcome, 1, Integer::sum));
    to.stepFinished(this, new StepReport(node, own.size(), outcomes, saved(own)));
  }

  public UnitReport report(Unit unit) {
    return new UnitReport(
        unit.number,
        unit.outcome,
        unit.reason == null ? Reason.of(Reason.Code.NO_ENTRY) : unit.reason,
        unit.attempts,
        unit.durationNanos,
        unit.output.getBytes(StandardCharsets.UTF_8),
        unit.error,
        unit.message,
        unit.stepChanged,
        unit.changed,
        unit.keeping());
  }

  public void end(RunListener to) {
    to.finished(this, summary());
  }

  public RunSummary summary() {
    Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
    for (Outcome outcome : Outcome.values()) {
      outcomes.put(outcome, count(stepUnits(), outcome));
    }
    return new RunSummary(
        state, exitCode, stepUnits().size(), outcomes, saved(stepUnits()), wallNanos, message);
  }

  private List<Unit> stepUnits() {
    return units.stream().filter(unit -> graph().node(unit.node).isStep()).toList();
  }

  private static int count(List<Unit> of, Outcome outcome) {
    return (int) of.stream().filter(unit -> unit.outcome == outcome).count();
  }

  private static long saved(List<Unit> of) {
    return of.stream()
        .filter(unit -> unit.outcome == Outcome.CACHED)
        .mapToLong(unit -> unit.durationNanos)
        .sum();
  }

  @Override
  public String run() {
    return run;
  }

  @Override
  public TaskGraph graph() {
    return pipeline.graph();
  }

  @Override
  public int unitCount(int node) {
    return unitsOf.containsKey(node) ? unitsOf.get(node).size() : -1;
  }

  @Override
  public int firstUnit(int node) {
    return first.get(node);
  }

  @Override
  public int nodeOf(int unit) {
    return units.get(unit).node;
  }

  @Override
  public String label(int unit) {
    return units.get(unit).label;
  }

  @Override
  public @Nullable Outcome outcome(int unit) {
    return units.get(unit).open ? null : units.get(unit).outcome;
  }

  @Override
  public @Nullable Reason reason(int unit) {
    return units.get(unit).late ? null : units.get(unit).reason;
  }

  @Override
  public Optional<Fingerprint> key(int unit) {
    return units.get(unit).keyed ? Optional.of(digest("key", unit)) : Optional.empty();
  }

  @Override
  public Optional<Fingerprint> runKey(int unit) {
    Unit of = units.get(unit);
    String kind = of.keyed ? "key" : "run key";
    return of.spoilt ? Optional.empty() : Optional.of(digest(kind, unit));
  }

  @Override
  public Optional<Fingerprint> content(int unit) {
    return hasResult(unit) ? Optional.of(digest("content", unit)) : Optional.empty();
  }

  @Override
  public boolean copyDigests(int from, int to, byte[] keys, byte[] contents, int offset) {
    for (int unit = from; unit < to; unit++) {
      if (key(unit).isEmpty() || content(unit).isEmpty()) {
        return false;
      }
    }
    for (int unit = from; unit < to; unit++) {
      int at = offset + (unit - from) * Fingerprint.BYTES;
      key(unit).orElseThrow().write(keys, at);
      content(unit).orElseThrow().write(contents, at);
    }
    return true;
  }

  @Override
  public boolean sameLabels(int node, int other) {
    return labels(node).equals(labels(other));
  }

  private List<String> labels(int node) {
    return unitsOf.get(node).stream().map(unit -> unit.label).toList();
  }

  @Override
  public long durationNanos(int unit) {
    return units.get(unit).durationNanos;
  }

  @Override
  public Optional<StepParts> parts(int node) {
    return Optional.ofNullable(parts.get(node));
  }

  @Override
  public List<Fingerprint> argumentDigests(int unit) {
    return List.of(digest("argument", unit), digest("other", unit));
  }

  @Override
  public Optional<Manifest> manifest(int unit) {
    if (!hasResult(unit)) {
      return Optional.empty();
    }
    Bytes bytes = Bytes.wrap(("result " + unit).getBytes(StandardCharsets.UTF_8));
    return Optional.of(
        Manifest.one(
            new PartitionRef(
                digest("content", unit),
                "bytes/1",
                bytes.size(),
                PartitionRef.NOT_A_TABLE,
                Bytes.EMPTY,
                new Location.Inline(bytes))));
  }

  private boolean hasResult(int unit) {
    Outcome outcome = units.get(unit).outcome;
    return outcome == Outcome.CACHED || outcome == Outcome.RAN || outcome == Outcome.SHARED;
  }

  private static Fingerprint digest(String what, int unit) {
    return Hasher.of(what).putLong(unit).finish();
  }
}
