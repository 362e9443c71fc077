package dev.reprise.plan;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.index.KeptFailure;
import dev.reprise.cache.index.NoteKind;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.explain.PartsFormat;
import dev.reprise.explain.UnitHistory;
import dev.reprise.explain.UnitHistory.Variant;
import dev.reprise.graph.Node;
import dev.reprise.graph.TaskGraph;
import dev.reprise.plan.Planner.Rules;
import dev.reprise.plan.Planner.Surroundings;
import dev.reprise.plan.StepKeys.EncodedParts;
import dev.reprise.testing.FakeIndex;
import dev.reprise.testing.FakeResolver;
import dev.reprise.testing.FakeValues;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Plans graphs one after the other with one index, and ends what must run with the contents that
 * the test says. What the planner tells is written down as text: {@code run x:label REASON}.
 */
final class PlanLab {
  static final Rules ALL = rules(Set.of(), Set.of());

  final FakeIndex index = new FakeIndex();
  final FakeResolver resolver = new FakeResolver();
  final List<String> told = new ArrayList<>();
  final List<String> troubles = new ArrayList<>();

  /** What units make, by name; by default their own name. */
  final Map<String, String> contents = new HashMap<>();

  /** How many elements fan-outs make. */
  final Map<String, Integer> elements = new HashMap<>();

  /** What units make, worked out from their inputs; null for {@link #contents}. */
  @Nullable Recipe recipe;

  /** Works out what a unit makes. */
  interface Recipe {
    String content(Course course, int unit);
  }

  /** Units whose manifests are gone. */
  final List<String> gone = new ArrayList<>();

  /** Units that waited for another run. */
  final List<String> waited = new ArrayList<>();

  /** What is taken before the index is asked. */
  Recollections recollections = Recollections.NONE;

  /** One planning, or run. */
  final class Course implements Surroundings {
    final TaskGraph graph;
    final UnitTable units;
    final Propagation propagation;
    final StepKeys keys;
    final Planner planner;
    private final List<Integer> queued = new ArrayList<>();

    Course(TaskGraph graph, Rules rules) {
      this.graph = graph;
      this.units = new UnitTable(graph);
      this.propagation = new Propagation(units);
      this.keys = new StepKeys(graph, resolver, new FakeValues(), node -> new TreeMap<>());
      this.planner =
          new Planner(
              units,
              propagation,
              keys,
              new Cache(index, troubles::add),
              rules,
              Remembering.from(32),
              new HeldMemos(0),
              recollections,
              this);
    }

    Course plan() {
      told.clear();
      index.lookups.clear();
      propagation.start();
      planner.advance();
      return this;
    }

    /** Plans, and runs what must run until nothing is left. */
    Course run() {
      plan();
      while (!queued.isEmpty()) {
        finish(queued.get(0));
        planner.advance();
      }
      return this;
    }

    /** Ends a queued unit with its content, and keeps the result. */
    void finish(int unit) {
      queued.remove((Integer) unit);
      units.move(unit, UnitState.DISPATCHED);
      units.move(unit, UnitState.COMMITTING);
      Fingerprint content = contentOf(unit);
      if (units.keyed(unit)) {
        index.hits.put(units.key(unit), content);
        index.misses.remove(units.key(unit));
        remember(unit);
      }
      gone.remove(name(unit));
      planner.ended(unit, Outcome.RAN, content);
      propagation.refresh(unit);
    }

    private void remember(int unit) {
      EncodedParts parts = keys.encodedParts(units.nodeOf(unit));
      index.note(NoteKind.KEY_PARTS, parts.id(), parts.bytes());
      Fingerprint ofStep = UnitHistory.ofStep(units.graph().pipeline(), units.node(unit).name());
      index.note(NoteKind.UNIT_HISTORY, ofStep, Bytes.EMPTY);
      Fingerprint id = planner.historyId(unit);
      try {
        Bytes row = index.row(NoteKind.UNIT_HISTORY, id);
        UnitHistory history = row == null ? UnitHistory.EMPTY : PartsFormat.decodeHistory(row);
        Variant variant =
            new Variant(units.key(unit), parts.id(), "run", planner.argumentDigests(unit));
        index.note(NoteKind.UNIT_HISTORY, id, PartsFormat.encode(history.with(variant)));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    private Fingerprint contentOf(int unit) {
      return units.node(unit).kind() == Node.Kind.FAN_OUT
          ? manifestOf(unit).content()
          : content(made(unit, name(unit)));
    }

    private String made(int unit, String name) {
      Recipe known = recipe;
      return known == null ? contents.getOrDefault(name, name) : known.content(this, unit);
    }

    private Manifest manifestOf(int unit) {
      List<PartitionRef> partitions = new ArrayList<>();
      for (int i = 0; i < elements.getOrDefault(name(unit), 0); i++) {
        String element = name(unit) + "[]:" + i;
        partitions.add(
            new PartitionRef(
                content(recipe == null ? made(unit, element) : made(unit, element) + " " + i),
                "test/1",
                0,
                PartitionRef.NOT_A_TABLE,
                Bytes.EMPTY,
                new Location.Inline(Bytes.EMPTY)));
      }
      return Manifest.many(partitions);
    }

    /** The unit of this name. */
    int unit(String name) {
      for (int unit = 0; unit < units.size(); unit++) {
        if (name(unit).equals(name)) {
          return unit;
        }
      }
      throw new AssertionError("no unit " + name);
    }

    String name(int unit) {
      String label = units.label(unit);
      return units.node(unit).name() + (label.isEmpty() ? "" : ":" + label);
    }

    String outcome(String name) {
      return String.valueOf(units.outcome(unit(name)));
    }

    String reason(String name) {
      return String.valueOf(units.reason(unit(name)));
    }

    @Override
    public Fingerprint digest(String source, Path file) {
      String name = source + ":" + file.getFileName();
      told.add("digest " + name);
      return content(contents.getOrDefault(name, name));
    }

    @Override
    public @Nullable Manifest inMemory(int unit) {
      return null;
    }

    @Override
    public void held(int unit, List<Manifest> manifests) {
      throw new AssertionError("nothing is held here");
    }

    @Override
    public Optional<Manifest> manifest(int unit) {
      return gone.contains(name(unit)) ? Optional.empty() : Optional.of(manifestOf(unit));
    }

    @Override
    public @Nullable Reason lost(int unit) {
      return null;
    }

    @Override
    public Outcome found(int unit) {
      return waited.contains(name(unit)) ? Outcome.SHARED : Outcome.CACHED;
    }

    @Override
    public void recalled(int node) {
      // told at the end, as all that is CACHED
    }

    @Override
    public void misfit(int unit, String why) {
      told.add("misfit " + name(unit) + " " + why);
      units.end(unit, Outcome.FAILED);
    }

    @Override
    public void recollected(int unit, Manifest manifest) {}

    @Override
    public void remembered(int unit, String from) {
      told.add("remembered " + name(unit) + " " + from);
    }

    @Override
    public void shared(int unit) {
      told.add("shared " + name(unit));
    }

    @Override
    public void waitsAgain(int unit) {}

    @Override
    public void gone(int unit) {
      told.add("gone " + name(unit));
      if (units.known(unit)) {
        propagation.forget(unit);
        units.move(unit, UnitState.QUEUED);
        queued.add(unit);
      }
    }

    @Override
    public void mustRun(int unit) {
      told.add("run " + name(unit) + " " + units.reason(unit));
      queued.add(unit);
    }

    @Override
    public void notNeeded(int unit, String nested) {
      told.add("not needed " + name(unit) + " " + nested);
      units.end(unit, Outcome.SKIPPED);
    }

    @Override
    public void failureKept(int unit, KeptFailure failure, long untilMillis) {
      told.add("failure kept " + name(unit) + " " + failure.headline());
      units.end(unit, Outcome.FAILED);
    }

    @Override
    public void neededAgain(int node) {}

    @Override
    public void notSelected(int unit) {
      told.add("not selected " + name(unit) + " " + units.reason(unit));
      units.end(unit, Outcome.SKIPPED);
    }
  }

  Course course(TaskGraph graph) {
    return new Course(graph, ALL);
  }

  Course course(TaskGraph graph, Rules rules) {
    return new Course(graph, rules);
  }

  static Rules rules(Set<Integer> forced, Set<Integer> unselected) {
    return new Rules(true, Reason.of(Reason.Code.FORCED), forced, unselected);
  }

  static Fingerprint content(String of) {
    return Hasher.of("content").putString(of).finish();
  }
}
