package dev.reprise.cache.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.base.KillPoint;
import dev.reprise.cache.base.KillPoints;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.ResultStore.Presence;
import dev.reprise.cache.testing.Shows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileResultStoreTest extends ResultStoreContract {
  @TempDir Path dir;
  private int stores;

  @Override
  FileResultStore store() throws IOException {
    return FileResultStore.openOrMake(
        dir.resolve("store" + stores++), FileResultStore.Settings.STANDARD);
  }

  @Override
  ResultStore forHome(ResultStore store, String home) {
    return ((FileResultStore) store).forHome(home);
  }

  @Override
  void damage(ResultStore store, BlobRef blob, byte[] bytes) throws IOException {
    Files.write(place((FileResultStore) store, blob), bytes);
  }

  @Test
  void open_sameFolderLater_servesWhatWasKept() throws IOException {
    FileResultStore store = store();
    byte[] bytes = bytes(1000);
    Location.Stored stored = store.publish(pending(store, bytes));

    FileResultStore later = FileResultStore.open(store.folder(), FileResultStore.Settings.STANDARD);

    assertThat(later.read(stored).bytes()).isEqualTo(bytes);
  }

  @Test
  void open_storeWasMoved_servesWhatWasKept() throws IOException {
    FileResultStore store = store(); // FAULTS row 30
    byte[] bytes = bytes(1000);
    Location.Stored stored = store.publish(pending(store, bytes));
    Location.Pending pending = pending(store, bytes(2000));
    Path elsewhere = dir.resolve("elsewhere");
    Files.move(store.folder(), elsewhere);

    FileResultStore moved = FileResultStore.open(elsewhere, FileResultStore.Settings.STANDARD);

    assertThat(moved.read(stored).bytes()).isEqualTo(bytes);
    assertThat(moved.presence(pending)).isEqualTo(ResultStore.Presence.PRESENT);
  }

  @Test
  void open_throughALink_usesTheFolderBehindIt() throws IOException {
    FileResultStore store = store();
    Path link = Files.createSymbolicLink(dir.resolve("link"), store.folder());

    assertThat(FileResultStore.open(link, FileResultStore.Settings.STANDARD).folder())
        .isEqualTo(store.folder());
  }

  @Test
  void open_folderIsNoStore_isRefused() throws IOException {
    Path other = Files.createDirectory(dir.resolve("other"));
    assertThatThrownBy(() -> FileResultStore.open(other, FileResultStore.Settings.STANDARD))
        .hasMessageContaining("is not a result store");
    Files.writeString(other.resolve("letter.txt"), "dear");

    assertThatThrownBy(() -> FileResultStore.openOrMake(other, FileResultStore.Settings.STANDARD))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is not empty (it has 'letter.txt')");
    assertThat(files(other)).hasSize(1);
  }

  @Test
  void open_missingFolder_isMadeByTheDriverAndRefusedByWorkers() throws IOException {
    Path missing = dir.resolve("not/there");
    assertThatThrownBy(() -> FileResultStore.open(missing, FileResultStore.Settings.STANDARD))
        .hasMessageContaining("is it on a shared disk?");

    FileResultStore.openOrMake(missing, FileResultStore.Settings.STANDARD);

    assertThat(missing.resolve("reprise-store")).hasContent("1\n");
  }

  @Test
  void open_fileInTheWay_saysSo() throws IOException {
    Path file = Files.writeString(dir.resolve("file"), "x");

    assertThatThrownBy(() -> FileResultStore.openOrMake(file, FileResultStore.Settings.STANDARD))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is a file where the result store needs a folder");
  }

  @Test
  void open_newerLayout_isRefusedWithBothVersions() throws IOException {
    FileResultStore store = store(); // FAULTS row 28
    Files.writeString(store.folder().resolve("reprise-store"), "2\n");

    assertThatThrownBy(
            () -> FileResultStore.openOrMake(store.folder(), FileResultStore.Settings.STANDARD))
        .hasMessageContaining("layout version '2', this Reprise knows 1");
  }

  @Test
  void open_markerIsGarbage_saysWhatHealsItAndTouchesNothing() throws IOException {
    FileResultStore store = store();
    Path marker = store.folder().resolve("reprise-store");
    byte[] garbage = {(byte) 0xe7, 0, 'x', (byte) 0x80};
    Files.write(marker, garbage);

    assertThatThrownBy(
            () -> FileResultStore.openOrMake(store.folder(), FileResultStore.Settings.STANDARD))
        .hasMessageContaining("the file " + marker + " is damaged: it tells no layout version")
        .hasMessageContaining("If no newer Reprise made this store, write 1 into it");

    assertThat(marker).hasBinaryContent(garbage);
    Files.writeString(marker, "1");
    FileResultStore.openOrMake(store.folder(), FileResultStore.Settings.STANDARD);
  }

  @Test
  void publish_filesAndFoldersAreForTheOwnerAlone() throws IOException {
    FileResultStore store = store(); // FAULTS §7.7
    store.publish(pending(store, bytes(1000)));
    pending(store, bytes(1000));
    store.writeManifest("run1", manifest("a/dev", Hasher.of("k").finish(), 10));

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(store.folder())))
        .isEqualTo("rwx------");
    try (Stream<Path> all = Files.walk(store.folder())) {
      for (Path path : (Iterable<Path>) all.filter(p -> !p.endsWith("reprise-store"))::iterator) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
            .as(path.toString())
            .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------");
      }
    }
  }

  @Test
  @Shows("Fault 31")
  void publish_namesAreHexadecimalAndShort() throws IOException {
    FileResultStore store = store(); // FAULTS row 31
    store.publish(pending(store, bytes(1000)));
    store.writeManifest("run1", manifest("a/dev", Hasher.of("k").finish(), 10));

    for (Path file : files(store.folder())) {
      String name = store.folder().relativize(file).toString();
      assertThat(name)
          .matches(
              "reprise-store|blobs/[0-9a-f]{2}/[0-9a-f]{64}"
                  + "|manifests/[0-9a-f]{2}/[0-9a-f]{64}-[0-9a-f]{64}");
    }
  }

  @Test
  void sweep_filesOfOneRun_isAskedForEachWithItsTime() throws IOException {
    FileResultStore store = store();
    Instant then = Instant.parse("2001-01-01T00:00:00Z");
    Location.Pending old = pending(store, bytes(1000));
    Files.setLastModifiedTime(store.folder().resolve(old.temporary()), FileTime.from(then));
    Location.Pending beingWritten = pending(store, bytes(1000));

    store.sweep((run, written) -> !written.isAfter(then));

    assertThat(store.presence(old)).isEqualTo(Presence.MISSING);
    assertThat(store.presence(beingWritten)).isEqualTo(Presence.PRESENT);
    store.sweep((run, written) -> true);
    assertThat(store.folder().resolve("tmp")).isEmptyDirectory();
    assertThat(store.presence(pending(store, bytes(10_000)))).isEqualTo(Presence.PRESENT);
  }

  @Test
  @Shows("Fault 29")
  void write_linkInsideTheStore_isNotFollowed() throws IOException {
    FileResultStore store = store(); // FAULTS row 29
    Path outside = Files.createDirectory(dir.resolve("outside"));
    Files.writeString(outside.resolve("precious"), "do not touch");
    Files.createSymbolicLink(store.folder().resolve("tmp"), outside);
    Files.createSymbolicLink(store.folder().resolve("blobs"), outside);

    assertThatThrownBy(() -> pending(store, bytes(1000)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("follows no links");
    store.sweep((run, written) -> true);
    assertThat(store.delete(Hasher.of("x").finish())).isFalse();

    assertThat(files(outside)).containsExactly(outside.resolve("precious"));
  }

  @Test
  @Shows("Fault 29")
  void read_blobReplacedByALink_isNotFollowed() throws IOException {
    FileResultStore store = store(); // FAULTS row 29
    byte[] bytes = bytes(1000);
    Location.Stored stored = store.publish(pending(store, bytes));
    Path place = place(store, stored.blob());
    Path outside = Files.move(place, dir.resolve("same-bytes"));
    Files.createSymbolicLink(place, outside);

    assertThat(store.presence(stored.blob().address(), 1000))
        .isEqualTo(ResultStore.Presence.DAMAGED);
    assertDamaged(store.read(stored));
    store.publish(pending(store, bytes));

    assertThat(store.read(stored).bytes()).isEqualTo(bytes);
    assertThat(outside).hasBinaryContent(bytes);
  }

  @Test
  void presence_diskDoesNotSay_isUnknownAndPublishingSaysWhy() throws IOException {
    FileResultStore store = store();
    Location.Pending pending = pending(store, bytes(1000));
    Path folder = place(store, pending.blob()).getParent();
    Files.createDirectories(folder.getParent());
    Files.createSymbolicLink(folder, folder);

    assertThat(store.presence(pending.blob().address(), 1000)).isEqualTo(Presence.UNKNOWN);
    assertThat(store.presence(pending)).isEqualTo(Presence.PRESENT);
    store.discard(pending);
    assertThatThrownBy(() -> store.publish(pending))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(DamagedBlobException.class);
  }

  @Test
  void write_belowTheFloor_isStoreFullAndInlineStillWorks() throws IOException {
    FileResultStore store =
        FileResultStore.openOrMake(
            dir.resolve("full"),
            new FileResultStore.Settings(Long.MAX_VALUE, KillPoints.NONE)); // FAULTS row 20

    assertThat(write(store, bytes(10))).isInstanceOf(Location.Inline.class);
    assertThatThrownBy(() -> write(store, bytes(1000)))
        .isInstanceOf(StoreFullException.class)
        .hasMessageContaining("less than the floor");
    assertThat(temporaries(store)).isZero();
  }

  @Test
  void read_checkedOnceThenDamaged_isNoticed() throws IOException {
    FileResultStore store = store();
    byte[] bytes = bytes(1000);
    Location.Stored stored = store.publish(pending(store, bytes));
    Payload payload = store.read(stored);
    payload.bytes();
    bytes[3] ^= 1;
    Files.write(place(store, stored.blob()), bytes);

    assertDamaged(payload);
  }

  @Test
  void forEachManifest_damagedOnes_areReportedAndPassedOver() throws IOException {
    FileResultStore store = store();
    StoredManifest kept = manifest("a/dev", Hasher.of("k1").finish(), 100);
    StoredManifest broken = manifest("a/dev", Hasher.of("k2").finish(), 100);
    store.writeManifest("run1", kept);
    store.writeManifest("run1", broken);
    Path file =
        store.folder().resolve("manifests/" + ManifestForm.name(broken, "").substring(0, 2));
    file = file.resolve(ManifestForm.name(broken, ""));
    byte[] bytes = Files.readAllBytes(file);
    List<StoredManifest> found = new ArrayList<>();
    List<String> unreadable = new ArrayList<>();

    for (int i = 0; i < bytes.length; i++) {
      byte[] flipped = bytes.clone();
      flipped[i] ^= 16;
      Files.write(file, flipped);
      store.forEachManifest(found::add, unreadable::add);
    }

    assertThat(found).hasSize(bytes.length).containsOnly(kept);
    assertThat(unreadable).hasSize(bytes.length).allMatch(message -> message.contains("manifest"));
    store.writeManifest("run1", broken);
    assertThat(manifests(store)).containsExactlyInAnyOrder(kept, broken);
  }

  @Test
  void forEach_strayFiles_arePassedOver() throws IOException {
    FileResultStore store = store();
    Location.Stored kept = store.publish(pending(store, bytes(1000)));
    StoredManifest manifest = manifest("a/dev", Hasher.of("k").finish(), 10);
    store.writeManifest("run1", manifest);
    for (String folder : List.of("blobs", "manifests")) {
      Path all = store.folder().resolve(folder);
      Files.writeString(all.resolve(".DS_Store"), "x");
      try (Stream<Path> inside = Files.list(all)) {
        Path one = inside.filter(Files::isDirectory).findFirst().orElseThrow();
        Files.writeString(one.resolve(".nfs0000000012ab"), "x");
      }
    }

    assertThat(blobs(store)).containsOnlyKeys(kept.blob().address());
    assertThat(manifests(store)).containsExactly(manifest);
  }

  @Test
  void publish_foldersWereRemovedMeanwhile_areMadeAnew() throws IOException {
    FileResultStore store = store(); // by a cleaner of old files, or by hand
    byte[] bytes = bytes(1000);
    StoredManifest manifest = manifest("a/dev", Hasher.of("k").finish(), 10);
    for (String gone : List.of("none", "tmp", "blobs", "manifests", "quarantine")) {
      delete(store.folder().resolve(gone));
      Location.Stored stored = store.publish(pending(store, bytes));
      store.writeManifest("run1", manifest);
      store.sync();

      assertThat(store.read(stored).bytes()).as(gone + " removed").isEqualTo(bytes);
      assertThat(manifests(store)).containsExactly(manifest);
      damage(store, stored.blob(), bytes(1000));
      assertThat(store.quarantine(stored.blob())).isTrue();
    }
  }

  @Test
  void sync_folderWasRemovedMeanwhile_failsOnce() throws IOException {
    FileResultStore store = store();
    store.publish(pending(store, bytes(1000)));
    delete(store.folder().resolve("blobs"));

    assertThatThrownBy(store::sync).isInstanceOf(IOException.class);
    store.sync();
  }

  @Test
  void write_storeIsGone_isNotTakenForAFullDisk() throws IOException {
    FileResultStore store = store();
    delete(store.folder());

    assertThatThrownBy(() -> write(store, bytes(1000)))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(StoreFullException.class)
        .hasMessageContaining("the result store " + store.folder() + " cannot be reached");
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  @Test
  void write_passesTheKillPointsOfTheWorker() throws IOException {
    List<KillPoint> passed = new ArrayList<>();
    FileResultStore store =
        FileResultStore.openOrMake(
            dir.resolve("hooked"), new FileResultStore.Settings(0, passed::add));

    write(store, bytes(10));
    assertThat(passed).isEmpty();
    write(store, bytes(1000));

    assertThat(passed).containsExactly(KillPoint.C1, KillPoint.C2);
  }

  @Test
  void removeManifests_ofManyKeys_removesTheirsAndNoOthers() throws Exception {
    FileResultStore all = store();
    FileResultStore ann = all.forHome("ann");
    FileResultStore bob = all.forHome("bob");
    List<Fingerprint> keys = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      Fingerprint key = Hasher.of("test").putLong(i).finish();
      keys.add(key);
      ann.writeManifest("run-1", new StoredManifest("a", key, Bytes.wrap(new byte[] {1})));
    }
    ann.writeManifest("run-1", new StoredManifest("b", keys.get(0), Bytes.wrap(new byte[] {1})));
    bob.writeManifest("run-1", new StoredManifest("a", keys.get(0), Bytes.wrap(new byte[] {1})));
    bob.writeManifest("run-1", new StoredManifest("a", keys.get(299), Bytes.wrap(new byte[] {2})));

    ann.removeManifests("a", keys.subList(0, 299));

    List<Fingerprint> left = new ArrayList<>();
    all.forEachManifest(manifest -> left.add(manifest.key()), unreadable -> fail(unreadable));
    assertThat(left)
        .containsExactlyInAnyOrder(keys.get(0), keys.get(0), keys.get(299), keys.get(299));
  }

  @Test
  void publish_blobIsDeletedJustBeforeItIsTouched_linksItAnew() throws Exception {
    List<Path> going = new ArrayList<>();
    InstantSource clock =
        () -> {
          going.forEach(path -> assertThat(path.toFile().delete()).isTrue());
          going.clear();
          return Instant.now();
        };
    FileResultStore store =
        FileResultStore.openOrMake(
            dir.resolve("raced"), new FileResultStore.Settings(0, KillPoints.NONE, clock));
    BlobRef blob = store.publish(pending(store)).blob();
    Location.Pending again = pending(store);
    going.add(place(store, blob));

    store.publish(again);

    assertThat(going).isEmpty();
    assertThat(store.presence(blob.address(), 1000)).isEqualTo(Presence.PRESENT);
  }

  @Test
  void delete_unlessPublishedSince_goesByTheTimeOfTheFileAndLeavesNothing() throws Exception {
    FileResultStore store = store();
    BlobRef blob = store.publish(pending(store)).blob();
    Instant then = Instant.parse("2001-01-01T00:00:00Z");
    Files.setLastModifiedTime(place(store, blob), FileTime.from(then));

    assertThat(store.delete(blob.address(), then)).isFalse();
    assertThat(place(store, blob)).exists();
    assertThat(store.delete(blob.address(), then.plusSeconds(1))).isTrue();
    assertThat(place(store, blob)).doesNotExist();
    assertThat(store.delete(blob.address(), then.plusSeconds(1))).isFalse();
    assertThat(temporaries(store)).isZero();
  }

  @Test
  void delete_whileItIsPublishedAgain_neverTakesItAway() throws Exception {
    FileResultStore store = store();
    Instant since = Instant.now().minus(Duration.ofHours(1));
    for (int i = 0; i < 400; i++) {
      BlobRef blob = store.publish(pending(store)).blob();
      Files.setLastModifiedTime(place(store, blob), FileTime.from(since.minusSeconds(1)));
      Location.Pending again = pending(store);
      CyclicBarrier together = new CyclicBarrier(2);
      CompletableFuture<Void> deletes =
          CompletableFuture.runAsync(
              () -> {
                try {
                  together.await(30, TimeUnit.SECONDS);
                  store.delete(blob.address(), since);
                } catch (Exception e) {
                  throw new AssertionError(e);
                }
              });
      together.await(30, TimeUnit.SECONDS);
      store.publish(again);
      deletes.get(30, TimeUnit.SECONDS);

      assertThat(store.presence(blob.address(), 1000)).as("try %s", i).isEqualTo(Presence.PRESENT);
    }
    assertThat(temporaries(store)).isZero();
  }

  @Test
  void folder_tellsTheMarkerInPlainText() throws IOException {
    assertThat(Files.readString(store().folder().resolve("reprise-store"), UTF_8)).isEqualTo("1\n");
  }

  /** The same bytes each time. */
  private Location.Pending pending(FileResultStore store) throws IOException {
    return (Location.Pending) write(store, new byte[1000]);
  }

  private static Path place(FileResultStore store, BlobRef blob) {
    String hex = blob.address().toString();
    return store.folder().resolve("blobs").resolve(hex.substring(0, 2)).resolve(hex);
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }
}
