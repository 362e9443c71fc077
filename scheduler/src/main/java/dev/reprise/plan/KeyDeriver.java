package dev.reprise.plan;

import static java.util.Objects.requireNonNull;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.graph.Edge;
import dev.reprise.graph.Edge.FromNode;
import dev.reprise.graph.FileSet;
import dev.reprise.graph.Node;
import dev.reprise.plan.StepKey.KeyArgument;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Derives the keys of units whose inputs are all known: SHA-256 over the digest of the step's task
 * and the digests of the unit's arguments, in the order of their names.
 *
 * <p>The digest of a barrier (all partitions of a node) is computed once and kept until one of them
 * changes. Belongs to the run's one thread.
 */
public final class KeyDeriver {
  private static final String LIST = "reprise/list";
  private static final String FILE = "reprise/file";
  private static final String FILES = "reprise/files";

  /** How many units' digests are kept, at places that follow from their numbers. */
  private static final int LATEST = 4096;

  private final UnitTable units;
  private final Propagation propagation;
  private final IntPredicate complete;
  private final Hasher hasher = new Hasher();
  private final Hasher lists = new Hasher();
  private final Hasher together = new Hasher();
  private final @Nullable Digests[] latest = new @Nullable Digests[LATEST];
  private final @Nullable Fingerprint[][] blocks;
  private int blockSize;
  private final Map<Integer, Fingerprint> all = new HashMap<>();
  private final Map<Integer, Fingerprint> files = new HashMap<>();
  private final Map<Integer, Fingerprint> labelled = new HashMap<>();
  private final Map<Integer, Fingerprint> labelledFiles = new HashMap<>();

  /** Those of a unit's last key. */
  private record Digests(int unit, List<Fingerprint> all) {}

  /**
   * @param complete whether all results of a node are known
   */
  public KeyDeriver(UnitTable units, Propagation propagation, IntPredicate complete) {
    this.units = units;
    this.blocks = new Fingerprint[units.graph().nodes().size()][];
    this.propagation = propagation;
    this.complete = complete;
  }

  /** Drops what is kept that has the content of a unit, since it changed. */
  void forget(int unit) {
    int node = units.nodeOf(unit);
    @Nullable Fingerprint[] known = blocks[node];
    if (known != null) {
      known[units.partition(unit) / blockSize] = null;
    }
    all.remove(node);
    files.remove(node);
    labelled.remove(node);
    labelledFiles.remove(node);
  }

  /** Writes the unit's key into the table. */
  public void derive(int unit, StepKey step) {
    latest[unit & LATEST - 1] = null;
    Node node = units.node(unit);
    hasher.putFingerprint(step.task());
    for (KeyArgument argument : step.arguments()) {
      Fingerprint constant = argument.constant();
      if (constant != null) {
        hasher.putFingerprint(constant);
      } else {
        put(node, unit, (FromNode) node.inputs().get(argument.input()));
      }
    }
    hasher.finish().write(units.keys(), unit * Fingerprint.BYTES);
    units.keyed(unit, true);
  }

  /**
   * The digest of all that {@link #derive} takes for the units of a node from place {@code from} to
   * before {@code to}: if it is the same as in another plan, so are their keys.
   *
   * @param remembering how many gathered partitions are taken, rather than all that there are, and
   *     how many of them that lie together are taken as one
   */
  Fingerprint together(Node node, StepKey step, int from, int to, Remembering remembering) {
    together.putString("reprise/together").putFingerprint(step.task()).putLong(remembering.block());
    for (KeyArgument argument : step.arguments()) {
      Fingerprint constant = argument.constant();
      if (constant != null) {
        together.putFingerprint(constant);
      } else {
        FromNode edge = (FromNode) node.inputs().get(argument.input());
        putTogether(node, edge, from, to, remembering);
      }
    }
    return together.finish();
  }

  private void putTogether(Node node, FromNode edge, int from, int to, Remembering remembering) {
    boolean paths = takesPaths(node, edge);
    int source = edge.node();
    if (edge instanceof Edge.Each && paths) {
      for (int place = from; place < to; place++) {
        together.putFingerprint(file(units.first(source) + place));
      }
    } else if (edge instanceof Edge.Each) {
      together.putFingerprint(block(source, from, to, remembering.block()));
    } else if (edge instanceof Edge.Gather gather) {
      Gathering gathering = propagation.gathering(node.id(), gather);
      together.putFingerprint(gathering.digest(from, to));
      int[] taken = gathering.partitions(from, to, remembering.gathered());
      if (taken == null) {
        together.putFingerprint(whole(edge, paths));
      } else {
        putTaken(source, taken, paths, remembering.block());
      }
    } else {
      together.putFingerprint(digest(node, units.first(node.id()), edge)); // the same for all
    }
  }

  /**
   * Which ones are taken is in the digest already, so blocks and single ones are never confused.
   */
  private void putTaken(int source, int[] taken, boolean paths, int size) {
    int first = units.first(source);
    int i = 0;
    while (i < taken.length) {
      int place = taken[i];
      int length = Math.min(size, units.count(source) - place);
      int last = i + length - 1;
      if (paths) {
        together.putFingerprint(file(first + place));
        i++;
      } else if (place % size == 0 && last < taken.length && taken[last] == place + length - 1) {
        together.putFingerprint(block(source, place, place + length, size));
        i += length;
      } else {
        together.putFingerprint(units.contents(), (first + place) * Fingerprint.BYTES);
        i++;
      }
    }
  }

  /**
   * The digest of the results of a node from place {@code from} to before {@code to}, of which all
   * are known.
   *
   * @param size how many places a block has; {@code from} begins one
   */
  Fingerprint block(int node, int from, int to, int size) {
    @Nullable Fingerprint[] known = blocks(node, size);
    Fingerprint block = known[from / size];
    if (block == null) {
      block = range(LIST, units.first(node) + from, to - from);
      known[from / size] = block;
    }
    return block;
  }

  /** Says what {@link #block} would return. */
  void knowBlock(int node, int from, int size, Fingerprint contents) {
    blocks(node, size)[from / size] = contents;
  }

  private @Nullable Fingerprint[] blocks(int node, int size) {
    @Nullable Fingerprint[] known = blocks[node];
    if (known == null) {
      known = new Fingerprint[(units.count(node) + size - 1) / size];
      blocks[node] = known;
      blockSize = size;
    }
    return known;
  }

  /**
   * Whether {@link #together} takes all results of a node that are not all known, although the
   * units themselves, which may be ready before they are, do not.
   */
  boolean takesUnknown(Node node, int from, int to, Remembering remembering, IntPredicate known) {
    for (Edge edge : node.inputs()) {
      if (edge instanceof Edge.Gather gather
          && !known.test(gather.node())
          && propagation.gathering(node.id(), gather).partitions(from, to, remembering.gathered())
              == null) {
        return true;
      }
    }
    return false;
  }

  /** The digest of all results of a node, in order. */
  Fingerprint whole(int node) {
    return whole(all, LIST, node);
  }

  /** Kept once all are known: until then, one that comes is no change that would drop it. */
  private Fingerprint whole(Map<Integer, Fingerprint> kept, String kind, int node) {
    Fingerprint known = kept.get(node);
    if (known == null) {
      known = range(kind, units.first(node), units.count(node));
      if (complete.test(node)) {
        kept.put(node, known);
      }
    }
    return known;
  }

  /** Whether {@link #whole} was asked for since a result changed, or said. */
  boolean knowsWhole(int node) {
    return all.containsKey(node);
  }

  /** Says what {@link #whole} would return. */
  void know(int node, Fingerprint whole) {
    all.put(node, whole);
  }

  /** The digest of all partitions of a node, in order. */
  private Fingerprint whole(FromNode edge, boolean paths) {
    return paths ? whole(files, FILES, edge.node()) : whole(edge.node());
  }

  /**
   * The digests of what was captured and of the unit's arguments, in the order of the parts. They
   * are asked for several times while a unit is under way.
   */
  List<Fingerprint> digests(int unit, StepKey step) {
    Digests known = latest[unit & LATEST - 1];
    if (known == null || known.unit != unit) {
      known = new Digests(unit, List.copyOf(compute(unit, step)));
      latest[unit & LATEST - 1] = known;
    }
    return known.all;
  }

  private List<Fingerprint> compute(int unit, StepKey step) {
    Node node = units.node(unit);
    List<Fingerprint> digests = new ArrayList<>(step.captured());
    for (KeyArgument argument : step.arguments()) {
      Fingerprint constant = argument.constant();
      digests.add(
          constant != null
              ? constant
              : digest(node, unit, (FromNode) node.inputs().get(argument.input())));
    }
    return digests;
  }

  /** The digests of the partitions that a unit takes of its own, one for each edge of these. */
  List<Fingerprint> partitions(int unit) {
    Node node = units.node(unit);
    List<Fingerprint> digests = new ArrayList<>();
    for (Edge edge : node.inputs()) {
      if (edge.isOfPartitions()) {
        digests.add(digest(node, unit, (FromNode) edge));
      }
    }
    return digests;
  }

  private void put(Node node, int unit, FromNode edge) {
    int one = single(edge, unit);
    if (one >= 0 && !takesPaths(node, edge)) {
      hasher.putFingerprint(units.contents(), one * Fingerprint.BYTES);
    } else {
      hasher.putFingerprint(digest(node, unit, edge));
    }
  }

  private Fingerprint digest(Node node, int unit, FromNode edge) {
    boolean paths = takesPaths(node, edge);
    int one = single(edge, unit);
    if (one >= 0) {
      return paths ? file(one) : units.content(one);
    }
    String list = paths ? FILES : LIST;
    if (edge instanceof Edge.All) {
      return whole(edge, paths);
    }
    if (edge instanceof Edge.Labelled) {
      return labelled(edge.node(), paths);
    }
    int place = units.partition(unit);
    if (edge instanceof Edge.Gather gather) {
      int first = units.first(gather.node());
      Gathering gathering = propagation.gathering(node.id(), gather);
      lists.putString(list).putLong(gathering.count(place));
      gathering.forEachPartition(place, partition -> element(first + partition, paths));
      return lists.finish();
    }
    CombineTree tree = propagation.tree(node.id());
    boolean leaves = tree.takesLeaves(place);
    int first = units.first(leaves ? edge.node() : node.id());
    return range(leaves ? list : LIST, first + tree.firstChild(place), tree.children(place));
  }

  /** The unit behind an edge that takes one, or -1. */
  private int single(FromNode edge, int unit) {
    int source = edge.node();
    if (edge instanceof Edge.Each) {
      return units.first(source) + units.partition(unit);
    } else if (edge instanceof Edge.Whole) {
      return units.first(source) + units.count(source) - 1;
    } else if (edge instanceof Edge.Part part) {
      return units.first(source) + part.index();
    }
    return -1;
  }

  /**
   * Whether the step gets paths of a source's files and may read in them what the files do not say.
   */
  private boolean takesPaths(Node node, FromNode edge) {
    return units.graph().node(edge.node()).kind() == Node.Kind.FILES && node.step().cache().paths();
  }

  private Fingerprint file(int unit) {
    lists.putString(FILE);
    element(unit, true);
    return lists.finish();
  }

  private void element(int unit, boolean path) {
    if (path) {
      FileSet set = requireNonNull(units.node(unit).files());
      lists.putString(set.place(units.partition(unit)));
    }
    lists.putFingerprint(units.contents(), unit * Fingerprint.BYTES);
  }

  /** Kept once all are known, as {@link #whole(int)}. */
  private Fingerprint labelled(int node, boolean paths) {
    Map<Integer, Fingerprint> kept = paths ? labelledFiles : labelled;
    Fingerprint known = kept.get(node);
    if (known == null) {
      known = labelled(units.first(node), units.count(node), paths);
      if (complete.test(node)) {
        kept.put(node, known);
      }
    }
    return known;
  }

  private Fingerprint labelled(int first, int count, boolean paths) {
    lists.putString(paths ? "reprise/labelled-files" : "reprise/labelled").putLong(count);
    for (int i = 0; i < count; i++) {
      lists.putString(units.label(first + i));
      element(first + i, paths);
    }
    return lists.finish();
  }

  private Fingerprint range(String kind, int first, int count) {
    lists.putString(kind).putLong(count);
    for (int i = 0; i < count; i++) {
      element(first + i, kind.equals(FILES));
    }
    return lists.finish();
  }
}
