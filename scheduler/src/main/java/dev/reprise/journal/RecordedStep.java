package dev.reprise.journal;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.explain.StepParts;
import dev.reprise.journal.RecordedGraph.RecordedNode;
import dev.reprise.journal.StepForm.StepRecord;
import dev.reprise.plan.Outcome;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A step and its units, as the journal tells them. Cached units are made when they are asked for: a
 * step may have a million of them.
 */
public final class RecordedStep {
  private final RecordedNode node;
  private final @Nullable StepRecord record;
  private final Labels labels;
  private final SortedMap<Integer, RecordedUnit> told;

  /**
   * @param record what was written when it ended; null if it did not end
   * @param told the units that were told one by one, by partition; they have the last word
   */
  RecordedStep(
      RecordedNode node,
      @Nullable StepRecord record,
      Labels labels,
      SortedMap<Integer, RecordedUnit> told) {
    this.node = node;
    this.record = record;
    this.labels = labels;
    this.told = told;
  }

  /** The step's place in the graph, and its name. */
  public RecordedNode node() {
    return node;
  }

  /** Name of the step. */
  public String name() {
    return node.name();
  }

  /** Number of units; of a step that did not end, as far as they were told. */
  public int units() {
    int known = record == null ? 0 : record.units();
    return told.isEmpty() ? known : Math.max(known, told.lastKey() + 1);
  }

  /** Whether the journal says that all units of the step ended. */
  public boolean ended() {
    return record != null;
  }

  /** Label of a partition; empty for an unpartitioned step. */
  public String label(int partition) {
    RecordedUnit unit = told.get(partition);
    if (unit != null) {
      return unit.label();
    }
    return record == null ? "" : labels.get(partition);
  }

  /** The partition with this label. */
  public OptionalInt find(String label) {
    for (int i = 0; i < units(); i++) {
      if (label(i).equals(label)) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }

  /** What is known of a unit; empty if it did not end before the run or the journal did. */
  public Optional<RecordedUnit> unit(int partition) {
    RecordedUnit unit = told.get(partition);
    return unit != null ? Optional.of(unit) : cached(partition);
  }

  private Optional<RecordedUnit> cached(int partition) {
    StepRecord ended = record;
    int place = ended == null ? -1 : ended.cached().find(partition);
    if (ended == null || place < 0) {
      return Optional.empty();
    }
    CachedBlock block = ended.cached();
    return Optional.of(
        new RecordedUnit(
            node.id(),
            partition,
            labels.get(partition),
            Outcome.CACHED,
            null,
            Optional.of(block.key(place)),
            Optional.of(block.content(place)),
            block.arguments(place),
            0,
            block.durationNanos(place),
            ended.offsetMillis(),
            0,
            "",
            null,
            List.of(),
            List.of(),
            block.manifest(place),
            null,
            Optional.of(block.key(place))));
  }

  /** The units whose results are recorded whole, for runs that go on from this one. */
  public Stream<RecordedUnit> results() {
    Stream<RecordedUnit> cached =
        record == null
            ? Stream.empty()
            : record
                .cached()
                .withManifests()
                .filter(partition -> !told.containsKey(partition))
                .mapToObj(this::cached)
                .flatMap(Optional::stream);
    return Stream.concat(told.values().stream(), cached)
        .filter(unit -> unit.manifest().isPresent() && unit.runKey().isPresent());
  }

  /** How a unit ended; empty if it did not. */
  public Optional<Outcome> outcome(int partition) {
    RecordedUnit unit = told.get(partition);
    if (unit != null) {
      return Optional.of(unit.outcome());
    }
    return record != null && record.cached().find(partition) >= 0
        ? Optional.of(Outcome.CACHED)
        : Optional.empty();
  }

  /** How many units had each outcome, those with none left out. */
  public Map<Outcome, Integer> outcomes() {
    Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
    told.values().forEach(unit -> outcomes.merge(unit.outcome(), 1, Integer::sum));
    if (record != null) {
      long retold = told.keySet().stream().filter(i -> record.cached().find(i) >= 0).count();
      int cached = record.cached().size() - (int) retold;
      if (cached > 0) {
        outcomes.put(Outcome.CACHED, cached);
      }
    }
    return outcomes;
  }

  /** The units that were not cached, ascending by partition. */
  public Collection<RecordedUnit> notCached() {
    return Collections.unmodifiableCollection(told.values());
  }

  /** Key of a unit, if it has one and it is known. */
  public Optional<Fingerprint> key(int partition) {
    return unit(partition).flatMap(RecordedUnit::key);
  }

  /** What the keys of its units were made of; empty if it has no key or did not end. */
  public Optional<StepParts> parts() {
    return record == null ? Optional.empty() : Optional.ofNullable(record.parts());
  }

  /** Executor time that its cached units took when they ran, in nanoseconds. */
  public long savedNanos() {
    return record == null ? 0 : record.savedNanos();
  }

  /** When the last of its units ended, in milliseconds since the run began; 0 if it did not. */
  public long offsetMillis() {
    return record == null ? 0 : record.offsetMillis();
  }
}
