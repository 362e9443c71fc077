package dev.reprise.plan;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.graph.Node;
import dev.reprise.graph.TaskGraph;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The keys that the units of a run must have, derived one by one when everything is known that is
 * known in the end: nothing was looked up, recalled or kept on the way.
 */
public final class KeysAnew {
  private final UnitTable units;
  private final Propagation propagation;
  private final StepKeys steps;

  /** What the run knows of contents. */
  @FunctionalInterface
  public interface Contents {
    /** The content of the unit at this place of the node; null if it is not known. */
    @Nullable Fingerprint of(int node, int place);
  }

  /**
   * @param counts how many units each node has; negative if that is not known
   */
  public KeysAnew(TaskGraph graph, StepKeys steps, IntUnaryOperator counts, Contents contents) {
    this.units = new UnitTable(graph);
    this.propagation = new Propagation(units);
    this.steps = steps;
    steps.compose();
    propagation.start();
    for (Node node : graph.nodes()) {
      if (node.kind() == Node.Kind.ELEMENTS && counts.applyAsInt(node.id()) >= 0) {
        propagation.size(node.id(), counts.applyAsInt(node.id()));
      }
      for (int place = 0; place < units.count(node.id()); place++) {
        Fingerprint content = contents.of(node.id(), place);
        if (content != null) {
          propagation.know(units.first(node.id()) + place, content);
        }
      }
    }
  }

  /** The key of the unit at this place of a step; empty if it has none, or cannot have it yet. */
  public Optional<Fingerprint> key(int node, int place) {
    int unit = units.first(node) + place;
    StepKey step = steps.of(node);
    if (step.unavailable() != null || units.pending(unit) > 0) {
      return Optional.empty();
    }
    new KeyDeriver(units, propagation, propagation::complete).derive(unit, step);
    return Optional.of(units.key(unit));
  }
}
