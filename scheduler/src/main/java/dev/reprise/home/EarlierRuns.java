package dev.reprise.home;

import static java.util.Objects.requireNonNullElse;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.Scope;
import dev.reprise.cache.store.Manifest;
import dev.reprise.explain.Comparison;
import dev.reprise.explain.Comparison.Difference;
import dev.reprise.explain.StepParts;
import dev.reprise.journal.RecordedGraph.RecordedNode;
import dev.reprise.journal.RecordedRun;
import dev.reprise.journal.RecordedStep;
import dev.reprise.journal.RecordedUnit;
import dev.reprise.journal.RunBrief;
import dev.reprise.journal.RunHistory;
import dev.reprise.journal.UnknownRunException;
import dev.reprise.plan.Outcome;
import dev.reprise.plan.Reason;
import dev.reprise.plan.Reason.Code;
import dev.reprise.plan.Recollections;
import dev.reprise.run.Resume;
import dev.reprise.run.ResumeException;
import dev.reprise.run.RunListener.Keeping;
import dev.reprise.run.RunListener.RunHeader;
import dev.reprise.run.RunListener.RunSummary;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunState;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The results of a run that another goes on from, and of those that it went on from itself, as
 * their journals have them. Of several under one key the nearest run's counts.
 *
 * <p>The journals are read whole, once: of a run of 100,000 units some 100 MB while the next one
 * lasts.
 */
public final class EarlierRuns implements Recollections {
  private static final Set<Outcome> WITH_RESULT =
      EnumSet.of(Outcome.RAN, Outcome.CACHED, Outcome.SHARED, Outcome.MEMO);

  private final RecordedRun nearest;
  private final Predicate<Manifest> holds;
  private final Map<Fingerprint, Recalled> results = new HashMap<>();
  private final Map<String, Optional<RecordedStep>> steps = new HashMap<>();

  /** Steps that runs were to make anew and did not; of several runs the nearest first. */
  private final Map<String, List<Anew>> leftToMakeAnew = new HashMap<>();

  private final Map<String, Map<String, Integer>> partitions = new HashMap<>();

  /**
   * What a run was to make anew of a step.
   *
   * @param made keys of the units that it made, or a run since that goes on from it
   * @param leftOut labels of the partitions that it was not asked for: what it says is not of them
   * @param all whether the step has no partitions, since all that takes it was left out
   */
  private record Anew(Set<Fingerprint> made, Set<String> leftOut, boolean all) {
    static Anew of(RecordedRun run, String step, Set<Fingerprint> made) {
      RecordedStep its = run.step(step).orElse(null);
      RunSummary end = run.summary();
      boolean some =
          !run.header().options().partitions().isEmpty()
              && end != null
              && end.state() == RunState.SUCCEEDED;
      return new Anew(
          made,
          its == null ? Set.of() : EarlierRuns.leftOut(its),
          some && (its == null || its.units() == 0));
    }

    boolean isOf(String label) {
      return !all && !leftOut.contains(label);
    }
  }

  private EarlierRuns(RecordedRun nearest, Predicate<Manifest> holds) {
    this.nearest = nearest;
    this.holds = holds;
  }

  /**
   * Finds the run that is meant.
   *
   * @param pipeline of the run that is to go on from it
   * @param scope that run's, whose ancestors' runs it sees as it sees their entries
   * @param host this one
   * @return the same with the run's whole id
   * @throws ResumeException if there is none, or it goes on itself, or is of another pipeline or
   *     project, or of an environment that is no parent
   */
  public static Resume find(
      RunHistory history, Resume wanted, String pipeline, Scope scope, String host, Instant now) {
    try {
      String id = history.find(wanted.run());
      RunBrief brief = history.readBrief(id);
      if (brief.life(host, now) == RunBrief.Life.RUNNING) {
        throw new ResumeException(
            "run %s goes on (process %d); wait for its end, or cancel it"
                .formatted(id, brief.header().pid()));
      }
      String of = brief.header().scope();
      if (!of.isEmpty() && !of.equals(scope.name()) && !scope.ancestors().contains(of)) {
        throw new ResumeException(
            "run %s is of '%s', and this one of '%s': projects and environments do not see each other's results"
                .formatted(id, of, scope.name()));
      }
      String its = brief.header().pipeline();
      if (wanted.link() == Resume.Link.RESUMES && !its.equals(pipeline)) {
        throw new ResumeException(
            "run %s is of pipeline '%s' and cannot be resumed by '%s'; take its results with --from-results-of"
                .formatted(id, its, pipeline));
      }
      return wanted.of(id);
    } catch (UnknownRunException e) {
      throw new ResumeException(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /**
   * The values of a run's parameters, as text; those that are secrets by their names are hidden.
   *
   * @param run its id, how one begins or ends, or {@code latest}
   * @throws ResumeException if there is none
   */
  public static Map<String, String> parameters(RunHistory history, String run) {
    return header(history, run).parameters();
  }

  /**
   * How a run was begun.
   *
   * @param run its id, how one begins or ends, or {@code latest}
   * @throws ResumeException if there is none
   */
  public static RunHeader header(RunHistory history, String run) {
    try {
      return history.readBrief(history.find(run)).header();
    } catch (UnknownRunException e) {
      throw new ResumeException(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private static ResumeException unreadable(IOException e) {
    return new ResumeException("cannot go on from a run that cannot be read: " + e.getMessage(), e);
  }

  /**
   * Reads what there is.
   *
   * @param from the nearest run, by its whole id
   * @param holds whether every blob of a result is there
   * @param told what is missing of the runs, for people
   * @throws ResumeException if the nearest cannot be read
   */
  static EarlierRuns read(
      RunHistory history, Resume from, Predicate<Manifest> holds, Consumer<String> told) {
    EarlierRuns all;
    try {
      all = new EarlierRuns(history.read(from.run()), holds);
    } catch (IOException e) {
      throw unreadable(e);
    }
    Set<String> read = new HashSet<>();
    Map<String, List<Anew>> rejected = new HashMap<>();
    Set<String> made = new HashSet<>();
    Map<String, Set<Fingerprint>> keysMade = new HashMap<>();
    boolean resumed = from.link() == Resume.Link.RESUMES;
    RecordedRun run = all.nearest;
    while (run != null && read.add(run.id())) {
      if (!run.damage().isEmpty()) {
        told.accept(
            "run %s: %s; what it did after that is not known".formatted(run.id(), run.damage()));
      }
      all.add(run, rejected);
      // What a run was to make anew, it took for wrong: older results of it are not wanted.
      Map<String, Anew> anew = new HashMap<>();
      for (RecordedStep step : run.steps()) {
        keysMade.computeIfAbsent(step.name(), any -> new HashSet<>()).addAll(keysMade(step));
      }
      for (String step : toMakeAnew(run)) {
        anew.put(step, Anew.of(run, step, Set.copyOf(keysMade.getOrDefault(step, Set.of()))));
      }
      anew.forEach((step, of) -> rejected.computeIfAbsent(step, any -> new ArrayList<>()).add(of));
      if (resumed) {
        run.steps().stream().filter(EarlierRuns::isMade).map(RecordedStep::name).forEach(made::add);
        anew.forEach(
            (step, of) -> {
              if (!made.contains(step)) {
                all.leftToMakeAnew.computeIfAbsent(step, any -> new ArrayList<>()).add(of);
              }
            });
      }
      Resume before = run.header().options().resume();
      resumed &= before != null && before.link() == Resume.Link.RESUMES;
      run = before == null ? null : readOrTell(history, before.run(), told);
    }
    return all;
  }

  /** The steps that a run was to make anew whatever there was of them. */
  private static Set<String> toMakeAnew(RecordedRun run) {
    RunOptions options = run.header().options();
    Set<String> anew = new HashSet<>(options.rerun());
    if (options.resume() != null) {
      anew.addAll(options.resume().again());
    }
    if (!options.rerunFrom().isEmpty()) {
      Set<Integer> reached = new HashSet<>();
      for (RecordedNode node : run.graph().nodes()) { // each after its inputs
        if (options.rerunFrom().contains(node.name())
            || node.inputs().stream().anyMatch(reached::contains)) {
          reached.add(node.id());
          anew.add(node.name());
        }
      }
    }
    return anew;
  }

  private static Set<String> leftOut(RecordedStep step) {
    return step.notCached().stream()
        .filter(unit -> unit.reason() != null && unit.reason().isLeftOut())
        .map(RecordedUnit::label)
        .collect(Collectors.toSet());
  }

  private static boolean isMade(RecordedStep step) {
    return step.ended()
        && step.outcomes().keySet().stream().allMatch(WITH_RESULT::contains)
        && step.notCached().stream().allMatch(EarlierRuns::isThere);
  }

  /**
   * Whether the cache has what a unit made. What it does not have is found by its manifest, if the
   * journal has that; if not, it is to be made once more: what is cached is an older one.
   */
  private static boolean isThere(RecordedUnit unit) {
    Keeping keeping = unit.keeping();
    boolean kept = keeping != null && keeping.state() == Keeping.State.KEPT;
    return unit.runKey().isPresent() && (kept || unit.outcome() == Outcome.CACHED);
  }

  private static Set<Fingerprint> keysMade(RecordedStep step) {
    return step.notCached().stream()
        .filter(unit -> WITH_RESULT.contains(unit.outcome()) && isThere(unit))
        .flatMap(unit -> unit.key().stream())
        .collect(Collectors.toSet());
  }

  private static @Nullable RecordedRun readOrTell(
      RunHistory history, String run, Consumer<String> told) {
    try {
      return history.read(run);
    } catch (IOException e) {
      told.accept("what run %s made is not known any more: %s".formatted(run, e.getMessage()));
      return null;
    }
  }

  private void add(RecordedRun run, Map<String, List<Anew>> rejected) {
    String from = "from run " + run.id();
    for (RecordedStep step : run.steps()) {
      List<Anew> nearer = rejected.getOrDefault(step.name(), List.of());
      step.results()
          .filter(unit -> nearer.stream().noneMatch(anew -> anew.isOf(unit.label())))
          .forEach(
              unit ->
                  results.putIfAbsent(
                      unit.runKey().orElseThrow(),
                      new Recalled(
                          unit.manifest().orElseThrow(),
                          unit.durationNanos(),
                          unit.outcome() == Outcome.MEMO ? unit.message() : from,
                          false)));
    }
  }

  @Override
  public boolean any() {
    return true;
  }

  @Override
  public @Nullable Recalled find(Fingerprint key) {
    Recalled found = results.get(key);
    return found == null || !holds.test(found.manifest()) ? null : found;
  }

  @Override
  public boolean isLeftToMakeAnew(String step, String label, Fingerprint key) {
    for (Anew anew : leftToMakeAnew.getOrDefault(step, List.of())) {
      if (anew.isOf(label)) {
        return !anew.made().contains(key);
      }
    }
    return false;
  }

  @Override
  public Reason because(
      String step, String label, StepParts parts, List<Fingerprint> arguments, Reason otherwise) {
    RecordedStep there = steps.computeIfAbsent(step, nearest::step).orElse(null);
    Integer partition = there == null ? null : partitions(there).get(label);
    boolean changedSince = otherwise.isOfKeys() && otherwise.code() != Code.NO_ENTRY;
    if (there == null || partition == null) {
      if (nearest.graph().find(step).isPresent()) {
        return new Reason(Code.NO_ENTRY, "it was not reached in run " + nearest.id());
      }
      return changedSince ? otherwise : new Reason(Code.NO_ENTRY, "it is new");
    }
    RecordedUnit unit = there.unit(partition).orElse(null);
    Comparison changed = comparison(there, unit, parts, arguments);
    if (changed != null && changed.size() > 0) {
      return Reason.of(changed);
    }
    Outcome outcome = unit == null ? null : unit.outcome();
    if (changed == null && changedSince && outcome != null && WITH_RESULT.contains(outcome)) {
      return otherwise;
    }
    String what =
        switch (requireNonNullElse(outcome, Outcome.SKIPPED)) {
          case FAILED -> "it failed in run %s";
          case SKIPPED, CANCELLED -> "it did not run in run %s";
          case RAN, CACHED, SHARED, MEMO -> "run %s has its result no more";
        };
    return new Reason(Code.NO_ENTRY, what.formatted(nearest.id()));
  }

  /**
   * How a unit differs from what it was in the nearest run, as far as its journal tells: of a step
   * that did not end it has no parts, of many cached units no arguments. Null if it cannot be said
   * that nothing differs.
   */
  private static @Nullable Comparison comparison(
      RecordedStep there,
      @Nullable RecordedUnit unit,
      StepParts parts,
      List<Fingerprint> arguments) {
    StepParts before = there.parts().orElse(null);
    if (before == null || unit == null) {
      return null;
    }
    boolean made = WITH_RESULT.contains(unit.outcome());
    if (!unit.arguments().isEmpty() || (made && before.arguments().isEmpty())) {
      return Comparison.between(before, unit.arguments(), parts, arguments);
    }
    List<Difference> ofStep = made ? Comparison.ofSteps(before, parts) : List.of();
    return ofStep.isEmpty() ? null : new Comparison(ofStep, List.of());
  }

  private Map<String, Integer> partitions(RecordedStep step) {
    return partitions.computeIfAbsent(
        step.name(),
        any -> {
          Map<String, Integer> byLabel = new HashMap<>();
          for (int i = 0; i < step.units(); i++) {
            byLabel.putIfAbsent(step.label(i), i);
          }
          return byLabel;
        });
  }
}
