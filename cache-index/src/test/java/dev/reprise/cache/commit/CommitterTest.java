package dev.reprise.cache.commit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.base.KillPoint;
import dev.reprise.cache.claim.Claims.Claim;
import dev.reprise.cache.claim.Claims.Outcome.Granted;
import dev.reprise.cache.claim.InProcessClaims;
import dev.reprise.cache.commit.CommitOutcome.First;
import dev.reprise.cache.commit.CommitOutcome.Lost;
import dev.reprise.cache.commit.CommitOutcome.NotKept;
import dev.reprise.cache.commit.CommitOutcome.Stored;
import dev.reprise.cache.commit.CommitRequest.Mode;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.EntryFormat;
import dev.reprise.cache.index.FaultyCacheIndex;
import dev.reprise.cache.index.InMemoryCacheIndex;
import dev.reprise.cache.index.IndexBatch.Change.PutNote;
import dev.reprise.cache.index.KeptFailure;
import dev.reprise.cache.index.NoteKind;
import dev.reprise.cache.index.Scope;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.InMemoryResultStore;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.ResultStore.Presence;
import dev.reprise.cache.testing.BrokenStore;
import dev.reprise.cache.testing.ManualTime;
import dev.reprise.cache.testing.Samples;
import dev.reprise.cache.testing.Shows;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** FAULTS, commit protocol and rows 10, 36, 37. */
class CommitterTest {
  private static final int BIG = 100_000;

  private final ManualTime time = new ManualTime();
  private final InMemoryResultStore store = new InMemoryResultStore();
  private final InMemoryCacheIndex index = new InMemoryCacheIndex(Scope.of("p/e"), store, time);
  private final InProcessClaims claims = new InProcessClaims(time, time);
  private final List<KillPoint> passed = new ArrayList<>();
  private final Committer committer = new Committer(index, store, claims, "p/e", time, passed::add);

  @Test
  void commit_bigResult_isPublishedThenRecordedThenVisible() throws Exception {
    PartitionRef pending = Samples.pending(store, 1, BIG);
    CommitOutcome outcome = commit(request(1, Manifest.one(pending), Mode.FIRST_WINS));
    assertThat(outcome).isInstanceOf(Stored.class);
    CacheEntry entry = index.find(Samples.key(1)).orElseThrow();
    Location location = entry.manifest().partitions().get(0).location();
    assertThat(location).isInstanceOf(Location.Stored.class);
    assertThat(store.read(location).bytes()).isEqualTo(Samples.bytes(BIG, 1));
    List<Bytes> records = new ArrayList<>();
    store.forEachManifest(manifest -> records.add(manifest.record()), problem -> {});
    assertThat(records).hasSize(1);
    assertThat(passed)
        .containsExactly(
            KillPoint.C3, KillPoint.C4, KillPoint.C4, KillPoint.C5, KillPoint.C6, KillPoint.C7);
  }

  @Test
  void commit_inlineResult_writesNothingToTheStore() throws Exception {
    assertThat(commit(request(1, small(1), Mode.FIRST_WINS))).isInstanceOf(Stored.class);
    List<Bytes> records = new ArrayList<>();
    store.forEachManifest(manifest -> records.add(manifest.record()), problem -> {});
    assertThat(records).isEmpty();
    assertThat(index.find(Samples.key(1))).isPresent();
  }

  @Test
  void commit_temporaryFileGone_isLostAndNothingIsVisible() throws Exception {
    PartitionRef pending = Samples.pending(store, 1, BIG);
    store.discard((Location.Pending) pending.location());
    assertThat(commit(request(1, Manifest.one(pending), Mode.FIRST_WINS))).isInstanceOf(Lost.class);
    assertThat(index.find(Samples.key(1))).isEmpty();
  }

  @Test
  void commit_somebodyWasQuicker_firstStaysAndDifferenceIsTold() throws Exception {
    commit(request(1, small(1), Mode.FIRST_WINS));
    CommitOutcome equal = commit(request(1, small(1), Mode.FIRST_WINS));
    assertThat(((First) equal).refused()).isNull();
    PartitionRef other = Samples.pending(store, 2, BIG);
    CommitOutcome different = commit(request(1, Manifest.one(other), Mode.FIRST_WINS));
    assertThat(((First) different).refused()).isEqualTo(Samples.content(2));
    assertThat(((First) different).manifest().content()).isEqualTo(Samples.content(1));
    assertThat(store.presence((Location.Pending) other.location())).isEqualTo(Presence.MISSING);
  }

  @Test
  void commit_replaceWithEqualContent_keepsTheOldBytesAndRenewsTheEntry() throws Exception {
    commit(request(1, Manifest.one(Samples.pending(store, 1, BIG)), Mode.FIRST_WINS));
    CacheEntry before = index.find(Samples.key(1)).orElseThrow();
    time.advance(Duration.ofHours(1));
    PartitionRef inOtherBytes =
        Samples.pending(store, 7, BIG).at(Samples.pending(store, 8, BIG).location());
    PartitionRef equal =
        new PartitionRef(
            Samples.content(1), "bytes/1", BIG, -1, Bytes.EMPTY, inOtherBytes.location());
    CommitOutcome outcome = commit(request(1, Manifest.one(equal), Mode.REPLACE));
    CacheEntry after = index.find(Samples.key(1)).orElseThrow();
    assertThat(((Stored) outcome).before()).isNull();
    assertThat(after.manifest()).isEqualTo(before.manifest());
    assertThat(after.createdMillis()).isGreaterThan(before.createdMillis());
  }

  /** FAULTS I3: bytes that nobody can read any more are not kept for their content. */
  @Test
  void commit_makeGoodWithEqualContent_takesTheNewBytes() throws Exception {
    commit(request(1, Manifest.one(Samples.pending(store, 1, BIG)), Mode.FIRST_WINS));
    PartitionRef equal =
        new PartitionRef(
            Samples.content(1),
            "bytes/1",
            BIG,
            -1,
            Bytes.EMPTY,
            Samples.pending(store, 8, BIG).location());
    Location.Pending pending = (Location.Pending) equal.location();
    commit(request(1, Manifest.one(equal), Mode.MAKE_GOOD));
    assertThat(index.find(Samples.key(1)).orElseThrow().manifest().blobs())
        .containsExactly(pending.blob());
  }

  @Test
  void commit_replaceWithEqualContentOfAnotherCodec_takesItsPlace() throws Exception {
    commit(request(1, small(1), Mode.FIRST_WINS));
    PartitionRef old = small(1).partitions().get(0);
    PartitionRef anew =
        new PartitionRef(
            old.content(), "kryo/2", old.size(), old.rows(), old.schema(), old.location());
    commit(request(1, Manifest.one(anew), Mode.REPLACE));
    assertThat(index.find(Samples.key(1)).orElseThrow().manifest()).isEqualTo(Manifest.one(anew));
  }

  @Test
  void commit_replaceWithOtherContent_takesItsPlaceAndSaysSo() throws Exception {
    commit(request(1, small(1), Mode.FIRST_WINS));
    CommitOutcome outcome = commit(request(1, small(2), Mode.REPLACE));
    assertThat(((Stored) outcome).before()).isEqualTo(Samples.content(1));
    assertThat(index.find(Samples.key(1)).orElseThrow().manifest().content())
        .isEqualTo(Samples.content(2));
  }

  @Test
  void commit_equalContentButOldBlobGone_publishesTheNewOne() throws Exception {
    CommitOutcome first =
        commit(request(1, Manifest.one(Samples.pending(store, 1, BIG)), Mode.FIRST_WINS));
    Location.Stored old =
        (Location.Stored) ((Stored) first).manifest().partitions().get(0).location();
    store.delete(old.blob().address());
    commit(request(1, Manifest.one(Samples.pending(store, 1, BIG)), Mode.FIRST_WINS));
    assertThat(store.presence(old.blob().address(), BIG)).isEqualTo(Presence.PRESENT);
  }

  @Test
  void commit_firstEntryExpired_newOneTakesItsPlace() throws Exception {
    commit(
        new CommitRequest(
            Samples.key(1),
            small(1),
            Samples.origin(1),
            Duration.ofHours(1),
            null,
            Mode.FIRST_WINS,
            List.of()));
    time.advance(Duration.ofHours(2));
    assertThat(commit(request(1, small(2), Mode.FIRST_WINS))).isInstanceOf(Stored.class);
  }

  @Test
  void commit_resultsOfManyBytes_areNotWrittenAllAtOnce() throws Exception {
    List<CommitRequest> requests = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      requests.add(
          request(i, Manifest.one(Samples.inline(i, 3 << 20)), Mode.FIRST_WINS)); // 2 fit together
    }
    requests.add(request(0, small(9), Mode.FIRST_WINS));

    List<CommitOutcome> outcomes = committer.commit(requests);

    assertThat(outcomes.subList(0, 7)).hasOnlyElementsOfType(Stored.class);
    assertThat(outcomes.get(7)).isInstanceOf(First.class);
    assertThat(passed).filteredOn(KillPoint.C6::equals).hasSize(4);
  }

  @Test
  void commit_timeToLiveForEver_isKeptAndNeverExpires() throws Exception {
    CommitRequest forEver =
        new CommitRequest(
            Samples.key(1),
            small(1),
            Samples.origin(1),
            ChronoUnit.FOREVER.getDuration(),
            null,
            Mode.FIRST_WINS,
            List.of());
    List<CommitOutcome> outcomes =
        committer.commit(List.of(forEver, request(2, small(2), Mode.FIRST_WINS)));
    assertThat(outcomes).hasOnlyElementsOfType(Stored.class);
    time.advance(Duration.ofDays(36_500));
    assertThat(commit(request(1, small(3), Mode.FIRST_WINS))).isInstanceOf(First.class);
  }

  @Test
  void commit_newUnderAClaim_isStoredAndVoidsNothing() throws Exception {
    long generation = index.generation();
    Claim claim =
        ((Granted) claims.claim(Samples.key(1).digest(), "run", Duration.ofMinutes(1))).claim();
    CommitOutcome outcome =
        commit(
            new CommitRequest(
                Samples.key(1), small(1), Samples.origin(1), null, claim, Mode.NEW, List.of()));

    assertThat(outcome).isInstanceOf(Stored.class);
    assertThat(index.find(Samples.key(1))).isPresent();
    assertThat(index.generation()).isEqualTo(generation);
  }

  @Test
  void commit_newWithoutAClaim_somebodyMayHaveBeenQuicker() throws Exception {
    commit(request(1, small(1), Mode.NEW));
    CommitOutcome second = commit(request(1, small(2), Mode.NEW));
    assertThat(((First) second).manifest().content()).isEqualTo(Samples.content(1));
  }

  @Test
  @Shows("Fault 10")
  void commit_claimRanOut_isFencedAndGoodForThisRunAlone() throws Exception {
    Claim claim =
        ((Granted) claims.claim(Samples.key(1).digest(), "slow", Duration.ofSeconds(10))).claim();
    time.advance(Duration.ofSeconds(11));
    claims.claim(Samples.key(1).digest(), "quick", Duration.ofSeconds(10));
    CommitOutcome outcome =
        commit(
            new CommitRequest(
                Samples.key(1),
                small(1),
                Samples.origin(1),
                null,
                claim,
                Mode.FIRST_WINS,
                List.of()));
    assertThat(((NotKept) outcome).why()).contains("claim ran out");
    assertThat(index.find(Samples.key(1))).isEmpty();
  }

  @Test
  void commit_claimRanOutAndNobodyTookIt_isKept() throws Exception {
    Claim claim =
        ((Granted) claims.claim(Samples.key(1).digest(), "asleep", Duration.ofSeconds(10))).claim();
    time.advance(Duration.ofHours(1)); // a laptop that was closed meanwhile

    CommitOutcome outcome =
        commit(
            new CommitRequest(
                Samples.key(1),
                small(1),
                Samples.origin(1),
                null,
                claim,
                Mode.FIRST_WINS,
                List.of()));

    assertThat(outcome).isInstanceOf(Stored.class);
  }

  @Test
  void commit_resultsOfManyChunks_areNotWrittenAllAtOnce() throws Exception {
    List<CommitRequest> requests = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      requests.add(request(i, Manifest.one(of100GiB(i)), Mode.FIRST_WINS)); // 3 MiB of digests each
    }

    assertThat(committer.commit(requests)).hasOnlyElementsOfType(Stored.class);
    assertThat(passed).filteredOn(KillPoint.C6::equals).hasSize(2);
  }

  private static PartitionRef of100GiB(long i) {
    int chunks = 100 << 10;
    long size = (long) chunks * BlobRef.CHUNK_BYTES;
    BlobRef blob =
        new BlobRef(Samples.content(i), size, Collections.nCopies(chunks, Samples.content(i)));
    return new PartitionRef(
        Samples.content(i), "bytes/1", size, -1, Bytes.EMPTY, new Location.Stored(blob));
  }

  @Test
  void commit_replacedInOneHome_leavesWhatAnotherHomeOfTheStoreHolds() throws Exception {
    InMemoryCacheIndex ann = index; // and Bob has computed the same
    InMemoryCacheIndex bob = new InMemoryCacheIndex(Scope.of("p/e"), store, time);
    for (CacheIndex each : List.of(ann, bob)) {
      of(each).commit(List.of(many(1, Samples.pending(store, 1, BIG))));
    }
    CommitRequest other = request(1, Manifest.one(Samples.pending(store, 2, BIG)), Mode.REPLACE);

    assertThat(of(bob).commit(List.of(other)).get(0)).isInstanceOf(Stored.class);

    List<Bytes> records = new ArrayList<>();
    store.forEachManifest(manifest -> records.add(manifest.record()), problem -> {});
    assertThat(records)
        .containsExactlyInAnyOrder(
            EntryFormat.encode(ann.find(Samples.key(1)).orElseThrow()),
            EntryFormat.encode(bob.find(Samples.key(1)).orElseThrow()));
  }

  /** The committer of the home that has this index. */
  private Committer of(CacheIndex each) {
    InMemoryResultStore its = store.forHome("home " + System.identityHashCode(each));
    return new Committer(each, its, claims, "p/e", time, passed::add);
  }

  @Test
  void commit_withoutKey_publishesBlobsForTheRunAlone() throws Exception {
    CommitOutcome outcome =
        commit(
            new CommitRequest(
                null,
                Manifest.one(Samples.pending(store, 1, BIG)),
                Samples.origin(1),
                null,
                null,
                Mode.FIRST_WINS,
                List.of()));
    Manifest manifest = ((NotKept) outcome).manifest();
    assertThat(store.read(manifest.partitions().get(0).location()).bytes()).hasSize(BIG);
    assertThat(index.stats().entries()).isZero();
  }

  @Test
  void commit_indexGone_resultIsGoodForThisRunAndSaysWhy() throws Exception {
    index.close();
    CommitOutcome outcome = commit(request(1, small(1), Mode.FIRST_WINS));
    assertThat(((NotKept) outcome).why()).isNotEmpty();
  }

  @Test
  void commit_notes_areWrittenWithTheEntryOnly() throws Exception {
    PutNote note =
        new PutNote(NoteKind.KEY_PARTS, Samples.content(9), Bytes.wrap(new byte[] {1, 2}));
    commit(
        new CommitRequest(
            Samples.key(1),
            small(1),
            Samples.origin(1),
            null,
            null,
            Mode.FIRST_WINS,
            List.of(note)));
    assertThat(note(9)).isEqualTo(note.value());
    PutNote other = new PutNote(NoteKind.KEY_PARTS, Samples.content(10), note.value());
    commit(
        new CommitRequest(
            null, small(1), Samples.origin(1), null, null, Mode.FIRST_WINS, List.of(other)));
    assertThat(note(10)).isNull();
  }

  @Test
  void commit_severalAtOnce_eachHasItsOutcomeInPlace() throws IOException {
    PartitionRef gone = Samples.pending(store, 2, BIG);
    store.discard((Location.Pending) gone.location());
    List<CommitOutcome> outcomes =
        committer.commit(
            List.of(
                request(1, small(1), Mode.FIRST_WINS),
                request(2, Manifest.one(gone), Mode.FIRST_WINS),
                request(3, Manifest.many(List.of()), Mode.FIRST_WINS)));
    assertThat(outcomes.get(0)).isInstanceOf(Stored.class);
    assertThat(outcomes.get(1)).isInstanceOf(Lost.class);
    assertThat(outcomes.get(2)).isInstanceOf(Stored.class);
  }

  @Test
  void commit_sameKeyTwiceAtOnce_firstStays() throws Exception {
    List<CommitOutcome> outcomes =
        committer.commit(
            List.of(
                request(1, small(1), Mode.FIRST_WINS),
                request(1, small(2), Mode.FIRST_WINS),
                request(1, small(1), Mode.FIRST_WINS)));

    assertThat(outcomes)
        .containsExactly(
            new Stored(small(1), null),
            new First(small(1), Samples.content(2)),
            new First(small(1), null));
    assertThat(index.find(Samples.key(1)).orElseThrow().manifest()).isEqualTo(small(1));
  }

  @Test
  void commit_storeRefusesToPublish_resultIsReadFromWhereItWasWritten() throws Exception {
    PartitionRef first = Samples.pending(store, 1, BIG); // FAULTS row 20
    PartitionRef second = Samples.pending(store, 2, BIG);
    broken.publish = 1;
    CommitOutcome outcome = onBroken().commit(List.of(many(1, first, second))).get(0);

    NotKept notKept = (NotKept) outcome;
    assertThat(notKept.why()).contains("disk on fire");
    assertThat(notKept.manifest().partitions().get(0).location())
        .isInstanceOf(Location.Stored.class);
    assertThat(notKept.manifest().partitions().get(1)).isEqualTo(second);
    for (int i = 0; i < 2; i++) {
      Location location = notKept.manifest().partitions().get(i).location();
      assertThat(store.read(location).bytes()).isEqualTo(Samples.bytes(BIG, i + 1L));
    }
    assertThat(index.find(Samples.key(1))).isEmpty();
  }

  @Test
  void commit_oneRecordCannotBeKept_othersAre() throws Exception {
    broken.manifests = 1;
    List<CommitOutcome> outcomes =
        onBroken()
            .commit(
                List.of(
                    many(1, Samples.pending(store, 1, BIG)),
                    many(2, Samples.pending(store, 2, BIG)),
                    request(3, small(3), Mode.FIRST_WINS)));

    assertThat(outcomes.get(0)).isInstanceOf(Stored.class);
    assertThat(((NotKept) outcomes.get(1)).why()).contains("disk on fire");
    assertThat(outcomes.get(2)).isInstanceOf(Stored.class);
    for (long i : new long[] {1, 2, 3}) {
      assertThat(index.find(Samples.key(i)).isPresent()).isEqualTo(i != 2);
    }
  }

  @Test
  void commit_cannotBeMadeDurable_noEntryNamesABlob() throws Exception {
    broken.syncs = 0;
    List<CommitOutcome> outcomes =
        onBroken()
            .commit(
                List.of(
                    many(1, Samples.pending(store, 1, BIG)),
                    request(2, small(2), Mode.FIRST_WINS)));

    assertThat(outcomes.get(0)).isInstanceOf(NotKept.class);
    assertThat(outcomes.get(1)).isInstanceOf(Stored.class);
    assertThat(index.find(Samples.key(1))).isEmpty();
    assertThat(manifests()).as("records, from which a rebuild makes entries").isZero();
    assertThat(index.find(Samples.key(2))).isPresent();
  }

  @Test
  void commit_replacedByASmallResult_noRebuildBringsTheOldOneBack() throws Exception {
    commit(many(1, Samples.pending(store, 1, BIG)));
    assertThat(manifests()).isEqualTo(1);
    commit(request(1, small(2), Mode.REPLACE));
    assertThat(manifests()).isZero();

    commit(
        new CommitRequest(
            Samples.key(1),
            Manifest.one(Samples.pending(store, 3, BIG)),
            Samples.origin(1),
            null,
            null,
            Mode.REPLACE,
            List.of()));
    assertThat(manifests()).isEqualTo(1);
  }

  private FailureRequest failure(long key, @Nullable Claim claim) {
    return new FailureRequest(
        Samples.key(key), List.of("a.B"), "no", Samples.origin(key), Duration.ofMinutes(1), claim);
  }

  private @Nullable KeptFailure kept(long key) throws Exception {
    Fingerprint id = Samples.key(key).digest();
    Bytes note = index.notes(NoteKind.FAILURE, List.of(id)).get(0);
    return note == null ? null : KeptFailure.decode(id, note);
  }

  @Test
  void keepFailures_withAndWithoutAClaim_areKeptForTheirTimeAndAreNoEntries() throws Exception {
    Claim claim =
        ((Granted) claims.claim(Samples.key(1).digest(), "run", Duration.ofMinutes(1))).claim();
    assertThat(committer.keepFailures(List.of(failure(1, claim), failure(2, null))))
        .containsExactly("", "");
    KeptFailure kept = kept(1);
    assertThat(kept.failedMillis()).isEqualTo(time.millis());
    assertThat(kept.untilMillis()).isEqualTo(time.millis() + 60_000);
    assertThat(kept.origin()).isEqualTo(Samples.origin(1));
    assertThat(kept(2)).isNotNull();
    assertThat(index.find(Samples.key(1))).isEmpty();
    assertThat(passed).containsExactly(KillPoint.C6, KillPoint.C7);
  }

  @Test
  void keepFailures_claimIsAnothersNow_isFenced() throws Exception {
    Claim claim =
        ((Granted) claims.claim(Samples.key(1).digest(), "slow", Duration.ofSeconds(10))).claim();
    time.advance(Duration.ofSeconds(11));
    claims.claim(Samples.key(1).digest(), "quick", Duration.ofSeconds(10));
    List<String> why = committer.keepFailures(List.of(failure(1, claim), failure(2, null)));
    assertThat(why.get(0)).contains("claim ran out");
    assertThat(why.get(1)).isEmpty();
    assertThat(kept(1)).isNull();
    assertThat(kept(2)).isNotNull();
  }

  @Test
  void keepFailures_indexCannotBeWritten_isToldAndNeverThrown() {
    FaultyCacheIndex faulty = new FaultyCacheIndex(() -> index);
    faulty.strikes(fault -> fault == FaultyCacheIndex.Fault.WRITE_FAILS);
    Committer on = new Committer(faulty, store, claims, "p/e", time, passed::add);
    assertThat(on.keepFailures(List.of(failure(1, null))).get(0)).contains("cannot be written");
    Committer none = new Committer(null, store, claims, "p/e", time, passed::add);
    assertThat(none.keepFailures(List.of(failure(1, null))).get(0)).contains("nothing is kept");
  }

  private final BrokenStore broken = new BrokenStore(store);

  private Committer onBroken() {
    return new Committer(index, broken, claims, "p/e", time, passed::add);
  }

  private int manifests() throws IOException {
    List<Bytes> records = new ArrayList<>();
    store.forEachManifest(manifest -> records.add(manifest.record()), problem -> {});
    return records.size();
  }

  private static CommitRequest many(long key, PartitionRef... partitions) {
    return request(key, Manifest.many(List.of(partitions)), Mode.FIRST_WINS);
  }

  private @Nullable Bytes note(long i) throws CacheUnavailableException {
    return index.notes(NoteKind.KEY_PARTS, List.of(Samples.content(i))).get(0);
  }

  private CommitOutcome commit(CommitRequest request) {
    return committer.commit(List.of(request)).get(0);
  }

  private static Manifest small(long i) {
    return Manifest.one(Samples.inline(i, 10));
  }

  private static CommitRequest request(long key, Manifest manifest, Mode mode) {
    return new CommitRequest(
        Samples.key(key), manifest, Samples.origin(key), null, null, mode, List.of());
  }
}
