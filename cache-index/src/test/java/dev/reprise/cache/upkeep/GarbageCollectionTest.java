package dev.reprise.cache.upkeep;

import static dev.reprise.cache.testing.Samples.entry;
import static dev.reprise.cache.testing.Samples.inline;
import static dev.reprise.cache.testing.Samples.key;
import static dev.reprise.cache.testing.Samples.stored;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.cache.base.KillPoint;
import dev.reprise.cache.base.KillPoints;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.EntryFormat;
import dev.reprise.cache.index.InMemoryCacheIndex;
import dev.reprise.cache.index.IndexBatch;
import dev.reprise.cache.index.IndexBatch.Change;
import dev.reprise.cache.index.Scope;
import dev.reprise.cache.store.FileResultStore;
import dev.reprise.cache.store.ForwardingResultStore;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.Payload;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cache.store.StoredManifest;
import dev.reprise.cache.testing.ManualTime;
import dev.reprise.cache.testing.Samples;
import dev.reprise.cache.testing.Shows;
import dev.reprise.cache.upkeep.GarbageCollection.Result;
import dev.reprise.cache.upkeep.Verifier.Depth;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Carrying out a plan: entries before blobs, and nothing that is named. */
final class GarbageCollectionTest {
  private static final String DEV = "a/dev";

  /** Long after all files were written. */
  private static final long NOW = Instant.parse("2126-01-01T00:00:00Z").toEpochMilli();

  @TempDir Path dir;
  private FileResultStore whole;
  private FileResultStore store;
  private InMemoryCacheIndex index;
  private Scopes scopes;

  @BeforeEach
  void open() throws IOException {
    whole = FileResultStore.openOrMake(dir.resolve("store"), FileResultStore.Settings.STANDARD);
    store = whole.forHome("ann");
    index = new InMemoryCacheIndex(Scope.of(DEV), store, new ManualTime());
    scopes = of(index);
  }

  private static Scopes of(CacheIndex index) {
    return new Scopes() {
      @Override
      public List<String> names() {
        return List.of(DEV);
      }

      @Override
      public CacheIndex in(String name) {
        return index;
      }
    };
  }

  private static void keep(CacheIndex index, FileResultStore store, CacheEntry entry)
      throws Exception {
    if (!entry.manifest().blobs().isEmpty()) {
      store.writeManifest(
          "run-1", new StoredManifest(DEV, entry.key().digest(), EntryFormat.encode(entry)));
    }
    IndexBatch batch = new IndexBatch();
    batch.add(new Change.Put(entry));
    index.write(batch);
  }

  private GcPlan everything() throws Exception {
    return GcPlan.of(scopes, Pins.NONE, Uses.NONE, GcLimits.of(0, null), NOW);
  }

  private Result carryOut(GcPlan plan, KillPoints killPoints) throws Exception {
    return new GarbageCollection(scopes, store, killPoints).carryOut(plan, () -> true);
  }

  @Test
  void carryOut_entries_goWithTheirManifestsAndBlobs() throws Exception {
    PartitionRef shared = stored(store, 3, 3000);
    keep(index, store, entry(1, 1, Manifest.one(inline(1, 100))));
    keep(index, store, entry(2, 1, Manifest.one(shared)));
    keep(index, store, entry(3, 1, Manifest.many(List.of(shared, shared))));

    Result result = carryOut(everything(), KillPoints.NONE);

    assertThat(result).isEqualTo(new Result(3, 9100, 3100, true, List.of()));
    assertThat(files("blobs")).isEmpty();
    assertThat(files("manifests")).isEmpty();
    assertThat(index.find(key(1))).isEmpty();
    assertThat(everything().entries()).isZero();
  }

  @Test
  void carryOut_nothingToDo_touchesNothing() throws Exception {
    keep(index, store, entry(1, 1, Manifest.one(stored(store, 1, 3000))));
    long generation = index.generation();
    GcPlan none = GcPlan.of(scopes, Pins.NONE, Uses.NONE, GcLimits.of(3000, null), NOW);

    assertThat(carryOut(none, KillPoints.NONE)).isEqualTo(new Result(0, 0, 0, true, List.of()));
    assertThat(index.generation()).isEqualTo(generation);
  }

  @Test
  void carryOut_blobThatAnotherHomeNames_stays() throws Exception {
    FileResultStore bobs = whole.forHome("bob");
    InMemoryCacheIndex bob = new InMemoryCacheIndex(Scope.of(DEV), bobs, new ManualTime());
    keep(bob, bobs, entry(7, 1, Manifest.one(stored(bobs, 7, 5000))));
    keep(index, store, entry(7, 1, Manifest.one(stored(store, 7, 5000))));

    Result result = carryOut(everything(), KillPoints.NONE);

    assertThat(result).isEqualTo(new Result(1, 5000, 0, true, List.of()));
    assertThat(whole.holds(bob.find(key(7)).orElseThrow().manifest())).isTrue();
  }

  @Test
  void carryOut_manifestOfAnotherHomeCannotBeRead_sparesBlobsAndSaysSo() throws Exception {
    FileResultStore bobs = whole.forHome("bob");
    InMemoryCacheIndex bob = new InMemoryCacheIndex(Scope.of(DEV), bobs, new ManualTime());
    keep(bob, bobs, entry(7, 1, Manifest.one(stored(bobs, 7, 5000))));
    Files.write(files("manifests").get(0), new byte[] {9});
    keep(index, store, entry(8, 1, Manifest.one(stored(store, 8, 6000))));

    Result result = carryOut(everything(), KillPoints.NONE);

    assertThat(result.freedBytes()).isZero();
    assertThat(result.unreadable()).hasSize(1);
    assertThat(result.whole()).isFalse();
    assertThat(files("blobs")).hasSize(2);
    assertThat(index.find(key(8))).as("nothing would be gained").isPresent();
  }

  @Test
  void carryOut_oneBlobCannotBeRemoved_removesTheOthersAndThenSaysSo() throws Exception {
    PartitionRef first = stored(store, 1, 3000);
    keep(index, store, entry(1, 1, Manifest.one(first)));
    keep(index, store, entry(2, 1, Manifest.one(stored(store, 2, 4000))));
    keep(index, store, entry(3, 1, Manifest.one(stored(store, 3, 5000))));
    Fingerprint stuck = ((Location.Stored) first.location()).blob().address();
    ResultStore failing =
        new ForwardingResultStore(store) {
          @Override
          public boolean delete(Fingerprint address, Instant since) throws IOException {
            if (address.equals(stuck)) {
              throw new IOException("no permission");
            }
            return super.delete(address, since);
          }
        };

    assertThatThrownBy(
            () ->
                new GarbageCollection(scopes, failing, KillPoints.NONE)
                    .carryOut(everything(), () -> true))
        .isInstanceOf(IOException.class)
        .hasMessage("no permission");
    assertThat(files("blobs")).hasSize(1);
    assertThat(verify().findings()).isEmpty();
  }

  @Test
  void carryOut_passesItsKillPointsInOrder_entriesBeforeBlobs() throws Exception {
    for (int i = 0; i < 2; i++) {
      keep(index, store, entry(i, 1, Manifest.one(stored(store, i, 3000 + i))));
    }
    List<String> seen = new ArrayList<>();

    carryOut(
        everything(), point -> seen.add(point + " " + entries() + " " + files("blobs").size()));

    assertThat(seen).containsExactly("G1 2 2", "G2 0 2", "G3 0 2", "G4 0 1", "G4 0 0");
    assertThat(KillPoint.values()).hasSize(14);
  }

  @Test
  void plan_toldToStopWhileItCounts_isNone() throws Exception {
    keep(index, store, entry(1, 1, Manifest.one(inline(1, 10))));
    GcLimits all = GcLimits.of(0, null);

    assertThat(GcPlan.of(scopes, Pins.NONE, Uses.NONE, all, NOW, () -> false)).isEmpty();
    assertThat(GcPlan.of(scopes, Pins.NONE, Uses.NONE, all, NOW, () -> true)).isPresent();
  }

  @Test
  void carryOut_toldToStopWhileManifestsOfOthersAreRead_touchesNothing() throws Exception {
    FileResultStore bobs = whole.forHome("bob");
    InMemoryCacheIndex bob = new InMemoryCacheIndex(Scope.of(DEV), bobs, new ManualTime());
    keep(bob, bobs, entry(7, 1, Manifest.one(stored(bobs, 7, 5000))));
    keep(index, store, entry(8, 1, Manifest.one(stored(store, 8, 6000))));

    Result result =
        new GarbageCollection(scopes, store, KillPoints.NONE).carryOut(everything(), () -> false);

    assertThat(result).isEqualTo(new Result(0, 0, 0, false, List.of()));
    assertThat(index.find(key(8))).isPresent();
    assertThat(files("blobs")).hasSize(2);
  }

  @Test
  void carryOut_toldToStop_endsAfterTheChunkAtHandAndLeavesNothingBehind() throws Exception {
    int all = 2 * Removal.AT_ONCE + 1;
    for (int i = 0; i < all; i++) {
      keep(index, store, entry(i, 1, Manifest.one(inline(i, 10))));
    }
    keep(index, store, entry(all, 0, Manifest.one(stored(store, all, 3000))));
    int[] asked = new int[1];

    Result result =
        new GarbageCollection(scopes, store, KillPoints.NONE)
            .carryOut(everything(), () -> asked[0]++ == 0);

    assertThat(result.entries()).isEqualTo(Removal.AT_ONCE);
    assertThat(result.whole()).isFalse();
    assertThat(result.freedBytes()).isEqualTo(3000 + 10 * (Removal.AT_ONCE - 1));
    assertThat(files("blobs")).as("it saved least for its bytes").isEmpty();
    assertThat(verify().findings()).isEmpty();
    assertThat(carryOut(everything(), KillPoints.NONE).entries())
        .isEqualTo(all + 1 - Removal.AT_ONCE);
  }

  @ParameterizedTest
  @CsvSource({
    "false, -1, 7000", // a second before the plan was made
    "false, 1, 3000",
    "true, -3540, 3000", // other homes may be about to name it
    "true, -3660, 7000"
  })
  void carryOut_blobWasPublishedAgainAboutWhenThePlanWasMade_staysIfItMayBeNamed(
      boolean shared, long seconds, long freed) throws Exception {
    keep(index, store, entry(1, 1, Manifest.one(stored(store, 1, 3000))));
    keep(index, store, entry(2, 1, Manifest.one(stored(store, 2, 4000))));
    if (shared) {
      FileResultStore bobs = whole.forHome("bob");
      InMemoryCacheIndex bob = new InMemoryCacheIndex(Scope.of(DEV), bobs, new ManualTime());
      keep(bob, bobs, entry(7, 1, Manifest.one(stored(bobs, 7, 5000))));
    }
    Instant looked = Instant.now().plus(Duration.ofHours(2));
    GcPlan plan =
        GcPlan.of(scopes, Pins.NONE, Uses.NONE, GcLimits.of(0, null), looked.toEpochMilli());
    PartitionRef again = stored(store, 2, 4000);
    String address = ((Location.Stored) again.location()).blob().address().toString();
    for (Path blob : files("blobs")) {
      if (blob.endsWith(address)) {
        Files.setLastModifiedTime(blob, FileTime.from(looked.plusSeconds(seconds)));
      }
    }

    Result result = carryOut(plan, KillPoints.NONE);

    assertThat(result.entries()).isEqualTo(2);
    assertThat(result.freedBytes()).isEqualTo(freed);
    assertThat(store.holds(Manifest.one(again))).isEqualTo(freed == 3000);
  }

  @Test
  @Shows("Fault 39")
  void carryOut_readerHasABlobOpen_readsItToItsEndAndOthersMiss() throws Exception {
    int size = 3 << 20;
    PartitionRef blob = stored(store, 5, size);
    keep(index, store, entry(5, 1, Manifest.one(blob)));
    Payload payload = store.read(blob.location());
    try (InputStream open = payload.open()) {
      int first = open.read();

      carryOut(everything(), KillPoints.NONE);

      byte[] rest = open.readAllBytes();
      byte[] made = Samples.bytes(size, 5);
      assertThat(first).isEqualTo(made[0] & 0xff);
      assertThat(rest).hasSize(size - 1).endsWith(made[size - 2], made[size - 1]);
    }
    assertThat(store.holds(Manifest.one(blob))).isFalse();
    assertThat(blob.location()).isInstanceOf(Location.Stored.class);
  }

  @Test
  void sweep_manifestsWentAndTheirEntriesDidNot_sparesWhatEntriesName() throws Exception {
    CacheEntry entry = entry(2, 1, Manifest.one(stored(store, 2, 5000)));
    keep(index, store, entry);
    store.removeManifests(DEV, entry.key().digest(), null); // killed before the entry was removed
    InstantSource later = InstantSource.offset(InstantSource.system(), Duration.ofDays(30));

    Sweep.Result spared =
        new Sweep(store, later).sweep(Duration.ofDays(7), true, everything().named());

    assertThat(spared.blobs()).isZero();
    assertThat(verify().findings()).isEmpty();
    assertThat(new Sweep(store, later).sweep(Duration.ofDays(7), true).blobs()).isEqualTo(1);
  }

  @Test
  void sweep_blobIsPublishedAgainWhileManifestsAreRead_stays() throws Exception {
    stored(store, 2, 5000);
    InstantSource later = InstantSource.offset(InstantSource.system(), Duration.ofDays(30));
    ResultStore raced =
        new ForwardingResultStore(store) {
          @Override
          public void forEachManifest(Consumer<StoredManifest> each, Consumer<String> unreadable)
              throws IOException {
            Files.setLastModifiedTime(files("blobs").get(0), FileTime.from(later.instant()));
            super.forEachManifest(each, unreadable);
          }
        };

    new Sweep(raced, later).sweep(Duration.ofDays(7), true);

    assertThat(files("blobs")).hasSize(1);
  }

  private Verifier.Report verify() throws Exception {
    return new Verifier(scopes, store).verify(Depth.DIGESTS, false, Progress.NONE);
  }

  private long entries() {
    try {
      return everything().entries();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private List<Path> files(String folder) {
    try (Stream<Path> files = Files.walk(store.folder().resolve(folder))) {
      return files.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
