package dev.reprise.home;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.base.KillPoint;
import dev.reprise.cache.base.KillPoints;
import dev.reprise.cache.claim.Claims;
import dev.reprise.cache.claim.Claims.Claim;
import dev.reprise.cache.claim.InProcessClaims;
import dev.reprise.cache.commit.CommitRequest.Mode;
import dev.reprise.cache.commit.Committer;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.InMemoryCacheIndex;
import dev.reprise.cache.index.IndexBatch.Change.PutNote;
import dev.reprise.cache.index.NoteKind;
import dev.reprise.cache.index.Scope;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.ForwardingResultStore;
import dev.reprise.cache.store.InMemoryResultStore;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cache.store.ResultStore.Presence;
import dev.reprise.cache.store.StoreWatch;
import dev.reprise.cache.testing.ManualTime;
import dev.reprise.cache.testing.Samples;
import dev.reprise.run.Commits.Finished;
import dev.reprise.run.Commits.Settled;
import dev.reprise.testing.ForwardingClaims;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** FAULTS: a run waits for each result that is being committed, so each must be settled. */
class CommitThreadTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final ManualTime time = new ManualTime();
  private final InMemoryResultStore store = new InMemoryResultStore();
  private final InMemoryCacheIndex index = new InMemoryCacheIndex(Scope.of("p/e"), store, time);
  private final Claims claims = new InProcessClaims(time, time);
  private final BlockingQueue<List<Settled>> told = new LinkedBlockingQueue<>();

  @Test
  void commit_outOfMemory_isSettledAsNotKeptAndTheNextIsCommitted() throws Exception {
    AtomicInteger left = new AtomicInteger(1);
    KillPoints shortOnce =
        point -> {
          if (point == KillPoint.C3 && left.getAndDecrement() > 0) {
            throw new OutOfMemoryError("Java heap space");
          }
        };
    CommitThread commits = thread(claims, shortOnce);
    commits.submit(List.of(finished(1, null)));
    Settled first = next();
    assertThat(first.unit()).isEqualTo(1);
    assertThat(first.kept()).isFalse();
    assertThat(first.manifest()).isEqualTo(manifest(1));
    assertThat(first.note()).contains("Java heap space");
    assertThat(first.spoilt()).as("nobody checked what made it").isTrue();

    commits.submit(List.of(finished(2, null)));
    Settled second = next();
    assertThat(second.kept()).isTrue();
    assertThat(second.spoilt()).isFalse();
    commits.close(LONG, "the test is over");
  }

  @Test
  void commit_oneResultThrows_othersOfItsBatchAreKept() throws Exception {
    Claim bad = ((Claims.Outcome.Granted) claims.claim(Samples.key(2).digest(), "x", LONG)).claim();
    CommitThread commits = thread(new OddClaims(claims), KillPoints.NONE);
    commits.submit(List.of(finished(1, null), finished(2, bad), finished(3, null)));

    List<Settled> all = batch();
    assertThat(all).extracting(Settled::unit).containsExactly(1, 2, 3);
    assertThat(all).extracting(Settled::kept).containsExactly(true, false, true);
    assertThat(all).extracting(Settled::spoilt).containsExactly(false, true, false);
    assertThat(all.get(1).note()).contains("odd claim");
    commits.close(LONG, "the test is over");
    assertThat(index.find(Samples.key(3))).isPresent();
  }

  @Test
  void commit_throwsAfterAResultWasRefused_itsBytesAreStillThereForTheSecondTry() throws Exception {
    CommitThread commits = thread(claims, KillPoints.NONE);
    commits.submit(List.of(finished(1, null)));
    assertThat(next().kept()).isTrue();
    commits.close(LONG, "the test is over");
    Claim bad = ((Claims.Outcome.Granted) claims.claim(Samples.key(2).digest(), "x", LONG)).claim();
    Manifest second = Manifest.one(Samples.pending(store, 1, 1000));
    commits = thread(new OddClaims(claims), KillPoints.NONE);
    commits.submit(List.of(finished(1, null, second), finished(2, bad)));

    Settled refused = batch().get(0);
    assertThat(refused.kept()).isTrue();
    assertThat(refused.manifest()).isEqualTo(manifest(1));
    commits.close(LONG, "the test is over");
  }

  /** They are written together, as far as they wait: the last of them when the thread ends. */
  @Test
  void remember_manyNotes_allAreInTheIndexOnceItIsClosed() throws Exception {
    CommitThread commits = thread(claims, KillPoints.NONE);
    List<Fingerprint> ids = IntStream.range(0, 150).mapToObj(Samples::content).toList();
    commits.submit(List.of(finished(1, null)));
    ids.forEach(
        id -> commits.remember(new PutNote(NoteKind.STEP_MEMO, id, Bytes.wrap(id.bytes()))));

    assertThat(commits.close(LONG, "the test is over")).isTrue();

    assertThat(index.notes(NoteKind.STEP_MEMO, ids))
        .isEqualTo(ids.stream().map(id -> Bytes.wrap(id.bytes())).toList());
    assertThat(next().kept()).isTrue();
  }

  @Test
  void close_diskHangs_settlesWhatIsLeftInTimeAndOnlyOnce() throws Exception {
    CountDownLatch disk = new CountDownLatch(1);
    CountDownLatch hangs = new CountDownLatch(1);
    KillPoints hanging =
        point -> {
          hangs.countDown();
          await(disk);
        };
    CommitThread commits = thread(claims, hanging);
    commits.submit(List.of(finished(1, null)));
    await(hangs);
    commits.submit(List.of(finished(2, null)));
    assertThat(told).isEmpty();

    assertThat(commits.close(Duration.ofMillis(20), "the disk is dead")).isFalse();

    List<Settled> left = batch();
    assertThat(left).extracting(Settled::unit).containsExactly(1, 2);
    assertThat(left).noneMatch(Settled::kept).as("nobody checked").allMatch(Settled::spoilt);
    assertThat(left.get(0).note()).isEqualTo("the disk is dead");
    commits.submit(List.of(finished(3, null)));
    Settled late = next();
    assertThat(late.kept()).isFalse();
    assertThat(late.spoilt()).isTrue();
    disk.countDown();
    awaitEndOfThread();
    assertThat(commits.close(LONG, "again")).isTrue();
    assertThat(told).isEmpty();
    // What was under way came to its end, and nothing else was begun.
    assertThat(index.find(Samples.key(1))).isPresent();
    assertThat(index.find(Samples.key(2))).isEmpty();
  }

  @Test
  void close_nothingHangs_whatWasSubmittedIsCommittedFirst() throws Exception {
    CommitThread commits = thread(claims, KillPoints.NONE);
    commits.submit(List.of(finished(1, null)));
    commits.close(LONG, "the test is over");
    assertThat(next().kept()).isTrue();
  }

  @Test
  void close_whileKeysAreChecked_nothingIsCommittedUnderThem() throws Exception {
    CountDownLatch checks = new CountDownLatch(1);
    CountDownLatch mayGoOn = new CountDownLatch(1);
    CommitThread commits =
        new CommitThread(
            "r1",
            committer(claims, KillPoints.NONE),
            store,
            StoreWatch.of(store),
            index,
            steps -> {
              checks.countDown();
              await(mayGoOn);
              return step -> "";
            },
            told::add,
            "the store");
    commits.submit(List.of(finished(1, null)));
    await(checks);
    assertThat(commits.close(Duration.ZERO, "the run is over")).isFalse();
    mayGoOn.countDown();
    awaitEndOfThread();
    Settled unchecked = next();
    assertThat(unchecked.kept()).isFalse();
    assertThat(unchecked.spoilt()).isTrue();
    assertThat(told).isEmpty();
    assertThat(index.find(Samples.key(1))).isEmpty();
  }

  @Test
  void setAside_beforeTheSameBlobComesAgain_theGoodOneIsPublished() throws Exception {
    BlobRef blob = publish();
    store.damage(blob.address(), new byte[1000]);
    CommitThread commits = thread(claims, KillPoints.NONE);
    commits.setAside(blob);
    commits.submit(List.of(finished(1, null, Manifest.one(Samples.pending(store, 1, 1000)))));
    assertThat(next().kept()).isTrue();
    assertThat(store.read(new Location.Stored(blob)).bytes()).hasSize(1000);
    commits.close(LONG, "the test is over");
  }

  /** FAULTS I1, I3: a store that is read-only by now has the damaged blob for good. */
  @Test
  void setAside_fails_resultsOfThatBlobAreNotPublishedAndOthersAre() throws Exception {
    BlobRef blob = publish();
    ResultStore readOnly =
        new ForwardingResultStore(store) {
          @Override
          public boolean quarantine(BlobRef of) throws IOException {
            throw new IOException("Read-only file system");
          }
        };
    CommitThread commits =
        new CommitThread(
            "r1",
            committer(claims, KillPoints.NONE),
            readOnly,
            StoreWatch.of(readOnly),
            index,
            steps -> step -> "",
            told::add,
            "the store");
    commits.setAside(blob);
    Manifest again = Manifest.one(Samples.pending(store, 1, 1000));
    commits.submit(List.of(finished(1, null, again), finished(2, null)));
    commits.close(LONG, "the test is over");

    List<Settled> all = told.stream().flatMap(List::stream).toList();
    assertThat(all).extracting(Settled::unit).containsExactlyInAnyOrder(1, 2);
    Settled left = all.get(0);
    assertThat(left.kept()).isFalse();
    assertThat(left.manifest()).isEqualTo(again);
    assertThat(left.note()).contains("cannot be set aside").contains("Read-only file system");
    assertThat(left.spoilt()).isTrue();
    assertThat(all.get(1).kept()).isTrue();
    assertThat(index.find(Samples.key(1))).isEmpty();
  }

  @Test
  void discard_attemptsBytes_areGone() throws Exception {
    PartitionRef partition = Samples.pending(store, 1, 1000);
    CommitThread commits = thread(claims, KillPoints.NONE);
    commits.discard(Manifest.one(partition));
    commits.close(LONG, "the test is over");
    assertThat(store.presence((Location.Pending) partition.location())).isEqualTo(Presence.MISSING);
  }

  private BlobRef publish() throws IOException {
    PartitionRef partition = Samples.pending(store, 1, 1000);
    return store.publish((Location.Pending) partition.location()).blob();
  }

  private CommitThread thread(Claims among, KillPoints killPoints) {
    Committer committer = committer(among, killPoints);
    return new CommitThread(
        "r1",
        committer,
        store,
        StoreWatch.of(store),
        index,
        steps -> step -> "",
        told::add,
        "the store");
  }

  private Committer committer(Claims among, KillPoints killPoints) {
    return new Committer(index, store, among, "p/e", time, killPoints);
  }

  private static Manifest manifest(int i) {
    return Manifest.one(Samples.inline(i, 10));
  }

  private static Finished finished(int i, @Nullable Claim claim) {
    return finished(i, claim, manifest(i));
  }

  private static Finished finished(int i, @Nullable Claim claim, Manifest manifest) {
    return new Finished(
        i,
        Samples.key(i),
        manifest,
        Samples.origin(i),
        null,
        claim,
        Mode.FIRST_WINS,
        Samples.content(i),
        false,
        null,
        null);
  }

  private List<Settled> batch() throws InterruptedException {
    List<Settled> next = told.poll(30, TimeUnit.SECONDS);
    assertThat(next).as("results are settled").isNotNull();
    return next;
  }

  private Settled next() throws InterruptedException {
    List<Settled> batch = batch();
    assertThat(batch).hasSize(1);
    return batch.get(0);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void awaitEndOfThread() throws InterruptedException {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals("reprise-commit-r1")) {
        thread.join(30_000);
        assertThat(thread.isAlive()).isFalse();
      }
    }
  }

  /** Claims that throw when they are asked for one. */
  private static final class OddClaims extends ForwardingClaims {
    OddClaims(Claims claims) {
      super(claims);
    }

    @Override
    public boolean isCurrent(Claim claim) {
      throw new IllegalStateException("an odd claim");
    }
  }
}
