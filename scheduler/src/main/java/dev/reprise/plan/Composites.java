package dev.reprise.plan;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.index.IndexBatch.Change.PutNote;
import dev.reprise.cache.index.LookupBatch;
import dev.reprise.cache.index.LookupBatch.Answer;
import dev.reprise.cache.index.NoteKind;
import dev.reprise.graph.Composite;
import dev.reprise.graph.Edge;
import dev.reprise.graph.Edge.FromNode;
import dev.reprise.graph.FileSet;
import dev.reprise.graph.Node;
import dev.reprise.graph.Node.Kind;
import dev.reprise.graph.TaskGraph;
import dev.reprise.plan.CompositeRecord.Generation;
import dev.reprise.plan.CompositeRecord.Part;
import dev.reprise.plan.StepKey.KeyArgument;
import dev.reprise.task.CachePolicy.Property;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Finds what nested pipelines hand out that are kept as a whole. Belongs to the run's one thread.
 *
 * @see <a href="../../../../../../docs/adr/0011-composites.md">ADR-0011, nested pipelines as a
 *     whole</a>
 */
final class Composites {
  /*
   * A record has generations. Each says which keys the units of a composite had, when all that
   * decides what it hands out came to the digest that the generation has. The keys of what it hands
   * out are looked up as those of any unit, so an entry that is gone, expired or too old is no hit,
   * and nothing is taken that the units themselves would not be found by. What the record adds is
   * that their inputs need not be known.
   *
   * A result inside that is there and is another than when the record was written (its step ran
   * again by name, and the run ended before what follows) makes the generation void: the units by
   * themselves would not be found either. One that is gone does not. Where a step ran and its result
   * is not kept, nothing would tell, so the run takes the generation away at its end. Two runs at a
   * time may each write without what the other wrote or took away a moment before: a record is read
   * and written at the end of a run, one after the other.
   */

  /** How the places begin in which a run says something of policies. */
  private static final String RUN = "run";

  private static final String ID = "reprise/composite/2";

  /** Of more units a record would be read for longer than they are looked up. */
  private static final int MOST_UNITS = 4096;

  /** Of more units that it takes the digest would take too long, in every plan. */
  private static final int MOST_TAKEN = 1 << 16;

  private final TaskGraph graph;
  private final UnitTable units;
  private final Propagation propagation;
  private final StepKeys steps;
  private final Cache cache;
  private final Planner.Rules rules;
  private final Taker taker;
  private final List<Composite> all;

  /** Ids of what each of them takes from elsewhere, by its place. */
  private final List<List<Integer>> taken;

  /** Places in {@link #all} of those that need not be asked any more, and that were found. */
  private final BitSet asked = new BitSet();

  private final BitSet found = new BitSet();

  /** Units that wait again, and were not looked at since. */
  private final IntQueue revived = new IntQueue();

  /** Ends units of a composite that was found. */
  interface Taker {
    /** Whether the result of a fan-out can be had, whose key and content the table has. */
    boolean has(int unit, Fingerprint content);

    /** The unit has this result; it is ready. */
    void hit(int unit, Fingerprint content, long durationNanos);

    /** The unit need not run. */
    void notNeeded(int unit, Composite whole);

    /** A node without units may get them after all. */
    void neededAgain(int node);

    /** The unit waits again, perhaps for what will never be known. */
    void waitsAgain(int unit);
  }

  Composites(
      UnitTable units,
      Propagation propagation,
      StepKeys steps,
      Cache cache,
      Planner.Rules rules,
      Taker taker) {
    this.graph = units.graph();
    this.units = units;
    this.propagation = propagation;
    this.steps = steps;
    this.cache = cache;
    this.rules = rules;
    this.taker = taker;
    this.all = graph.composites();
    this.taken = all.stream().map(whole -> taken(whole, graph)).toList();
  }

  /** Asks for those of which all that they take is known by now, each once. */
  void ask() {
    for (int i = asked.nextClearBit(0); i < all.size(); i = asked.nextClearBit(i + 1)) {
      Composite whole = all.get(i);
      if (isComplete(i)) {
        asked.set(i);
        if (rules.reads()
            && isSmall(i)
            && units(whole.nodes()) <= MOST_UNITS
            && isEligible(whole)
            && isUnnamed(whole)
            && isUntouched(whole)
            && take(whole)) {
          found.set(i);
        }
      }
    }
  }

  /** Whether the node is in one that was not asked for yet, and may be found whole. */
  boolean mayAnswerFor(int node) {
    for (int i = asked.nextClearBit(0); i < all.size(); i = asked.nextClearBit(i + 1)) {
      if (all.get(i).nodes().contains(node)) {
        return true;
      }
    }
    return false;
  }

  /** Whether all is known that it takes from elsewhere. */
  private boolean isComplete(int place) {
    for (int input : taken.get(place)) {
      if (!propagation.complete(input)) {
        return false;
      }
    }
    return true;
  }

  private boolean isSmall(int place) {
    return units(taken.get(place)) <= MOST_TAKEN;
  }

  /** How many units these nodes have, as far as that is known. */
  private long units(List<Integer> nodes) {
    long total = 0;
    for (int id : nodes) {
      total += Math.max(0, units.count(id));
    }
    return total;
  }

  private static List<Integer> taken(Composite whole, TaskGraph graph) {
    Set<Integer> inside = new HashSet<>(whole.nodes());
    Set<Integer> taken = new TreeSet<>();
    for (int id : whole.nodes()) {
      for (int input : graph.inputs(id)) {
        if (!inside.contains(input)) {
          taken.add(input);
        }
      }
    }
    return List.copyOf(taken);
  }

  /**
   * Whether what its steps say of themselves, and the run of them, lets it be kept as a whole:
   * nobody else would judge an age, look for the equal call or know by what version it was made.
   */
  private boolean isEligible(Composite whole) {
    for (int id : whole.nodes()) {
      Node node = graph.node(id);
      if (!node.isStep()) {
        continue;
      }
      StepKey step = steps.of(id);
      boolean output = whole.outputs().contains(id);
      boolean disabledByRun =
          !node.step().cache().enabled()
              && String.valueOf(node.saidBy(Property.ENABLED)).startsWith(RUN);
      boolean ages =
          node.step().cache().maxAge() != null || node.step().cache().timeToLive() != null;
      if (!step.isComposed()
          || step.keptAs() != null
          || rules.memos().containsKey(id)
          || disabledByRun
          || (output && step.unavailable() != null)
          || (!output && ages)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the run does not ask for one of its steps. */
  private boolean isUnnamed(Composite whole) {
    int unselected = 0;
    int inside = 0;
    for (int id : whole.nodes()) {
      if (rules.forced().contains(id) || rules.named().contains(id)) {
        return false;
      }
      inside += graph.node(id).isStep() ? 1 : 0;
      unselected += rules.unselected().contains(id) ? 1 : 0;
    }
    return unselected == 0 || unselected == inside;
  }

  /**
   * Whether nothing of it was made or is being made in this run: outputs of two times do not fit.
   */
  private boolean isUntouched(Composite whole) {
    for (int id : whole.nodes()) {
      boolean out = handsOut(whole, graph.node(id));
      for (int unit = units.first(id); unit < units.first(id) + units.count(id); unit++) {
        boolean isNew = units.attempts(unit) == 0 && !units.everKnown(unit);
        boolean untouched =
            switch (units.state(unit)) {
              case WAITING, READY -> isNew;
              case QUEUED -> isNew && !out; // it may have a claim, and others that wait for it
              case DONE -> isFound(unit) || (!out && isNeedless(unit));
              case HELD, FOLLOWING, DISPATCHED, RUNNING, BACKING_OFF, COMMITTING -> false;
            };
        if (!untouched) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean isFound(int unit) {
    return units.outcome(unit) == Outcome.CACHED && !units.stale(unit);
  }

  private boolean isNeedless(int unit) {
    Reason reason = units.reason(unit);
    return reason != null && reason.code() == Reason.Code.NOT_NEEDED;
  }

  private boolean take(Composite whole) {
    Generation record = read(recordId(whole)).find(digest(whole));
    if (record == null || !fits(whole, record)) {
      return false;
    }
    List<Node> nodes = ordered(whole);
    LookupBatch batch = new LookupBatch();
    for (int i = 0; i < nodes.size(); i++) {
      for (Fingerprint key : record.nodes().get(i).keys()) {
        batch.add(key.bytes(), 0, Planner.maxAgeMillis(nodes.get(i)));
      }
    }
    if ((batch.size() > 0 && !cache.lookup(batch)) || !isTrue(whole, record, batch)) {
      return false;
    }
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      if (node.kind() == Kind.FAN_OUT && whole.outputs().contains(node.id())) {
        int unit = units.first(node.id());
        name(unit, record.nodes().get(i).keys().get(0));
        if (!taker.has(unit, record.nodes().get(i).contents().get(0))) {
          units.keyed(unit, units.outcome(unit) != null);
          return false;
        }
      }
    }
    // What is not needed stays without units: made again, it may be of another size.
    Set<Integer> sizing = sizing(whole);
    for (int id : whole.nodes()) { // in topological order, so sizes follow from each other
      if (sizing.contains(id) && units.count(id) < 0) {
        propagation.size(id, record.nodes().get(place(nodes, id)).units());
      }
    }
    return endAll(whole, nodes, record, batch);
  }

  /** Views of elements from which follows how many units what it hands out has. */
  private Set<Integer> sizing(Composite whole) {
    Set<Integer> needed = new HashSet<>();
    for (int i = whole.nodes().size() - 1; i >= 0; i--) {
      Node node = graph.node(whole.nodes().get(i));
      if (handsOut(whole, node)) {
        needed.add(node.id());
      }
      if (needed.contains(node.id()) && !node.isView()) {
        for (Edge edge : node.inputs()) {
          if (edge instanceof FromNode from && edge.isOfPartitions()) {
            needed.add(from.node());
          }
        }
      }
    }
    needed.removeIf(id -> graph.node(id).kind() != Kind.ELEMENTS);
    return needed;
  }

  /**
   * Ends all of it, unless something that it hands out goes while it is taken: that must be made,
   * from what is inside, and what else is handed out is asked again then.
   */
  private boolean endAll(Composite whole, List<Node> nodes, Generation record, LookupBatch batch) {
    int asked = 0;
    boolean there = true;
    for (int i = 0; i < nodes.size(); i++) {
      Part part = record.nodes().get(i);
      int id = nodes.get(i).id();
      for (int j = 0; j < part.keys().size(); j++) {
        int unit = units.first(id) + j;
        if (whole.outputs().contains(id) && units.state(unit) != UnitState.DONE) {
          name(unit, part.keys().get(j));
          if (units.state(unit) == UnitState.WAITING) {
            units.move(unit, UnitState.READY);
          }
          taker.hit(unit, part.contents().get(j), batch.durationNanos(asked));
          there &= units.state(unit) == UnitState.DONE;
        }
        asked++;
      }
    }
    for (int id : whole.nodes()) {
      if (!there && handsOut(whole, graph.node(id))) {
        askAgain(id);
      } else if (there && !handsOut(whole, graph.node(id))) {
        for (int i = 0; i < units.count(id); i++) {
          if (units.state(units.first(id) + i) != UnitState.DONE) {
            taker.notNeeded(units.first(id) + i, whole);
          }
        }
      }
    }
    return there;
  }

  /** What was found without its inputs is asked again once these are known. */
  private void askAgain(int node) {
    for (int unit = units.first(node); unit < units.first(node) + units.count(node); unit++) {
      if (units.state(unit) == UnitState.DONE && units.waits(unit)) {
        units.stale(unit, true);
      }
    }
  }

  private static boolean handsOut(Composite whole, Node node) {
    return whole.outputs().contains(node.isView() ? node.viewed() : node.id());
  }

  private void name(int unit, Fingerprint key) {
    key.write(units.keys(), unit * Fingerprint.BYTES);
    units.keyed(unit, true);
    units.named(unit, false);
  }

  private CompositeRecord read(Fingerprint id) {
    Bytes bytes = cache.notes(NoteKind.COMPOSITE, List.of(id)).get(0);
    try {
      return bytes == null ? CompositeRecord.EMPTY : CompositeRecord.decode(bytes, id);
    } catch (BadRecordException e) {
      return CompositeRecord.EMPTY; // each unit is looked up
    }
  }

  private Fingerprint recordId(Composite whole) {
    return recordId(graph.pipeline(), whole.name());
  }

  /** The id under which the index keeps what it knows of a nested pipeline of this name. */
  static Fingerprint recordId(String pipeline, String name) {
    return Hasher.of(ID).putString(pipeline).putString(name).finish();
  }

  /** Whether the steps have as many units as then, as far as that is known, and keys as now. */
  private boolean fits(Composite whole, Generation record) {
    List<Node> nodes = ordered(whole);
    if (nodes.size() != record.nodes().size()) {
      return false;
    }
    for (int i = 0; i < nodes.size(); i++) {
      Part part = record.nodes().get(i);
      int count = units.count(nodes.get(i).id());
      boolean keyed = !part.keys().isEmpty() || part.units() == 0;
      if ((count >= 0 && count != part.units())
          || (whole.outputs().contains(nodes.get(i).id()) && !keyed)) {
        return false;
      }
    }
    return true;
  }

  /** Whether what it hands out is there, and nothing inside is another than the record says. */
  private boolean isTrue(Composite whole, Generation record, LookupBatch batch) {
    List<Node> nodes = ordered(whole);
    int place = 0;
    for (int i = 0; i < nodes.size(); i++) {
      boolean output = whole.outputs().contains(nodes.get(i).id());
      for (Fingerprint content : record.nodes().get(i).contents()) {
        Answer answer = batch.answer(place);
        boolean there = answer == Answer.HIT;
        boolean gone = answer == Answer.NO_ENTRY || answer == Answer.BLOB_MISSING;
        boolean same =
            there && Fingerprint.read(batch.contents(), place * Fingerprint.BYTES).equals(content);
        if (!(same || (gone && !output))) {
          return false;
        }
        place++;
      }
      if (!isAsFound(nodes.get(i), record.nodes().get(i))) {
        return false;
      }
    }
    return true;
  }

  /** Whether units that were found by themselves are those of the record. */
  private boolean isAsFound(Node node, Part part) {
    for (int i = 0; node.isStep() && i < units.count(node.id()); i++) {
      int unit = units.first(node.id()) + i;
      if (units.outcome(unit) == Outcome.CACHED && !isAs(unit, part, i)) {
        return false;
      }
    }
    return true;
  }

  private boolean isAs(int unit, Part part, int place) {
    return place < part.keys().size()
        && units.keyed(unit)
        && units.key(unit).equals(part.keys().get(place))
        && units.content(unit).equals(part.contents().get(place));
  }

  /**
   * What a composite hands out is lost, so its steps are needed after all: they wait or are ready
   * again, and what else it hands out is asked again when they are known.
   */
  void lost(int node) {
    for (int i = found.nextSetBit(0); i >= 0; i = found.nextSetBit(i + 1)) {
      if (all.get(i).outputs().contains(node)) {
        revive(i);
      }
    }
    settle();
  }

  /**
   * The content of something was made again and is another: who took it must see. Once it is known,
   * {@link #settle}.
   */
  void changed(int node) {
    for (int i = found.nextSetBit(0); i >= 0; i = found.nextSetBit(i + 1)) {
      if (taken.get(i).contains(node)) {
        revive(i);
      }
    }
  }

  /** Looks at what waits again: what it waits for may have ended without a result meanwhile. */
  void settle() {
    while (!revived.isEmpty()) {
      taker.waitsAgain(revived.poll());
    }
  }

  private void revive(int place) {
    Composite whole = all.get(place);
    found.clear(place);
    Reason needless = new Reason(Reason.Code.NOT_NEEDED, whole.name()); // not by one inside it
    for (int id : whole.nodes()) {
      if (units.count(id) < 0) {
        taker.neededAgain(id);
        continue;
      }
      if (handsOut(whole, graph.node(id))) {
        askAgain(id);
        continue;
      }
      for (int unit = units.first(id); unit < units.first(id) + units.count(id); unit++) {
        if (units.state(unit) == UnitState.DONE && needless.equals(units.reason(unit))) {
          units.reason(unit, null);
          units.move(unit, UnitState.WAITING);
          propagation.refresh(unit);
          revived.add(unit);
        }
      }
    }
  }

  /**
   * Whether the unit was found as part of a whole, so that its inputs are not known; false again
   * when they are needed.
   */
  boolean answersFor(int unit) {
    return units.waits(unit)
        && found.stream().anyMatch(i -> all.get(i).outputs().contains(units.nodeOf(unit)));
  }

  /** Shows records of what is known as a whole, and without what is true no more. */
  void remember(Consumer<PutNote> each) {
    for (int i = 0; i < all.size(); i++) {
      Composite whole = all.get(i);
      if (found.get(i) || !cache.available() || !isComposed(whole)) {
        continue;
      }
      boolean ran = ran(whole);
      boolean complete = isComplete(i);
      boolean isWhole = complete && isSmall(i) && isEligible(whole) && isWhole(whole);
      if (isWhole || (ran && (complete ? isSmall(i) : isForced(whole)))) {
        Fingerprint id = recordId(whole);
        CompositeRecord before = read(id);
        CompositeRecord now = complete ? updated(whole, before, isWhole) : CompositeRecord.EMPTY;
        if (!now.equals(before)) {
          each.accept(new PutNote(NoteKind.COMPOSITE, id, now.encode(id)));
        }
      }
    }
  }

  private CompositeRecord updated(Composite whole, CompositeRecord before, boolean isWhole) {
    Fingerprint digest = digest(whole);
    if (isWhole) {
      return before.with(generation(whole, digest));
    }
    Generation old = before.find(digest);
    return old == null || isStill(whole, old) ? before : before.without(digest);
  }

  private boolean isComposed(Composite whole) {
    return whole.nodes().stream()
        .allMatch(id -> !graph.node(id).isStep() || steps.of(id).isComposed());
  }

  private boolean isForced(Composite whole) {
    return whole.nodes().stream().anyMatch(rules.forced()::contains);
  }

  private boolean ran(Composite whole) {
    for (int id : whole.nodes()) {
      for (int unit = units.first(id); unit < units.first(id) + units.count(id); unit++) {
        if (units.attempts(unit) > 0) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether all that it hands out is as the record says, although steps of it ran. */
  private boolean isStill(Composite whole, Generation record) {
    List<Node> nodes = ordered(whole);
    if (!fits(whole, record)) {
      return false;
    }
    for (int i = 0; i < nodes.size(); i++) {
      int id = nodes.get(i).id();
      if (whole.outputs().contains(id)) {
        if (!propagation.complete(id)) {
          return false;
        }
        for (int j = 0; j < units.count(id); j++) {
          int unit = units.first(id) + j;
          if (units.stale(unit) || units.unkept(unit) || !isAs(unit, record.nodes().get(i), j)) {
            return false;
          }
        }
      }
    }
    return true;
  }

  private boolean isWhole(Composite whole) {
    if (units(whole.nodes()) > MOST_UNITS) {
      return false;
    }
    for (int id : whole.nodes()) {
      Node node = graph.node(id);
      if (!propagation.complete(id)) {
        return false;
      }
      boolean output = whole.outputs().contains(id);
      for (int unit = units.first(id); unit < units.first(id) + units.count(id); unit++) {
        boolean kept = units.keyed(unit) && !units.unkept(unit);
        if (units.stale(unit)
            || units.spoilt(unit)
            || (node.isStep() && !kept && (output || units.keyed(unit)))) {
          return false;
        }
      }
    }
    return true;
  }

  private Generation generation(Composite whole, Fingerprint digest) {
    List<Part> parts = new ArrayList<>();
    for (Node node : ordered(whole)) {
      int count = units.count(node.id());
      List<Fingerprint> keys = new ArrayList<>();
      List<Fingerprint> contents = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int unit = units.first(node.id()) + i;
        if (node.isStep() && units.keyed(unit)) {
          keys.add(units.key(unit));
          contents.add(units.content(unit));
        }
      }
      parts.add(new Part(count, keys, contents));
    }
    return new Generation(digest, parts);
  }

  /** Its nodes in the order of their names, which is that of a record. */
  private List<Node> ordered(Composite whole) {
    return whole.nodes().stream()
        .map(graph::node)
        .sorted(Comparator.comparing(Node::name))
        .toList();
  }

  private static int place(List<Node> nodes, int id) {
    for (int i = 0; i < nodes.size(); i++) {
      if (nodes.get(i).id() == id) {
        return i;
      }
    }
    throw new IllegalStateException("node " + id + " is not in its composite");
  }

  /**
   * The digest of all that decides what it hands out: its steps, how they feed each other, and the
   * contents of what they take from elsewhere, with labels and paths. Names are those inside it.
   */
  private Fingerprint digest(Composite whole) {
    Set<Integer> inside = new HashSet<>(whole.nodes());
    Hasher hasher = Hasher.of(ID).putLong(whole.nodes().size());
    for (Node node : ordered(whole)) {
      hasher
          .putString(node.name().substring(whole.name().length()))
          .putString(node.kind().name())
          .putLong(node.fanIn())
          .putString(String.valueOf(node.parts()))
          .putString(whole.outputs().contains(node.id()) ? "handed out" : "inside");
      if (node.isView()) {
        hasher.putString(graph.node(node.viewed()).name().substring(whole.name().length()));
        continue;
      }
      StepKey step = steps.of(node.id());
      hasher.putFingerprint(step.task()).putLong(step.arguments().size());
      for (KeyArgument argument : step.arguments()) {
        Fingerprint constant = argument.constant();
        if (constant != null) {
          hasher.putString("constant").putFingerprint(constant);
        } else {
          FromNode edge = (FromNode) node.inputs().get(argument.input());
          put(whole, edge, inside, hasher);
        }
      }
      // What is not in a key may still decide how many units a step has.
      hasher.putLong(node.inputs().size());
      for (Edge edge : node.inputs()) {
        hasher.putString(edge instanceof Edge.Constant ? "constant" : "");
        if (edge instanceof Edge.Each from) {
          put(whole, from, inside, hasher);
        }
      }
    }
    return hasher.finish();
  }

  private void put(Composite whole, FromNode edge, Set<Integer> inside, Hasher hasher) {
    hasher.putString(edge.getClass().getSimpleName());
    hasher.putLong(edge instanceof Edge.Part part ? part.index() : 0);
    Node source = graph.node(edge.node());
    if (inside.contains(source.id())) {
      hasher.putString("inside").putString(source.name().substring(whole.name().length()));
      return;
    }
    hasher.putString("elsewhere").putLong(units.count(source.id()));
    FileSet files = source.files();
    for (int i = 0; i < units.count(source.id()); i++) {
      int unit = units.first(source.id()) + i;
      hasher
          .putString(units.label(unit))
          .putString(files == null ? "" : files.place(i))
          .putFingerprint(units.content(unit));
    }
  }
}
