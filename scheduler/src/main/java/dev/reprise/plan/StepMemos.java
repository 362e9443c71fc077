package dev.reprise.plan;

import static java.util.Objects.requireNonNull;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.index.IndexBatch.Change.PutNote;
import dev.reprise.cache.index.NoteKind;
import dev.reprise.cache.store.Manifest;
import dev.reprise.graph.Node;
import dev.reprise.graph.Node.Kind;
import dev.reprise.graph.TaskGraph;
import dev.reprise.plan.HeldMemos.Held;
import dev.reprise.plan.Remembering.Whole;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What was found for the units of a step, kept as records of some hundred each: if these units are
 * asked with the same inputs again, their record answers for all of them, without a key derived or
 * an entry read.
 *
 * <p>A memo holds what look-ups would find, as long as no entry was removed or replaced since
 * ({@link dev.reprise.cache.index.CacheIndex#generation}), none can expire and none has blobs that
 * may go. What a run hands out is looked up all the same, so steps that nobody takes results from
 * have no memo in the index; but a driver that lives on may hold one with their results. Belongs to
 * the run's one thread.
 *
 * @see <a href="../../../../../../docs/adr/0007-memos-of-steps.md">ADR-0007, memos of steps</a>
 */
final class StepMemos {
  /** How many records are read at once. */
  private static final int READ_AT_ONCE = 64;

  /** After so many units of a record whose keys are others all of it is taken to be so. */
  private static final int MOST_MISSES = 8;

  private final TaskGraph graph;
  private final UnitTable units;
  private final Propagation propagation;
  private final StepKeys steps;
  private final KeyDeriver deriver;
  private final Cache cache;
  private final Remembering remembering;
  private final HeldMemos held;
  private final IntFunction<@Nullable Manifest> inMemory;
  private final IntPredicate known;

  private final Hasher hasher = new Hasher();

  /** By node, the records that were asked for; all, if the node has none. */
  private final @Nullable BitSet[] tried;

  /** By node, what the records say whose units were all recalled, none asked since. */
  private final @Nullable Whole[][] recalled;

  /** Nodes of which a result was found or kept that may go without the index being changed. */
  private final BitSet passing = new BitSet();

  /** The index's when the plan began: what was found since is as it was then. */
  private @Nullable Long generation;

  /** Takes units that were recalled. */
  interface Found {
    /** This unit and those that follow, which are about to end CACHED, have these results. */
    void held(int unit, List<Manifest> manifests);

    /** These units of one node have ended CACHED; nobody was told yet. */
    void recalled(int from, int to);
  }

  /**
   * @param inMemory the manifest of a unit's result, if it is at hand; null if it is not
   */
  StepMemos(
      UnitTable units,
      Propagation propagation,
      StepKeys steps,
      KeyDeriver deriver,
      Cache cache,
      Remembering remembering,
      HeldMemos held,
      IntFunction<@Nullable Manifest> inMemory) {
    this.graph = units.graph();
    this.units = units;
    this.propagation = propagation;
    this.steps = steps;
    this.deriver = deriver;
    this.cache = cache;
    this.remembering = remembering;
    this.held = held;
    this.inMemory = inMemory;
    this.known = remembering.known(propagation);
    int nodes = graph.nodes().size();
    this.tried = new BitSet[nodes];
    this.recalled = new Whole[nodes][];
  }

  /** Call it before anything is looked up, if anything is; again does nothing. */
  void begin() {
    if (generation == null) {
      generation = cache.generation();
    }
  }

  /**
   * Finds what is remembered of a unit that is ready, and of those around it that its record has;
   * of units that follow too, as far as all of them are ready for the first time. What is not found
   * stays as it is, and is not looked for again.
   */
  void recall(int unit, Found found) {
    int node = units.nodeOf(unit);
    int block = units.partition(unit) / remembering.block();
    if (generation == null || tried(node).get(block)) {
      return;
    }
    int end = block;
    while (end < Math.min(blocks(node), block + READ_AT_ONCE)
        && !tried(node).get(end)
        && isReady(node, end)) {
      end++;
    }
    tried(node).set(block, Math.max(end, block + 1));
    recall(node, block, Math.max(end, block + 1), end > block, found);
  }

  private BitSet tried(int node) {
    BitSet known = tried[node];
    if (known == null) {
      known = new BitSet();
      if (!mayHave(graph.node(node))) {
        known.set(0, blocks(node));
      }
      tried[node] = known;
    }
    return known;
  }

  /**
   * Whether a record can be asked for: all of its units are ready, and what it is made of is known.
   * Units that gather may be ready while the whole of what they gather is not.
   */
  private boolean isReady(int node, int block) {
    int from = from(block);
    int to = to(node, block);
    int first = units.first(node);
    if (!units.areNew(first + from, first + to)) {
      return false;
    }
    return !deriver.takesUnknown(graph.node(node), from, to, remembering, known);
  }

  /**
   * @param whole whether all units of these records are ready
   */
  private void recall(int node, int from, int to, boolean whole, Found found) {
    List<Fingerprint> ids = new ArrayList<>(to - from);
    for (int block = from; block < to; block++) {
      ids.add(id(node, block));
    }
    List<@Nullable Held> records = records(node, ids);
    for (int block = from; block < to; block++) {
      Held record = records.get(block - from);
      if (record != null) {
        recall(node, block, record, whole, found);
      }
    }
    Fingerprint all = whole ? whole(node) : null;
    if (all != null) {
      deriver.know(node, all);
    }
  }

  private List<@Nullable Held> records(int node, List<Fingerprint> ids) {
    List<@Nullable Held> records = new ArrayList<>(ids.size());
    List<Fingerprint> missing = new ArrayList<>();
    for (Fingerprint id : ids) {
      Held there = held.find(id);
      if (there != null && there.manifests().isEmpty() && isHandedOut(node)) {
        // Of another pipeline of this name. What is handed out must be at hand, or is looked up.
        there = null;
      }
      records.add(there);
      if (there == null) {
        missing.add(id);
      }
    }
    if (!missing.isEmpty() && !isHandedOut(node)) {
      Iterator<@Nullable Bytes> found = cache.notes(NoteKind.STEP_MEMO, missing).iterator();
      for (int i = 0; i < records.size(); i++) {
        Bytes memo = records.get(i) == null ? found.next() : null;
        if (memo != null) {
          records.set(i, hold(ids.get(i), memo, List.of()));
        }
      }
    }
    return records;
  }

  /**
   * Holds a memo, if there is room for all of this run.
   *
   * @param manifests empty if they are in the index, as the memo is or will be
   * @return null if it is damaged: the entries themselves are looked up
   */
  private @Nullable Held hold(Fingerprint id, Bytes memo, List<Manifest> manifests) {
    Held here;
    try {
      here = new Held(MemoRecord.read(memo, id), manifests);
    } catch (BadRecordException e) {
      return null;
    }
    if (!manifests.isEmpty() || held.holds(units.size())) {
      held.hold(id, here);
    }
    return here;
  }

  private void recall(int node, int block, Held memo, boolean whole, Found found) {
    MemoRecord record = memo.memo();
    if (record.generation() != generation()) {
      held.drop(id(node, block), memo); // the index may have a newer one
      return;
    }
    int from = from(block);
    int to = to(node, block);
    if (whole && record.units() == to - from && record.asked().equals(asked(node, from, to))) {
      take(node, from, to, record, memo, found);
      told(node)[block] = record.whole();
      deriver.knowBlock(node, from, remembering.block(), record.contents());
    } else {
      recallSome(node, from, Math.min(to, from + record.units()), record, memo, found);
    }
  }

  /** Not all of the units are asked with the same inputs, or some are not ready: those that are. */
  private void recallSome(int node, int from, int to, MemoRecord record, Held held, Found found) {
    StepKey step = steps.of(node);
    int first = units.first(node);
    int same = from;
    int misses = 0;
    int place = from;
    for (; place < to && misses < MOST_MISSES; place++) {
      int unit = first + place;
      boolean hit = false;
      if (units.areNew(unit, unit + 1)) {
        deriver.derive(unit, step);
        hit = record.hasKey(place - from, units.keys(), unit * Fingerprint.BYTES);
        units.keyed(unit, false); // it is not asked for yet
        misses = hit ? Integer.MIN_VALUE : misses + 1;
      }
      if (!hit) {
        take(node, same, place, record, held, found);
        same = place + 1;
      }
    }
    take(node, same, place, record, held, found);
  }

  /** Ends units as the record, whose first unit is the first of its block, says. */
  private void take(int node, int from, int to, MemoRecord record, Held held, Found found) {
    if (from >= to) {
      return;
    }
    int first = units.first(node);
    int place = from % remembering.block();
    if (!held.manifests().isEmpty()) {
      found.held(first + from, held.manifests().subList(place, place + to - from));
    }
    units.unpack(first + from, first + to, record.array(), record.packed(), place, record.units());
    found.recalled(first + from, first + to);
  }

  private @Nullable Whole[] told(int node) {
    @Nullable Whole[] known = recalled[node];
    if (known == null) {
      known = new Whole[blocks(node)];
      recalled[node] = known;
    }
    return known;
  }

  /** The digest of all of the node's results, if all were recalled and their records say so. */
  private @Nullable Fingerprint whole(int node) {
    List<Whole> wholes = new ArrayList<>(blocks(node));
    for (Whole each : told(node)) {
      if (each == null) {
        return null;
      }
      wholes.add(each);
    }
    return wholes.isEmpty() ? null : remembering.whole(wholes, units.count(node));
  }

  private int blocks(int node) {
    return (units.count(node) + remembering.block() - 1) / remembering.block();
  }

  private int from(int block) {
    return block * remembering.block();
  }

  private int to(int node, int block) {
    return Math.min(from(block) + remembering.block(), units.count(node));
  }

  /** Whether the node is of a kind that has memos. */
  private boolean mayHave(Node node) {
    return node.kind() == Kind.EACH
        && units.count(node.id()) >= remembering.least()
        && node.step().cache().maxAge() == null
        && steps.of(node.id()).unavailable() == null
        && steps.of(node.id()).keptAs() == null; // what was made is not what would be found
  }

  /** Whether nobody takes results of the node, so that a run hands them out. */
  private boolean isHandedOut(int node) {
    return graph.consumers(node).length == 0;
  }

  /** A unit is looked up, or has another result: its record may be of old. */
  void lookedUp(int unit) {
    @Nullable Whole[] known = recalled[units.nodeOf(unit)];
    if (known != null) {
      known[units.partition(unit) / remembering.block()] = null;
    }
  }

  /** A result of the node may go without the index being changed. */
  void passing(int node) {
    passing.set(node);
  }

  /**
   * Holds what can be held and shows a memo of what can be kept, if that is not done yet. Call it
   * when all results that are known are in the index, or marked.
   */
  void remember(Consumer<PutNote> each) {
    Long at = generation;
    if (at == null || !cache.available() || at != cache.generation()) {
      return; // nothing was looked up, or what was found may be no more
    }
    for (Node node : graph.nodes()) {
      int id = node.id();
      if (units.count(id) >= 0 && mayHave(node)) {
        BitSet missing = missing(id);
        if (!missing.isEmpty() && isWhole(node)) {
          missing.stream()
              .forEach(isHandedOut(id) ? block -> hold(id, block) : block -> keep(id, block, each));
        }
      }
    }
  }

  /**
   * The records of a node that were not recalled. All of them, if its results were digested as one
   * and they do not all say what that comes to: the next plan need not digest them then.
   */
  private BitSet missing(int node) {
    BitSet missing = new BitSet();
    @Nullable Whole[] known = told(node);
    boolean all = deriver.knowsWhole(node) && whole(node) == null;
    for (int block = 0; block < known.length; block++) {
      missing.set(block, all || known[block] == null);
    }
    return missing;
  }

  /** Whether every unit has a result that lasts, made from what is known of its inputs. */
  private boolean isWhole(Node node) {
    if (passing.get(node.id())) {
      return false;
    }
    for (int input : graph.inputs(node.id())) {
      if (!propagation.complete(input)) {
        return false;
      }
    }
    int first = units.first(node.id());
    for (int unit = first; unit < first + units.count(node.id()); unit++) {
      if (!units.known(unit) || !units.keyed(unit) || units.unkept(unit) || units.stale(unit)) {
        return false;
      }
    }
    return true;
  }

  private void keep(int node, int block, Consumer<PutNote> each) {
    PutNote memo = memo(node, block);
    each.accept(memo);
    hold(memo.id(), memo.value(), List.of());
  }

  /** Holds the results of these units, if all of them are at hand. */
  private void hold(int node, int block) {
    List<Manifest> manifests = new ArrayList<>(remembering.block());
    for (int place = from(block); place < to(node, block); place++) {
      Manifest manifest = inMemory.apply(units.first(node) + place);
      if (manifest == null) {
        return;
      }
      manifests.add(manifest);
    }
    PutNote memo = memo(node, block);
    hold(memo.id(), memo.value(), manifests);
  }

  private PutNote memo(int node, int block) {
    int from = from(block);
    int to = to(node, block);
    Fingerprint id = id(node, block);
    Bytes record =
        MemoRecord.write(
            id,
            generation(),
            asked(node, from, to),
            deriver.knowsWhole(node)
                ? new Whole(units.count(node), deriver.whole(node))
                : Whole.NONE,
            deriver.block(node, from, to, remembering.block()),
            units,
            units.first(node) + from,
            units.first(node) + to);
    return new PutNote(NoteKind.STEP_MEMO, id, record);
  }

  /** The digest of all that the keys of these units are derived from. */
  private Fingerprint asked(int node, int from, int to) {
    return deriver.together(graph.node(node), steps.of(node), from, to, remembering);
  }

  private long generation() {
    return requireNonNull(generation, "no step was asked for");
  }

  private Fingerprint id(int node, int block) {
    return hasher
        .putString("reprise/step-memo")
        .putString(graph.pipeline())
        .putString(graph.node(node).name())
        .putLong(block)
        .finish();
  }
}
