package dev.reprise.run;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.IndexBatch;
import dev.reprise.cache.index.IndexBatch.Change;
import dev.reprise.cache.index.KeptFailure;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.ResultStore.Presence;
import dev.reprise.graph.Node;
import dev.reprise.graph.TaskGraph;
import dev.reprise.plan.KeysAnew;
import dev.reprise.plan.Outcome;
import dev.reprise.plan.Reason;
import dev.reprise.plan.StepKeys;
import dev.reprise.run.RunLab.Result;
import dev.reprise.run.RunListener.UnitReport;
import dev.reprise.run.SimExpectation.Group;
import dev.reprise.run.SimModel.Fate;
import dev.reprise.run.SimModel.Lack;
import dev.reprise.run.SimModel.Unit;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Says of every run whether it was right, by a model that keeps nothing. FAULTS I1 to I9. */
final class SimOracle {
  private static final Set<Outcome> WITH_RESULT =
      EnumSet.of(Outcome.CACHED, Outcome.RAN, Outcome.SHARED, Outcome.MEMO);

  private final SimWorld world;
  private final SimWholes wholes;

  /** Keys as they are, by the model's, and the other way round: I6. */
  private final Map<String, Fingerprint> keys = new HashMap<>();

  private final Map<Fingerprint, String> modelKeys = new HashMap<>();

  /** What the units of the model are that had a key, in any run. */
  private final Map<String, Unit> known = new HashMap<>();

  // Of one run.
  private SimModel model;

  /** The same, of what the run is asked for. */
  private SimModel asked;

  private SimChoice choice;
  private TaskGraph graph;
  private Set<String> hits = Set.of();

  /** What runs that came to their end made, by their ids: results by the model's calls. */
  private final Map<String, Map<String, Manifest>> runs = new TreeMap<>();

  /** Calls of what they may have found as part of a whole: those that go on do not know of that. */
  private final Map<String, Set<String>> asPartOf = new HashMap<>();

  /** The model's calls of what an earlier run has, which this one goes on from. */
  private Set<String> recalled = Set.of();

  /** Model's keys of failures that are kept, and count. */
  private Set<String> failing = Set.of();

  /** Model's keys and calls of results without a blob, which another of the run may bring back. */
  private Set<String> revivable = Set.of();

  private boolean wholeBefore;

  SimOracle(SimWorld world) {
    this.world = world;
    this.wholes = new SimWholes(world);
  }

  /**
   * Before a run: what the model says, and what is there to be found.
   *
   * @param leftOut steps that the run is not asked for
   * @param unread files likewise, {@code source=label}
   */
  void before(TaskGraph declared, Set<String> leftOut, Set<String> unread) {
    graph = declared;
    model = new SimModel(world.pipeline);
    hits = new HashSet<>();
    revivable = new HashSet<>();
    wholeBefore = world.damagedEntries().isEmpty() && world.disk.altered().isEmpty();
    Set<String> damaged = new HashSet<>();
    boolean demanding = world.lab.options.cache() == CacheMode.REQUIRE;
    for (List<Unit> units : model.units().values()) {
      for (Unit unit : units == null ? List.<Unit>of() : units) {
        if (unit.key() != null) {
          known.put(unit.key(), unit);
        }
      }
    }
    for (CacheEntry entry : world.entries()) {
      List<BlobRef> blobs = entry.manifest().blobs();
      wholeBefore &= !demanding || blobs.stream().allMatch(world.disk::isWhole);
      String key = modelKeys.get(entry.key().digest());
      if (key != null && !entry.isExpired(world.clock().millis())) {
        (blobs.stream().allMatch(this::isThere) ? hits : revivable).add(key);
        if (blobs.stream().anyMatch(blob -> presence(blob) == Presence.DAMAGED)) {
          damaged.add(key);
        }
      }
    }
    Resume resume = world.lab.options.resume();
    failing = resume == null ? failing() : Set.of();
    recalled = new HashSet<>();
    if (resume != null) {
      requireNonNull(runs.get(resume.run()))
          .forEach(
              (call, result) -> {
                if (world.holds(result)) {
                  recalled.add(call);
                } else {
                  revivable.add(call);
                }
              });
      revivable.addAll(requireNonNull(asPartOf.get(resume.run())));
      known.forEach(
          (key, unit) -> {
            if (unit.call() != null && revivable.contains(unit.call())) {
              revivable.add(key);
            }
          });
    }
    RunRules rules = RunRules.of(graph, world.lab.options);
    Set<String> forced = new HashSet<>();
    rules.forced().forEach(id -> forced.add(graph.node(id).name()));
    Set<String> there = world.lab.options.cache().reads() ? hits : Set.of();
    choice = new SimChoice(leftOut, there, unread, forced, List.of());
    asked = wholes.plan(graph, model, choice, damaged);
  }

  private Set<String> failing() {
    Set<String> found = new HashSet<>();
    for (KeptFailure failure : world.failures()) {
      String key = modelKeys.get(failure.key().digest());
      Unit unit = key == null ? null : known.get(key);
      Duration time = unit == null ? null : unit.step().policy().failures();
      if (time != null && failure.counts(world.clock().millis(), time.toMillis())) {
        found.add(key);
      }
    }
    return found;
  }

  private boolean isThere(BlobRef blob) {
    return presence(blob) == Presence.PRESENT;
  }

  private Presence presence(BlobRef blob) {
    return world.disk.presence(blob.address(), blob.size());
  }

  /** What is written to the index while a run lasts: I5, nothing under a claim of another's. */
  void written(IndexBatch batch) {
    boolean claims = world.lab.options.cache().reads();
    for (Change change : batch.changes()) {
      if (change instanceof Change.Put put && claims) {
        world
            .soundClaims()
            .holder(put.entry().key().digest())
            .ifPresent(
                holder ->
                    assertThat(holder.owner())
                        .as("who has the claim of what %s writes", put.entry().origin())
                        .isEqualTo("run " + put.entry().origin().run()));
      }
    }
  }

  /** After a run that came to its end. */
  void after(Result result) {
    RunView view = result.view();
    checkUnits(view);
    checkEntries();
    wholes.check(keys);
    checkEnd(result);
    checkTold(result);
    if (world.faults.none() && wholeBefore) {
      checkUndisturbed(result);
    } else if (world.faults.spareTheCache() && wholeBefore) {
      checkExecutions(view, false);
    }
    assertThat(world.lab.open).as("open executors").isZero();
    for (CacheEntry entry : world.entries()) {
      world
          .soundClaims()
          .holder(entry.key().digest())
          .ifPresent(claim -> assertThat(claim.owner()).isEqualTo(SimFaults.OTHER));
    }
  }

  /** Runs that another may go on from. */
  List<String> runs() {
    return List.copyOf(runs.keySet());
  }

  /** Remembers what a run made, that another may go on from it. */
  void remember(RunView view) {
    Map<String, Manifest> made = new HashMap<>();
    Set<String> found = new HashSet<>();
    forEachUnit(
        view,
        (unit, modelled) -> {
          Outcome outcome = view.outcome(unit);
          if (outcome == Outcome.CACHED && isHandedOut(modelled.step())) {
            found.add(modelled.call());
          } else if (outcome != null && WITH_RESULT.contains(outcome) && modelled.call() != null) {
            view.manifest(unit).ifPresent(manifest -> made.put(modelled.call(), manifest));
          }
        });
    runs.put(view.run(), made);
    asPartOf.put(view.run(), found);
  }

  private boolean isHandedOut(SimStep step) {
    return world.pipeline.nests.stream().anyMatch(nest -> nest.outputs().contains(step.name()));
  }

  /** When the driver's process ends in mid run. */
  void atCrash(RunView view) {
    checkUnits(view);
  }

  /** What it left behind on the disks. */
  void afterCrash() {
    checkEntries();
    wholes.check(keys);
  }

  /** Entries may be gone, and no blob that one names. */
  void afterEviction() {
    checkEntries();
  }

  // ---- I1, I6: what units came to ---------------------------------------------------------------

  private void checkUnits(RunView view) {
    KeysAnew anew =
        new KeysAnew(
            view.graph(),
            new StepKeys(view.graph(), world.resolver(), world.values(), node -> new TreeMap<>()),
            view::unitCount,
            (node, place) -> view.content(view.firstUnit(node) + place).orElse(null));
    forEachUnit(
        view,
        (unit, modelled) -> {
          Outcome outcome = view.outcome(unit);
          String name = name(view, unit);
          Reason reason = view.reason(unit);
          if (reason != null && reason.code() == Reason.Code.FAILURE_KEPT) {
            assertThat(modelled.failureKept()).as("%s, %s", name, reason).isTrue();
          }
          view.key(unit).ifPresent(key -> checkKey(name, key, modelled));
          checkAnew(view, unit, anew);
          if (outcome != null && WITH_RESULT.contains(outcome)) {
            assertThat(modelled.fate()).as("%s, which is %s", name, outcome).isEqualTo(Fate.MADE);
            assertThat(view.content(unit))
                .as("the content of %s, which is %s", name, outcome)
                .contains(content(modelled));
            view.manifest(unit).ifPresent(manifest -> checkBytes(name, manifest, modelled));
          }
        });
  }

  /** Whatever was known when the unit got its key, it is the one that follows from all. */
  private static void checkAnew(RunView view, int unit, KeysAnew anew) {
    Optional<Fingerprint> key = view.key(unit);
    Optional<Fingerprint> wanted = anew.key(view.nodeOf(unit), view.partitionOf(unit));
    if (key.isPresent() && wanted.isPresent()) {
      assertThat(key).as("the key of %s", name(view, unit)).isEqualTo(wanted);
    }
  }

  private void checkKey(String name, Fingerprint key, Unit modelled) {
    if (modelled.key() == null) {
      assertThat(modelled.fate()).as("%s, which has a key", name).isEqualTo(Fate.SKIPPED);
      return;
    }
    Fingerprint before = keys.putIfAbsent(modelled.key(), key);
    assertThat(before == null || before.equals(key)).as("%s has the key it had", name).isTrue();
    String other = modelKeys.putIfAbsent(key, modelled.key());
    assertThat(other == null ? modelled.key() : other)
        .as("%s, and what has its key", name)
        .isEqualTo(modelled.key());
  }

  private void checkBytes(String name, Manifest manifest, Unit modelled) {
    List<@Nullable Object> values = new ArrayList<>();
    for (PartitionRef partition : manifest.partitions()) {
      try {
        values.add(
            SimResolver.CODECS.decode(partition.codec(), world.disk.read(partition.location())));
      } catch (IOException e) {
        boolean excused =
            partition
                .location()
                .fold(
                    inline -> false,
                    stored -> world.disk.wasHurt(stored.blob()),
                    world.disk::wasHurt);
        assertThat(excused).as("%s cannot be read: %s", name, e).isTrue();
        return;
      }
    }
    Object value = manifest.shape() == Shape.MANY ? values : values.get(0);
    assertThat(value).as("the value of %s", name).isEqualTo(modelled.value());
  }

  static Fingerprint content(Unit unit) {
    if (unit.step().kind() != SimStep.Kind.FAN_OUT) {
      return SimResolver.content(unit.value());
    }
    List<?> elements = (List<?>) requireNonNull(unit.value());
    Hasher hasher = Hasher.of("reprise/many").putLong(elements.size());
    elements.forEach(element -> hasher.putFingerprint(SimResolver.content(element)));
    return hasher.finish();
  }

  // ---- I1, I2: what is kept ---------------------------------------------------------------------

  private void checkEntries() {
    for (CacheEntry entry : world.entries()) {
      for (BlobRef blob : entry.manifest().blobs()) {
        assertThat(world.disk.isWhole(blob) || world.disk.wasHurt(blob))
            .as("blob %s of %s is whole, or somebody hurt it", blob.address(), entry.origin())
            .isTrue();
      }
      for (PartitionRef partition : entry.manifest().partitions()) {
        assertThat(partition.location()).isNotInstanceOf(Location.Pending.class);
      }
      String key = modelKeys.get(entry.key().digest());
      Unit unit = key == null ? null : known.get(key);
      if (unit != null) {
        assertThat(unit.fate()).as("what %s kept", entry.origin()).isEqualTo(Fate.MADE);
        assertThat(entry.manifest().content())
            .as("what %s kept", entry.origin())
            .isEqualTo(content(unit));
      }
    }
    for (KeptFailure failure : world.failures()) {
      String key = modelKeys.get(failure.key().digest());
      Unit unit = key == null ? null : known.get(key);
      if (unit != null) {
        assertThat(unit.failureKept()).as("the failure that %s kept", failure.origin()).isTrue();
      }
    }
  }

  // ---- I3, I9: how it ended, and what was told --------------------------------------------------

  private void checkEnd(Result result) {
    RunView view = result.view();
    Set<Outcome> outcomes = EnumSet.noneOf(Outcome.class);
    forEachUnit(
        view,
        (unit, modelled) -> {
          assertThat(view.outcome(unit)).as("%s has ended", name(view, unit)).isNotNull();
          if (!isNeedless(view, unit)) {
            outcomes.add(requireNonNull(view.outcome(unit)));
          }
        });
    RunState state = result.summary().state();
    if (state == RunState.SUCCEEDED) {
      if (!choice.isAll()) {
        outcomes.remove(Outcome.SKIPPED);
      }
      assertThat(WITH_RESULT).containsAll(outcomes);
      assertThat(result.summary().exitCode()).isZero();
    } else {
      assertThat(result.summary().exitCode()).isPositive().isNotEqualTo(Stopping.INTERNAL);
      assertThat(result.summary().message()).isNotEmpty();
    }
    if (world.faults.mustNotFailTheRun()
        && choice.isAll()
        && world.lab.options.cache() != CacheMode.REQUIRE) {
      assertThat(state == RunState.SUCCEEDED)
          .as("the run succeeds as the model does: %s", result.summary().message())
          .isEqualTo(model.succeeds());
    }
    checkTotals(result);
  }

  /** Whether the unit has not run since what it is for was found. */
  private boolean isNeedless(RunView view, int unit) {
    Reason reason = view.reason(unit);
    if (reason == null || reason.code() != Reason.Code.NOT_NEEDED) {
      return false;
    }
    String step = view.graph().node(view.nodeOf(unit)).name();
    assertThat(wholes.isNeedless(step, reason.detail())).as("%s, %s", step, reason).isTrue();
    assertThat(view.outcome(unit)).as("outcome of %s, %s", step, reason).isEqualTo(Outcome.SKIPPED);
    return true;
  }

  /** The run counts units when they end, and some come back; here they are counted at its end. */
  private static void checkTotals(Result result) {
    RunView view = result.view();
    Map<Outcome, Integer> counted = new EnumMap<>(Outcome.class);
    long saved = 0;
    for (Node node : view.graph().nodes()) {
      int first = view.firstUnit(node.id());
      for (int i = 0; node.isStep() && i < view.unitCount(node.id()); i++) {
        Outcome outcome = requireNonNull(view.outcome(first + i));
        counted.merge(outcome, 1, Integer::sum);
        saved += outcome == Outcome.CACHED ? view.durationNanos(first + i) : 0;
      }
    }
    for (Outcome outcome : Outcome.values()) {
      assertThat(result.summary().outcomes().get(outcome))
          .as("units that ended %s", outcome)
          .isEqualTo(counted.getOrDefault(outcome, 0));
    }
    assertThat(result.summary().savedNanos()).as("what was saved").isEqualTo(saved);
  }

  private void checkTold(Result result) {
    RunView view = result.view();
    assertThat(world.lab.endings).as("ends of the run").containsExactly(result.summary());
    Map<Integer, UnitReport> last = new HashMap<>();
    Set<Integer> twice = new HashSet<>();
    for (UnitReport report : world.lab.reports) {
      if (last.put(report.unit(), report) != null) {
        twice.add(report.unit());
      }
    }
    boolean healed = world.lab.warnings.stream().anyMatch(each -> each.startsWith("HEALING"));
    forEachUnit(
        view,
        (unit, modelled) -> {
          Outcome outcome = view.outcome(unit);
          String name = name(view, unit);
          UnitReport told = last.get(unit);
          if (outcome != Outcome.CACHED) {
            assertThat(told).as("%s is told of, which is %s", name, outcome).isNotNull();
            assertThat(told.outcome()).as("what was told of %s last", name).isEqualTo(outcome);
          }
          assertThat(twice.contains(unit) && !healed).as("%s was told of twice", name).isFalse();
        });
    checkWhatIsKeptWasTold(view);
  }

  /** What the run keeps it told of as made, unless the committing side did not answer. */
  private void checkWhatIsKeptWasTold(RunView view) {
    if (world.lab.commitsHang || world.faults.isDoubtful()) {
      return;
    }
    for (CacheEntry entry : world.entries()) {
      if (entry.origin().run().equals(view.run())) {
        String name = RunLab.name(entry.origin().step(), entry.origin().label());
        assertThat(world.lab.reports)
            .as("%s is kept", name)
            .anyMatch(
                report ->
                    name(view, report.unit()).equals(name) && report.outcome() == Outcome.RAN);
      }
    }
  }

  // ---- the set of executions --------------------------------------------------------------------

  private void checkUndisturbed(Result result) {
    RunView view = result.view();
    if (result.summary().exitCode() == 2) {
      assertThat(namesWhatIsLeftOut(view)).as("refused: %s", result.summary().message()).isTrue();
      assertThat(world.executions()).as("executions of a run that is refused").isEmpty();
      return;
    }
    if (!choice.leftOut().isEmpty() && (!revivable.isEmpty() || makesWhatIsLeftOut())) {
      return; // whether that is found depends on what comes first
    }
    Set<String> named = world.lab.options.only();
    if (!choice.leftOut().isEmpty() && (!wholes.inTime().isEmpty() || asked.isVague())) {
      return;
    }
    Lack lack = asked.lacks(named);
    if (asked.fails() && lack != Lack.NOTHING) {
      return; // it fails for the one or the other
    }
    assertThat(result.summary().exitCode() == 3)
        .as("refused: %s", result.summary().message())
        .isEqualTo(lack != Lack.NOTHING);
    if (lack != Lack.NOTHING) {
      checkRefused(view, lack);
      return;
    }
    boolean toTheEnd = !asked.fails() || world.lab.options.keepGoing();
    checkExecutions(view, toTheEnd);
    assertThat(world.lab.warnings).as("warnings of an undisturbed run").isEmpty();
    if (!toTheEnd) {
      return;
    }
    if (world.lab.options.cache().writes()) {
      wholes.checkAllKept(asked);
    }
    Set<Fingerprint> kept = new HashSet<>();
    world.entries().forEach(entry -> kept.add(entry.key().digest()));
    assertThat(result.summary().state() == RunState.SUCCEEDED)
        .as("how the run ends: %s", result.summary().message())
        .isEqualTo(!asked.fails());
    forEachUnit(
        view,
        asked,
        (unit, modelled) -> {
          Outcome outcome = requireNonNull(view.outcome(unit));
          Fate fate =
              outcome == Outcome.FAILED
                  ? Fate.FAILED
                  : outcome == Outcome.SKIPPED ? Fate.SKIPPED : Fate.MADE;
          String name = name(view, unit);
          if (isNeedless(view, unit) && wholes.hides(modelled.step())) {
            return;
          }
          assertThat(fate).as("%s, which is %s", name, outcome).isEqualTo(modelled.fate());
          if (world.lab.options.cache().writes()
              && fate == Fate.MADE
              && outcome != Outcome.MEMO
              && modelled.key() != null) {
            assertThat(kept).as("what is kept, with %s", name).contains(keys.get(modelled.key()));
          }
        });
  }

  /** A step that was asked for alone needs what is not there. */
  private void checkRefused(RunView view, Lack lack) {
    checkExecutions(view, false);
    if (lack == Lack.IN_THE_PLAN) {
      assertThat(world.executions()).as("executions of a run that is refused").isEmpty();
    }
  }

  /** Whether a step is named to run again of which no unit is left, or ever will be. */
  private boolean namesWhatIsLeftOut(RunView view) {
    Set<String> named = new HashSet<>(world.lab.options.rerun());
    named.addAll(world.lab.options.rerunFrom());
    for (String step : named) {
      int node = view.graph().find(step).orElseThrow().id();
      boolean leftOut = !world.lab.options.partitions().isEmpty();
      for (int i = 0; leftOut && i < view.unitCount(node); i++) {
        Reason reason = view.reason(view.firstUnit(node) + i);
        leftOut = reason != null && reason.isLeftOut();
      }
      if (leftOut) {
        return true;
      }
    }
    return false;
  }

  /** Whether the run makes what equals something that it is not asked for and that is not there. */
  private boolean makesWhatIsLeftOut() {
    Set<String> made = new HashSet<>();
    Set<String> left = new HashSet<>();
    for (List<Unit> units : model.units().values()) {
      for (Unit unit : units == null ? List.<Unit>of() : units) {
        String what = unit.step().isOnce(world.lab.options) ? unit.call() : unit.key();
        if (what != null && !choice.there().contains(what)) {
          (choice.leftOut().contains(unit.step().name()) ? left : made).add(what);
        }
      }
    }
    left.retainAll(made);
    return !left.isEmpty();
  }

  private void checkExecutions(RunView view, boolean exactly) {
    Map<String, Integer> times = new LinkedHashMap<>();
    world.executions().forEach(unit -> times.merge(unit, 1, Integer::sum));
    Map<String, List<String>> names = new HashMap<>();
    for (Node node : view.graph().nodes()) {
      List<String> own = new ArrayList<>();
      for (int i = 0; i < Math.max(0, view.unitCount(node.id())); i++) {
        own.add(name(view, view.firstUnit(node.id()) + i));
      }
      List<Unit> modelled = asked.units().get(node.name());
      for (int i = own.size(); modelled != null && i < modelled.size(); i++) {
        own.add(node.name() + " never sized " + i);
      }
      names.put(node.name(), own);
    }
    for (Group group : expectation(names).groups()) {
      int sum = group.units().stream().mapToInt(unit -> times.getOrDefault(unit, 0)).sum();
      if (exactly) {
        int least = revivable.contains(group.what()) ? 0 : group.least();
        assertThat(sum).as("executions of %s", group).isBetween(least, group.most());
      } else if (group.most() == 0) {
        assertThat(sum).as("executions of %s, which nothing asks for", group).isZero();
      }
    }
  }

  private SimExpectation expectation(Map<String, List<String>> names) {
    Set<String> spared = new HashSet<>();
    for (SimNest nest : wholes.inTime()) {
      nest.steps().stream().filter(nest::hides).forEach(spared::add);
    }
    return new SimExpectation(
        asked, names, hits, failing, recalled, spared, choice.forced(), world.lab.options);
  }

  // ---- units ------------------------------------------------------------------------------------

  private interface EachUnit {
    void is(int unit, Unit modelled);
  }

  private void forEachUnit(RunView view, EachUnit each) {
    forEachUnit(view, model, each);
  }

  private static void forEachUnit(RunView view, SimModel model, EachUnit each) {
    for (Node node : view.graph().nodes()) {
      int count = view.unitCount(node.id());
      if (!node.isStep() || count < 0) {
        continue;
      }
      List<Unit> modelled = model.units().get(node.name());
      assertThat(modelled == null ? -1 : modelled.size())
          .as("units of %s", node.name())
          .isEqualTo(count);
      for (int i = 0; i < count; i++) {
        each.is(view.firstUnit(node.id()) + i, requireNonNull(modelled).get(i));
      }
    }
  }

  private static String name(RunView view, int unit) {
    return RunLab.name(view.graph().node(view.nodeOf(unit)).name(), view.label(unit));
  }
}
