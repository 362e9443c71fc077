package dev.reprise.cache.upkeep;

import static dev.reprise.cache.testing.Samples.entry;
import static dev.reprise.cache.testing.Samples.inline;
import static dev.reprise.cache.testing.Samples.key;
import static dev.reprise.cache.testing.Samples.stored;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.EntryFormat;
import dev.reprise.cache.index.InMemoryCacheIndex;
import dev.reprise.cache.index.IndexBatch;
import dev.reprise.cache.index.IndexBatch.Change;
import dev.reprise.cache.index.KeptFailure;
import dev.reprise.cache.index.NoteKind;
import dev.reprise.cache.index.Scope;
import dev.reprise.cache.store.FileResultStore;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.ResultStore.Presence;
import dev.reprise.cache.store.StoredManifest;
import dev.reprise.cache.testing.BrokenStore;
import dev.reprise.cache.testing.ManualTime;
import dev.reprise.cache.testing.Samples;
import dev.reprise.cache.upkeep.Finding.Code;
import dev.reprise.cache.upkeep.Verifier.Depth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code cache verify}, {@code rebuild}, {@code evict} and what removes blobs for good. */
final class UpkeepTest {
  private static final Scope DEV = Scope.of("a/dev");
  private static final Scope PROD = Scope.of("a/prod");

  @TempDir Path dir;
  private final ManualTime time = new ManualTime();
  private FileResultStore store;
  private InMemoryCacheIndex dev;
  private InMemoryCacheIndex prod;
  private Scopes scopes;

  @BeforeEach
  void open() throws IOException {
    store = FileResultStore.openOrMake(dir.resolve("store"), FileResultStore.Settings.STANDARD);
    newIndex();
  }

  private void newIndex() {
    dev = new InMemoryCacheIndex(DEV, store, time);
    prod = dev.in(PROD);
    scopes =
        new Scopes() {
          @Override
          public List<String> names() {
            return List.of("a/dev", "a/prod");
          }

          @Override
          public CacheIndex in(String name) {
            return name.equals("a/dev") ? dev : prod;
          }
        };
  }

  /** Commits as the protocol does: blob, manifest, entry. */
  private void keep(InMemoryCacheIndex index, Scope scope, CacheEntry entry) throws Exception {
    boolean blobs =
        entry.manifest().partitions().stream()
            .anyMatch(partition -> partition.location() instanceof Location.Stored);
    if (blobs) {
      store.writeManifest(
          "run-1",
          new StoredManifest(scope.name(), entry.key().digest(), EntryFormat.encode(entry)));
    }
    store.sync();
    IndexBatch batch = new IndexBatch();
    batch.add(new Change.Put(entry));
    index.write(batch);
  }

  private void keepThree() throws Exception {
    keep(dev, DEV, entry(1, 1, Manifest.one(inline(1, 100))));
    keep(dev, DEV, entry(2, 1, Manifest.one(stored(store, 2, 5000))));
    PartitionRef shared = stored(store, 3, 3 << 20);
    keep(dev, DEV, entry(3, 1, Manifest.many(List.of(shared, shared))));
    keep(prod, PROD, entry(3, 1, Manifest.one(shared)));
  }

  private static KeptFailure failure(long key, long from, long until) {
    return new KeptFailure(key(key), List.of("a.B"), "no", Samples.origin(key), from, until);
  }

  private static void put(InMemoryCacheIndex in, IndexBatch.Change... changes) throws Exception {
    IndexBatch batch = new IndexBatch();
    for (IndexBatch.Change change : changes) {
      batch.add(change);
    }
    in.write(batch);
  }

  private List<KeptFailure> failures(InMemoryCacheIndex in) throws Exception {
    return KeptFailures.find(in, failure -> true);
  }

  @Test
  void verify_failureIsDamaged_isFoundAndRepairedAndTheResultOfItsKeyStays() throws Exception {
    keepThree();
    put(
        dev,
        failure(2, 1, 9).put(),
        new IndexBatch.Change.PutNote(
            NoteKind.FAILURE, key(1).digest(), Bytes.wrap(new byte[] {1, 2, 3})));
    assertThat(verify(Depth.DIGESTS, false).findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.code()).isEqualTo(Finding.Code.FAILURE_CORRUPT);
              assertThat(finding.key()).isEqualTo(key(1));
            });
    assertThat(verify(Depth.DIGESTS, true).findings()).allMatch(Finding::repaired);
    assertThat(verify(Depth.DIGESTS, false).findings()).isEmpty();
    assertThat(dev.find(key(1))).isPresent();
    assertThat(failures(dev)).hasSize(1);
  }

  @Test
  void evict_entry_takesWhatIsKeptOfAnEarlierFailureOfItsKey() throws Exception {
    keepThree();
    put(dev, failure(1, 1, Long.MAX_VALUE).put(), failure(8, 1, Long.MAX_VALUE).put());
    new Eviction(dev, "a/dev", store).evict(entry -> entry.key().equals(key(1)), false);
    assertThat(failures(dev)).extracting(KeptFailure::key).containsExactly(key(8));
  }

  @Test
  void failures_thatDoNotCountAnyMore_goOfAllScopes() throws Exception {
    long now = time.millis();
    put(dev, failure(1, 0, now).put(), failure(2, 0, now + 1).put());
    put(
        prod,
        failure(3, 0, now - 1).put(),
        new IndexBatch.Change.PutNote(NoteKind.FAILURE, key(4).digest(), Bytes.EMPTY));
    assertThat(KeptFailures.removeExpired(scopes)).isEqualTo(3);
    assertThat(failures(dev)).extracting(KeptFailure::key).containsExactly(key(2));
    assertThat(failures(prod)).isEmpty();
    assertThat(KeptFailures.remove(dev, failure -> true, false)).isEqualTo(1);
    assertThat(failures(dev)).isEmpty();
  }

  @Test
  void verify_allIsWell_countsEachBlobOnce() throws Exception {
    keepThree();

    Verifier.Report report = verify(Depth.DIGESTS, false);

    assertThat(report.findings()).isEmpty();
    assertThat(report.entries()).isEqualTo(4);
    assertThat(report.blobs()).isEqualTo(2);
    assertThat(report.bytes()).isEqualTo(5000 + (3 << 20));
    assertThat(verify(Depth.SIZES, false).bytes()).isZero();
  }

  @Test
  void verify_flippedBit_isFoundByDigestAndNamesEveryEntry() throws Exception {
    keepThree();
    Path blob = blobOfSize(3 << 20);
    byte[] bytes = Files.readAllBytes(blob);
    bytes[(2 << 20) + 5] ^= 1;
    Files.write(blob, bytes);

    assertThat(verify(Depth.SIZES, false).findings()).isEmpty();
    List<Finding> findings = verify(Depth.DIGESTS, false).findings();

    assertThat(findings)
        .extracting(Finding::code)
        .containsExactly(Code.BLOB_CORRUPT, Code.BLOB_CORRUPT, Code.BLOB_CORRUPT);
    assertThat(findings).extracting(Finding::scope).containsExactly("a/dev", "a/dev", "a/prod");
    assertThat(findings).extracting(Finding::repaired).containsOnly(false);
    assertThat(findings).allMatch(finding -> finding.detail().contains("is damaged in bytes"));
  }

  @Test
  void verify_missingBlobAndDamagedEntry_areFound() throws Exception {
    keepThree();
    Files.delete(blobOfSize(5000));
    dev.damage(key(1), Bytes.wrap(new byte[] {1, 2, 3}));

    List<Finding> findings = verify(Depth.SIZES, false).findings();

    assertThat(findings)
        .extracting(Finding::code)
        .containsExactlyInAnyOrder(Code.BLOB_MISSING, Code.ENTRY_CORRUPT);
    assertThat(findings).extracting(Finding::key).containsExactlyInAnyOrder(key(1), key(2));
  }

  @Test
  void verify_repair_leavesACleanCache() throws Exception {
    keepThree();
    Files.write(blobOfSize(5000), new byte[4999]);
    dev.damage(key(1), Bytes.wrap(new byte[] {1, 2, 3}));

    Verifier.Report report = verify(Depth.DIGESTS, true);

    assertThat(report.findings()).hasSize(2).allMatch(Finding::repaired);
    assertThat(verify(Depth.DIGESTS, false))
        .isEqualTo(new Verifier.Report(2, 1, 3 << 20, List.of()));
    assertThat(dev.find(key(1))).isEmpty();
    assertThat(dev.find(key(2))).isEmpty();
    assertThat(files("quarantine")).hasSize(1);
    assertThat(rebuild().restored()).as("nothing is revived").isZero();
  }

  @Test
  void verify_repairWhileNothingCanBeRead_removesNothingAndSaysSo() throws Exception {
    keepThree(); // FAULTS row 24: no file can be opened any more
    Files.delete(blobOfSize(5000));
    BrokenStore noFiles = new BrokenStore(store);
    noFiles.reads = 1;

    List<Finding> findings =
        new Verifier(scopes, noFiles).verify(Depth.DIGESTS, true, Progress.NONE).findings();

    assertThat(findings)
        .filteredOn(finding -> finding.code() == Code.NOT_CHECKED)
        .isNotEmpty()
        .allMatch(finding -> !finding.repaired() && finding.detail().contains("disk on fire"));
    assertThat(dev.find(key(3))).isPresent();
    assertThat(prod.find(key(3))).isPresent();
    assertThat(files("manifests")).hasSizeGreaterThanOrEqualTo(2);
    assertThat(dir.resolve("store/quarantine")).doesNotExist();
  }

  @Test
  void verify_quickRepairWhileTheDiskDoesNotSayWhatIsThere_removesNothing() throws Exception {
    keepThree();
    Path folder = blobOfSize(5000).getParent();
    Path away = Files.move(folder, dir.resolve("away"));
    Files.createSymbolicLink(folder, folder); // to ask for what is in it fails

    List<Finding> findings = verify(Depth.SIZES, true).findings();

    assertThat(findings).extracting(Finding::code).contains(Code.NOT_CHECKED);
    assertThat(findings).allMatch(finding -> !finding.repaired());
    Files.delete(folder);
    Files.move(away, folder);
    assertThat(verify(Depth.DIGESTS, false).findings()).isEmpty();
    assertThat(dev.find(key(2))).isPresent();
    assertThat(files("manifests")).hasSize(3);
  }

  @Test
  void verify_tellsHowFarItIs() throws Exception {
    for (int i = 0; i < 600; i++) {
      keep(dev, DEV, entry(i, 1));
    }
    List<Long> seen = new ArrayList<>();

    new Verifier(scopes, store).verify(Depth.SIZES, false, (entries, bytes) -> seen.add(entries));

    assertThat(seen).containsExactly(256L, 512L);
  }

  @Test
  void rebuild_lostIndex_findsWhatTheStoreHolds() throws Exception {
    keepThree();
    CacheEntry second = dev.find(key(2)).orElseThrow();
    newIndex();

    Rebuild.Result result = rebuild();

    assertThat(result).isEqualTo(new Rebuild.Result(3, 0, 0, List.of()));
    assertThat(dev.find(key(2))).contains(second);
    assertThat(prod.find(key(3))).isPresent();
    assertThat(dev.find(key(1))).as("small results live in the index alone").isEmpty();
    assertThat(rebuild()).isEqualTo(new Rebuild.Result(0, 3, 0, List.of()));
  }

  @Test
  void rebuild_indexCannotBeWritten_saysSo() throws Exception {
    for (int i = 0; i < 600; i++) {
      CacheEntry entry = entry(i, 1);
      store.writeManifest(
          "run-1", new StoredManifest("a/dev", entry.key().digest(), EntryFormat.encode(entry)));
    }
    dev.close();

    assertThatThrownBy(this::rebuild)
        .isInstanceOf(CacheUnavailableException.class)
        .hasMessageContaining("is closed");
  }

  @Test
  void rebuild_severalManifestsOfAKey_theNewestCounts() throws Exception {
    for (long created : new long[] {5, 9, 7}) {
      keep(dev, DEV, entry(1, created, Manifest.one(stored(store, created, 5000))));
    }
    newIndex();

    assertThat(rebuild()).isEqualTo(new Rebuild.Result(1, 2, 0, List.of()));
    assertThat(dev.find(key(1)).orElseThrow().createdMillis()).isEqualTo(9);
  }

  @Test
  void rebuild_entryThereIsNewer_stays() throws Exception {
    keep(dev, DEV, entry(1, 5, Manifest.one(stored(store, 5, 5000))));
    keep(dev, DEV, entry(1, 9, Manifest.one(inline(9, 10))));

    assertThat(rebuild().there()).isEqualTo(1);
    assertThat(dev.find(key(1)).orElseThrow().createdMillis()).isEqualTo(9);
  }

  @Test
  void rebuild_blobGoneOrManifestDamaged_isLeftOutAndCounted() throws Exception {
    keepThree();
    Files.delete(blobOfSize(5000));
    Path manifest = files("manifests").get(0);
    byte[] bytes = Files.readAllBytes(manifest);
    bytes[bytes.length / 2] ^= 1;
    Files.write(manifest, bytes);
    newIndex();

    Rebuild.Result result = rebuild();

    assertThat(result.restored() + result.incomplete()).isEqualTo(2);
    assertThat(result.unreadable()).hasSize(1).first().asString().contains("fails its checksum");
    assertThat(verify(Depth.DIGESTS, false).findings()).isEmpty();
  }

  @Test
  void evict_unwantedEntries_goWithTheirManifests() throws Exception {
    keepThree();

    Eviction.Result evicted =
        new Eviction(dev, "a/dev", store)
            .evict(entry -> entry.origin().label().equals("month=2"), false);

    assertThat(evicted).isEqualTo(new Eviction.Result(1, 0, 5000, List.of()));
    assertThat(dev.find(key(2))).isEmpty();
    assertThat(dev.find(key(3))).isPresent();
    newIndex();
    rebuild();
    assertThat(dev.find(key(2))).isEmpty();
    assertThat(dev.find(key(3))).isPresent();
  }

  @Test
  void evict_blobThatAnotherHomeNames_stays() throws Exception {
    keepThree();
    Eviction.Result evicted = new Eviction(prod, "a/prod", store).evict(entry -> true, true);

    assertThat(evicted).isEqualTo(new Eviction.Result(1, 0, 0, List.of()));
    assertThat(verify(Depth.DIGESTS, false).findings()).isEmpty();
    assertThat(dev.find(key(3))).isPresent();
  }

  @Test
  void evict_sameResultInAnotherHomeOfTheStore_staysThere() throws Exception {
    FileResultStore whole = store; // two drivers, each with its home, on one shared store
    InMemoryCacheIndex ann = homeWithTheResult(whole.forHome("ann"), 1);
    InMemoryCacheIndex bob = homeWithTheResult(whole.forHome("bob"), 2);

    Eviction.Result evicted =
        new Eviction(bob, "a/dev", whole.forHome("bob")).evict(entry -> true, true);

    assertThat(evicted).isEqualTo(new Eviction.Result(1, 0, 0, List.of()));
    assertThat(sweep(Duration.ZERO, true).blobs()).isZero();
    assertThat(store.holds(ann.find(key(7)).orElseThrow().manifest())).isTrue();

    Eviction.Result last =
        new Eviction(ann, "a/dev", whole.forHome("ann")).evict(entry -> true, true);
    assertThat(last.freedBytes()).as("nobody needs it any more").isEqualTo(5000);
  }

  @Test
  void rebuild_fromWhatAnotherHomeKept_holdsWhenThatHomeEvicts() throws Exception {
    FileResultStore whole = store;
    InMemoryCacheIndex ann = homeWithTheResult(whole.forHome("ann"), 1);
    store = whole.forHome("bob");
    newIndex();
    assertThat(rebuild().restored()).isEqualTo(1);

    new Eviction(ann, "a/dev", whole.forHome("ann")).evict(entry -> true, true);

    assertThat(whole.holds(dev.find(key(7)).orElseThrow().manifest())).isTrue();
  }

  private InMemoryCacheIndex homeWithTheResult(FileResultStore its, long created) throws Exception {
    store = its;
    InMemoryCacheIndex index = new InMemoryCacheIndex(DEV, its, time);
    keep(index, DEV, entry(7, created, Manifest.one(stored(its, 7, 5000))));
    return index;
  }

  @Test
  void evict_manifestThatCannotBeRead_sparesBlobsAndSaysSo() throws Exception {
    keep(dev, DEV, entry(2, 1, Manifest.one(stored(store, 2, 5000))));
    Path manifest = files("manifests").get(0);
    keep(prod, PROD, entry(3, 1, Manifest.one(stored(store, 3, 6000))));
    Files.write(manifest, new byte[] {9});

    Eviction.Result evicted = new Eviction(prod, "a/prod", store).evict(entry -> true, true);

    assertThat(evicted.freedBytes()).isZero();
    assertThat(evicted.unreadable()).hasSize(1);
    assertThat(files("blobs")).hasSize(2);
  }

  @Test
  void sweep_blobsThatNoManifestNames_goWhenTheyAreOld() throws Exception {
    keepThree();
    stored(store, 77, 9000);
    assertThat(sweep(Duration.ofHours(1), true)).isEqualTo(new Sweep.Result(0, 0, true, List.of()));
    assertThat(sweep(Duration.ZERO, false)).isEqualTo(new Sweep.Result(1, 9000, false, List.of()));

    assertThat(sweep(Duration.ZERO, true)).isEqualTo(new Sweep.Result(1, 9000, true, List.of()));

    assertThat(verify(Depth.DIGESTS, false).findings()).isEmpty();
    assertThat(files("blobs")).hasSize(2);
  }

  @Test
  void sweep_blobThatCameBack_isAsNewAsItsLastPublication() throws Exception {
    Location.Stored orphan = (Location.Stored) stored(store, 77, 9000).location();
    Path file = blobOfSize(9000);
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000));
    stored(store, 77, 9000);

    assertThat(sweep(Duration.ofHours(1), true).blobs()).isZero();

    assertThat(store.presence(orphan.blob().address(), 9000)).isEqualTo(Presence.PRESENT);
  }

  @Test
  void sweep_manifestThatCannotBeRead_sparesEverything() throws Exception {
    keepThree();
    stored(store, 77, 9000);
    Files.write(files("manifests").get(0), new byte[] {9});

    Sweep.Result result = sweep(Duration.ZERO, true);

    assertThat(result.removed()).isFalse();
    assertThat(result.unreadable()).hasSize(1);
    assertThat(files("blobs")).hasSize(3);
  }

  private Verifier.Report verify(Depth depth, boolean repair) throws Exception {
    return new Verifier(scopes, store).verify(depth, repair, Progress.NONE);
  }

  private Rebuild.Result rebuild() throws Exception {
    return new Rebuild(scopes, store, Progress.NONE).run();
  }

  /** As seen a minute from now. */
  private Sweep.Result sweep(Duration grace, boolean remove) throws IOException {
    InstantSource soon = InstantSource.offset(InstantSource.system(), Duration.ofMinutes(1));
    return new Sweep(store, soon).sweep(grace, remove);
  }

  private Path blobOfSize(long size) throws IOException {
    for (Path blob : files("blobs")) {
      if (Files.size(blob) == size) {
        return blob;
      }
    }
    throw new AssertionError("no blob of " + size + " bytes");
  }

  private List<Path> files(String folder) throws IOException {
    try (Stream<Path> files = Files.walk(store.folder().resolve(folder))) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
