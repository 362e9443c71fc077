package dev.reprise.journal;

import static java.util.Objects.requireNonNull;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.Manifest;
import dev.reprise.explain.StepParts;
import dev.reprise.graph.Node;
import dev.reprise.graph.TaskGraph;
import dev.reprise.plan.Outcome;
import dev.reprise.plan.Reason;
import dev.reprise.run.RunView;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A run that has ended as its journal tells it, by the graph that it would have now. */
public final class RecordedView implements RunView {
  private final RecordedRun recorded;
  private final TaskGraph graph;
  private final Function<Fingerprint, Optional<Manifest>> kept;
  private final int[] first;
  private final int[] count;
  private int size;

  /**
   * @param kept the manifest that the cache has under a key, for those that the journal has not
   */
  public RecordedView(
      RecordedRun recorded, TaskGraph graph, Function<Fingerprint, Optional<Manifest>> kept) {
    this.recorded = recorded;
    this.graph = graph;
    this.kept = kept;
    int nodes = graph.nodes().size();
    this.first = new int[nodes];
    this.count = new int[nodes];
    for (Node node : graph.nodes()) {
      first[node.id()] = size;
      count[node.id()] = countOf(node);
      size += Math.max(0, count[node.id()]);
    }
  }

  private int countOf(Node node) {
    if (node.isStep()) {
      return step(node.id()).map(RecordedStep::units).orElse(-1);
    } else if (node.isView()) {
      return manifest(first[node.viewed()]).map(all -> all.partitions().size()).orElse(-1);
    }
    return requireNonNull(node.files()).paths().size();
  }

  private Optional<RecordedStep> step(int node) {
    return recorded.step(graph.node(node).name());
  }

  private Optional<RecordedUnit> unit(int unit) {
    return unit >= size ? Optional.empty() : unitOf(nodeOf(unit), unit);
  }

  private Optional<RecordedUnit> unitOf(int node, int unit) {
    return step(node).flatMap(step -> step.unit(unit - first[node]));
  }

  @Override
  public String run() {
    return recorded.id();
  }

  @Override
  public TaskGraph graph() {
    return graph;
  }

  @Override
  public int unitCount(int node) {
    return count[node];
  }

  @Override
  public int firstUnit(int node) {
    return first[node];
  }

  @Override
  public int nodeOf(int unit) {
    int node = first.length - 1;
    while (first[node] > unit || count[node] <= 0) {
      node--;
    }
    return node;
  }

  @Override
  public String label(int unit) {
    int node = nodeOf(unit);
    return step(node).map(step -> step.label(unit - first[node])).orElse("");
  }

  @Override
  public boolean sameLabels(int node, int other) {
    if (count[node] != count[other]) {
      return false;
    }
    for (int i = 0; i < count[node]; i++) {
      if (!label(first[node] + i).equals(label(first[other] + i))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public @Nullable Outcome outcome(int unit) {
    return unit(unit).map(RecordedUnit::outcome).orElse(null);
  }

  @Override
  public @Nullable Reason reason(int unit) {
    return unit(unit).map(RecordedUnit::reason).orElse(null);
  }

  @Override
  public Optional<Fingerprint> key(int unit) {
    return unit(unit).flatMap(RecordedUnit::key);
  }

  @Override
  public Optional<Fingerprint> runKey(int unit) {
    return unit(unit).flatMap(RecordedUnit::runKey);
  }

  @Override
  public Optional<Fingerprint> content(int unit) {
    return unit(unit).flatMap(RecordedUnit::content);
  }

  @Override
  public boolean copyDigests(int from, int to, byte[] keys, byte[] contents, int offset) {
    for (int unit = from; unit < to; unit++) {
      Optional<Fingerprint> key = key(unit);
      Optional<Fingerprint> content = content(unit);
      if (key.isEmpty() || content.isEmpty()) {
        return false;
      }
      int at = offset + (unit - from) * Fingerprint.BYTES;
      key.get().write(keys, at);
      content.get().write(contents, at);
    }
    return true;
  }

  @Override
  public long durationNanos(int unit) {
    return unit(unit).map(RecordedUnit::durationNanos).orElse(0L);
  }

  @Override
  public Optional<StepParts> parts(int node) {
    return step(node).flatMap(RecordedStep::parts);
  }

  @Override
  public List<Fingerprint> argumentDigests(int unit) {
    return unit(unit).map(RecordedUnit::arguments).orElse(List.of());
  }

  @Override
  public Optional<Manifest> manifest(int unit) {
    Optional<RecordedUnit> of = unit(unit);
    Optional<Manifest> told = of.flatMap(RecordedUnit::manifest);
    return told.isPresent()
        ? told
        : of.flatMap(
            ended ->
                ended
                    .key()
                    .flatMap(kept)
                    .filter(there -> ended.content().equals(Optional.of(there.content()))));
  }
}
