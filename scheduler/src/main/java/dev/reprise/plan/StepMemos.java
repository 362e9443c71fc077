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
 * What was found for the units of a step, kept as records of some hundred each: if these units are
 * asked with the same inputs again, their record answers for all of them, without a key derived or
 * an entry read.
 *
 * <p>A memo holds what look-ups would find, as long as no entry was removed or replaced since
 * ({@link dev.reprise.cache.index.CacheIndex#generation}), none can expire and none has blobs that
 * may go. Steps that nobody takes results from have none: what a run hands out is always looked up.
 * Belongs to the run's one thread.
 *
 * @see <a href="../../../../../../docs/adr/0007-memos-of-steps.md">ADR-0007, memos of steps</a>
 */
final class StepMemos {
  /** How many records are read at once. */
  private static final int READ_AT_ONCE = 64;

  private static final int VERSION = 6;

  private static final Fingerprint NOTHING = Fingerprint.of(new byte[Fingerprint.BYTES]);

  private final TaskGraph graph;
  private final UnitTable units;
  private final Propagation propagation;
  private final StepKeys steps;
  private final KeyDeriver deriver;
  private final Cache cache;
  private final Remembering remembering;
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
    if (end > block) {
      recall(node, block, end, found);
    }
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

  private void recall(int node, int from, int to, Found found) {
    List<Fingerprint> ids = new ArrayList<>(to - from);
    for (int block = from; block < to; block++) {
      ids.add(id(node, block));
    }
    List<@Nullable Bytes> records = cache.notes(NoteKind.STEP_MEMO, ids);
    @Nullable Said[] said = new Said[to - from];
    for (int i = 0; i < said.length; i++) {
      Bytes record = records.get(i);
      said[i] = record == null ? null : read(node, from + i, ids.get(i), record);
    }
    int i = 0;
    while (i < said.length) {
      int begin = i;
      while (i < said.length && said[i] != null) {
        i++;
      }
      if (i > begin) {
        int first = units.first(node);
        found.recalled(first + from(from + begin), first + to(node, from + i - 1));
      }
      i++;
    }
    for (int block = from; block < to; block++) {
      Said each = said[block - from];
      if (each != null) {
        told(node)[block] = each.whole;
        deriver.knowBlock(node, from(block), remembering.block(), each.contents);
      }
    }
    Fingerprint whole = whole(node);
    if (whole != null) {
      deriver.know(node, whole);
    }
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
        && graph.consumers(node.id()).length > 0
        && node.step().cache().maxAge() == null
        && steps.of(node.id()).unavailable() == null
        && steps.of(node.id()).keptAs() == null; // what was made is not what would be found
  }

  /**
   * What a record says beside its units.
   *
   * @param contents the digest of their results
   */
  private record Said(Whole whole, Fingerprint contents) {}

  /** Fills its units in, of which nobody is told; returns null if the record does not answer. */
  private @Nullable Said read(int node, int block, Fingerprint id, Bytes record) {
    int from = from(block);
    int to = to(node, block);
    int first = units.first(node);
    try {
      ByteReader in = new ByteReader(record.array()).checked(id.bytes());
      if (in.getByte() != VERSION
          || in.getLong() != generation()
          || in.getInt() != to - from
          || !asked(node, from, to).equals(fingerprint(in))) {
        return null;
      }
      Said said = new Said(new Whole(in.getInt(), fingerprint(in)), fingerprint(in));
      int packed = in.skip((to - from) * UnitTable.PACKED_BYTES);
      units.unpack(first + from, first + to, in.array(), packed);
      return said;
    } catch (BadRecordException e) {
      return null; // the entries themselves are looked up
    }
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
   * Shows a memo of what can be kept and is not yet. Call it when all results that are known are in
   * the index, or marked.
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
          missing.stream().forEach(block -> each.accept(memo(id, block)));
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

  private PutNote memo(int node, int block) {
    int from = from(block);
    int to = to(node, block);
    boolean whole = deriver.knowsWhole(node);
    ByteWriter out = new ByteWriter();
    out.putByte(VERSION).putLong(generation()).putInt(to - from);
    put(out, asked(node, from, to));
    out.putInt(whole ? units.count(node) : Whole.UNTOLD);
    put(out, whole ? deriver.whole(node) : NOTHING);
    put(out, deriver.block(node, from, to, remembering.block()));
    units.pack(units.first(node) + from, units.first(node) + to, out);
    Fingerprint id = id(node, block);
    out.putCrc(id.bytes(), 0);
    return new PutNote(NoteKind.STEP_MEMO, id, Bytes.wrap(out.toByteArray()));
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

  private static void put(ByteWriter out, Fingerprint digest) {
    out.putRaw(digest.bytes(), 0, Fingerprint.BYTES);
  }

  private static Fingerprint fingerprint(ByteReader in) throws BadRecordException {
    return Fingerprint.read(in.array(), in.skip(Fingerprint.BYTES));
  }
}
