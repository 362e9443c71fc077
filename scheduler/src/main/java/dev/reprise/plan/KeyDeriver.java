package dev.reprise.plan;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.graph.Edge;
import dev.reprise.graph.Edge.FromNode;
import dev.reprise.graph.Node;
import dev.reprise.plan.StepKey.KeyArgument;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Derives the keys of units whose inputs are all known: SHA-256 over the digest of the step's task
 * and the digests of the unit's arguments, in the order of their names.
 *
 * <p>The digest of a barrier (all partitions of a node) is computed once and kept until one of them
 * changes. Belongs to the run's one thread.
 */
final class KeyDeriver {
  private final UnitTable units;
  private final Propagation propagation;
  private final Hasher hasher = new Hasher();
  private final Hasher list = new Hasher();
  private final Map<Integer, Fingerprint> all = new HashMap<>();
  private final Map<Integer, Fingerprint> labelled = new HashMap<>();

  KeyDeriver(UnitTable units, Propagation propagation) {
    this.units = units;
    this.propagation = propagation;
  }

  /** Drops what is kept of a node, since a content changed. */
  void forget(int node) {
    all.remove(node);
    labelled.remove(node);
  }

  /** Writes the unit's key into the table. */
  void derive(int unit, StepKey step) {
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

  /** The digests of what was captured and of the unit's arguments, in the order of the parts. */
  List<Fingerprint> digests(int unit, StepKey step) {
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

  private void put(Node node, int unit, FromNode edge) {
    int one = single(edge, unit);
    if (one >= 0) {
      hasher.putFingerprint(units.contents(), one * Fingerprint.BYTES);
    } else {
      hasher.putFingerprint(digest(node, unit, edge));
    }
  }

  private Fingerprint digest(Node node, int unit, FromNode edge) {
    int one = single(edge, unit);
    if (one >= 0) {
      return units.content(one);
    }
    if (edge instanceof Edge.All) {
      return all.computeIfAbsent(edge.node(), id -> range(units.first(id), units.count(id)));
    }
    if (edge instanceof Edge.Labelled) {
      return labelled.computeIfAbsent(edge.node(), this::labelled);
    }
    int place = units.partition(unit);
    if (edge instanceof Edge.Gather gather) {
      int first = units.first(gather.node());
      int[] partitions = propagation.gathering(node.id(), gather).partitionsOf(place);
      list.putString("reprise/list").putLong(partitions.length);
      for (int partition : partitions) {
        list.putFingerprint(units.contents(), (first + partition) * Fingerprint.BYTES);
      }
      return list.finish();
    }
    CombineTree tree = propagation.tree(node.id());
    int first = units.first(tree.takesLeaves(place) ? edge.node() : node.id());
    return range(first + tree.firstChild(place), tree.children(place));
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

  private Fingerprint range(int first, int count) {
    list.putString("reprise/list").putLong(count);
    for (int i = 0; i < count; i++) {
      list.putFingerprint(units.contents(), (first + i) * Fingerprint.BYTES);
    }
    return list.finish();
  }

  private Fingerprint labelled(int node) {
    int count = units.count(node);
    String @Nullable [] labels = units.labels(node);
    list.putString("reprise/labelled").putLong(count);
    for (int i = 0; i < count; i++) {
      list.putString(labels == null ? "" : labels[i]);
      list.putFingerprint(units.contents(), (units.first(node) + i) * Fingerprint.BYTES);
    }
    return list.finish();
  }
}
