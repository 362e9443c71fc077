package dev.reprise.bench.compare;

import static dev.reprise.cache.base.Checks.checkState;

import dev.reprise.bench.ratio.Comparison;
import dev.reprise.bench.taskbench.Edits;
import dev.reprise.bench.taskbench.TaskBench;
import dev.reprise.bench.taskbench.TaskBench.Shape;
import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.graph.Node;
import dev.reprise.graph.TaskGraph;
import dev.reprise.plan.KeyDeriver;
import dev.reprise.plan.Propagation;
import dev.reprise.plan.StepKey;
import dev.reprise.plan.StepKeys;
import dev.reprise.plan.UnitTable;
import java.security.GeneralSecurityException;
import java.util.Arrays;

/**
 * The keys of all units of a graph whose results are known, against a bare loop of the same digest
 * over the same bytes, prepared and side by side in memory; both in one thread.
 */
public final class KeyDerivation implements Comparison {
  /** Digests all records; returns the digests side by side. */
  @FunctionalInterface
  interface Loop {
    byte[] digests(DigestRecords records) throws GeneralSecurityException;
  }

  private final Ticker ticker = Ticker.system();
  private final TaskGraph graph;
  private final UnitTable units;
  private final Propagation propagation;
  private final StepKeys steps;
  private final Loop loop;
  private final DigestRecords records;

  /** For each unit of a step the number of the record that its key is the digest of, else -1. */
  private final int[] recordOf;

  private final byte[] expected;

  public KeyDerivation(Shape shape) throws Exception {
    this(shape, DigestRecords::digests);
  }

  KeyDerivation(Shape shape, Loop loop) throws Exception {
    this.loop = loop;
    graph = TaskBench.pipeline(shape, Edits.NONE).pipeline().graph();
    steps = KeyedSteps.of(graph);
    units = new UnitTable(graph);
    propagation = new Propagation(units);
    makeAllKnown(shape.width());
    recordOf = new int[units.size()];
    Arrays.fill(recordOf, -1);
    derive();
    expected = units.keys().clone();
    records = DigestRecords.of(this::derive);
    matchRecords();
  }

  private void makeAllKnown(int width) {
    propagation.start();
    Hasher hasher = new Hasher();
    for (Node node : graph.nodes()) {
      int id = node.id();
      if (node.kind() == Node.Kind.ELEMENTS) {
        propagation.size(id, width);
      }
      for (int unit = units.first(id); unit < units.first(id) + units.count(id); unit++) {
        propagation.know(unit, hasher.putString("result").putLong(unit).finish());
      }
    }
  }

  /** A unit's key is the digest of the last record that deriving it takes. */
  private void matchRecords() throws GeneralSecurityException {
    byte[] digests = records.digests();
    int record = 0;
    for (Node node : graph.nodes()) {
      for (int i = 0; node.isStep() && i < units.count(node.id()); i++) {
        int unit = units.first(node.id()) + i;
        while (record < records.count() && !isKey(digests, record, unit)) {
          record++;
        }
        checkState(record < records.count(), "no record of the key of %s", units.name(unit));
        recordOf[unit] = record;
      }
    }
  }

  private boolean isKey(byte[] digests, int record, int unit) {
    int at = record * Fingerprint.BYTES;
    int key = unit * Fingerprint.BYTES;
    return Arrays.equals(
        digests, at, at + Fingerprint.BYTES, expected, key, key + Fingerprint.BYTES);
  }

  private void derive() {
    KeyDeriver deriver = new KeyDeriver(units, propagation, propagation::complete);
    for (Node node : graph.nodes()) {
      if (node.isStep()) {
        int first = units.first(node.id());
        StepKey step = steps.of(node.id());
        for (int unit = first; unit < first + units.count(node.id()); unit++) {
          deriver.derive(unit, step);
        }
      }
    }
  }

  @Override
  public double ours() {
    Arrays.fill(units.keys(), (byte) 0);
    long begun = ticker.nanos();
    derive();
    boolean same = Arrays.equals(units.keys(), expected);
    double nanos = ticker.nanos() - begun;
    checkState(same, "the keys are others");
    return nanos;
  }

  @Override
  public double peer() throws GeneralSecurityException {
    long begun = ticker.nanos();
    byte[] digests = loop.digests(records);
    double nanos = ticker.nanos() - begun;
    checkState(
        digests.length == records.count() * Fingerprint.BYTES,
        "the peer made %s bytes of %s digests",
        digests.length,
        records.count());
    for (int unit = 0; unit < recordOf.length; unit++) {
      boolean same = recordOf[unit] < 0 || isKey(digests, recordOf[unit], unit);
      checkState(same, "the peer's key of unit %s is another", unit);
    }
    return nanos;
  }
}
