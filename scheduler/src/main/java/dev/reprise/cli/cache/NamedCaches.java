package dev.reprise.cli.cache;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheIndex.EntryVisitor;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.Origin;
import dev.reprise.journal.RunHistory;
import java.io.IOException;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The caches with a name that entries of a scope are in, and figures of each. */
final class NamedCaches implements EntryVisitor {
  private final SortedMap<String, NamedSum> byName = new TreeMap<>();
  private final Map<Fingerprint, Entry> entries = new HashMap<>();
  private long damaged;

  private record Entry(NamedSum in, String run) {}

  /** A step of a pipeline that made entries. */
  record Writer(String pipeline, String step) {
    static final Comparator<Writer> ORDER =
        Comparator.comparing(Writer::pipeline).thenComparing(Writer::step);

    /** As in {@code daily.quote}. */
    @Override
    public String toString() {
      return pipeline + "." + step;
    }
  }

  /** One of them; it has an entry at least. */
  static final class NamedSum {
    private final String name;
    private final SortedMap<Writer, Long> writers = new TreeMap<>(Writer.ORDER);
    private long count;
    private long bytes;
    private long oldestMillis = Long.MAX_VALUE;
    private long newestMillis = Long.MIN_VALUE;
    private @Nullable Long lastHitMillis;

    private NamedSum(String name) {
      this.name = name;
    }

    private void add(EntryRow row) {
      count++;
      bytes += row.bytes();
      oldestMillis = Math.min(oldestMillis, row.createdMillis());
      newestMillis = Math.max(newestMillis, row.createdMillis());
      writers.merge(new Writer(row.origin().pipeline(), row.origin().step()), 1L, Long::sum);
    }

    private void hit(long atMillis) {
      lastHitMillis = lastHitMillis == null ? atMillis : Math.max(lastHitMillis, atMillis);
    }

    /** What users call it. */
    String name() {
      return name;
    }

    /** Number of entries of each step that made some. */
    SortedMap<Writer, Long> writers() {
      return Collections.unmodifiableSortedMap(writers);
    }

    /** Number of entries. */
    long count() {
      return count;
    }

    /** Bytes of their results. */
    long bytes() {
      return bytes;
    }

    /** When the first of them was made, in milliseconds since 1970. */
    long oldestMillis() {
      return oldestMillis;
    }

    /** When the last of them was made, likewise. */
    long newestMillis() {
      return newestMillis;
    }

    /**
     * When a run found an entry last that another run had made, likewise; null if none did, as far
     * as journals tell.
     */
    @Nullable Long lastHitMillis() {
      return lastHitMillis;
    }
  }

  @Override
  public void entry(CacheEntry entry) {
    Origin.NamedKey named = entry.origin().named();
    if (named != null) {
      NamedSum sum = byName.computeIfAbsent(named.cache(), NamedSum::new);
      sum.add(EntryRow.of(entry));
      entries.put(entry.key().digest(), new Entry(sum, entry.origin().run()));
    }
  }

  @Override
  public void damaged(@Nullable CacheKey key, String why) {
    damaged++;
  }

  /** Reads the journals of all runs for hits; one that cannot be read tells of none. */
  void addHits(RunHistory history) {
    if (entries.isEmpty()) {
      return;
    }
    for (String run : history.ids()) {
      try {
        history.forEachUse(
            run,
            (key, at) -> {
              Entry entry = entries.get(key);
              if (entry != null && !entry.run.equals(run)) {
                entry.in.hit(at);
              }
            });
      } catch (IOException e) {
        // A run that was killed as it began, or damage: what it alone found counts as not found.
      }
    }
  }

  /** Them all, by name. */
  Collection<NamedSum> all() {
    return Collections.unmodifiableCollection(byName.values());
  }

  /** Number of entries of the scope, in any cache, that cannot be read. */
  long damaged() {
    return damaged;
  }
}
