package dev.reprise.cache.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.ResultStore.Presence;
import dev.reprise.cache.testing.Shows;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link ResultStore} does. */
abstract class ResultStoreContract {
  private static final int INLINE_LIMIT = 100;

  /** A new, empty store. */
  abstract ResultStore store() throws IOException;

  /** The same store as a home uses it. */
  abstract ResultStore forHome(ResultStore store, String home);

  /** Changes the bytes of a published blob behind the store's back. */
  abstract void damage(ResultStore store, BlobRef blob, byte[] bytes) throws IOException;

  private final Random random = new Random(42);

  @Test
  void write_upToTheInlineLimit_isInline() throws IOException {
    ResultStore store = store();
    byte[] bytes = bytes(INLINE_LIMIT);

    Location location = write(store, bytes);

    assertThat(location).isEqualTo(new Location.Inline(Bytes.wrap(bytes)));
    assertThat(store.read(location).bytes()).isEqualTo(bytes);
  }

  @Test
  void write_nothing_isInlineAndEmpty() throws IOException {
    ResultStore store = store();

    assertThat(write(store, new byte[0])).isEqualTo(new Location.Inline(Bytes.EMPTY));
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        INLINE_LIMIT + 1,
        BlobRef.CHUNK_BYTES - 1,
        BlobRef.CHUNK_BYTES,
        BlobRef.CHUNK_BYTES + 1,
        3 * BlobRef.CHUNK_BYTES + 12345
      })
  void publish_anySize_isReadBackUnderItsAddress(int size) throws IOException {
    ResultStore store = store();
    byte[] bytes = bytes(size);

    Location.Pending pending = pending(store, bytes);
    assertThat(store.presence(pending.blob().address(), size)).isEqualTo(Presence.MISSING);
    assertThat(store.presence(pending)).isEqualTo(Presence.PRESENT);
    Location.Stored stored = store.publish(pending);
    store.sync();

    assertThat(stored.blob()).isEqualTo(addressedByHand(bytes));
    assertThat(store.presence(stored.blob().address(), size)).isEqualTo(Presence.PRESENT);
    assertThat(store.read(stored).bytes()).isEqualTo(bytes);
    try (InputStream stream = store.read(stored).open()) {
      assertThat(stream.readAllBytes()).isEqualTo(bytes);
    }
    assertThat(blobs(store)).containsExactly(Map.entry(stored.blob().address(), (long) size));
  }

  @Test
  void write_byteByByteAndInPieces_isTheSameBlob() throws IOException {
    ResultStore store = store();
    byte[] bytes = bytes(300_000);
    Location inPieces;
    try (BlobWriter writer = store.write("run1", "a1", INLINE_LIMIT)) {
      int at = 0;
      while (at < bytes.length) {
        int count = Math.min(bytes.length - at, random.nextInt(3) * random.nextInt(70_000));
        writer.write(bytes, at, count);
        at += count;
        if (at < bytes.length) {
          writer.write(bytes[at++]);
        }
        assertThat(writer.written()).isEqualTo(at);
      }
      inPieces = writer.finish();
    }

    assertThat(((Location.Pending) inPieces).blob()).isEqualTo(addressedByHand(bytes));
    assertThat(store.read(inPieces).bytes()).isEqualTo(bytes);
  }

  @Test
  void read_pending_isServedBeforeAndAfterItIsPublished() throws IOException {
    ResultStore store = store();
    byte[] bytes = bytes(1000);
    Location.Pending pending = pending(store, bytes);
    Payload payload = store.read(pending);

    assertThat(payload.bytes()).isEqualTo(bytes);
    store.publish(pending);

    assertThat(payload.bytes()).isEqualTo(bytes);
    assertThat(payload.size()).isEqualTo(1000);
    assertThat(store.presence(pending)).isEqualTo(Presence.PRESENT);
  }

  @Test
  void publish_twice_doesNothingTheSecondTime() throws IOException {
    ResultStore store = store();
    Location.Pending pending = pending(store, bytes(1000));

    assertThat(store.publish(pending)).isEqualTo(store.publish(pending));
    assertThat(blobs(store)).hasSize(1);
  }

  @Test
  void publish_equalBytesOfTwoAttempts_areOneBlob() throws IOException {
    ResultStore store = store();
    byte[] bytes = bytes(1000);
    Location.Pending first = pending(store, bytes);
    Location.Pending second = pending(store, bytes);

    assertThat(first.temporary()).isNotEqualTo(second.temporary());
    assertThat(store.publish(first)).isEqualTo(store.publish(second));
    assertThat(blobs(store)).hasSize(1);
  }

  @Test
  void publish_temporaryIsGone_isDamagedAndMissing() throws IOException {
    ResultStore store = store();
    Location.Pending pending = pending(store, bytes(1000));
    store.discard(pending);
    store.discard(pending);

    assertThat(store.presence(pending)).isEqualTo(Presence.MISSING);
    assertThatThrownBy(() -> store.publish(pending))
        .isInstanceOfSatisfying(
            DamagedBlobException.class,
            e -> {
              assertThat(e.missing()).isTrue();
              assertThat(e.blob()).isEqualTo(pending.blob());
            });
    assertThat(blobs(store)).isEmpty();
  }

  @Test
  void publish_blobOfWrongSizeIsInTheWay_isReplaced() throws IOException {
    ResultStore store = store(); // FAULTS row 14: a short file with the right name
    byte[] bytes = bytes(1000);
    BlobRef blob = store.publish(pending(store, bytes)).blob();
    damage(store, blob, new byte[999]);
    assertThat(store.presence(blob.address(), 1000)).isEqualTo(Presence.DAMAGED);

    store.publish(pending(store, bytes));

    assertThat(store.presence(blob.address(), 1000)).isEqualTo(Presence.PRESENT);
    assertThat(store.read(new Location.Stored(blob)).bytes()).isEqualTo(bytes);
  }

  @Test
  void read_missingBlob_saysMissing() throws IOException {
    ResultStore store = store(); // FAULTS row 16
    Location.Stored stored = store.publish(pending(store, bytes(1000)));
    Payload payload = store.read(stored);
    assertThat(store.delete(stored.blob().address())).isTrue();
    assertThat(store.delete(stored.blob().address())).isFalse();

    assertThatThrownBy(payload::bytes)
        .isInstanceOfSatisfying(DamagedBlobException.class, e -> assertThat(e.missing()).isTrue());
  }

  @Test
  @Shows("Fault 15")
  void read_anyByteFlipped_isNeverHandedOut() throws IOException {
    ResultStore store = store(); // FAULTS row 15
    byte[] bytes = bytes(INLINE_LIMIT + 50);
    Location.Stored stored = store.publish(pending(store, bytes));
    assertThat(store.read(stored).bytes()).isEqualTo(bytes);

    for (int i = 0; i < bytes.length; i++) {
      byte[] flipped = bytes.clone();
      flipped[i] ^= (byte) (1 << random.nextInt(8));
      damage(store, stored.blob(), flipped);

      assertDamaged(store.read(stored));
    }
    damage(store, stored.blob(), bytes);
    assertThat(store.read(stored).bytes()).isEqualTo(bytes);
  }

  @Test
  @Shows("Fault 14")
  void read_anyTruncation_isNeverHandedOut() throws IOException {
    ResultStore store = store(); // FAULTS row 14
    byte[] bytes = bytes(INLINE_LIMIT + 50);
    Location.Stored stored = store.publish(pending(store, bytes));

    for (int i = 0; i < bytes.length; i++) {
      damage(store, stored.blob(), Arrays.copyOf(bytes, i));

      assertDamaged(store.read(stored));
    }
  }

  @Test
  @Shows("Fault 15")
  void open_laterChunkDamaged_handsOutOnlyTheChunksBefore() throws IOException {
    ResultStore store = store();
    byte[] bytes = bytes(3 * BlobRef.CHUNK_BYTES);
    Location.Stored stored = store.publish(pending(store, bytes));
    byte[] flipped = bytes.clone();
    flipped[2 * BlobRef.CHUNK_BYTES + 77] ^= 4;
    damage(store, stored.blob(), flipped);

    assertDamaged(store.read(stored));
  }

  @Test
  void read_chunkDigestsOfTheReferenceForged_isDamaged() throws IOException {
    ResultStore store = store();
    byte[] bytes = bytes(2 * BlobRef.CHUNK_BYTES);
    BlobRef blob = store.publish(pending(store, bytes)).blob();
    List<Fingerprint> swapped = List.of(blob.chunks().get(1), blob.chunks().get(0));
    BlobRef forged = new BlobRef(blob.address(), blob.size(), swapped);

    assertDamaged(store.read(new Location.Stored(forged)));
  }

  @Test
  void quarantine_damagedBlob_isMovedAside() throws IOException {
    ResultStore store = store();
    byte[] bytes = bytes(1000);
    BlobRef blob = store.publish(pending(store, bytes)).blob();
    assertThat(store.quarantine(blob)).isFalse();
    byte[] flipped = bytes.clone();
    flipped[500] ^= 1;
    damage(store, blob, flipped);
    assertThat(store.presence(blob.address(), 1000)).isEqualTo(Presence.PRESENT);

    assertThat(store.quarantine(blob)).isTrue();

    assertThat(store.quarantine(blob)).isFalse();
    assertThat(store.presence(blob.address(), 1000)).isEqualTo(Presence.MISSING);
    store.publish(pending(store, bytes));
    assertThat(store.read(new Location.Stored(blob)).bytes()).isEqualTo(bytes);
  }

  @Test
  void close_withoutFinish_leavesNothing() throws IOException {
    ResultStore store = store();
    try (BlobWriter writer = store.write("run1", "a1", INLINE_LIMIT)) {
      writer.write(bytes(200_000));
    }
    Location.Pending kept = pending(store, bytes(1000));

    assertThat(store.presence(kept)).isEqualTo(Presence.PRESENT);
    assertThat(temporaries(store)).isEqualTo(1);
  }

  /** Number of temporary files. */
  static int temporaries(ResultStore store) throws IOException {
    int[] count = new int[1];
    store.forEachTemporary((run, size, written) -> count[0]++);
    return count[0];
  }

  @Test
  void sweep_removesWhatDeadRunsLeft() throws IOException {
    ResultStore store = store();
    store.sweep((run, written) -> true);
    Location.Pending dead = pending(store, "run1", bytes(1000));
    Location.Pending living = pending(store, "run2", bytes(1000));

    store.sweep((run, written) -> run.equals("run1"));

    assertThat(store.presence(dead)).isEqualTo(Presence.MISSING);
    assertThat(store.presence(living)).isEqualTo(Presence.PRESENT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "../x", "a/b", ".hidden", "-x", "a b", "a\u0000b", "ä", "x\ny"})
  void write_namesThatAreNoFileNames_areRefused(String name) throws IOException {
    ResultStore store = store(); // FAULTS row 63
    assertThatThrownBy(() -> store.write(name, "a1", 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot name a file");
    assertThatThrownBy(() -> store.write("run1", name, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void manifests_areFoundAgainUntilTheyAreRemoved() throws IOException {
    ResultStore store = store();
    assertThat(manifests(store)).isEmpty();
    Fingerprint key = Hasher.of("k").finish();
    StoredManifest first = manifest("a/dev", key, 10);
    StoredManifest second = manifest("a/dev", key, 70_000);
    StoredManifest otherScope = manifest("a/prod", key, 10);
    for (StoredManifest manifest : List.of(first, second, otherScope, first)) {
      store.writeManifest("run1", manifest);
    }
    store.sync();
    assertThat(manifests(store)).containsExactlyInAnyOrder(first, second, otherScope);

    store.removeManifests("a/dev", key, second.record());
    assertThat(manifests(store)).containsExactlyInAnyOrder(second, otherScope);

    store.removeManifests("a/dev", key, null);
    store.removeManifests("a/dev", key, null);
    assertThat(manifests(store)).containsExactly(otherScope);
    assertThat(temporaries(store)).isZero();
  }

  @Test
  void manifests_ofAnotherHome_areShownAndNotRemoved() throws IOException {
    ResultStore store = store();
    ResultStore ann = forHome(store, "ann");
    ResultStore bob = forHome(store, "bob");
    Fingerprint key = Hasher.of("k").finish();
    StoredManifest manifest = manifest("a/dev", key, 10);
    ann.writeManifest("run1", manifest);
    bob.writeManifest("run1", manifest);
    assertThat(manifests(store)).containsExactly(manifest, manifest);

    bob.removeManifests("a/dev", key, null);
    assertThat(manifests(bob)).containsExactly(manifest);

    ann.removeManifests("a/dev", key, null);
    assertThat(manifests(bob)).isEmpty();
  }

  @Test
  void manifests_withoutAHome_areEverybodys() throws IOException {
    ResultStore store = store();
    Fingerprint key = Hasher.of("k").finish();
    store.writeManifest("run1", manifest("a/dev", key, 10));

    forHome(store, "ann").removeManifests("a/dev", key, null);

    assertThat(manifests(store)).isEmpty();
  }

  final byte[] bytes(int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return bytes;
  }

  final StoredManifest manifest(String scope, Fingerprint key, int size) {
    return new StoredManifest(scope, key, Bytes.wrap(bytes(size)));
  }

  static Location write(ResultStore store, byte[] bytes) throws IOException {
    try (BlobWriter writer = store.write("run1", "a1", INLINE_LIMIT)) {
      writer.write(bytes);
      return writer.finish();
    }
  }

  static Location.Pending pending(ResultStore store, byte[] bytes) throws IOException {
    return pending(store, "run1", bytes);
  }

  static Location.Pending pending(ResultStore store, String run, byte[] bytes) throws IOException {
    try (BlobWriter writer = store.write(run, "a1", INLINE_LIMIT)) {
      writer.write(bytes);
      return (Location.Pending) writer.finish();
    }
  }

  static List<StoredManifest> manifests(ResultStore store) throws IOException {
    List<StoredManifest> found = new ArrayList<>();
    store.forEachManifest(
        found::add,
        unreadable -> {
          throw new AssertionError(unreadable);
        });
    return found;
  }

  static Map<Fingerprint, Long> blobs(ResultStore store) throws IOException {
    Map<Fingerprint, Long> found = new TreeMap<>();
    store.forEachBlob((address, size, published) -> found.put(address, size));
    return found;
  }

  /** Neither form of reading gives all bytes, and the stream gives no wrong one. */
  static void assertDamaged(Payload payload) {
    assertThatThrownBy(payload::bytes).isInstanceOf(DamagedBlobException.class);
    assertThatThrownBy(
            () -> {
              try (InputStream stream = payload.open()) {
                stream.readAllBytes();
              }
            })
        .isInstanceOf(DamagedBlobException.class);
  }

  /** What {@link BlobRef} says, word for word. */
  private static BlobRef addressedByHand(byte[] bytes) {
    List<Fingerprint> chunks = new ArrayList<>();
    var all = Hasher.sha256();
    for (int i = 0; i < bytes.length; i += BlobRef.CHUNK_BYTES) {
      var one = Hasher.sha256();
      one.update(bytes, i, Math.min(BlobRef.CHUNK_BYTES, bytes.length - i));
      byte[] digest = one.digest();
      all.update(digest);
      chunks.add(Fingerprint.of(digest));
    }
    return new BlobRef(
        Fingerprint.of(all.digest()), bytes.length, chunks.size() > 1 ? chunks : List.of());
  }
}
