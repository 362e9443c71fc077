package dev.reprise.run;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.Manifest;
import dev.reprise.explain.StepParts;
import dev.reprise.graph.TaskGraph;
import dev.reprise.plan.Outcome;
import dev.reprise.plan.Planner;
import dev.reprise.plan.Reason;
import dev.reprise.plan.UnitTable;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What listeners see: the run's own tables, for reading. */
final class TableView implements RunView {
  private final String run;
  private final UnitTable units;
  private final Planner planner;
  private final Manifests manifests;

  TableView(String run, UnitTable units, Planner planner, Manifests manifests) {
    this.run = run;
    this.units = units;
    this.planner = planner;
    this.manifests = manifests;
  }

  @Override
  public String run() {
    return run;
  }

  @Override
  public TaskGraph graph() {
    return units.graph();
  }

  @Override
  public int unitCount(int node) {
    return units.count(node);
  }

  @Override
  public int firstUnit(int node) {
    return units.first(node);
  }

  @Override
  public int nodeOf(int unit) {
    return units.nodeOf(unit);
  }

  @Override
  public String label(int unit) {
    return units.label(unit);
  }

  @Override
  public boolean sameLabels(int node, int other) {
    return units.sameLabels(node, other);
  }

  @Override
  public @Nullable Outcome outcome(int unit) {
    return units.outcome(unit);
  }

  @Override
  public @Nullable Reason reason(int unit) {
    return units.reason(unit);
  }

  @Override
  public Optional<Reason> unmade(int unit) {
    return Optional.ofNullable(planner.unmade(unit));
  }

  @Override
  public Optional<Fingerprint> key(int unit) {
    return units.keyed(unit) ? Optional.of(units.key(unit)) : Optional.empty();
  }

  @Override
  public Optional<Fingerprint> runKey(int unit) {
    return units.spoilt(unit) ? Optional.empty() : Optional.ofNullable(planner.runKey(unit));
  }

  @Override
  public Optional<Fingerprint> content(int unit) {
    return units.known(unit) ? Optional.of(units.content(unit)) : Optional.empty();
  }

  @Override
  public boolean copyDigests(int from, int to, byte[] keys, byte[] contents, int offset) {
    for (int unit = from; unit < to; unit++) {
      if (!units.keyed(unit) || !units.known(unit)) {
        return false;
      }
    }
    int at = from * Fingerprint.BYTES;
    int bytes = (to - from) * Fingerprint.BYTES;
    System.arraycopy(units.keys(), at, keys, offset, bytes);
    System.arraycopy(units.contents(), at, contents, offset, bytes);
    return true;
  }

  @Override
  public long durationNanos(int unit) {
    return units.durationNanos(unit);
  }

  @Override
  public Optional<StepParts> parts(int node) {
    return units.graph().node(node).isStep() ? planner.parts(node) : Optional.empty();
  }

  @Override
  public List<Fingerprint> argumentDigests(int unit) {
    return units.node(unit).isStep() && units.named(unit)
        ? planner.argumentDigests(unit)
        : List.of();
  }

  @Override
  public Optional<Manifest> manifest(int unit) {
    return units.known(unit) ? manifests.get(unit) : Optional.empty();
  }
}
