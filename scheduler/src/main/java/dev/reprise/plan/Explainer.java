package dev.reprise.plan;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.index.NoteKind;
import dev.reprise.explain.Comparison;
import dev.reprise.explain.Comparison.Difference;
import dev.reprise.explain.PartsFormat;
import dev.reprise.explain.StepParts;
import dev.reprise.explain.UnitHistory;
import dev.reprise.explain.UnitHistory.Variant;
import dev.reprise.plan.Reason.Code;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says why units that have no entry must run, by the nearest of their earlier keys: the one with
 * the fewest differences, the latest of several.
 */
final class Explainer {
  private final Cache cache;
  private final Map<Fingerprint, StepParts> parts = new HashMap<>();

  /*
   * What differs between a step's parts and earlier ones, by the id of those. A step has 100,000 units
   * and hundreds of parts, of which a small edit may change most: they are compared once, and all
   * units share the list.
   */
  private final IdentityHashMap<StepParts, Map<Fingerprint, List<Difference>>> stepDifferences =
      new IdentityHashMap<>();

  Explainer(Cache cache) {
    this.cache = cache;
  }

  /**
   * A question.
   *
   * @param id of the unit's history
   * @param parts of its step
   * @param arguments digests in the order of the parts
   */
  record Miss(Fingerprint id, StepParts parts, List<Fingerprint> arguments) {}

  /**
   * The answer: the reason, and every difference.
   *
   * @param isNew whether there is no earlier key of the unit
   */
  record Explanation(Reason reason, Comparison comparison, boolean isNew) {
    /** Of a unit that has no earlier key. */
    static final Explanation NEW =
        new Explanation(Reason.of(Code.NO_ENTRY), Comparison.NONE, /* isNew= */ true);
  }

  /** Whether units of the step have histories, by the id of its note. */
  boolean knows(Fingerprint step) {
    return cache.notes(NoteKind.UNIT_HISTORY, List.of(step)).get(0) != null;
  }

  /** Answers all questions, place by place, with two reads of the index. */
  List<Explanation> explain(List<Miss> misses) {
    List<@Nullable Bytes> rows =
        cache.notes(NoteKind.UNIT_HISTORY, misses.stream().map(Miss::id).toList());
    List<UnitHistory> histories = new ArrayList<>(misses.size());
    Set<Fingerprint> wanted = new LinkedHashSet<>();
    for (Bytes row : rows) {
      UnitHistory history = row == null ? UnitHistory.EMPTY : history(row);
      histories.add(history);
      for (Variant variant : history.variants()) {
        if (!parts.containsKey(variant.parts())) {
          wanted.add(variant.parts());
        }
      }
    }
    load(new ArrayList<>(wanted));
    List<Explanation> explanations = new ArrayList<>(misses.size());
    for (int i = 0; i < misses.size(); i++) {
      explanations.add(explain(misses.get(i), histories.get(i)));
    }
    return explanations;
  }

  private Explanation explain(Miss miss, UnitHistory history) {
    Comparison nearest = null;
    for (Variant variant : history.variants()) {
      StepParts before = parts.get(variant.parts());
      if (before == null) {
        continue;
      }
      Comparison comparison =
          new Comparison(
              stepDifferences
                  .computeIfAbsent(miss.parts(), any -> new HashMap<>())
                  .computeIfAbsent(
                      variant.parts(),
                      any -> List.copyOf(Comparison.ofSteps(before, miss.parts()))),
              Comparison.ofArguments(before, variant.arguments(), miss.parts(), miss.arguments()));
      if (nearest == null || comparison.size() < nearest.size()) {
        nearest = comparison;
      }
    }
    if (nearest == null) {
      boolean isNew = history.variants().isEmpty();
      return new Explanation(Reason.of(Code.NO_ENTRY), Comparison.NONE, isNew);
    }
    if (nearest.size() == 0) {
      Reason gone = new Reason(Code.NO_ENTRY, "its entry is gone");
      return new Explanation(gone, Comparison.NONE, /* isNew= */ false);
    }
    return new Explanation(Reason.of(nearest), nearest, /* isNew= */ false);
  }

  private static UnitHistory history(Bytes row) {
    try {
      return PartsFormat.decodeHistory(row);
    } catch (IOException e) {
      return UnitHistory.EMPTY; // explaining is best effort; what to do does not depend on it
    }
  }

  private void load(List<Fingerprint> ids) {
    List<@Nullable Bytes> rows = cache.notes(NoteKind.KEY_PARTS, ids);
    for (int i = 0; i < ids.size(); i++) {
      Fingerprint id = ids.get(i);
      Bytes row = rows.get(i);
      if (row != null) {
        decode(row).ifPresent(decoded -> parts.put(id, decoded));
      }
    }
  }

  private static Optional<StepParts> decode(Bytes row) {
    try {
      return Optional.of(PartsFormat.decodeParts(row));
    } catch (IOException e) {
      return Optional.empty(); // as above
    }
  }

  /** The id under which the index keeps encoded parts. */
  static Fingerprint idOf(Bytes encoded) {
    return Hasher.of("reprise/parts").putBytes(encoded.array()).finish();
  }
}
