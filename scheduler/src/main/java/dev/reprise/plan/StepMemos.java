package dev.reprise.plan;

import static java.util.Objects.requireNonNull;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.index.IndexBatch.Change.PutNote;
import dev.reprise.cache.index.NoteKind;
import dev.reprise.graph.Node;
import dev.reprise.graph.Node.Kind;
import dev.reprise.graph.TaskGraph;
import dev.reprise.plan.Remembering.Whole;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What was found for all units of a step, kept as one record: if the step is asked with the same
 * inputs again, that record answers for all of them, without a key derived or an entry read.
 *
 * <p>A memo holds what look-ups would find, as long as no entry was removed or replaced since
 * ({@link dev.reprise.cache.index.CacheIndex#generation}), none can expire and none has blobs that
 * may go. Steps that nobody takes results from have none: what a run hands out is always looked up.
 * Belongs to the run's one thread.
 *
 * @see <a href="../../../../../../docs/adr/0007-memos-of-steps.md">ADR-0007, memos of steps</a>
 */
final class StepMemos {
  private static final int VERSION = 4;

  private final TaskGraph graph;
  private final UnitTable units;
  private final Propagation propagation;
  private final StepKeys steps;
  private final KeyDeriver deriver;
  private final Cache cache;
  private final Remembering remembering;
  private final IntPredicate known;

  /** Nodes of which a result was found or kept that may go without the index being changed. */
  private final BitSet passing = new BitSet();

  /** Nodes all of whose units were recalled, from records of one plan, and none asked since. */
  private final BitSet recalled = new BitSet();

  /** The index's when the plan began: what was found since is as it was then. */
  private @Nullable Long generation;

  /** Takes units that were recalled. */
  @FunctionalInterface
  interface Found {
    /** These units of one node have ended CACHED; nobody was told yet. */
    void recalled(int from, int to);
  }

  StepMemos(
      UnitTable units,
      Propagation propagation,
      StepKeys steps,
      KeyDeriver deriver,
      Cache cache,
      Remembering remembering) {
    this.graph = units.graph();
    this.units = units;
    this.propagation = propagation;
    this.steps = steps;
    this.deriver = deriver;
    this.cache = cache;
    this.remembering = remembering;
    this.known = remembering.known(propagation);
  }

  /** Call it before anything is looked up, if anything is; again does nothing. */
  void begin() {
    if (generation == null) {
      generation = cache.generation();
    }
  }

  /**
   * Finds what is remembered of a node, all of whose units are ready for the first time. The others
   * stay as they are.
   */
  void recall(int node, Found found) {
    if (generation == null
        || !mayHave(graph.node(node))
        || !inputsAre(known, graph.node(node))
        || !units.areNew(units.first(node), units.first(node) + units.count(node))) {
      return;
    }
    int blocks = (units.count(node) + remembering.block() - 1) / remembering.block();
    List<Fingerprint> ids = new ArrayList<>(blocks);
    for (int block = 0; block < blocks; block++) {
      ids.add(id(node, block));
    }
    List<@Nullable Bytes> records = cache.notes(NoteKind.STEP_MEMO, ids);
    List<Whole> wholes = new ArrayList<>(blocks);
    for (int block = 0; block < blocks; block++) {
      Bytes record = records.get(block);
      Whole whole = record == null ? null : recall(node, block, ids.get(block), record, found);
      if (whole != null) {
        wholes.add(whole);
      }
    }
    boolean all = wholes.size() == blocks;
    Fingerprint whole = all ? remembering.whole(wholes, units.count(node)) : null;
    if (whole != null) {
      deriver.know(node, whole);
    }
    recalled.set(node, whole != null);
  }

  /** Whether the node is of a kind that has memos. */
  private boolean mayHave(Node node) {
    return node.kind() == Kind.EACH
        && units.count(node.id()) >= remembering.least()
        && graph.consumers(node.id()).length > 0
        && node.step().cache().maxAge() == null
        && steps.of(node.id()).unavailable() == null;
  }

  /** Returns what the record says of the whole node; null if it does not answer. */
  private @Nullable Whole recall(int node, int block, Fingerprint id, Bytes record, Found found) {
    int from = block * remembering.block();
    int to = Math.min(from + remembering.block(), units.count(node));
    int first = units.first(node);
    try {
      ByteReader in = new ByteReader(record.array()).checked(id.bytes());
      if (in.getByte() != VERSION
          || in.getLong() != generation()
          || in.getInt() != to - from
          || !asked(node, from, to).equals(fingerprint(in))) {
        return null;
      }
      Whole whole = new Whole(in.getInt(), fingerprint(in));
      int packed = in.skip((to - from) * UnitTable.PACKED_BYTES);
      units.unpack(first + from, first + to, in.array(), packed);
      found.recalled(first + from, first + to);
      return whole;
    } catch (BadRecordException e) {
      return null; // the entries themselves are looked up
    }
  }

  /** A unit of the node is looked up, or has another result: a memo of it may be of old. */
  void lookedUp(int node) {
    recalled.clear(node);
  }

  /** A result of the node may go without the index being changed. */
  void passing(int node) {
    passing.set(node);
  }

  /**
   * Shows a memo of every step of which one can be kept and is not yet. Call it when all results
   * that are known are in the index, or marked.
   */
  void remember(Consumer<PutNote> each) {
    Long at = generation;
    if (at == null || !cache.available() || at != cache.generation()) {
      return; // nothing was looked up, or what was found may be no more
    }
    for (Node node : graph.nodes()) {
      int id = node.id();
      if (units.count(id) >= 0 && mayHave(node) && !recalled.get(id) && isWhole(node)) {
        int block = remembering.block();
        for (int from = 0; from < units.count(id); from += block) {
          each.accept(memo(id, from / block));
        }
      }
    }
  }

  /** Whether every unit has a result that lasts, made from what is known of its inputs. */
  private boolean isWhole(Node node) {
    if (passing.get(node.id())) {
      return false;
    }
    if (!inputsAre(propagation::complete, node)) {
      return false;
    }
    int first = units.first(node.id());
    for (int unit = first; unit < first + units.count(node.id()); unit++) {
      if (!units.known(unit) || !units.keyed(unit) || units.unkept(unit) || units.stale(unit)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether all of the node's inputs are complete: else units that gather may be ready, and the
   * whole of what they gather is not known.
   */
  private boolean inputsAre(IntPredicate complete, Node node) {
    for (int input : graph.inputs(node.id())) {
      if (!complete.test(input)) {
        return false;
      }
    }
    return true;
  }

  private PutNote memo(int node, int block) {
    int from = block * remembering.block();
    int to = Math.min(from + remembering.block(), units.count(node));
    ByteWriter out = new ByteWriter();
    out.putByte(VERSION).putLong(generation()).putInt(to - from);
    put(out, asked(node, from, to));
    out.putInt(units.count(node));
    put(out, deriver.whole(node));
    units.pack(units.first(node) + from, units.first(node) + to, out);
    Fingerprint id = id(node, block);
    out.putCrc(id.bytes(), 0);
    return new PutNote(NoteKind.STEP_MEMO, id, Bytes.wrap(out.toByteArray()));
  }

  /** The digest of all that the keys of these units are derived from. */
  private Fingerprint asked(int node, int from, int to) {
    return deriver.together(graph.node(node), steps.of(node), from, to);
  }

  private long generation() {
    return requireNonNull(generation, "no step was asked for");
  }

  private Fingerprint id(int node, int block) {
    return Hasher.of("reprise/step-memo")
        .putString(graph.pipeline())
        .putString(graph.node(node).name())
        .putLong(block)
        .finish();
  }

  private static void put(ByteWriter out, Fingerprint digest) {
    out.putRaw(digest.bytes(), 0, Fingerprint.BYTES);
  }

  private static Fingerprint fingerprint(ByteReader in) throws BadRecordException {
    return Fingerprint.read(in.array(), in.skip(Fingerprint.BYTES));
  }
}
