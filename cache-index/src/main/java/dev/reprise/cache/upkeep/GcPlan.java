package dev.reprise.cache.upkeep;

import dev.reprise.cache.base.Saturating;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.NoteKind;
import dev.reprise.cache.index.Origin;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Which entries of an index are to go so that limits are kept, and why. Made from what is there,
 * and changes nothing; {@link GarbageCollection} carries it out.
 *
 * @see <a href="../../../../../../../docs/adr/0007-eviction.md">ADR-0007, what goes when a cache is
 *     too large</a>
 */
public final class GcPlan {
  /** Within so long a last use is as good as one now. */
  private static final long SHORTEST_AGE_MILLIS = TimeUnit.HOURS.toMillis(1);

  /** Longer than a blob that is published waits for its manifest, and clocks differ. */
  private static final Duration BLOBS_SPARED = Duration.ofHours(1);

  private final List<Victim> victims = new ArrayList<>();
  private final Set<Fingerprint> named;
  private final boolean usesKnown;
  private final long entries;
  private final long bytes;
  private final long bytesAfter;
  private final Kept pinned;
  private final Kept spared;
  private final Instant blobsSparedSince;

  /** Why an entry goes. */
  public enum Why {
    /** Its producer's time to live is over: no look-up takes it. */
    EXPIRED,
    /** Nothing used it for too long. */
    AGE,
    /** The cache is too large, and others save more time for their bytes. */
    SIZE
  }

  /**
   * An entry that is to go.
   *
   * @param run that made it
   * @param bytes of its result, whatever else names them
   * @param inlineBytes of these, those in the index
   * @param durationNanos that it took to make
   * @param usedMillis when it was made, imported or used last, as far as it is known
   * @param blobs of its result, each once
   */
  public record Victim(
      String scope,
      CacheKey key,
      String step,
      String label,
      String run,
      long bytes,
      long inlineBytes,
      long durationNanos,
      long createdMillis,
      long usedMillis,
      Why why,
      List<BlobUse> blobs) {
    public Victim {
      blobs = List.copyOf(blobs);
    }
  }

  /** Entries that stay although limits are exceeded, and the bytes of their results. */
  public record Kept(long entries, long bytes) {}

  /** A blob and how many entries of the index name it; of a farther store's the size is none. */
  public static final class BlobUse {
    private final Fingerprint address;
    private final long size;

    /** Entries that would name it if the plan were carried out as far as it is made. */
    private int planned;

    /** Entries that do name it. */
    private int actual;

    private BlobUse(BlobRef blob, boolean here) {
      this.address = blob.address();
      this.size = here ? blob.size() : 0;
    }

    Fingerprint address() {
      return address;
    }

    long size() {
      return size;
    }

    /** An entry that named it is gone; whether that was the last. */
    boolean release() {
      return --actual == 0;
    }
  }

  private GcPlan(
      Count count,
      boolean usesKnown,
      Kept pinned,
      Kept spared,
      long bytesAfter,
      Instant blobsSparedSince) {
    this.blobsSparedSince = blobsSparedSince;
    this.usesKnown = usesKnown;
    this.entries = count.all.size();
    this.bytes = count.bytes;
    this.bytesAfter = bytesAfter;
    this.pinned = pinned;
    this.spared = spared;
    this.named = count.blobs.keySet();
  }

  /**
   * Makes a plan for all scopes of an index.
   *
   * @param now by the clock that entries were made by, in milliseconds since 1970
   * @throws CacheUnavailableException if the index cannot be read
   * @throws IOException if it cannot be known what was used
   */
  public static GcPlan of(Scopes scopes, Pins pins, Uses uses, GcLimits limits, long now)
      throws CacheUnavailableException, IOException {
    return of(scopes, pins, uses, limits, now, () -> true).orElseThrow();
  }

  /**
   * As {@link #of(Scopes, Pins, Uses, GcLimits, long)}, if there is time.
   *
   * @param goOn asked every now and then while entries are counted
   * @return empty if it said no
   */
  public static Optional<GcPlan> of(
      Scopes scopes, Pins pins, Uses uses, GcLimits limits, long now, BooleanSupplier goOn)
      throws CacheUnavailableException, IOException {
    return of(scopes, pins, uses, limits, now, goOn, blob -> true);
  }

  /**
   * As {@link #of(Scopes, Pins, Uses, GcLimits, long, BooleanSupplier)}.
   *
   * @param here whether a blob lies in the store that is to be kept within the limits; those that
   *     do not are no bytes of it
   */
  public static Optional<GcPlan> of(
      Scopes scopes,
      Pins pins,
      Uses uses,
      GcLimits limits,
      long now,
      BooleanSupplier goOn,
      Predicate<BlobRef> here)
      throws CacheUnavailableException, IOException {
    Count count;
    try {
      count = Count.of(scopes, new Stopped.Asking(goOn), here);
    } catch (Stopped e) {
      return Optional.empty();
    }
    boolean usesKnown = uses.forEach(count::used);
    return Optional.of(new Choice(count, pins, limits, now, usesKnown).plan());
  }

  /** The entries that are to go, in the order in which they go; may be empty. */
  public List<Victim> victims() {
    return Collections.unmodifiableList(victims);
  }

  /** Number of entries that can be read, before anything goes. */
  public long entries() {
    return entries;
  }

  /** What their results hold, each blob counted once, in bytes. */
  public long bytes() {
    return bytes;
  }

  /** What they hold once all that is to go is gone. */
  public long bytesAfter() {
    return bytesAfter;
  }

  /** The pinned ones. */
  public Kept pinned() {
    return pinned;
  }

  /** Those that are spared because they were used so lately; pinned ones are not counted. */
  public Kept spared() {
    return spared;
  }

  /** Whether it is known of all entries when they were used; if not, none goes for its age. */
  public boolean usesKnown() {
    return usesKnown;
  }

  /**
   * What was published at this moment or later stays, although no entry names it: somebody is about
   * to write one that does, or has made the same bytes and reads them. {@link Sweep} removes it
   * once it is old.
   *
   * @param shared whether other homes use the store, which are not kept out meanwhile
   */
  Instant blobsSparedSince(boolean shared) {
    return shared ? blobsSparedSince.minus(BLOBS_SPARED) : blobsSparedSince;
  }

  /** Blobs that an entry names, of those that are to go, too. */
  public Set<Fingerprint> named() {
    return Collections.unmodifiableSet(named);
  }

  /** An entry as it is counted. */
  private static final class Counted {
    private final String scope;
    private final CacheKey key;
    private final String step;
    private final String label;
    private final String run;
    private final long bytes;
    private final long inlineBytes;
    private final long durationNanos;
    private final long createdMillis;
    private final boolean expires;
    private final long expiresMillis;
    private final List<BlobUse> blobs;

    /** The entry of another scope under the same key. */
    private final @Nullable Counted other;

    private long usedMillis;

    /** What goes first has the least. */
    private double worth;

    Counted(
        String scope,
        CacheEntry entry,
        Strings strings,
        List<BlobUse> blobs,
        @Nullable Counted other) {
      Origin origin = entry.origin();
      this.scope = scope;
      this.key = entry.key();
      this.step = strings.one(origin.step());
      this.label = strings.one(origin.label());
      this.run = strings.one(origin.run());
      this.bytes = entry.manifest().size();
      this.inlineBytes = inlineBytes(entry);
      this.durationNanos = origin.durationNanos();
      this.createdMillis = entry.createdMillis();
      this.expires = entry.expiresMillis() != CacheEntry.NEVER;
      this.expiresMillis = entry.expiresMillis();
      this.blobs = blobs;
      this.other = other;
      this.usedMillis = createdMillis;
    }

    private static long inlineBytes(CacheEntry entry) {
      long sum = 0;
      for (PartitionRef partition : entry.manifest().partitions()) {
        sum += partition.location() instanceof Location.Inline ? partition.size() : 0;
      }
      return sum;
    }

    /** Time saved for each byte and each hour since the last use. */
    void weigh(long now) {
      long age = Math.max(SHORTEST_AGE_MILLIS, now - usedMillis);
      worth = (double) durationNanos / Math.max(1, bytes) / age;
    }

    Victim victim(Why why) {
      return new Victim(
          scope,
          key,
          step,
          label,
          run,
          bytes,
          inlineBytes,
          durationNanos,
          createdMillis,
          usedMillis,
          why,
          blobs);
    }
  }

  /** Many entries have the same step and run: one object is enough. */
  private static final class Strings {
    private final Map<String, String> all = new HashMap<>();

    String one(String text) {
      String there = all.putIfAbsent(text, text);
      return there == null ? text : there;
    }
  }

  /** What is there. */
  private static final class Count {
    private final List<Counted> all = new ArrayList<>();
    private final Map<Fingerprint, Counted> byKey = new HashMap<>();
    private final Map<Fingerprint, BlobUse> blobs = new HashMap<>();
    private final Strings strings = new Strings();
    private final Predicate<BlobRef> here;
    private long bytes;

    private Count(Predicate<BlobRef> here) {
      this.here = here;
    }

    static Count of(Scopes scopes, Stopped.Asking goOn, Predicate<BlobRef> here)
        throws CacheUnavailableException {
      Count count = new Count(here);
      for (String scope : scopes.names()) {
        scopes
            .in(scope)
            .forEach(
                new CacheIndex.EntryVisitor() {
                  @Override
                  public void entry(CacheEntry entry) {
                    goOn.step();
                    count.add(scope, entry);
                  }

                  @Override
                  public void damaged(@Nullable CacheKey key, String why) {
                    // `cache verify` tells of it; what it names is not known.
                  }
                });
        scopes
            .in(scope)
            .forEachNote(
                NoteKind.IMPORT,
                (key, note) ->
                    ImportNote.at(note).ifPresent(atMillis -> count.used(scope, key, atMillis)));
      }
      return count;
    }

    private void add(String scope, CacheEntry entry) {
      List<BlobUse> uses = new ArrayList<>();
      for (BlobRef blob : new HashSet<>(entry.manifest().blobs())) {
        BlobUse use = blobs.get(blob.address());
        if (use == null) {
          use = new BlobUse(blob, here.test(blob));
          blobs.put(blob.address(), use);
          bytes += use.size;
        }
        use.planned++;
        use.actual++;
        uses.add(use);
      }
      Counted other = byKey.get(entry.key().digest());
      Counted counted = new Counted(scope, entry, strings, List.copyOf(uses), other);
      bytes += counted.inlineBytes;
      all.add(counted);
      byKey.put(entry.key().digest(), counted);
    }

    /** An entry that was imported keeps its age, and somebody wanted it then. */
    private void used(String scope, Fingerprint key, long atMillis) {
      for (Counted each = byKey.get(key); each != null; each = each.other) {
        if (each.scope.equals(scope)) {
          each.usedMillis = Math.max(each.usedMillis, atMillis);
        }
      }
    }

    void used(Fingerprint key, long atMillis) {
      for (Counted each = byKey.get(key); each != null; each = each.other) {
        each.usedMillis = Math.max(each.usedMillis, atMillis);
      }
    }
  }

  /** Goes through what is there, and says what goes. */
  private static final class Choice {
    private final Count count;
    private final Pins pins;
    private final GcLimits limits;
    private final long now;
    private final boolean usesKnown;
    private final long sparedSinceMillis;
    private long left;
    private long pinned;
    private long pinnedBytes;
    private long spared;
    private long sparedBytes;

    Choice(Count count, Pins pins, GcLimits limits, long now, boolean usesKnown) {
      this.count = count;
      this.pins = pins;
      this.limits = limits;
      this.now = now;
      this.usesKnown = usesKnown;
      this.sparedSinceMillis =
          Saturating.millis(Duration.between(Instant.EPOCH, limits.sparedSince()));
      this.left = count.bytes;
    }

    GcPlan plan() {
      List<Victim> old = new ArrayList<>();
      List<Counted> rest = new ArrayList<>();
      for (Counted each : count.all) {
        Why why = whyNow(each);
        if (pins.contains(each.scope, each.key)) {
          pinned++;
          pinnedBytes += each.bytes;
        } else if (isSpared(each)) {
          spared++;
          sparedBytes += each.bytes;
        } else if (why != null) {
          take(each);
          old.add(each.victim(why));
        } else {
          rest.add(each);
        }
      }
      old.sort(Comparator.comparing(Victim::why).thenComparing(Victim::usedMillis));
      List<Victim> forSize = left > limits.maxBytes() ? forSize(rest) : List.of();
      GcPlan plan =
          new GcPlan(
              count,
              usesKnown,
              new Kept(pinned, pinnedBytes),
              new Kept(spared, sparedBytes),
              left,
              blobsSparedSince());
      plan.victims.addAll(old);
      plan.victims.addAll(forSize);
      return plan;
    }

    /** When it was looked at what is named; with runs that are spared, before they began. */
    private Instant blobsSparedSince() {
      Instant looked = Instant.ofEpochMilli(now);
      return limits.sparedSince().isBefore(looked) ? limits.sparedSince() : looked;
    }

    private @Nullable Why whyNow(Counted entry) {
      if (entry.expires && now >= entry.expiresMillis) {
        return Why.EXPIRED;
      }
      Duration maxAge = limits.maxAge();
      boolean tooOld =
          maxAge != null && usesKnown && now - entry.usedMillis > Saturating.millis(maxAge);
      return tooOld ? Why.AGE : null;
    }

    private boolean isSpared(Counted entry) {
      return entry.usedMillis >= sparedSinceMillis;
    }

    private List<Victim> forSize(List<Counted> rest) {
      long target = limits.maxBytes() - limits.room();
      rest.forEach(each -> each.weigh(now));
      rest.sort(
          Comparator.<Counted>comparingDouble(each -> each.worth)
              .thenComparingLong(each -> each.usedMillis)
              .thenComparing(each -> each.key.digest()));
      List<Counted> gone = new ArrayList<>();
      for (Counted each : rest) {
        if (left <= target) {
          break;
        }
        take(each);
        gone.add(each);
      }
      BitSet back = giveBack(gone, target);
      return IntStream.range(0, gone.size())
          .filter(i -> !back.get(i))
          .mapToObj(i -> gone.get(i).victim(Why.SIZE))
          .toList();
    }

    /** Those that made no room, or none that is needed, stay: the best ones first. */
    private BitSet giveBack(List<Counted> gone, long target) {
      BitSet back = new BitSet(gone.size());
      long most = left <= target ? target : limits.maxBytes(); // all the room cannot be made
      for (int i = gone.size() - 1; i >= 0; i--) {
        Counted each = gone.get(i);
        long cost = each.inlineBytes;
        for (BlobUse blob : each.blobs) {
          cost += blob.planned == 0 ? blob.size : 0;
        }
        if (cost == 0 || left + cost <= most) {
          left += cost;
          each.blobs.forEach(blob -> blob.planned++);
          back.set(i);
        }
      }
      return back;
    }

    private void take(Counted entry) {
      left -= entry.inlineBytes;
      for (BlobUse blob : entry.blobs) {
        blob.planned--;
        left -= blob.planned == 0 ? blob.size : 0;
      }
    }
  }
}
