package dev.reprise.plan;

import static dev.reprise.cache.base.Checks.checkState;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.IndexBatch.Change.PutNote;
import dev.reprise.cache.index.KeptFailure;
import dev.reprise.cache.index.LookupBatch;
import dev.reprise.cache.index.LookupBatch.Answer;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.explain.Comparison;
import dev.reprise.explain.StepParts;
import dev.reprise.explain.UnitHistory;
import dev.reprise.graph.Composite;
import dev.reprise.graph.FileSet;
import dev.reprise.graph.Node;
import dev.reprise.graph.Node.Kind;
import dev.reprise.graph.PipelineException;
import dev.reprise.graph.TaskGraph;
import dev.reprise.plan.Explainer.Explanation;
import dev.reprise.plan.Explainer.Miss;
import dev.reprise.plan.Reason.Code;
import dev.reprise.plan.Recollections.Recalled;
import dev.reprise.task.FailureKeeping;
import dev.reprise.task.Memo;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Walks the graph in waves: the keys of all units whose inputs are known are derived and looked up
 * in one batch; what is found makes further inputs known. What is not found must run, for a reason.
 *
 * <p>The same walk goes on during a run, whenever results make further units ready. Belongs to the
 * run's one thread.
 */
public final class Planner {
  private static final int WAVE = 1 << 16;
  private static final Duration LONGEST_AGE = Duration.ofMillis(Long.MAX_VALUE);

  /** From how many units on one look whether there are histories is less than a look for each. */
  private static final int WIDE = 16;

  private final TaskGraph graph;
  private final UnitTable units;
  private final Propagation propagation;
  private final StepKeys steps;
  private final KeyDeriver deriver;
  private final StepMemos memos;
  private final StepMemos.Found taking = new OfMemos();
  private final @Nullable Composites composites;
  private final RunMemo runMemo;
  private final Explainer explainer;
  private final Cache cache;
  private final Rules rules;
  private final Recollections recollections;
  private final Surroundings surroundings;

  private final LookupBatch batch = new LookupBatch();
  private final IntQueue asked = new IntQueue();
  private final IntQueue missed = new IntQueue();
  private final BitSet keepingFailures = new BitSet();
  private final Map<Integer, Answer> suspects = new LinkedHashMap<>();
  private final Map<Integer, KeptFailure> failing = new LinkedHashMap<>();
  private final Map<Integer, Reason> unmade = new HashMap<>();
  private final Map<Integer, Comparison> differences = new HashMap<>();
  private final BitSet newUnits = new BitSet();

  /** Nodes of which is known whether their units have histories, and those whose have. */
  private final BitSet askedForHistories = new BitSet();

  private final BitSet havingHistories = new BitSet();
  private Map<Integer, Recalled> done = Map.of();

  /**
   * What the run was told.
   *
   * @param reads whether results are looked up
   * @param unread why a unit runs if they are not
   * @param forced ids of the nodes that run although their results may be there
   * @param unselected ids of the nodes that do not run although their results are not there
   * @param memos of the steps of which equal calls are one execution, by node
   * @param named ids of the nodes that the user asked for by name, as those that alone run
   * @param failures whether units fail at once whose failures are kept
   */
  public record Rules(
      boolean reads,
      Reason unread,
      Set<Integer> forced,
      Set<Integer> unselected,
      Map<Integer, Memo> memos,
      Set<Integer> named,
      boolean failures) {
    public Rules {
      forced = Set.copyOf(forced);
      unselected = Set.copyOf(unselected);
      memos = Map.copyOf(memos);
      named = Set.copyOf(named);
    }

    /** Rules of a run in which no step has a memo or is asked for by name. */
    public Rules(boolean reads, Reason unread, Set<Integer> forced, Set<Integer> unselected) {
      this(reads, unread, forced, unselected, Map.of(), Set.of(), true);
    }
  }

  /** What the planner asks and tells. */
  public interface Surroundings {
    /** The content digest of a source's file. */
    Fingerprint digest(String source, Path file);

    /** The manifest of a unit's result; empty if it is gone. */
    Optional<Manifest> manifest(int unit);

    /** The manifest of a unit's result if nothing need be read for it; null if it must. */
    @Nullable Manifest inMemory(int unit);

    /**
     * This unit and those of its node that follow, which are about to end CACHED, have these
     * results: nothing need be read for them.
     */
    void held(int unit, List<Manifest> manifests);

    /**
     * Why the entry of a unit that runs again must not be used; null if it may, if there is one.
     */
    @Nullable Reason lost(int unit);

    /**
     * A result was found, perhaps another than the unit had before; returns how the unit ends:
     * CACHED, or SHARED if it waited for it.
     */
    Outcome found(int unit);

    /** Many units of the node have ended CACHED at once. */
    void recalled(int node);

    /**
     * The result of a fan-out was found, and steps have other units than it asks for; the text says
     * so. The unit has not ended yet.
     */
    void misfit(int unit, String why);

    /** The unit ends MEMO with this result, which the index may not hold. */
    void recollected(int unit, Manifest manifest);

    /**
     * The unit has ended MEMO.
     *
     * @param from where its result comes from, for people
     */
    void remembered(int unit, String from);

    /** A unit has ended SHARED, with the result that it waited for. */
    void shared(int unit);

    /** The result of a unit that was found is gone: it must run again, what takes it waits. */
    void gone(int unit);

    /** An input of a unit that was ready was taken back before the unit was visited. */
    void waitsAgain(int unit);

    /** The unit must run: it is queued, for the reason that the table has. */
    void mustRun(int unit);

    /**
     * The unit would run, and fails at once, as it did a while ago: it has not ended yet, and the
     * table has the reason.
     *
     * @param untilMillis from when on it is executed again, by the index's clock
     */
    void failureKept(int unit, KeptFailure failure, long untilMillis);

    /**
     * The unit need not run, since what the nested pipeline around it hands out was found as a
     * whole: it has not ended yet.
     */
    void notNeeded(int unit, String nested);

    /** A node that got no units, since they were not needed, may get them after all. */
    void neededAgain(int node);

    /** The unit has no result and was not selected: it has not ended yet. */
    void notSelected(int unit);
  }

  /**
   * Prepares a walk.
   *
   * @param remembering which steps are remembered as wholes
   * @param held what runs of this driver handed out
   * @param recollections what is taken before the cache is asked
   */
  public Planner(
      UnitTable units,
      Propagation propagation,
      StepKeys steps,
      Cache cache,
      Rules rules,
      Remembering remembering,
      HeldMemos held,
      Recollections recollections,
      Surroundings surroundings) {
    this.graph = units.graph();
    this.units = units;
    this.propagation = propagation;
    this.steps = steps;
    this.deriver = new KeyDeriver(units, propagation, remembering.known(propagation));
    this.memos =
        new StepMemos(
            units, propagation, steps, deriver, cache, remembering, held, surroundings::inMemory);
    this.runMemo = new RunMemo(rules.memos(), units, steps, deriver);
    runMemo.check();
    this.explainer = new Explainer(cache);
    this.cache = cache;
    this.rules = rules;
    this.recollections = recollections;
    this.surroundings = surroundings;
    if (rules.reads() && rules.failures()) {
      for (Node node : graph.nodes()) {
        boolean keeps = node.isStep() && node.step().cache().failures() != null;
        keepingFailures.set(node.id(), keeps && !rules.unselected().contains(node.id()));
      }
    }
    this.composites =
        graph.composites().isEmpty()
            ? null
            : new Composites(units, propagation, steps, cache, rules, new OfComposite());
  }

  /** Takes units that were remembered together. */
  private final class OfMemos implements StepMemos.Found {
    @Override
    public void held(int unit, List<Manifest> manifests) {
      surroundings.held(unit, manifests);
    }

    @Override
    public void recalled(int from, int to) {
      surroundings.recalled(units.nodeOf(from));
      propagation.know(from, to);
    }
  }

  /** Ends units whose composite was found. */
  private final class OfComposite implements Composites.Taker {
    @Override
    public boolean has(int unit, Fingerprint content) {
      return surroundings
          .manifest(unit)
          .filter(manifest -> manifest.content().equals(content))
          .filter(manifest -> misfit(unit, manifest) == null)
          .isPresent();
    }

    @Override
    public void hit(int unit, Fingerprint content, long durationNanos) {
      memos.passing(units.nodeOf(unit)); // it answers for inputs that nobody looked at
      units.durationNanos(unit, durationNanos);
      Planner.this.hit(unit, content);
    }

    @Override
    public void notNeeded(int unit, Composite whole) {
      surroundings.notNeeded(unit, whole.name());
    }

    @Override
    public void neededAgain(int node) {
      surroundings.neededAgain(node);
    }

    @Override
    public void waitsAgain(int unit) {
      surroundings.waitsAgain(unit);
    }
  }

  /** The result of a unit of this node is lost: what made it is needed, if it was not so far. */
  public void lost(int node) {
    if (composites != null) {
      composites.lost(node);
    }
  }

  /**
   * Says which side effects are done already, by node: they end MEMO, unless they are forced. Call
   * it before the walk begins.
   */
  public void alreadyDone(Map<Integer, Recalled> receipts) {
    done = Map.copyOf(receipts);
  }

  /** Walks until no unit is ready any more. */
  public void advance() {
    if (rules.reads()) {
      memos.begin();
    }
    askComposites();
    do {
      while (!propagation.ready().isEmpty()) {
        wave();
        askComposites();
      }
    } while (failThoseNeeded());
  }

  /** Ends units with their kept failures that no composite made needless; false if none is left. */
  private boolean failThoseNeeded() {
    if (failing.isEmpty()) {
      return false;
    }
    Map<Integer, KeptFailure> left = new LinkedHashMap<>(failing);
    failing.clear();
    left.forEach(this::failsAgain);
    return true;
  }

  private void askComposites() {
    if (composites != null && !recollections.any()) { // those of the run go first
      composites.ask();
    }
  }

  /** How the unit's key differs from the nearest earlier one; empty if nothing is known. */
  public Comparison differences(int unit) {
    return differences.getOrDefault(unit, Comparison.NONE);
  }

  /**
   * The digests of the unit's arguments, in the order of the parts; empty if it has no key, or if
   * it was found as part of a whole and they are not known.
   */
  public List<Fingerprint> argumentDigests(int unit) {
    StepKey step = steps.of(units.nodeOf(unit));
    boolean known = composites == null || !composites.answersFor(unit);
    return known && units.named(unit) ? deriver.digests(unit, step) : List.of();
  }

  /**
   * The digests of the partitions that a unit takes which is known by its place alone, as elements
   * of a fan-out are, in the order of its inputs; empty for others, such as those of files.
   */
  public List<Fingerprint> elements(int unit) {
    return units.isNumbered(unit) ? deriver.partitions(unit) : List.of();
  }

  /** The parts of the step's key; empty if it has none. */
  public Optional<StepParts> parts(int node) {
    StepKey step = steps.of(node);
    return step.isComposed() ? Optional.of(step.parts()) : Optional.empty();
  }

  /** A result was kept in the index, and may expire there or lose a blob. */
  public void mayPass(int unit) {
    memos.passing(units.nodeOf(unit));
  }

  /**
   * Shows what a later plan may find of whole steps at once, for the index to keep. Call it when
   * every result that is known is kept or marked as one that is not.
   */
  public void remember(Consumer<PutNote> each) {
    memos.remember(each);
    if (composites != null) {
      composites.remember(each);
    }
  }

  private void wave() {
    batch.clear();
    asked.clear(); // of a wave that was cut short
    missed.clear();
    for (int left = Math.min(WAVE, propagation.ready().size()); left > 0; left--) {
      int unit = propagation.ready().poll();
      if (units.state(unit) != UnitState.READY) {
        continue;
      }
      if (units.pending(unit) > 0) {
        units.move(unit, UnitState.WAITING);
        surroundings.waitsAgain(unit);
      } else {
        recall(unit);
        if (units.state(unit) == UnitState.READY) {
          visit(unit);
        }
      }
    }
    answer();
    explain();
  }

  /** Ends units of a step at once that are remembered together, before the first is asked. */
  private void recall(int unit) {
    if (rules.reads()
        && !recollections.any()
        && !rules.memos().containsKey(units.nodeOf(unit))
        && !rules.forced().contains(units.nodeOf(unit))) {
      memos.recall(unit, taking);
    }
  }

  private void visit(int unit) {
    Node node = units.node(unit);
    units.stale(unit, false);
    switch (node.kind()) {
      case FILES -> {
        FileSet files = Objects.requireNonNull(node.files());
        Path file = files.paths().get(units.partition(unit));
        Fingerprint content = surroundings.digest(node.name(), file);
        if (units.state(unit) == UnitState.READY) { // else the run was stopped meanwhile
          view(unit, content);
        }
      }
      case ELEMENTS, PARTS -> viewPartition(unit, node);
      case SINGLE, EACH, FAN_OUT, COMBINE -> ask(unit, node);
    }
  }

  private void view(int unit, Fingerprint content) {
    Fingerprint before = before(unit, content);
    units.end(unit, Outcome.CACHED);
    know(unit, content, before);
  }

  private void viewPartition(int unit, Node node) {
    int producer = units.first(node.viewed());
    Optional<Manifest> manifest = surroundings.manifest(producer);
    if (manifest.isEmpty()) {
      units.move(unit, UnitState.WAITING);
      surroundings.gone(producer);
      return;
    }
    List<PartitionRef> partitions = manifest.get().partitions();
    int first = units.first(node.id());
    int count = units.count(node.id());
    int place = units.partition(unit);
    checkState(
        place < partitions.size(),
        "result of '%s' has %s partitions, wanted %s",
        units.node(producer).name(),
        partitions.size(),
        place + 1);
    if (count == partitions.size() && units.areNew(first, first + count)) {
      viewTogether(first, partitions);
    } else {
      view(unit, partitions.get(place).content());
    }
  }

  /** As each would be viewed, if none was before; who takes them is told of all at once. */
  private void viewTogether(int first, List<PartitionRef> partitions) {
    for (int place = 0; place < partitions.size(); place++) {
      units.content(first + place, partitions.get(place).content());
      units.known(first + place, true);
      units.end(first + place, Outcome.CACHED);
    }
    propagation.know(first, first + partitions.size());
  }

  private void ask(int unit, Node node) {
    Recalled there = done.isEmpty() ? null : done.get(node.id());
    if (there != null && !rules.forced().contains(node.id()) && !isLeftToMakeAnew(unit)) {
      take(unit, there);
      return;
    }
    StepKey step = steps.of(node.id());
    Reason unavailable = step.unavailable();
    if (step.isComposed()) {
      deriver.derive(unit, step);
      units.keyed(unit, unavailable == null);
      units.named(unit, true);
      if (recollects(unit)) {
        return;
      }
    }
    if (unavailable != null) {
      miss(unit, unavailable);
      return;
    }
    memos.lookedUp(unit);
    newUnits.clear(unit);
    Reason unread = unread(unit);
    if (unread != null) {
      miss(unit, unread);
    } else {
      add(unit);
      asked.add(unit);
    }
  }

  /** Whether a run before was to do again what a probe says is done, and did not come to it. */
  private boolean isLeftToMakeAnew(int unit) {
    if (!recollections.any()) {
      return false;
    }
    StepKey step = steps.of(units.nodeOf(unit));
    if (step.isComposed()) {
      deriver.derive(unit, step);
      units.keyed(unit, false); // nothing of it is kept
    }
    return recollections.isLeftToMakeAnew(
        units.node(unit).name(), units.label(unit), units.key(unit));
  }

  /** Ends the unit with a result that is taken before the cache is asked, if there is one. */
  private boolean recollects(int unit) {
    Recalled found = ownResult(unit);
    if (found == null) {
      return false;
    }
    String misfit = misfit(unit, found.manifest());
    if (misfit != null) {
      surroundings.misfit(unit, misfit);
      return true;
    }
    take(unit, found);
    return true;
  }

  private void take(int unit, Recalled found) {
    units.reason(unit, null);
    units.spoilt(unit, found.spoilt());
    units.durationNanos(unit, found.durationNanos());
    surroundings.recollected(unit, found.manifest());
    ended(unit, Outcome.MEMO, found.manifest().content());
    surroundings.remembered(unit, found.from());
  }

  private @Nullable Recalled ownResult(int unit) {
    if (!recollections.any() && rules.memos().isEmpty()) {
      return null;
    } else if (rules.forced().contains(units.nodeOf(unit))) {
      runMemo.forced(unit);
      return null;
    } else if (surroundings.lost(unit) != null) {
      return null;
    }
    Recalled equal = runMemo.find(unit);
    return equal != null || runMemo.isMadeAnew(unit) || !recollections.any()
        ? equal
        : recollections.find(runMemo.runKey(unit));
  }

  /** By what the unit and equal calls of its step are one execution; null if they are not. */
  public @Nullable Fingerprint memoKey(int unit) {
    return runMemo.has(unit) ? runMemo.runKey(unit) : null;
  }

  /** Whether an equal call has a result since the unit was asked for. Call it between two walks. */
  public boolean remembers(int unit) {
    return runMemo.find(unit) != null
        && !rules.forced().contains(units.nodeOf(unit))
        && surroundings.lost(unit) == null;
  }

  /** The unit was executed: equal calls take its result. */
  public void executed(int unit, Manifest manifest, boolean spoilt) {
    runMemo.put(unit, manifest, spoilt);
  }

  /** By what runs that go on from this one find the unit's result; null if there is nothing. */
  public @Nullable Fingerprint runKey(int unit) {
    return units.named(unit) ? runMemo.runKey(unit) : null;
  }

  private void add(int unit) {
    batch.add(units.keys(), unit * Fingerprint.BYTES, maxAgeMillis(units.node(unit)));
  }

  /** Why a unit with a key runs whatever the cache has; null if it does not. */
  private @Nullable Reason unread(int unit) {
    if (rules.forced().contains(units.nodeOf(unit))) {
      return Reason.of(Code.FORCED);
    }
    if (!rules.reads()) {
      return rules.unread();
    }
    Reason lost = surroundings.lost(unit);
    return lost == null
            && recollections.any()
            && recollections.isLeftToMakeAnew(
                units.node(unit).name(), units.label(unit), units.key(unit))
        ? new Reason(Code.FORCED, "it was to run again in a run before")
        : lost;
  }

  /**
   * Whether the result of a unit that must run is there by now: another run may have made it since
   * it was looked up. A look-up does not read all of an entry, so this does: one that cannot be
   * read would be found and lost for ever. Call it between two walks.
   */
  public boolean appeared(int unit) {
    if (!units.keyed(unit) || unread(unit) != null) {
      return false;
    }
    batch.clear();
    add(unit);
    return cache.lookup(batch)
        && batch.answer(0) == Answer.HIT
        && surroundings.manifest(unit).isPresent();
  }

  /**
   * The same before another attempt at a unit: by what key the result is found now, which is that
   * under which the step looks for it; null if it is not there. Call it between two walks.
   */
  public @Nullable Fingerprint appearedForRetry(int unit) {
    StepKey step = steps.of(units.nodeOf(unit));
    StepKey keptAs = step.keptAs();
    if (keptAs == null) {
      return appeared(unit) ? units.key(unit) : null;
    }
    deriver.derive(unit, step);
    Fingerprint found = appeared(unit) ? units.key(unit) : null;
    deriver.derive(unit, keptAs);
    return found;
  }

  /** The oldest age that the step accepts, in milliseconds; more than a long holds is any age. */
  public static long maxAgeMillis(Node node) {
    Duration maxAge = node.step().cache().maxAge();
    return maxAge == null || maxAge.compareTo(LONGEST_AGE) >= 0
        ? Long.MAX_VALUE
        : maxAge.toMillis();
  }

  private void answer() {
    boolean answered = batch.size() == 0 || cache.lookup(batch);
    suspects.clear();
    for (int i = 0; !asked.isEmpty(); i++) {
      int unit = asked.poll();
      if (!answered) {
        miss(unit, Reason.of(Code.INDEX_UNAVAILABLE));
      } else if (batch.answer(i) == Answer.HIT) {
        hit(unit, i);
      } else if (keepingFailures.get(units.nodeOf(unit))) {
        suspects.put(unit, batch.answer(i));
      } else {
        miss(unit, batch.answer(i));
      }
    }
    if (!suspects.isEmpty()) {
      failOrMiss();
    }
  }

  private void miss(int unit, Answer answer) {
    if (answer == Answer.NO_ENTRY) {
      missed.add(unit);
    } else {
      miss(unit, reason(answer));
    }
  }

  private static Reason reason(Answer answer) {
    return switch (answer) {
      case EXPIRED -> Reason.of(Code.EXPIRED);
      case ENTRY_CORRUPT -> Reason.of(Code.ENTRY_CORRUPT);
      case BLOB_MISSING -> Reason.of(Code.BLOB_MISSING);
      case BLOB_CORRUPT -> Reason.of(Code.BLOB_CORRUPT);
      case NO_ENTRY, HIT, NONE ->
          throw new IllegalStateException("the index left a key unanswered");
    };
  }

  /**
   * Ends units that would run whose failures are kept; the others run. A failure that is kept is
   * newer than any result there is, expired or damaged: one that is kept takes its place.
   */
  private void failOrMiss() {
    List<Integer> asked = List.copyOf(suspects.keySet());
    List<Fingerprint> keys = asked.stream().map(this::keyWhenRun).toList();
    List<@Nullable KeptFailure> failures = cache.failures(keys);
    for (int i = 0; i < keys.size(); i++) {
      KeptFailure failure = failures.get(i);
      if (failure != null && !counts(asked.get(i), failure)) {
        failures.set(i, null);
      }
    }
    explainFailing(asked, failures);
    for (int i = 0; i < keys.size(); i++) {
      int unit = asked.get(i);
      KeptFailure failure = failures.get(i);
      if (failure != null) {
        if (composites != null && composites.mayAnswerFor(units.nodeOf(unit))) {
          failing.put(unit, failure);
        } else {
          failsAgain(unit, failure);
        }
      } else {
        miss(unit, Objects.requireNonNull(suspects.get(unit)));
      }
    }
  }

  /**
   * Finds why units would run if they did not fail at once.
   *
   * @param failures by place, null for those that run
   */
  private void explainFailing(List<Integer> asked, List<@Nullable KeptFailure> failures) {
    List<Integer> unexplained = new ArrayList<>();
    List<Miss> misses = new ArrayList<>();
    for (int i = 0; i < asked.size(); i++) {
      int unit = asked.get(i);
      Answer answer = Objects.requireNonNull(suspects.get(unit));
      if (failures.get(i) != null && answer == Answer.NO_ENTRY) {
        unexplained.add(unit);
        misses.add(question(unit));
      } else if (failures.get(i) != null) {
        unmade.put(unit, reason(answer));
      }
    }
    List<Explanation> explanations = misses.isEmpty() ? List.of() : explainer.explain(misses);
    for (int i = 0; i < misses.size(); i++) {
      unmade.put(unexplained.get(i), explanations.get(i).reason());
    }
  }

  private Miss question(int unit) {
    StepKey step = steps.of(units.nodeOf(unit));
    return new Miss(historyId(unit), step.parts(), deriver.digests(unit, step));
  }

  /** Why a unit that fails at once would run if no failure were kept; null of any other. */
  public @Nullable Reason unmade(int unit) {
    return unmade.get(unit);
  }

  /** The key under which a unit keeps what becomes of it, if that is not where it is looked up. */
  private Fingerprint keyWhenRun(int unit) {
    StepKey step = steps.of(units.nodeOf(unit));
    StepKey keptAs = step.keptAs();
    if (keptAs == null) {
      return units.key(unit);
    }
    deriver.derive(unit, keptAs);
    Fingerprint key = units.key(unit);
    deriver.derive(unit, step);
    return key;
  }

  /** Whether a failure is of a class that the task keeps now, and young enough. */
  private boolean counts(int unit, KeptFailure failure) {
    FailureKeeping how = units.node(unit).step().cache().failures();
    return how != null
        && failure.isOf(how.classes())
        && failure.counts(cache.nowMillis(), mostMillis(units.node(unit), how));
  }

  private static long mostMillis(Node node, FailureKeeping how) {
    return Math.min(how.time().toMillis(), maxAgeMillis(node));
  }

  private void failsAgain(int unit, KeptFailure failure) {
    if (units.state(unit) != UnitState.READY) {
      return; // ended meanwhile, because the run stops
    }
    FailureKeeping how = Objects.requireNonNull(units.node(unit).step().cache().failures());
    long until = failure.untilMillis(mostMillis(units.node(unit), how));
    units.reason(
        unit,
        Reason.failureKept(
            failure.classes().get(0), failure.origin().run(), Instant.ofEpochMilli(until)));
    surroundings.failureKept(unit, failure, until);
  }

  /**
   * Whether a unit that must run would fail at once by now: another run, or an equal unit of this
   * one, may have failed since it was looked up. Call it between two walks.
   */
  public boolean failsByNow(int unit) {
    if (!units.keyed(unit) || !keepingFailures.get(units.nodeOf(unit)) || unread(unit) != null) {
      return false;
    }
    KeptFailure failure = cache.failures(List.of(units.key(unit))).get(0);
    return failure != null && counts(unit, failure);
  }

  private void hit(int unit, int place) {
    if (!batch.lasting(place)) {
      memos.passing(units.nodeOf(unit));
    }
    units.durationNanos(unit, batch.durationNanos(place));
    hit(unit, Fingerprint.read(batch.contents(), place * Fingerprint.BYTES));
  }

  private void hit(int unit, Fingerprint content) {
    if (units.state(unit) != UnitState.READY) {
      return; // ended meanwhile, because the run stops
    }
    units.unkept(unit, false);
    Outcome how = surroundings.found(unit);
    if (units.node(unit).kind() == Kind.FAN_OUT) {
      Manifest manifest = surroundings.manifest(unit).orElse(null);
      if (manifest == null || !manifest.content().equals(content)) {
        // An entry may be removed or replaced between the two times that it is read.
        miss(unit, new Reason(Code.NO_ENTRY, "its entry is gone"));
        return;
      }
      String misfit = misfit(unit, manifest);
      if (misfit != null) {
        surroundings.misfit(unit, misfit);
        return;
      }
    }
    if (how == Outcome.CACHED) {
      units.reason(unit, null);
    }
    ended(unit, how, content);
    if (how == Outcome.SHARED) {
      surroundings.shared(unit);
    }
  }

  /**
   * Why a fan-out cannot end with this result: its steps have units by what it gave before, and
   * these are not what it gives now. Null if it can.
   */
  public @Nullable String misfit(int unit, Manifest manifest) {
    if (units.node(unit).kind() == Kind.FAN_OUT) {
      int now = manifest.partitions().size();
      for (int consumer : graph.consumers(units.nodeOf(unit))) {
        int before = units.count(consumer);
        if (graph.node(consumer).kind() == Kind.ELEMENTS && before >= 0 && before != now) {
          return "it gave %d elements when it was made again, and %d before: this step, or one that it follows from,"
                  .formatted(now, before)
              + " is not deterministic; run the pipeline again";
        }
      }
    }
    return null;
  }

  /**
   * Ends a unit that has a result, and makes its content known. The result must not be a {@link
   * #misfit}.
   *
   * @param how with what outcome
   * @throws PipelineException if steps that get their units from it are not valid; the unit has
   *     ended all the same
   */
  public void ended(int unit, Outcome how, Fingerprint content) {
    if (units.known(unit)) { // handed on
      if (units.content(unit).equals(content)) {
        units.end(unit, how);
        return;
      }
      propagation.forget(unit);
    }
    Fingerprint before = before(unit, content);
    units.end(unit, how);
    makeKnown(unit, content, before);
  }

  /**
   * Makes the content of a result known whose unit has yet to end; what takes it may run from now
   * on. The result must not be a {@link #misfit}.
   *
   * @throws PipelineException if steps that get their units from it are not valid
   */
  public void handedOn(int unit, Fingerprint content) {
    makeKnown(unit, content, before(unit, content));
  }

  private void makeKnown(int unit, Fingerprint content, Fingerprint before) {
    if (units.node(unit).kind() == Kind.FAN_OUT) {
      units.content(unit, content);
      sizeViews(unit);
    }
    know(unit, content, before);
  }

  /** What the unit's result was, if it had one; else what it is now. */
  private Fingerprint before(int unit, Fingerprint now) {
    return units.everKnown(unit) ? units.content(unit) : now;
  }

  private void know(int unit, Fingerprint content, Fingerprint before) {
    if (!content.equals(before)) {
      deriver.forget(unit);
      memos.lookedUp(unit);
      propagation.contentChanged(unit);
      if (composites != null) {
        composites.changed(units.nodeOf(unit));
      }
    }
    propagation.know(unit, content);
    if (composites != null) {
      composites.settle();
    }
  }

  private void sizeViews(int unit) {
    for (int consumer : graph.consumers(units.nodeOf(unit))) {
      if (graph.node(consumer).kind() == Kind.ELEMENTS) {
        propagation.size(consumer, manifestOf(unit).partitions().size());
      }
    }
  }

  private Manifest manifestOf(int unit) {
    return surroundings
        .manifest(unit)
        .orElseThrow(
            () ->
                new IllegalStateException("a result of '" + units.node(unit).name() + "' is gone"));
  }

  private void explain() {
    if (missed.isEmpty()) {
      return;
    }
    int[] order = new int[missed.size()];
    for (int i = 0; i < order.length; i++) {
      order[i] = missed.poll();
    }
    List<Miss> misses = new ArrayList<>();
    for (int unit : order) {
      if (mayHaveHistory(unit)) {
        misses.add(question(unit));
      }
    }
    Iterator<Explanation> explanations = explainer.explain(misses).iterator();
    for (int i = 0; i < order.length; i++) {
      Explanation explanation = mayHaveHistory(order[i]) ? explanations.next() : Explanation.NEW;
      newUnits.set(order[i], explanation.isNew());
      if (explanation.comparison().size() == 0) {
        differences.remove(order[i]); // of an earlier key in this run
      } else {
        differences.put(order[i], explanation.comparison());
      }
      miss(order[i], explanation.reason());
    }
  }

  /** Whether the unit may have earlier keys: of runs before this one, or of this run. */
  private boolean mayHaveHistory(int unit) {
    int node = units.nodeOf(unit);
    return units.count(node) < WIDE || units.everKnown(unit) || hasHistories(node);
  }

  /**
   * Whether units of the step may have had earlier keys when the first of them was missing. One
   * that was found shows it, also in an index that was written when steps had no note of it.
   */
  private boolean hasHistories(int node) {
    if (!askedForHistories.get(node)) {
      askedForHistories.set(node);
      havingHistories.set(
          node,
          units.ended(node, Outcome.CACHED) > 0
              || explainer.knows(UnitHistory.ofStep(graph.pipeline(), graph.node(node).name())));
    }
    return havingHistories.get(node);
  }

  /** Whether the index had no earlier key of the unit when it was last looked up. */
  public boolean isNew(int unit) {
    return newUnits.get(unit);
  }

  /** The id under which the index keeps the unit's earlier keys. */
  public Fingerprint historyId(int unit) {
    return UnitHistory.id(graph.pipeline(), units.node(unit).name(), units.label(unit));
  }

  private void miss(int unit, Reason why) {
    if (units.state(unit) != UnitState.READY) {
      return; // ended meanwhile, because the run stops
    }
    units.reason(unit, because(unit, why));
    if (rules.unselected().contains(units.nodeOf(unit))) {
      surroundings.notSelected(unit);
    } else {
      StepKey keptAs = steps.of(units.nodeOf(unit)).keptAs();
      if (keptAs != null) {
        deriver.derive(unit, keptAs); // from here on its key is that of what it makes
      }
      units.move(unit, UnitState.QUEUED);
      surroundings.mustRun(unit);
    }
  }

  /** A run that goes on from another says how the unit differs from what it was there. */
  private Reason because(int unit, Reason why) {
    StepKey step = steps.of(units.nodeOf(unit));
    if (recollections.any() && rules.forced().contains(units.nodeOf(unit))) {
      return Reason.of(Code.FORCED);
    }
    boolean ofKeys = why.isOfKeys() || step.unavailable() != null;
    if (!recollections.any() || !step.isComposed() || !ofKeys) {
      return why;
    }
    return recollections.because(
        units.node(unit).name(), units.label(unit), step.parts(), deriver.digests(unit, step), why);
  }
}
