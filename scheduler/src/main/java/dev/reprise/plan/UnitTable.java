package dev.reprise.plan;

import static dev.reprise.cache.base.Checks.checkState;

import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.graph.Node;
import dev.reprise.graph.PipelineException;
import dev.reprise.graph.TaskGraph;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The units of a run, in flat arrays: unit {@code u} is place {@code u} of each. The units of a
 * node are the range from {@link #first} on; a node whose number of units becomes known during the
 * run gets its range at the end. About 100 bytes a unit.
 *
 * <p>Belongs to the run's one thread.
 */
public final class UnitTable {
  private static final byte NO_OUTCOME = -1;
  private static final byte READY = (byte) UnitState.READY.ordinal();
  private static final byte CACHED = (byte) Outcome.CACHED.ordinal();
  private static final byte MEMO = (byte) Outcome.MEMO.ordinal();
  private static final Outcome[] OUTCOMES = Outcome.values();
  private static final int NO_REASON = 0;

  /** What one array of keys can hold. */
  private static final int MOST = (Integer.MAX_VALUE - 8) / Fingerprint.BYTES;

  /** How many bytes a unit takes that is {@linkplain #pack packed}. */
  static final int PACKED_BYTES = 2 * Fingerprint.BYTES + Long.BYTES;

  /** For how many units more than there are there may be room. */
  private static final int MOST_SPARE = 1 << 17;

  private static final byte KEYED = 1;
  private static final byte KNOWN = 2;
  private static final byte STALE = 4;
  private static final byte UNKEPT = 8;
  private static final byte EVER_KNOWN = 16;
  private static final byte NAMED = 32;
  private static final byte SPOILT = 64;

  private final TaskGraph graph;
  private final int[] first;
  private final int[] count;
  private final int[] open;
  private final int[] ended; // of each node, as many as there are outcomes
  private final long[] saved;
  private final String[] @Nullable [] labels;

  private int sized;
  private int size;
  private int openUnits;
  private int[] nodeOf = new int[0];
  private byte[] state = new byte[0];
  private byte[] outcome = new byte[0];
  private byte[] flags = new byte[0];
  private byte[] keys = new byte[0];
  private byte[] contents = new byte[0];
  private int[] pending = new int[0];
  private int[] reason = new int[0];
  private int[] attempts = new int[0];
  private long[] durations = new long[0];

  // Equal reasons are one object: a million units rarely have more than some hundred different
  // ones.
  private final List<@Nullable Reason> reasons = new ArrayList<>();
  private final Map<Reason, Integer> reasonIds = new HashMap<>();

  public UnitTable(TaskGraph graph) {
    this.graph = graph;
    int nodes = graph.nodes().size();
    this.first = new int[nodes];
    this.count = new int[nodes];
    this.open = new int[nodes];
    this.ended = new int[nodes * OUTCOMES.length];
    this.saved = new long[nodes];
    this.labels = new String[nodes][];
    Arrays.fill(first, -1);
    Arrays.fill(count, -1);
    reasons.add(null);
  }

  /** The graph whose units these are. */
  public TaskGraph graph() {
    return graph;
  }

  /**
   * Gives a node its units.
   *
   * @throws PipelineException if there are more than the table can hold
   */
  void allocate(int node, int units, String @Nullable [] unitLabels) {
    checkState(count[node] < 0, "node %s has its units already", node);
    if (units > MOST - size) {
      throw new PipelineException(
          "step '%s' has %d partitions, with which the run has more than %d units; make them larger"
              .formatted(graph.node(node).name(), units, MOST));
    }
    ensure(size + units, units);
    first[node] = size;
    count[node] = units;
    sized++;
    open[node] = units;
    openUnits += units;
    labels[node] = unitLabels;
    Arrays.fill(nodeOf, size, size + units, node);
    Arrays.fill(outcome, size, size + units, NO_OUTCOME);
    size += units;
  }

  /**
   * Makes room. Most steps have as many units as those before them, so there is room for some more
   * like this one.
   */
  private void ensure(int wanted, int units) {
    if (wanted <= nodeOf.length) {
      return;
    }
    long more = Math.max(wanted >> 1, (long) units * (count.length - sized));
    int capacity = (int) Math.min(MOST, wanted + Math.min(more, MOST_SPARE));
    nodeOf = Arrays.copyOf(nodeOf, capacity);
    state = Arrays.copyOf(state, capacity);
    outcome = Arrays.copyOf(outcome, capacity);
    flags = Arrays.copyOf(flags, capacity);
    keys = Arrays.copyOf(keys, capacity * Fingerprint.BYTES);
    contents = Arrays.copyOf(contents, capacity * Fingerprint.BYTES);
    pending = Arrays.copyOf(pending, capacity);
    reason = Arrays.copyOf(reason, capacity);
    attempts = Arrays.copyOf(attempts, capacity);
    durations = Arrays.copyOf(durations, capacity);
  }

  /** Number of units of all nodes so far, those of sources and views included. */
  public int size() {
    return size;
  }

  /** Number of the node's units, or -1 if it is not known yet. */
  public int count(int node) {
    return count[node];
  }

  /** The node's first unit. */
  public int first(int node) {
    return first[node];
  }

  /** The unit's node. */
  public int nodeOf(int unit) {
    return nodeOf[unit];
  }

  /** The unit's node. */
  public Node node(int unit) {
    return graph.node(nodeOf[unit]);
  }

  /** The unit's place among its node's. */
  public int partition(int unit) {
    return unit - first[nodeOf[unit]];
  }

  /** The label of the unit's partition; empty for an unpartitioned step. */
  public String label(int unit) {
    String[] all = labels[nodeOf[unit]];
    return all == null ? "" : all[partition(unit)];
  }

  /** Whether the label of the unit's partition is of places, which say nothing of what is there. */
  boolean isNumbered(int unit) {
    int place = partition(unit);
    return node(unit).kind() == Node.Kind.COMBINE
        ? place + 1 < count(nodeOf(unit)) // the last one has all
        : label(unit).equals(Integer.toString(place));
  }

  /** The unit's name for people: its step, and its partition if that has a label. */
  public String name(int unit) {
    String label = label(unit);
    String step = node(unit).name();
    return label.isEmpty() ? step : step + ":" + label;
  }

  String @Nullable [] labels(int node) {
    return labels[node];
  }

  /** Whether two nodes have as many units, with the same labels in the same order. */
  public boolean sameLabels(int node, int other) {
    return count[node] == count[other] && Arrays.equals(labels[node], labels[other]);
  }

  /** Where the unit is on its way. */
  public UnitState state(int unit) {
    return UnitState.of(state[unit]);
  }

  /**
   * Moves a unit on.
   *
   * @throws IllegalStateException if the table of states does not allow it: a bug
   */
  public void move(int unit, UnitState to) {
    UnitState from = UnitState.of(state[unit]);
    if (!from.leadsTo(to) || to == UnitState.DONE) {
      throw new IllegalStateException(
          "unit %s:%s cannot go from %s to %s; attempts %s, outcome %s, reason %s"
              .formatted(
                  node(unit).name(),
                  partition(unit),
                  from,
                  to,
                  attempts[unit],
                  outcome(unit),
                  reason(unit)));
    }
    if (from == UnitState.DONE) {
      tally(unit, -1);
      outcome[unit] = NO_OUTCOME;
    }
    state[unit] = (byte) to.ordinal();
  }

  /** Ends a unit. */
  public void end(int unit, Outcome how) {
    UnitState from = UnitState.of(state[unit]);
    if (!from.leadsTo(UnitState.DONE)) {
      throw new IllegalStateException(
          "unit %s:%s cannot end as %s from %s"
              .formatted(node(unit).name(), partition(unit), how, from));
    }
    state[unit] = (byte) UnitState.DONE.ordinal();
    outcome[unit] = (byte) how.ordinal();
    tally(unit, 1);
  }

  /** Counts a unit that has ended, or that one has not after all. */
  private void tally(int unit, int change) {
    int node = nodeOf[unit];
    open[node] -= change;
    openUnits -= change;
    ended[node * OUTCOMES.length + outcome[unit]] += change;
    if (isReused(unit)) {
      saved[node] += change * durations[unit];
    }
  }

  private boolean isReused(int unit) {
    return outcome[unit] == CACHED || outcome[unit] == MEMO;
  }

  /** Whether units of one node are READY for the first time: none had a key or a result. */
  boolean areNew(int from, int to) {
    for (int unit = from; unit < to; unit++) {
      if (state[unit] != READY
          || (flags[unit] & (KEYED | EVER_KNOWN | STALE)) != 0
          || pending[unit] > 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Ends units of one node that are {@linkplain #areNew new} as CACHED.
   *
   * @param packed what {@link #pack} wrote of some units, from {@code at} on: their keys, then
   *     their contents, then their durations
   * @param place of the first unit among those
   * @param all how many those are
   */
  void unpack(int from, int to, byte[] packed, int at, int place, int all) {
    int count = to - from;
    int bytes = count * Fingerprint.BYTES;
    int key = at + place * Fingerprint.BYTES;
    int content = key + all * Fingerprint.BYTES;
    int duration = at + 2 * all * Fingerprint.BYTES + place * Long.BYTES;
    System.arraycopy(packed, key, keys, from * Fingerprint.BYTES, bytes);
    System.arraycopy(packed, content, contents, from * Fingerprint.BYTES, bytes);
    ByteBuffer.wrap(packed, duration, count * Long.BYTES)
        .asLongBuffer()
        .get(durations, from, count);
    Arrays.fill(state, from, to, (byte) UnitState.DONE.ordinal());
    Arrays.fill(outcome, from, to, CACHED);
    Arrays.fill(reason, from, to, NO_REASON);
    Arrays.fill(flags, from, to, (byte) (KEYED | KNOWN | EVER_KNOWN));
    int node = nodeOf[from];
    open[node] -= count;
    openUnits -= count;
    ended[node * OUTCOMES.length + CACHED] += count;
    for (int unit = from; unit < to; unit++) {
      saved[node] += durations[unit];
    }
  }

  /** Writes what {@link #unpack} reads. */
  void pack(int from, int to, ByteWriter out) {
    int bytes = (to - from) * Fingerprint.BYTES;
    out.putRaw(keys, from * Fingerprint.BYTES, bytes);
    out.putRaw(contents, from * Fingerprint.BYTES, bytes);
    for (int unit = from; unit < to; unit++) {
      out.putLong(durations[unit]);
    }
  }

  /** How many of the node's units have not ended. */
  public int open(int node) {
    return open[node];
  }

  /** How many of the node's units have ended so. */
  public int ended(int node, Outcome how) {
    return ended[node * OUTCOMES.length + how.ordinal()];
  }

  /** What the node's reused units took when they ran, in nanoseconds. */
  public long savedNanos(int node) {
    return saved[node];
  }

  /** How many units of all nodes have not ended. */
  public int open() {
    return openUnits;
  }

  /** How the unit ended, or null if it has not. */
  public @Nullable Outcome outcome(int unit) {
    return outcome[unit] == NO_OUTCOME ? null : OUTCOMES[outcome[unit]];
  }

  /** Why the unit is not reused, or null. */
  public @Nullable Reason reason(int unit) {
    return reasons.get(reason[unit]);
  }

  /** Says why the unit is not reused; null takes it back. */
  public void reason(int unit, @Nullable Reason why) {
    if (why == null) {
      reason[unit] = NO_REASON;
      return;
    }
    reason[unit] =
        reasonIds.computeIfAbsent(
            why,
            added -> {
              reasons.add(added);
              return reasons.size() - 1;
            });
  }

  /** Whether the content of one of the unit's inputs is not known. */
  public boolean waits(int unit) {
    return pending[unit] > 0;
  }

  int pending(int unit) {
    return pending[unit];
  }

  void pending(int unit, int inputs) {
    pending[unit] = inputs;
  }

  /** All keys, packed: unit {@code u}'s lies at {@code 32 * u}. For reading and deriving. */
  public byte[] keys() {
    return keys;
  }

  /** All content digests, packed: unit {@code u}'s lies at {@code 32 * u}. */
  public byte[] contents() {
    return contents;
  }

  /** The unit's key; meaningful if it is {@link #keyed}. */
  public Fingerprint key(int unit) {
    return Fingerprint.read(keys, unit * Fingerprint.BYTES);
  }

  /** The content digest of the unit's result; meaningful if it is {@link #known}. */
  public Fingerprint content(int unit) {
    return Fingerprint.read(contents, unit * Fingerprint.BYTES);
  }

  void content(int unit, Fingerprint digest) {
    digest.write(contents, unit * Fingerprint.BYTES);
  }

  /** Whether the unit has a key. */
  public boolean keyed(int unit) {
    return flag(unit, KEYED);
  }

  /** Says whether the unit has a key. */
  public void keyed(int unit, boolean is) {
    flag(unit, KEYED, is);
  }

  /** Whether the content of the unit's result is known. */
  public boolean known(int unit) {
    return flag(unit, KNOWN);
  }

  void known(int unit, boolean is) {
    flag(unit, KNOWN, is);
    if (is) {
      flag(unit, EVER_KNOWN, true);
    }
  }

  /** Whether the content of the unit's result was known at some time, perhaps not now. */
  boolean everKnown(int unit) {
    return flag(unit, EVER_KNOWN);
  }

  /** Whether an input's content changed after the unit was given its key. */
  public boolean stale(int unit) {
    return flag(unit, STALE);
  }

  /** Says whether an input's content changed after the unit was given its key. */
  public void stale(int unit, boolean is) {
    flag(unit, STALE, is);
  }

  /** Whether the unit's result is not in the index. */
  public boolean unkept(int unit) {
    return flag(unit, UNKEPT);
  }

  /** Says whether the unit's result is not in the index. */
  public void unkept(int unit, boolean is) {
    flag(unit, UNKEPT, is);
  }

  /**
   * Whether the place of the unit's key holds a digest of everything that determines its result: a
   * key, or that of a task that keeps nothing.
   */
  public boolean named(int unit) {
    return flag(unit, KEYED) || flag(unit, NAMED);
  }

  /** Says that the place of the key holds such a digest, though the unit has no key. */
  void named(int unit, boolean is) {
    flag(unit, NAMED, is);
  }

  /** Whether other code or values than the digest says may have made the result. */
  public boolean spoilt(int unit) {
    return flag(unit, SPOILT);
  }

  /** Says whether other code or values than the digest says may have made the result. */
  public void spoilt(int unit, boolean is) {
    flag(unit, SPOILT, is);
  }

  private boolean flag(int unit, byte which) {
    return (flags[unit] & which) != 0;
  }

  private void flag(int unit, byte which, boolean is) {
    flags[unit] = (byte) (is ? flags[unit] | which : flags[unit] & ~which);
  }

  /** How many attempts at the unit began. */
  public int attempts(int unit) {
    return attempts[unit];
  }

  /** Counts one more attempt and returns its number, from 1. */
  public int nextAttempt(int unit) {
    return ++attempts[unit];
  }

  /** Says that the last attempt counted did not begin after all. */
  public void takeBackAttempt(int unit) {
    attempts[unit]--;
  }

  /** What the execution behind the unit's result took, in nanoseconds. */
  public long durationNanos(int unit) {
    return durations[unit];
  }

  /** Sets what the execution behind the unit's result took, in nanoseconds. */
  public void durationNanos(int unit, long nanos) {
    if (isReused(unit)) {
      saved[nodeOf[unit]] += nanos - durations[unit];
    }
    durations[unit] = nanos;
  }
}
