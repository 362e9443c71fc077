package dev.reprise.cache.upkeep;

import static dev.reprise.cache.testing.Samples.inline;
import static dev.reprise.cache.testing.Samples.key;
import static dev.reprise.cache.testing.Samples.stored;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.base.HaltingKillPoints;
import dev.reprise.cache.base.KillPoint;
import dev.reprise.cache.base.KillPoints;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.EntryFormat;
import dev.reprise.cache.index.IndexBatch;
import dev.reprise.cache.index.IndexBatch.Change;
import dev.reprise.cache.index.IndexSettings;
import dev.reprise.cache.index.Origin;
import dev.reprise.cache.index.RocksCacheIndex;
import dev.reprise.cache.index.Scope;
import dev.reprise.cache.store.FileResultStore;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.StoredManifest;
import dev.reprise.cache.testing.ChildJvm;
import dev.reprise.cache.testing.Samples;
import dev.reprise.cache.testing.Shows;
import dev.reprise.cache.upkeep.GcPlan.Victim;
import dev.reprise.cache.upkeep.Pins.Pin;
import dev.reprise.cache.upkeep.Verifier.Depth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * FAULTS row 3: a process that is killed while it evicts. No entry names a blob that is gone, what
 * was to stay is there, and the next one comes to the end without repair.
 */
final class GcKillTest {
  private static final String SCOPE = "flights/dev";

  /** Long after all files were written. */
  private static final long NOW = Instant.parse("2126-01-01T00:00:00Z").toEpochMilli();

  private static final int BLOBS = 40;

  /** More than go at once, so that some are gone while others are to go. */
  private static final int ENTRIES = 3 * Removal.AT_ONCE;

  @TempDir Path dir;

  static List<Arguments> kills() {
    int seeds = Boolean.getBoolean("reprise.stress") ? 20 : 3;
    List<Arguments> kills = new ArrayList<>();
    for (KillPoint point : List.of(KillPoint.G1, KillPoint.G2, KillPoint.G3, KillPoint.G4)) {
      for (int seed = 1; seed <= seeds; seed++) {
        kills.add(Arguments.of(point, seed));
      }
    }
    return kills;
  }

  @ParameterizedTest(name = "at {0}, seed {1}")
  @MethodSource("kills")
  @Shows("Fault 3")
  void gc_killedAt_leavesNoEntryWithoutItsBlobAndIsDoneByTheNext(KillPoint point, int seed)
      throws Exception {
    Set<CacheKey> staying = new HashSet<>();
    try (Cache cache = new Cache(dir)) {
      cache.fill(seed);
      GcPlan plan = cache.plan(seed);
      assertThat(plan.victims()).hasSizeGreaterThan(Removal.AT_ONCE);
      Set<CacheKey> going = plan.victims().stream().map(Victim::key).collect(Collectors.toSet());
      for (int i = 0; i < ENTRIES; i++) {
        if (!going.contains(key(i))) {
          staying.add(key(i));
        }
      }
    }
    int most = point == KillPoint.G2 ? 2 : point == KillPoint.G4 ? 5 : 1;
    int passing = 1 + new Random(seed).nextInt(most);

    ChildJvm.Outcome child =
        ChildJvm.run(
            List.of("-D" + HaltingKillPoints.PROPERTY + "=" + point + ":" + passing),
            Child.class,
            dir.toString(),
            Integer.toString(seed));

    assertThat(child.exit()).as(child.output()).isEqualTo(HaltingKillPoints.STATUS);
    try (Cache cache = new Cache(dir)) {
      assertThat(cache.verify().findings()).isEmpty();
      assertThat(cache.index.findAll(List.copyOf(staying))).allMatch(Objects::nonNull);
      cache.checkBytes();

      GcPlan rest = cache.plan(seed);
      new GarbageCollection(cache.scopes, cache.store, KillPoints.NONE).carryOut(rest, () -> true);

      GcPlan after = cache.plan(seed);
      assertThat(after.victims()).isEmpty();
      assertThat(after.bytes()).isEqualTo(rest.bytesAfter()).isLessThanOrEqualTo(limit(seed));
      assertThat(cache.index.findAll(pinned())).allMatch(Objects::nonNull);
      assertThat(cache.verify().findings()).isEmpty();
      cache.checkBytes();
      InstantSource later = InstantSource.offset(InstantSource.system(), Duration.ofDays(8));
      new Sweep(cache.store, later).sweep(Duration.ofDays(7), true, after.named());
      assertThat(cache.blobs()).hasSameSizeAs(after.named());
      Rebuild.Result rebuilt = new Rebuild(cache.scopes, cache.store, Progress.NONE).run();
      assertThat(rebuilt.restored()).as("nothing is revived").isZero();
      assertThat(rebuilt.incomplete()).isZero();
    }
  }

  private static long limit(int seed) {
    return 800_000 + 50_000L * (seed % 4);
  }

  private static List<CacheKey> pinned() {
    return List.of(key(0), key(7), key(1500));
  }

  /** A home with results of which each is made of its number. */
  private static final class Cache implements AutoCloseable {
    private final FileResultStore store;
    private final RocksCacheIndex index;
    private final Scopes scopes;

    Cache(Path home) throws Exception {
      store =
          FileResultStore.openOrMake(
                  home.resolve("store"), new FileResultStore.Settings(0, KillPoints.NONE))
              .forHome("home");
      index =
          RocksCacheIndex.open(IndexSettings.of(home.resolve("index"), Scope.of(SCOPE), store))
              .index();
      scopes = Scopes.of(index);
    }

    /** Some in blobs, which two entries may share; most in the index. */
    void fill(int seed) throws Exception {
      Random random = new Random(seed);
      IndexBatch batch = new IndexBatch();
      for (int i = 0; i < ENTRIES; i++) {
        PartitionRef result = i < BLOBS ? stored(store, i / 2, 100_000) : inline(i, 500);
        Origin origin = Samples.origin(i);
        Origin took =
            new Origin(
                origin.run(), "p", "s", "", 1, "local", 1_000_000L * random.nextInt(1000), "h");
        CacheEntry entry =
            new CacheEntry(
                key(i), Manifest.one(result), took, random.nextInt(1000), CacheEntry.NEVER);
        if (i < BLOBS) {
          store.writeManifest(
              "run-1", new StoredManifest(SCOPE, key(i).digest(), EntryFormat.encode(entry)));
        }
        batch.add(new Change.Put(entry));
      }
      store.sync();
      index.write(batch);
    }

    GcPlan plan(int seed) throws Exception {
      Pins pins = Pins.of(pinned().stream().map(key -> new Pin(SCOPE, key)).toList());
      return GcPlan.of(scopes, pins, Uses.NONE, GcLimits.of(limit(seed), null), NOW);
    }

    Verifier.Report verify() throws Exception {
      return new Verifier(scopes, store).verify(Depth.DIGESTS, false, Progress.NONE);
    }

    void checkBytes() throws Exception {
      for (int i = 0; i < BLOBS; i++) {
        CacheEntry entry = index.find(key(i)).orElse(null);
        if (entry != null) {
          PartitionRef result = entry.manifest().partitions().get(0);
          assertThat(store.read(result.location()).bytes())
              .isEqualTo(Samples.bytes(100_000, i / 2));
        }
      }
    }

    List<Path> blobs() throws IOException {
      try (Stream<Path> files = Files.walk(store.folder().resolve("blobs"))) {
        return files.filter(Files::isRegularFile).toList();
      }
    }

    @Override
    public void close() {
      index.close();
    }
  }

  /** Evicts what the plan says, until it is killed. */
  static final class Child {
    public static void main(String[] args) throws Exception {
      try (Cache cache = new Cache(Path.of(args[0]))) {
        GcPlan plan = cache.plan(Integer.parseInt(args[1]));
        new GarbageCollection(cache.scopes, cache.store, HaltingKillPoints.fromSystemProperties())
            .carryOut(plan, () -> true);
      }
    }
  }
}
