package dev.reprise.plan;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.explain.PartsFormat;
import dev.reprise.graph.Node;
import dev.reprise.graph.TaskGraph;
import dev.reprise.plan.TaskResolver.Resolved;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Resolves the task of each step and composes its key, at first need and once. */
public final class StepKeys {
  private final TaskGraph graph;
  private final TaskResolver resolver;
  private final ValueEncoder values;
  private final EngineSettings engines;
  private final @Nullable Resolved[] resolved;
  private final @Nullable StepKey[] keys;
  private final @Nullable EncodedParts[] encoded;

  /** Says which settings of an engine change the results of what it runs. */
  @FunctionalInterface
  public interface EngineSettings {
    /** Settings by name, for the step's engine; empty for most. */
    SortedMap<String, String> of(Node node);
  }

  /**
   * The parts of a step's key as they are kept.
   *
   * @param id under which the index keeps them
   */
  public record EncodedParts(Fingerprint id, Bytes bytes) {}

  public StepKeys(
      TaskGraph graph, TaskResolver resolver, ValueEncoder values, EngineSettings engines) {
    this.graph = graph;
    this.resolver = resolver;
    this.values = values;
    this.engines = engines;
    int nodes = graph.nodes().size();
    this.resolved = new Resolved[nodes];
    this.keys = new StepKey[nodes];
    this.encoded = new EncodedParts[nodes];
  }

  /** What is behind the function of a step. */
  public Resolved resolved(int node) {
    Resolved known = resolved[node];
    if (known == null) {
      Node step = graph.node(node);
      Shape shape = step.kind() == Node.Kind.FAN_OUT ? Shape.MANY : Shape.ONE;
      known = resolver.resolve(step.name(), step.step(), shape);
      resolved[node] = known;
    }
    return known;
  }

  /** The encoded parts of a step's key. */
  public EncodedParts encodedParts(int node) {
    EncodedParts known = encoded[node];
    if (known == null) {
      Bytes bytes = PartsFormat.encode(of(node).parts());
      known = new EncodedParts(Explainer.idOf(bytes), bytes);
      encoded[node] = known;
    }
    return known;
  }

  /** The key of a step. */
  StepKey of(int node) {
    StepKey known = keys[node];
    if (known == null) {
      Node step = graph.node(node);
      known = StepKey.of(graph, step, resolved(node), resolver, values, engines.of(step));
      keys[node] = known;
    }
    return known;
  }
}
