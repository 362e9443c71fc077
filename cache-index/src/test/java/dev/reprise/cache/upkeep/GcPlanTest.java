package dev.reprise.cache.upkeep;

import static dev.reprise.cache.testing.Samples.inline;
import static dev.reprise.cache.testing.Samples.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.InMemoryCacheIndex;
import dev.reprise.cache.index.IndexBatch;
import dev.reprise.cache.index.IndexBatch.Change;
import dev.reprise.cache.index.Origin;
import dev.reprise.cache.index.Scope;
import dev.reprise.cache.store.InMemoryResultStore;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.testing.ManualTime;
import dev.reprise.cache.testing.Samples;
import dev.reprise.cache.testing.SeededTest;
import dev.reprise.cache.testing.Shows;
import dev.reprise.cache.upkeep.GcPlan.Kept;
import dev.reprise.cache.upkeep.GcPlan.Victim;
import dev.reprise.cache.upkeep.GcPlan.Why;
import dev.reprise.cache.upkeep.Pins.Pin;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** FAULTS row 22: what goes when a cache is too large or too old, and what stays. */
final class GcPlanTest {
  private static final long NOW = TimeUnit.DAYS.toMillis(1000);
  private static final long HOUR = TimeUnit.HOURS.toMillis(1);
  private static final long DAY = TimeUnit.DAYS.toMillis(1);
  private static final String DEV = "a/dev";
  private static final String PROD = "a/prod";

  private final InMemoryResultStore store = new InMemoryResultStore();
  private final InMemoryCacheIndex dev =
      new InMemoryCacheIndex(Scope.of(DEV), store, new ManualTime());
  private final InMemoryCacheIndex prod = dev.in(Scope.of(PROD));
  private final Scopes scopes = new TwoScopes(dev, prod);
  private final Map<Fingerprint, Long> uses = new HashMap<>();
  private boolean usesKnown = true;

  private record TwoScopes(CacheIndex dev, CacheIndex prod) implements Scopes {
    @Override
    public List<String> names() {
      return List.of(DEV, PROD);
    }

    @Override
    public CacheIndex in(String name) {
      return name.equals(DEV) ? dev : prod;
    }
  }

  /** An entry that took so many seconds. */
  private static CacheEntry took(long i, long seconds, long created, Manifest manifest) {
    Origin origin = Samples.origin(i);
    Origin dear =
        new Origin(
            origin.run(), "p", "step" + i, "", 1, "local", TimeUnit.SECONDS.toNanos(seconds), "h");
    return new CacheEntry(key(i), manifest, dear, created, CacheEntry.NEVER);
  }

  private void keep(CacheIndex index, CacheEntry entry) throws CacheUnavailableException {
    IndexBatch batch = new IndexBatch();
    batch.add(new Change.Put(entry));
    index.write(batch);
  }

  /** In the index itself. */
  private void keep(long i, long seconds, long created, int size) throws Exception {
    keep(dev, took(i, seconds, created, Manifest.one(inline(i, size))));
  }

  private GcPlan plan(GcLimits limits, Pin... pins) throws Exception {
    Uses told =
        each -> {
          uses.forEach(each::use);
          return usesKnown;
        };
    return GcPlan.of(scopes, Pins.of(List.of(pins)), told, limits, NOW);
  }

  private static List<Long> numbers(GcPlan plan) {
    return plan.victims().stream()
        .map(victim -> Long.parseLong(victim.step().substring("step".length())))
        .toList();
  }

  private static List<Why> whys(GcPlan plan) {
    return plan.victims().stream().map(Victim::why).toList();
  }

  @Test
  void plan_noLimits_onlyWhatHasExpiredGoes() throws Exception {
    keep(1, 1, 0, 100);
    CacheEntry second = took(2, 1, 0, Manifest.one(inline(2, 50)));
    keep(dev, new CacheEntry(key(2), second.manifest(), second.origin(), 0, NOW));
    keep(dev, new CacheEntry(key(3), second.manifest(), second.origin(), 0, NOW + 1));

    GcPlan plan = plan(GcLimits.of(GcLimits.NO_LIMIT, null));

    assertThat(plan.victims()).extracting(Victim::key).containsExactly(key(2));
    assertThat(whys(plan)).containsExactly(Why.EXPIRED);
    assertThat(plan.entries()).isEqualTo(3);
    assertThat(plan.bytes()).isEqualTo(200);
    assertThat(plan.bytesAfter()).isEqualTo(150);
  }

  @Test
  void plan_importedLately_countsAsUsedInItsScopeAlone() throws Exception {
    CacheEntry old = took(1, 1, NOW - 90 * DAY, Manifest.one(inline(1, 100)));
    keep(dev, old);
    keep(prod, old);
    IndexBatch imported = new IndexBatch();
    imported.add(new ImportNote(new ExportSource("u", "h", "s", 0), NOW - DAY).put(old));
    prod.write(imported);

    GcPlan plan = plan(GcLimits.of(GcLimits.NO_LIMIT, Duration.ofDays(30)));

    assertThat(plan.victims()).extracting(Victim::scope).containsExactly(DEV);
  }

  @Test
  void plan_notUsedForLongerThanMaxAge_goesAndWhatWasUsedStays() throws Exception {
    keep(1, 1, NOW - 31 * DAY, 100);
    keep(2, 1, NOW - 30 * DAY, 100);
    keep(3, 1, NOW - 90 * DAY, 100);
    uses.put(key(3).digest(), NOW - DAY);
    keep(4, 1, NOW - 90 * DAY, 100);
    uses.put(key(4).digest(), NOW - 60 * DAY);

    GcPlan plan = plan(GcLimits.of(GcLimits.NO_LIMIT, Duration.ofDays(30)));

    assertThat(numbers(plan)).as("the oldest first").containsExactly(4L, 1L);
    assertThat(plan.victims()).extracting(Victim::usedMillis).startsWith(NOW - 60 * DAY);
    assertThat(whys(plan)).containsOnly(Why.AGE);
  }

  @Test
  void plan_notAllUsesAreKnown_nothingGoesForItsAge() throws Exception {
    keep(1, 1, NOW - 31 * DAY, 100);
    usesKnown = false;

    GcPlan plan = plan(GcLimits.of(GcLimits.NO_LIMIT, Duration.ofDays(30)));

    assertThat(plan.victims()).isEmpty();
    assertThat(plan.usesKnown()).isFalse();
  }

  @Test
  @Shows("Fault 22")
  void plan_tooLarge_leastTimeSavedForEachByteGoesFirst() throws Exception {
    keep(1, 100, NOW, 1000); // 0.1 s a byte
    keep(2, 1, NOW, 1000); // 0.001
    keep(3, 1, NOW, 10); // 0.1, and small
    keep(4, 50, NOW, 1000); // 0.05

    assertThat(numbers(plan(GcLimits.of(3010, null)))).isEmpty();
    assertThat(numbers(plan(GcLimits.of(3009, null)))).containsExactly(2L);
    assertThat(numbers(plan(GcLimits.of(1500, null)))).containsExactly(2L, 4L);
    assertThat(numbers(plan(GcLimits.of(0, null)))).hasSize(4).startsWith(2L, 4L);
    assertThat(whys(plan(GcLimits.of(0, null)))).containsOnly(Why.SIZE);
  }

  @Test
  void plan_tooLarge_hoursSinceTheLastUseCountAgainstAnEntry() throws Exception {
    keep(1, 10, NOW - 100 * HOUR, 1000);
    keep(2, 1, NOW - 2 * HOUR, 1000);

    assertThat(numbers(plan(GcLimits.of(1000, null)))).containsExactly(1L);
    uses.put(key(1).digest(), NOW - 10 * HOUR);
    assertThat(numbers(plan(GcLimits.of(1000, null)))).containsExactly(2L);
  }

  @Test
  void plan_withinAnHour_agesAreEqual() throws Exception {
    keep(1, 2, NOW - HOUR + 1, 1000);
    keep(2, 1, NOW + HOUR, 1000); // the clock was set back: no age is negative

    assertThat(numbers(plan(GcLimits.of(1000, null)))).containsExactly(2L);
  }

  @Test
  void plan_room_goesBelowTheLimitOnlyOnceItIsExceeded() throws Exception {
    for (int i = 0; i < 10; i++) {
      keep(i, i + 1, NOW, 100);
    }

    assertThat(numbers(plan(new GcLimits(1000, 300, null, Instant.MAX)))).isEmpty();
    assertThat(numbers(plan(new GcLimits(999, 299, null, Instant.MAX))))
        .containsExactly(0L, 1L, 2L);
  }

  @Test
  void plan_largeOneMakesRoomEnough_smallOnesBeforeItStay() throws Exception {
    keep(1, 1, NOW, 100);
    keep(2, 30, NOW, 2000);
    keep(3, 300, NOW, 1000);

    GcPlan plan = plan(GcLimits.of(1500, null));

    assertThat(numbers(plan)).containsExactly(2L);
    assertThat(plan.bytesAfter()).isEqualTo(1100);
  }

  @Test
  void plan_blobThatAKeptEntryNames_makesNoRoomAndItsEntryStays() throws Exception {
    PartitionRef shared = Samples.stored(store, 1, 5000);
    keep(dev, took(1, 1, NOW, Manifest.one(shared)));
    keep(prod, took(2, 1000, NOW, Manifest.many(List.of(shared, shared))));
    keep(3, 2, NOW, 2000);

    GcPlan plan = plan(GcLimits.of(5000, null));

    assertThat(plan.bytes()).as("each blob once").isEqualTo(7000);
    assertThat(numbers(plan)).containsExactly(3L);
    assertThat(plan.bytesAfter()).isEqualTo(5000);
    assertThat(numbers(plan(GcLimits.of(4999, null)))).containsExactlyInAnyOrder(1L, 2L);
  }

  @Test
  @Shows("Fault 22")
  void plan_pinned_stayWhateverTheLimits() throws Exception {
    keep(1, 1, 0, 100);
    keep(2, 1, 0, 100);
    keep(prod, took(1, 1, 0, Manifest.one(inline(1, 100))));

    GcPlan plan = plan(GcLimits.of(0, Duration.ZERO), new Pin(DEV, key(1)));

    assertThat(plan.victims()).extracting(Victim::scope).containsExactlyInAnyOrder(DEV, PROD);
    assertThat(plan.pinned()).isEqualTo(new Kept(1, 100));
    assertThat(plan.bytesAfter()).isEqualTo(100);
  }

  @Test
  void plan_usedSinceTheDriverOpened_staysWhateverTheLimits() throws Exception {
    keep(1, 1, NOW - 5 * DAY, 100);
    keep(2, 1, NOW - 5 * DAY, 100);
    keep(3, 1, NOW - HOUR, 100);
    uses.put(key(2).digest(), NOW - HOUR);
    Instant opened = Instant.ofEpochMilli(NOW - HOUR);

    GcPlan plan = plan(new GcLimits(0, 0, null, opened));

    assertThat(numbers(plan)).containsExactly(1L);
    assertThat(plan.spared()).isEqualTo(new Kept(2, 200));
  }

  @Test
  void plan_usesCannotBeRead_isNone() throws Exception {
    keep(1, 1, 0, 100);
    Uses broken =
        each -> {
          throw new IOException("the journal of this run cannot be read");
        };

    assertThatThrownBy(() -> GcPlan.of(scopes, Pins.NONE, broken, GcLimits.of(0, null), NOW))
        .isInstanceOf(IOException.class);
  }

  /**
   * FAULTS row 22 as a property: the limit is kept or nothing more may go; nothing goes in vain.
   */
  @SeededTest
  @Shows("Fault 22")
  void plan_anyEntries_keepsTheLimitAndTakesNothingInVain(Random random) throws Exception {
    PartitionRef[] shared = new PartitionRef[6];
    for (int i = 0; i < shared.length; i++) {
      shared[i] = Samples.stored(store, i, 100 + random.nextInt(1000));
    }
    Set<Pin> pins = new HashSet<>();
    for (int i = 0; i < 40; i++) {
      boolean small = random.nextInt(3) == 0;
      PartitionRef result =
          small ? inline(i, random.nextInt(200)) : shared[random.nextInt(shared.length)];
      long created = NOW - random.nextInt(100) * HOUR;
      boolean inDev = random.nextBoolean();
      keep(inDev ? dev : prod, took(i, random.nextInt(100), created, Manifest.one(result)));
      if (random.nextInt(8) == 0) {
        pins.add(new Pin(inDev ? DEV : PROD, key(i)));
      }
    }
    long limit = random.nextInt(4000);

    GcPlan plan = plan(GcLimits.of(limit, null), pins.toArray(Pin[]::new));

    Set<Victim> victims = new HashSet<>(plan.victims());
    assertThat(victims).hasSameSizeAs(plan.victims());
    assertThat(victims).noneMatch(victim -> pins.contains(new Pin(victim.scope(), victim.key())));
    assertThat(plan.bytesAfter()).isEqualTo(plan.bytes() - sizeOf(victims));
    long least = Math.max(limit, plan.bytesAfter() > limit ? plan.bytesAfter() : 0);
    if (plan.bytesAfter() > limit) {
      GcPlan all = plan(GcLimits.of(0, Duration.ZERO), pins.toArray(Pin[]::new));
      assertThat(plan.bytesAfter()).as("nothing else makes room").isEqualTo(all.bytesAfter());
    }
    for (Victim victim : victims) {
      Set<Victim> without = new HashSet<>(victims);
      without.remove(victim);
      assertThat(plan.bytes() - sizeOf(without))
          .as("without %s", victim.step())
          .isGreaterThan(least);
    }
  }

  @Test
  void plan_entryOfWhichAPinnedOneNamesTheBlob_staysAlthoughTheLimitIsOutOfReach()
      throws Exception {
    PartitionRef shared = Samples.stored(store, 1, 5000);
    keep(dev, took(1, 1, NOW, Manifest.one(shared)));
    keep(prod, took(2, 1, NOW, Manifest.one(shared)));
    keep(3, 1, NOW, 100);

    GcPlan plan = plan(GcLimits.of(10, null), new Pin(DEV, key(1)));

    assertThat(numbers(plan)).containsExactly(3L);
    assertThat(plan.bytesAfter()).isEqualTo(5000);
  }

  @Test
  void plan_roomIsOutOfReach_givesBackUpToTheLimit() throws Exception {
    keep(1, 1, NOW, 900);
    keep(2, 1, NOW, 150);
    keep(3, 100, NOW, 50);

    GcPlan plan = plan(new GcLimits(1000, 500, null, Instant.MAX), new Pin(DEV, key(1)));

    assertThat(numbers(plan)).containsExactly(2L);
    assertThat(plan.bytesAfter()).isEqualTo(950);
  }

  /** What goes with these entries, counted anew. */
  private long sizeOf(Set<Victim> victims) throws Exception {
    Map<Fingerprint, Long> sizes = new HashMap<>();
    Set<Fingerprint> kept = new HashSet<>();
    long[] inline = new long[1];
    for (String scope : scopes.names()) {
      scopes
          .in(scope)
          .forEach(
              new CacheIndex.EntryVisitor() {
                @Override
                public void entry(CacheEntry entry) {
                  boolean goes =
                      victims.stream()
                          .anyMatch(
                              each -> each.scope().equals(scope) && each.key().equals(entry.key()));
                  entry.manifest().blobs().forEach(blob -> sizes.put(blob.address(), blob.size()));
                  if (!goes) {
                    entry.manifest().blobs().forEach(blob -> kept.add(blob.address()));
                  } else if (entry.manifest().blobs().isEmpty()) {
                    inline[0] += entry.manifest().size();
                  }
                }

                @Override
                public void damaged(@Nullable CacheKey key, String why) {}
              });
    }
    sizes.keySet().removeAll(kept);
    return inline[0] + sizes.values().stream().mapToLong(Long::longValue).sum();
  }
}
