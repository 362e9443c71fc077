package dev.reprise.run;

import dev.reprise.executor.ErrorInfo;
import dev.reprise.explain.Comparison;
import dev.reprise.explain.Comparison.Difference;
import dev.reprise.graph.Node;
import dev.reprise.graph.TaskGraph;
import dev.reprise.plan.IntQueue;
import dev.reprise.plan.Outcome;
import dev.reprise.plan.Planner;
import dev.reprise.plan.Reason;
import dev.reprise.plan.UnitTable;
import dev.reprise.run.RunListener.AuditReport;
import dev.reprise.run.RunListener.Change;
import dev.reprise.run.RunListener.Keeping;
import dev.reprise.run.RunListener.PlanSummary;
import dev.reprise.run.RunListener.PublishReport;
import dev.reprise.run.RunListener.RunSummary;
import dev.reprise.run.RunListener.StepReport;
import dev.reprise.run.RunListener.UnitReport;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the listeners what happens. They hear of the plan before they hear of any unit, also of
 * those that end while the plan is made. A listener that throws is dropped, and the others are
 * warned. Belongs to the run's one thread.
 */
final class Reports {
  private static final Logger log = LoggerFactory.getLogger(Reports.class);

  private final TaskGraph graph;
  private final UnitTable units;
  private final Planner planner;
  private final RunView view;
  private List<RunListener> listeners;
  private final List<UnitReport> beforePlan = new ArrayList<>();
  private boolean planTold;
  private @Nullable String unwritable;
  private final BitSet toldSteps = new BitSet();
  private final BitSet touched = new BitSet();
  private final BitSet settled = new BitSet();
  private final int[] openConsumers;

  /** As the listeners get them; many units share one list of differences. */
  private final IdentityHashMap<List<Difference>, List<Change>> stepChanges =
      new IdentityHashMap<>();

  Reports(UnitTable units, Planner planner, RunView view, List<RunListener> listeners) {
    this.graph = units.graph();
    this.units = units;
    this.planner = planner;
    this.view = view;
    this.listeners = List.copyOf(listeners);
    this.openConsumers = new int[graph.nodes().size()];
    for (int id = 0; id < openConsumers.length; id++) {
      openConsumers[id] = graph.consumers(id).length;
    }
  }

  void started(RunListener.RunHeader header) {
    tell(listener -> listener.started(header, view));
  }

  /** Why a listener could not write down what it was told so far; null if all could. */
  @Nullable String unwritable() {
    return unwritable;
  }

  void planned(PlanSummary summary) {
    tell(listener -> listener.planned(view, summary));
    planTold = true;
    beforePlan.forEach(this::unitFinished);
    beforePlan.clear();
  }

  void executorStarting(String executor, Duration soFar) {
    tell(listener -> listener.executorStarting(executor, soFar));
  }

  void unitStarted(int unit, int attempt) {
    tell(listener -> listener.unitStarted(view, unit, attempt));
  }

  void warning(String code, String message) {
    tell(listener -> listener.warning(code, message));
  }

  void audited(AuditReport report) {
    tell(listener -> listener.audited(report));
  }

  void published(PublishReport report) {
    tell(listener -> listener.published(report));
  }

  void finished(RunSummary summary) {
    tell(listener -> listener.finished(view, summary));
  }

  /** Tells how a unit ended without a result. */
  void unitFinished(int unit, byte[] output, @Nullable ErrorInfo error, String message) {
    unitFinished(unit, output, error, message, Keeping.NO_RESULT);
  }

  /** Tells how a unit ended that was not CACHED. */
  void unitFinished(
      int unit, byte[] output, @Nullable ErrorInfo error, String message, Keeping keeping) {
    Outcome outcome = Objects.requireNonNull(units.outcome(unit), "the unit has not ended");
    UnitReport report = report(unit, outcome, output, error, message, keeping);
    if (planTold) {
      unitFinished(report);
    } else {
      beforePlan.add(report);
    }
    touched.set(units.nodeOf(unit));
  }

  private void unitFinished(UnitReport report) {
    tell(listener -> listener.unitFinished(view, report));
  }

  /** Tells that an attempt failed and there will be another. */
  void unitRetried(
      int unit, byte[] output, @Nullable ErrorInfo error, String message, Duration wait) {
    UnitReport report = report(unit, Outcome.FAILED, output, error, message, Keeping.NO_RESULT);
    tell(listener -> listener.unitRetried(view, report, wait));
  }

  private UnitReport report(
      int unit,
      Outcome outcome,
      byte[] output,
      @Nullable ErrorInfo error,
      String message,
      Keeping keeping) {
    Reason reason = units.reason(unit);
    Comparison differences = planner.differences(unit);
    return new UnitReport(
        unit,
        outcome,
        reason == null && outcome != Outcome.MEMO ? Reason.of(Reason.Code.NO_ENTRY) : reason,
        units.attempts(unit),
        units.durationNanos(unit),
        output,
        error,
        message,
        stepChanges.computeIfAbsent(differences.step(), Reports::changes),
        changes(differences.arguments()),
        keeping);
  }

  private static List<Change> changes(List<Difference> differences) {
    return differences.stream().map(Reports::change).collect(Collectors.toUnmodifiableList());
  }

  private static Change change(Difference difference) {
    String part = difference.kind().name().toLowerCase(Locale.ROOT) + " " + difference.name();
    return new Change(part, difference.before(), difference.now());
  }

  /** Says that units of a node may have ended without a report of their own. */
  void touched(int node) {
    touched.set(node);
  }

  /**
   * Tells of steps that have ended, with those that read from them: only then can no damaged result
   * bring one of their units back.
   *
   * @param read which nodes have results that are being read, and may turn out to be damaged
   */
  void tellClosedSteps(IntPredicate read) {
    List<Integer> told = new ArrayList<>();
    IntQueue open = new IntQueue();
    touched.stream().forEach(open::add);
    touched.clear();
    while (!open.isEmpty()) {
      int id = open.poll();
      boolean ended = units.count(id) >= 0 && units.open(id) == 0;
      if (!ended || openConsumers[id] > 0 || settled.get(id)) {
        continue;
      } else if (read.test(id)) {
        touched.set(id); // asked again
        continue;
      }
      settled.set(id);
      told.add(id);
      for (int input : graph.inputs(id)) {
        openConsumers[input]--;
        open.add(input);
      }
    }
    told.stream().sorted().map(graph::node).filter(Node::isStep).forEach(this::tellStep);
  }

  /** Tells of every step that was not told yet, at the end of a run. */
  void tellRemainingSteps() {
    for (Node node : graph.nodes()) {
      if (node.isStep() && !toldSteps.get(node.id()) && units.count(node.id()) >= 0) {
        tellStep(node);
      }
    }
  }

  private void tellStep(Node node) {
    toldSteps.set(node.id());
    Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
    for (Outcome outcome : Outcome.values()) {
      int count = units.ended(node.id(), outcome);
      if (count > 0) {
        outcomes.put(outcome, count);
      }
    }
    StepReport report =
        new StepReport(node.id(), units.count(node.id()), outcomes, units.savedNanos(node.id()));
    tell(listener -> listener.stepFinished(view, report));
  }

  private void tell(Consumer<RunListener> call) {
    for (RunListener listener : listeners) {
      try {
        call.accept(listener);
      } catch (RuntimeException e) {
        listeners = listeners.stream().filter(other -> other != listener).toList();
        if (e instanceof UncheckedIOException) { // a full disk needs no stack trace
          unwritable = e.getMessage();
          warning("LISTENER_FAILED", e.getMessage() + "; the run goes on");
        } else {
          String name = listener.getClass().getName();
          log.warn("a run listener of {} threw and is dropped", name, e);
          warning(
              "LISTENER_FAILED",
              "listener %s threw %s and is told nothing more; the run goes on".formatted(name, e));
        }
      }
    }
  }
}
