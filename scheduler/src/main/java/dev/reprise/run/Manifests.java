package dev.reprise.run;

import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.plan.Cache;
import dev.reprise.plan.Planner;
import dev.reprise.plan.UnitTable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The manifests of the run's results. Those that the index holds are read from it when they are
 * needed and may be dropped again; those that it does not hold stay. Belongs to the run's one
 * thread while the run lasts, then to whoever reads results, several at once.
 */
final class Manifests {
  /** Inline bytes kept of manifests that the index holds too, in bytes. */
  static final long MOST_BYTES = 64L << 20;

  /** How many manifests are read together by those who go through many. */
  static final int READ_AT_ONCE = 1024;

  /** How many manifests are read when one is asked for that is not in memory. */
  private static final int READ_AHEAD = 64;

  private final UnitTable units;
  private final Cache cache;
  private final LinkedHashMap<Integer, Manifest> recent = new LinkedHashMap<>(16, 0.75f, true);
  private long recentBytes;

  /**
   * By node, those that the index need not hold, by partition; null if there are none. They stay.
   */
  private final @Nullable Manifest[] @Nullable [] held;

  Manifests(UnitTable units, Cache cache) {
    this.units = units;
    this.cache = cache;
    this.held = new @Nullable Manifest[units.graph().nodes().size()] @Nullable [];
  }

  /** Takes the manifests of a unit and of those of its node that follow, which others hold too. */
  synchronized void hold(int unit, List<Manifest> results) {
    @Nullable Manifest[] ofNode = held(units.nodeOf(unit));
    int place = units.partition(unit);
    for (Manifest result : results) {
      ofNode[place++] = result;
    }
  }

  private @Nullable Manifest[] held(int node) {
    @Nullable Manifest[] ofNode = held[node];
    if (ofNode == null) {
      ofNode = new Manifest[units.count(node)];
      held[node] = ofNode;
    }
    return ofNode;
  }

  /** Keeps the manifest of a result; for good if the index does not hold it. */
  synchronized void put(int unit, Manifest manifest) {
    remove(unit);
    if (units.unkept(unit)) {
      held(units.nodeOf(unit))[units.partition(unit)] = manifest;
      return;
    }
    recent.put(unit, manifest);
    recentBytes += manifest.weight();
    Iterator<Manifest> eldest = recent.values().iterator();
    while (recentBytes > MOST_BYTES && recent.size() > 1) {
      recentBytes -= eldest.next().weight();
      eldest.remove();
    }
  }

  /** Drops the manifest of a result that is no more. */
  synchronized void remove(int unit) {
    @Nullable Manifest[] ofNode = held[units.nodeOf(unit)];
    if (ofNode != null) {
      ofNode[units.partition(unit)] = null;
    }
    if (recent.isEmpty()) {
      return; // as for each unit of a run that finds all of them
    }
    Manifest dropped = recent.remove(unit);
    if (dropped != null) {
      recentBytes -= dropped.weight();
    }
  }

  /** The manifest of a result, read from the index if need be; empty if it is gone. */
  synchronized Optional<Manifest> get(int unit) {
    Manifest known = peek(unit);
    if (known == null) {
      load(fromHere(unit));
      known = peek(unit);
    }
    return Optional.ofNullable(known);
  }

  /** The unit and some that follow it in its step: who asks for one may ask for them all. */
  private List<Integer> fromHere(int unit) {
    int node = units.nodeOf(unit);
    int end = Math.min(unit + READ_AHEAD, units.first(node) + units.count(node));
    List<Integer> wanted = new ArrayList<>(end - unit);
    wanted.add(unit);
    for (int next = unit + 1; next < end; next++) {
      if (units.known(next)) {
        wanted.add(next);
      }
    }
    return wanted;
  }

  /** The manifest if it is in memory. */
  synchronized @Nullable Manifest peek(int unit) {
    @Nullable Manifest[] ofNode = held[units.nodeOf(unit)];
    Manifest known = ofNode == null ? null : ofNode[units.partition(unit)];
    return known != null ? known : recent.get(unit);
  }

  /** Reads what is not in memory from the index, in one pass. */
  synchronized void load(Collection<Integer> wanted) {
    read(missing(wanted)).forEach(this::put);
  }

  /**
   * The manifests of these results, without those that are gone. What is read for it is kept as
   * long as there is room: somebody who goes through many must not push out what others need.
   *
   * @param wanted at most {@link #READ_AT_ONCE}
   */
  synchronized Map<Integer, Manifest> together(Collection<Integer> wanted) {
    Map<Integer, Manifest> found = read(missing(wanted));
    found.forEach(
        (unit, manifest) -> {
          if (recentBytes + manifest.weight() <= MOST_BYTES) {
            put(unit, manifest);
          }
        });
    for (int unit : wanted) {
      Manifest known = peek(unit);
      if (known != null) {
        found.put(unit, known);
      }
    }
    return found;
  }

  private List<Integer> missing(Collection<Integer> wanted) {
    return wanted.stream().filter(unit -> peek(unit) == null).toList();
  }

  /** The manifests that the index has of these units, in their order. */
  private Map<Integer, Manifest> read(List<Integer> wanted) {
    Map<Integer, Manifest> found = new LinkedHashMap<>();
    Map<Long, List<Integer>> byAge = new LinkedHashMap<>();
    for (int unit : wanted) {
      if (units.keyed(unit)) {
        long age = Planner.maxAgeMillis(units.node(unit));
        byAge.computeIfAbsent(age, any -> new ArrayList<>()).add(unit);
      }
    }
    byAge.forEach((age, keyed) -> read(keyed, age, found));
    return found;
  }

  /** Reads what the consumer with this age has found, which may be an ancestor's of its scope. */
  private void read(List<Integer> keyed, long maxAgeMillis, Map<Integer, Manifest> found) {
    CacheIndex index = cache.index();
    if (index == null) {
      return;
    }
    List<CacheKey> keys = keyed.stream().map(unit -> new CacheKey(units.key(unit))).toList();
    try {
      List<@Nullable CacheEntry> entries = index.findAll(keys, maxAgeMillis);
      for (int i = 0; i < keyed.size(); i++) {
        CacheEntry entry = entries.get(i);
        int unit = keyed.get(i);
        // An entry that was replaced meanwhile by another content is not this run's result.
        if (entry != null
            && (!units.known(unit) || entry.manifest().content().equals(units.content(unit)))) {
          found.put(unit, entry.manifest());
        }
      }
    } catch (CacheUnavailableException e) {
      cache.fail(e.getMessage());
    }
  }

  /**
   * Those of the units, in their order, whose results have such a partition, or are not to be found
   * any more. The manifests need not fit in memory all together.
   */
  synchronized Set<Integer> having(Collection<Integer> among, Predicate<PartitionRef> which) {
    Set<Integer> having = new LinkedHashSet<>();
    List<Integer> all = List.copyOf(among);
    for (int from = 0; from < all.size(); from += READ_AT_ONCE) {
      List<Integer> some = all.subList(from, Math.min(all.size(), from + READ_AT_ONCE));
      Map<Integer, Manifest> found = together(some);
      for (int unit : some) {
        Manifest manifest = found.get(unit);
        if (manifest == null || manifest.partitions().stream().anyMatch(which)) {
          having.add(unit);
        }
      }
    }
    return having;
  }
}
