package dev.reprise.run;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.Manifest;
import dev.reprise.explain.StepParts;
import dev.reprise.graph.TaskGraph;
import dev.reprise.plan.Outcome;
import dev.reprise.plan.Reason;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a listener may read of a run. Units are numbers; those of a node are a range. Belongs to the
 * run's thread.
 */
public interface RunView {
  /** Id of the run. */
  String run();

  /** The graph. */
  TaskGraph graph();

  /** Number of the node's units, or -1 if it is not known yet. */
  int unitCount(int node);

  /** Number of the node's first unit. */
  int firstUnit(int node);

  /** Id of the unit's node. */
  int nodeOf(int unit);

  /** The unit's place among its node's units. */
  default int partitionOf(int unit) {
    return unit - firstUnit(nodeOf(unit));
  }

  /** Label of the unit's partition; empty for an unpartitioned step. */
  String label(int unit);

  /** Whether two nodes have the same number of units, with the same labels in the same order. */
  boolean sameLabels(int node, int other);

  /** How the unit ended, or null if it has not. */
  @Nullable Outcome outcome(int unit);

  /** Why the unit was or will not be reused, or null if it is or nothing is known yet. */
  @Nullable Reason reason(int unit);

  /**
   * Of a unit that fails at once, since its failure is kept, why it would run otherwise; empty of
   * any other, and of what is no run of this process.
   */
  default Optional<Reason> unmade(int unit) {
    return Optional.empty();
  }

  /** The unit's key, if it has one and it is known. */
  Optional<Fingerprint> key(int unit);

  /**
   * The digest of everything that determines the unit's result, if it is known and the result is
   * what it says: its key, or what would be its key if its task kept results. A run that goes on
   * from this one finds the result by it.
   */
  default Optional<Fingerprint> runKey(int unit) {
    return key(unit);
  }

  /** Content digest of the unit's result, if it is known. */
  Optional<Fingerprint> content(int unit);

  /**
   * Copies the keys of units and the content digests of their results, 32 bytes each, without an
   * object for any; units may be a million.
   *
   * @param from the first unit
   * @param to after the last unit
   * @param offset where those of the first unit come to lie in both arrays, in bytes
   * @return false if one of them is not known; then nothing is copied
   */
  boolean copyDigests(int from, int to, byte[] keys, byte[] contents, int offset);

  /** What the execution behind the unit's result took, in nanoseconds. */
  long durationNanos(int unit);

  /**
   * The key parts of a step in the form that {@code why} compares; empty if the step has no key.
   */
  Optional<StepParts> parts(int node);

  /** The digests of the unit's arguments, in the order of {@link #parts}; empty if not known. */
  List<Fingerprint> argumentDigests(int unit);

  /** The manifest of the unit's result, if the unit has one; read from the index if need be. */
  Optional<Manifest> manifest(int unit);
}
