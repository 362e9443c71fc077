package dev.reprise.cache.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.FileResultStore.Settings;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.ResultStore.Presence;
import dev.reprise.cache.testing.ManualTime;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store with another behind it, which is as a store by itself. */
final class FartherStoresTest extends ResultStoreContract {
  @TempDir private Path folder;
  private final InMemoryResultStore first = new InMemoryResultStore();
  private FileResultStore other;

  @BeforeEach
  void makeTheOther() throws IOException {
    other = FileResultStore.openOrMake(folder.resolve("other"), Settings.STANDARD);
  }

  private ResultStore behind(ResultStore of) {
    return FartherStores.behind(of, List.of(other.folder().toString()), told -> {});
  }

  @Override
  ResultStore store() {
    return behind(first);
  }

  @Override
  ResultStore forHome(ResultStore store, String home) {
    return behind(first.forHome(home));
  }

  @Override
  void damage(ResultStore store, BlobRef blob, byte[] bytes) {
    first.damage(blob.address(), bytes);
  }

  @Test
  void read_blobBehind_isThereAndIsNeitherMovedNorRemoved() throws IOException {
    byte[] bytes = bytes(1000);
    Location.Stored stored = other.publish(pending(other, bytes));
    ResultStore both = store();

    assertThat(both.presence(stored.blob().address(), 1000)).isEqualTo(Presence.PRESENT);
    assertThat(both.read(stored).bytes()).isEqualTo(bytes);
    assertThat(both.delete(stored.blob().address())).isFalse();

    assertThat(blobs(first)).isEmpty();
    assertThat(blobs(both)).as("what is ours to collect").isEmpty();
    assertThat(blobs(other)).containsOnlyKeys(stored.blob().address());
  }

  @Test
  void read_blobBehindIsDamaged_isNotThereAnyMore() throws IOException {
    byte[] bytes = bytes(1000);
    Location.Stored stored = other.publish(pending(other, bytes));
    Files.write(
        Files.walk(other.folder())
            .filter(file -> file.toFile().length() == 1000)
            .findFirst()
            .orElseThrow(),
        bytes(1000));
    ResultStore both = store();
    assertDamaged(both.read(stored));

    assertThat(both.quarantine(stored.blob())).isTrue();
    assertThat(both.presence(stored.blob().address(), 1000)).isEqualTo(Presence.MISSING);
    both.publish(pending(both, bytes));
    assertThat(both.read(stored).bytes()).isEqualTo(bytes);
  }

  /** Each home tells its workers of its own ones: several share a store. */
  @Test
  void open_byAWorker_hasThoseOfItsHomeThatCanBeReached() throws IOException {
    Location.Stored stored = other.publish(pending(other, bytes(1000)));
    Path own = folder.resolve("own");
    FileResultStore shared = FileResultStore.openOrMake(own, Settings.STANDARD);
    List<String> farther = List.of(folder.resolve("away").toString(), other.folder().toString());
    ResultStore one = FartherStores.behind(shared, farther, told -> {});
    ResultStore another = FartherStores.behind(shared, List.of(own.toString()), told -> {});
    StorePlace place = StorePlace.of(own, FartherStores.foldersBehind(one));
    StorePlace ofAnother = StorePlace.of(own, FartherStores.foldersBehind(another));

    assertThat(place.open(Settings.STANDARD).read(stored).bytes()).hasSize(1000);
    assertThat(ofAnother.open(Settings.STANDARD).presence(stored.blob().address(), 1000))
        .isEqualTo(Presence.MISSING);
    assertThat(StorePlace.of(own, FartherStores.foldersBehind(shared)).farther()).isEmpty();
  }

  @Test
  void behind_oneThatCannotBeUsed_isToldOnceAndMayHaveAnything() throws IOException {
    List<String> told = new ArrayList<>();
    String away = folder.resolve("away").toString();
    ResultStore both = FartherStores.behind(first, List.of(away), told::add);
    assertThat(both.presence(pending(other, bytes(1000)).blob().address(), 1000))
        .as("it may be there")
        .isEqualTo(Presence.UNKNOWN);
    assertThat(told).singleElement().asString().contains(away, "cannot be used");
    assertThatIllegalArgumentException().isThrownBy(() -> FartherStores.check("class:no.Such"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FartherStores.check("class:java.lang.String"))
        .withMessageContaining("does not implement");
    assertThatIllegalArgumentException().isThrownBy(() -> FartherStores.check(" "));
  }

  /** A store of a user's that does what a test says. */
  public static final class Scripted implements BlobSource {
    static final AtomicInteger ASKED = new AtomicInteger();
    static final Set<Fingerprint> KEPT = ConcurrentHashMap.newKeySet();
    static volatile Callable<Presence> presence = () -> Presence.MISSING;
    static volatile Callable<InputStream> open = InputStream::nullInputStream;
    static volatile Callable<Boolean> keep = () -> true;
    static volatile boolean keeps = true;
    static volatile Callable<Boolean> make = () -> true;

    public Scripted() {
      unchecked(make);
    }

    private static <T> T unchecked(Callable<T> call) {
      try {
        return call.call();
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public Presence presence(Fingerprint address, long size) {
      ASKED.incrementAndGet();
      return unchecked(presence);
    }

    @Override
    public InputStream open(Fingerprint address, long size) {
      return unchecked(open);
    }

    @Override
    public void keep(Fingerprint address, long size, InputStream bytes) throws IOException {
      assertThat(bytes.readAllBytes()).hasSize((int) size);
      unchecked(keep);
      KEPT.add(address);
    }

    @Override
    public boolean keeps() {
      return keeps;
    }
  }

  private static final String SCRIPTED = "class:" + Scripted.class.getName();
  private static final FartherStore.Limits SHORT =
      new FartherStore.Limits(
          Duration.ofMillis(200),
          Duration.ofMillis(300),
          Duration.ofMillis(100),
          Duration.ofMillis(400),
          3,
          Duration.ofDays(1),
          Ticker.system());

  private final CountDownLatch never = new CountDownLatch(1);

  @BeforeEach
  void forget() {
    Scripted.ASKED.set(0);
    Scripted.KEPT.clear();
    Scripted.presence = () -> Presence.MISSING;
    Scripted.open = InputStream::nullInputStream;
    Scripted.keep = () -> true;
    Scripted.keeps = true;
    Scripted.make = () -> true;
  }

  @AfterEach
  void letGo() {
    never.countDown();
  }

  private <T> T hang() throws InterruptedException {
    never.await();
    throw new IllegalStateException("let go");
  }

  private static List<String> heard(StoreWatch watch) {
    List<String> all = new ArrayList<>();
    for (String text = watch.poll(); text != null; text = watch.poll()) {
      all.add(text);
    }
    return all;
  }

  private static ResultStore scripted(ResultStore first) {
    return FartherStores.behind(first, List.of(SCRIPTED), told -> {}, SHORT);
  }

  @Test
  void publish_sourceThatKeeps_hasACopyOfEachByTheEnd() throws IOException {
    ResultStore both = scripted(first);
    StoreWatch watch = StoreWatch.of(both);
    List<Fingerprint> made = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      made.add(watch.store().publish(pending(both, bytes(1000 + i))).blob().address());
    }

    watch.end(Duration.ofMinutes(1), () -> true);

    assertThat(Scripted.KEPT).containsExactlyInAnyOrderElementsOf(made);
    assertThat(heard(watch)).isEmpty();
  }

  @Test
  void publish_sourceThatHangs_isNotWaitedForAndTheEndTellsWhatIsNotThere() throws IOException {
    Scripted.keep = this::hang;
    ResultStore both = FartherStores.behind(first, List.of(SCRIPTED), told -> {});
    StoreWatch watch = StoreWatch.of(both);

    watch.store().publish(pending(both, bytes(1000)));
    watch.store().publish(pending(both, bytes(1001)));
    watch.end(Duration.ofMillis(100), () -> true);

    assertThat(heard(watch))
        .containsExactly(
            "2 results were not copied to the store %s within 100ms; what is not there is not copied later"
                .formatted(SCRIPTED));
    FartherStores.close(both);
  }

  @Test
  void end_ofARunThatWasCancelled_doesNotWait() throws IOException {
    Scripted.keep = this::hang;
    ResultStore both = scripted(first);
    StoreWatch watch = StoreWatch.of(both);
    watch.store().publish(pending(both, bytes(1000)));

    watch.end(Duration.ofDays(1), () -> false);

    assertThat(heard(watch)).singleElement().asString().contains("1 result was not copied");
  }

  @Test
  void presence_sourceGivesNoAnswer_isLeftOutForTheRestOfTheRun() throws IOException {
    Scripted.presence = this::hang;
    ResultStore both = scripted(first);
    StoreWatch watch = StoreWatch.of(both);

    for (int i = 0; i < 50; i++) {
      assertThat(both.presence(pending(other, bytes(1000 + i)).blob().address(), 1))
          .isEqualTo(Presence.UNKNOWN);
    }

    assertThat(Scripted.ASKED.get()).isBetween(1, 3);
    assertThat(heard(watch))
        .satisfiesOnlyOnce(text -> assertThat(text).contains("is not asked any more"))
        .hasSizeLessThanOrEqualTo(2);
    Scripted.presence = () -> Presence.PRESENT;
    StoreWatch joins = StoreWatch.of(both);
    assertThat(both.presence(pending(other, bytes(1000)).blob().address(), 1))
        .as("it is out for all that go on")
        .isEqualTo(Presence.UNKNOWN);
    watch.leave();
    joins.leave();
    StoreWatch next = StoreWatch.of(both);
    assertThat(both.presence(pending(other, bytes(1000)).blob().address(), 1))
        .as("the next run asks again")
        .isEqualTo(Presence.PRESENT);
    assertThat(heard(next)).isEmpty();
  }

  /** Whatever a user's class throws: it may be built against another release, too. */
  @Test
  void presence_sourceOfAnotherRelease_isLeftOutAfterThreeFailuresAndToldOnce() throws IOException {
    Scripted.presence =
        () -> {
          throw new NoSuchMethodError("no such method");
        };
    ResultStore both = scripted(first);
    StoreWatch watch = StoreWatch.of(both);
    for (int i = 0; i < 50; i++) {
      assertThat(both.presence(pending(other, bytes(1000 + i)).blob().address(), 1))
          .isEqualTo(Presence.UNKNOWN);
    }
    watch.store().publish(pending(both, bytes(2000)));
    watch.end(Duration.ofMinutes(1), () -> true);

    assertThat(Scripted.ASKED).hasValue(3);
    assertThat(heard(watch))
        .hasSize(3)
        .anySatisfy(text -> assertThat(text).contains("cannot be used", "no such method"))
        .anySatisfy(text -> assertThat(text).contains("it failed 3 times"))
        .anySatisfy(text -> assertThat(text).contains("1 result was not copied"));
  }

  @Test
  void read_sourceThatStalls_isAMissAndNoHang() throws IOException {
    Location.Stored stored = other.publish(pending(other, bytes(1000)));
    Scripted.presence = () -> Presence.PRESENT;
    Scripted.open =
        () ->
            new InputStream() {
              private int given;

              @Override
              public int read() throws IOException {
                try {
                  return given++ < 10 ? 1 : FartherStoresTest.this.<Integer>hang();
                } catch (InterruptedException e) {
                  throw new IOException(e);
                }
              }
            };
    ResultStore both = scripted(first);
    StoreWatch watch = StoreWatch.of(both);

    assertDamaged(both.read(stored));

    assertThat(both.presence(stored.blob().address(), 1000)).isEqualTo(Presence.UNKNOWN);
    assertThat(heard(watch)).first().asString().contains("what it alone has is made again");
    assertThat(blobs(first)).isEmpty();
  }

  /** A source of which each byte comes in time, and all of them much too late. */
  @Test
  void read_sourceIsTooSlow_isAMissAlthoughBytesCome() throws IOException {
    byte[] bytes = bytes(1000);
    Location.Stored stored = other.publish(pending(other, bytes));
    Scripted.presence = () -> Presence.PRESENT;
    Scripted.open = () -> new Trickle(() -> bytes, never);
    ResultStore both = scripted(first);
    StoreWatch watch = StoreWatch.of(both);

    assertDamaged(both.read(stored));

    assertThat(heard(watch)).first().asString().contains("not all bytes of a blob within");
  }

  /** Gives a byte every now and then. */
  private static final class Trickle extends InputStream {
    private final InputStream of;
    private final CountDownLatch never;

    Trickle(Callable<byte[]> bytes, CountDownLatch never) {
      this.of = new ByteArrayInputStream(Scripted.unchecked(bytes));
      this.never = never;
    }

    @Override
    public int read() throws IOException {
      return of.read();
    }

    @Override
    public int read(byte[] to, int from, int length) throws IOException {
      try {
        assertThat(never.await(10, TimeUnit.MILLISECONDS)).isFalse();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      return of.read(to, from, 1);
    }
  }

  @Test
  void read_sourceGivesMoreThanTheBlob_takesNoMoreThanIsNeededToSee() throws IOException {
    Location.Stored stored = other.publish(pending(other, bytes(1000)));
    Scripted.presence = () -> Presence.PRESENT;
    AtomicLong given = new AtomicLong();
    Scripted.open =
        () ->
            new InputStream() {
              @Override
              public int read() throws IOException {
                if (given.incrementAndGet() > 1 << 20) {
                  throw new IOException("too many");
                }
                return 1;
              }
            };
    ResultStore both = FartherStores.behind(first, List.of(SCRIPTED), told -> {});

    assertDamaged(both.read(stored));

    assertThat(given).as("of two reads").hasValueLessThanOrEqualTo(2 << 16);
    assertThat(both.presence(stored.blob().address(), 1000)).isEqualTo(Presence.MISSING);
  }

  /** Has a store asked so often for a blob, of which each answer takes this time. */
  private List<Presence> ask(
      ResultStore both, ManualTime time, int count, Duration takes, Callable<Presence> answer)
      throws IOException {
    Scripted.presence =
        () -> {
          time.advance(takes);
          return answer.call();
        };
    Fingerprint address = pending(other, bytes(1000)).blob().address();
    List<Presence> answers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      answers.add(both.presence(address, 1));
    }
    return answers;
  }

  /** To wait for it costs less than to make again what it has. */
  @Test
  void presence_storeIsMerelyRemote_isAskedForEachAndTheWaitIsTold() throws IOException {
    ManualTime time = new ManualTime();
    ResultStore both = FartherStores.behind(first, List.of(SCRIPTED), told -> {}, standard(time));
    StoreWatch watch = StoreWatch.of(both);

    Callable<Presence> there = () -> Presence.PRESENT;
    assertThat(ask(both, time, 500, Duration.ofMillis(120), there)).containsOnly(Presence.PRESENT);
    assertThat(ask(both, time, 100, Duration.ofSeconds(1), there)).containsOnly(Presence.PRESENT);

    assertThat(heard(watch)).singleElement().asString().contains("others have waited 15 s");
    watch.leave();
  }

  private void assertIsWaitedForFor15Seconds(Callable<Presence> answer) throws IOException {
    Scripted.ASKED.set(0);
    ManualTime time = new ManualTime();
    ResultStore both = FartherStores.behind(first, List.of(SCRIPTED), told -> {}, standard(time));
    StoreWatch watch = StoreWatch.of(both);

    assertThat(ask(both, time, 60, Duration.ofMillis(900), answer))
        .doesNotContain(Presence.PRESENT);

    assertThat(Scripted.ASKED).hasValue(17);
    assertThat(heard(watch))
        .anySatisfy(text -> assertThat(text).contains("is not asked any more", "15 s"));
    watch.leave();
  }

  /** There may be thousands, and nothing is saved by any. */
  @Test
  void presence_storeHasNoneOfThem_isWaitedForFor15Seconds() throws IOException {
    assertIsWaitedForFor15Seconds(() -> Presence.MISSING);
    assertIsWaitedForFor15Seconds(() -> Presence.UNKNOWN);
  }

  /** As a folder on the network answers of 100,000 units, the whole of a long run. */
  @Test
  void presence_storePromptlyHasNoneOfThousands_isStillAskedAndTheWaitIsTold() throws IOException {
    ManualTime time = new ManualTime();
    ResultStore both = FartherStores.behind(first, List.of(SCRIPTED), told -> {}, standard(time));
    StoreWatch watch = StoreWatch.of(both);

    ask(both, time, 10_000, Duration.ofMillis(5), () -> Presence.MISSING);

    assertThat(Scripted.ASKED).hasValue(10_000);
    assertThat(heard(watch)).singleElement().asString().contains("others have waited 15 s");
    watch.leave();
  }

  /** Each is prompt, and a wave of look-ups is heedless of a run's timeout until it ends. */
  @Test
  void presence_storeHasNoneOfThemAtATwentiethOfASecond_thereIsAnEnd() throws IOException {
    ManualTime time = new ManualTime();
    ResultStore both = FartherStores.behind(first, List.of(SCRIPTED), told -> {}, standard(time));
    StoreWatch watch = StoreWatch.of(both);

    ask(both, time, 1_000, Duration.ofMillis(50), () -> Presence.MISSING);

    assertThat(Scripted.ASKED).as("of half a minute").hasValue(600);
    assertThat(heard(watch))
        .anySatisfy(text -> assertThat(text).contains("is not asked any more", "30 s"));
    watch.leave();
  }

  /** A new bucket has nothing, and is to get it. */
  @Test
  void publish_storeIsOutAsItKeptOthersWaiting_getsItsCopies() throws IOException {
    ManualTime time = new ManualTime();
    ResultStore both = FartherStores.behind(first, List.of(SCRIPTED), told -> {}, standard(time));
    StoreWatch watch = StoreWatch.of(both);
    ask(both, time, 60, Duration.ofMillis(900), () -> Presence.MISSING);
    Scripted.presence = () -> Presence.MISSING;
    assertThat(both.presence(pending(other, bytes(1000)).blob().address(), 1))
        .as("it is out")
        .isEqualTo(Presence.UNKNOWN);

    watch.store().publish(pending(both, bytes(2000)));
    watch.end(Duration.ofMinutes(1), () -> true);

    assertThat(Scripted.KEPT).hasSize(1);
    assertThat(heard(watch)).noneSatisfy(text -> assertThat(text).contains("not copied"));
  }

  @Test
  void presence_storeFailsNowAndThen_whatItFailedCountsInFull() throws IOException {
    ManualTime time = new ManualTime();
    AtomicInteger asked = new AtomicInteger();
    ResultStore both = FartherStores.behind(first, List.of(SCRIPTED), told -> {}, standard(time));

    List<Presence> answers =
        ask(
            both,
            time,
            60,
            Duration.ofMillis(900),
            () -> {
              if (asked.incrementAndGet() % 2 == 0) {
                throw new IOException("reset by peer");
              }
              return Presence.PRESENT;
            });

    assertThat(asked).as("of these 17 in vain").hasValue(34);
    assertThat(answers).filteredOn(Presence.PRESENT::equals).hasSize(17);
  }

  /** Each answer comes within its limit, and there may be thousands. */
  @Test
  void presence_answersTakeTwoSeconds_areToldAndWaitedForForHalfAMinute() throws IOException {
    ManualTime time = new ManualTime();
    ResultStore both = FartherStores.behind(first, List.of(SCRIPTED), told -> {}, standard(time));
    StoreWatch watch = StoreWatch.of(both);

    ask(both, time, 40, Duration.ofSeconds(2), () -> Presence.PRESENT);

    assertThat(Scripted.ASKED).hasValue(15);
    assertThat(heard(watch))
        .hasSize(2)
        .anySatisfy(text -> assertThat(text).contains("others have waited 4 s"))
        .anySatisfy(text -> assertThat(text).contains("is not asked any more", "30 s"));
    time.advance(Duration.ofMinutes(10));
    assertThat(both.presence(pending(other, bytes(1000)).blob().address(), 1))
        .as("also a run that goes on for long asks again, and a worker")
        .isEqualTo(Presence.PRESENT);
    watch.leave();
  }

  /** All of them within the limit of a blob, and each a thousand times what it should take. */
  @Test
  void read_blobsComeMuchTooSlowly_areToldAndTheStoreIsLeftOut() throws IOException {
    ManualTime time = new ManualTime();
    Scripted.presence = () -> Presence.PRESENT;
    ResultStore both = FartherStores.behind(first, List.of(SCRIPTED), told -> {}, standard(time));
    StoreWatch watch = StoreWatch.of(both);
    int read = 0;
    for (int i = 0; i < 10; i++) {
      byte[] bytes = bytes(1000 + i);
      Location.Stored stored = other.publish(pending(other, bytes));
      Scripted.open =
          () -> {
            time.advance(Duration.ofSeconds(6));
            return new ByteArrayInputStream(bytes);
          };
      if (both.presence(stored.blob().address(), bytes.length) == Presence.PRESENT) {
        assertThat(both.read(stored).bytes()).isEqualTo(bytes);
        read++;
      }
    }

    assertThat(read).isEqualTo(3);
    assertThat(heard(watch))
        .hasSize(2)
        .anySatisfy(text -> assertThat(text).contains("others have waited"))
        .anySatisfy(text -> assertThat(text).contains("is not asked any more"));
    watch.leave();
  }

  @Test
  void read_blobCouldNotBeHad_isAskedForAgainAfterAWhileAlsoIfRunsNeverEnd() throws IOException {
    ManualTime time = new ManualTime();
    byte[] bytes = bytes(1000);
    Location.Stored stored = other.publish(pending(other, bytes));
    Scripted.presence = () -> Presence.PRESENT;
    Scripted.open =
        () -> {
          throw new IOException("reset by peer");
        };
    ResultStore both = FartherStores.behind(first, List.of(SCRIPTED), told -> {}, standard(time));
    StoreWatch watch = StoreWatch.of(both);
    assertDamaged(both.read(stored));
    Scripted.open = () -> new ByteArrayInputStream(bytes);
    time.advance(Duration.ofMinutes(10).minusNanos(1));
    assertThat(both.presence(stored.blob().address(), 1000)).isEqualTo(Presence.UNKNOWN);

    time.advance(Duration.ofNanos(1));

    assertThat(both.presence(stored.blob().address(), 1000)).isEqualTo(Presence.PRESENT);
    assertThat(both.read(stored).bytes()).isEqualTo(bytes);
    watch.leave();
  }

  private static FartherStore.Limits standard(Ticker ticker) {
    FartherStore.Limits is = FartherStore.Limits.STANDARD;
    return new FartherStore.Limits(
        is.answer(), is.stall(), is.slow(), is.budget(), is.failures(), is.again(), ticker);
  }

  /** As code does that heeds nobody. */
  private boolean hangHeedless() {
    while (never.getCount() > 0) {
      try {
        never.await();
      } catch (InterruptedException e) {
        // goes on
      }
    }
    return true;
  }

  /** A bucket that cannot be written is good to read. */
  @Test
  void publish_moreCopiesHangThanAStoreIsAllowed_itIsStillRead() throws IOException {
    Scripted.keep = this::hangHeedless;
    ResultStore both = scripted(first);
    StoreWatch watch = StoreWatch.of(both);
    for (int i = 0; i < 4; i++) {
      watch.store().publish(pending(both, bytes(1000 + i)));
    }
    watch.end(Duration.ofDays(1), () -> true);
    assertThat(heard(watch))
        .anySatisfy(text -> assertThat(text).contains("4 results were not copied"));
    assertThat(both.presence(pending(other, bytes(3000)).blob().address(), 1))
        .as("in the same run")
        .isEqualTo(Presence.MISSING);

    StoreWatch next = StoreWatch.of(both);
    next.store().publish(pending(both, bytes(2000)));
    next.end(Duration.ofDays(1), () -> true);

    assertThat(both.presence(pending(other, bytes(3000)).blob().address(), 1))
        .isEqualTo(Presence.MISSING);
    assertThat(heard(next))
        .hasSize(2)
        .anySatisfy(text -> assertThat(text).contains("nothing is copied", "4 calls"))
        .anySatisfy(text -> assertThat(text).contains("1 result was not copied"));
  }

  /** As with rights to read alone, in the run that finds out and in later ones. */
  @Test
  void publish_sourceRefusesEachCopy_isReadAndGetsNoMoreForAWhile() throws Exception {
    AtomicInteger refused = new AtomicInteger();
    Scripted.keep =
        () -> {
          refused.incrementAndGet();
          throw new IOException("403");
        };
    ManualTime time = new ManualTime();
    ResultStore both = FartherStores.behind(first, List.of(SCRIPTED), told -> {}, standard(time));
    StoreWatch watch = StoreWatch.of(both);
    Copies copies = ((FartherStores) both).copies().values().iterator().next();
    for (int i = 0; i < 10; i++) {
      copies.add(both.publish(pending(both, bytes(1000 + i))));
      copies.await(Duration.ofMinutes(1), () -> true);
    }

    assertThat(refused).hasValue(3);
    assertThat(both.presence(pending(other, bytes(3000)).blob().address(), 1))
        .isEqualTo(Presence.MISSING);
    assertThat(heard(watch))
        .hasSize(2)
        .anySatisfy(text -> assertThat(text).contains("could not be given a copy (", "403"))
        .anySatisfy(
            text -> assertThat(text).contains("nothing is copied", "3 times", "it is still read"));
    time.advance(Duration.ofMinutes(10));
    Scripted.keep = () -> true;
    copies.add(both.publish(pending(both, bytes(2000))));
    copies.await(Duration.ofMinutes(1), () -> true);
    assertThat(Scripted.KEPT).as("it gets another chance").hasSize(1);
    assertThat(copies.close()).isEqualTo(10);
    watch.leave();
  }

  @Test
  void publish_copiesHangForGood_areGivenUpAndTheNextRunIsCopied() throws IOException {
    Scripted.keep = this::hangHeedless;
    ResultStore both = scripted(first);
    StoreWatch watch = StoreWatch.of(both);
    for (int i = 0; i < 2; i++) {
      watch.store().publish(pending(both, bytes(1000 + i)));
    }
    watch.end(Duration.ofDays(1), () -> true);
    assertThat(heard(watch))
        .anySatisfy(
            text ->
                assertThat(text).contains("2 results were not copied").doesNotContain("within"));

    Scripted.keep = () -> true;
    StoreWatch next = StoreWatch.of(both);
    next.store().publish(pending(both, bytes(2000)));
    next.end(Duration.ofDays(1), () -> true);

    assertThat(heard(next)).isEmpty();
    assertThat(Scripted.KEPT).hasSize(1);
  }

  /** Threads must not pile up, however many runs there are. */
  @Test
  void presence_callsNeverComeBack_storeIsOutForLaterRunsUntilTheyDo() throws Exception {
    CountDownLatch back = new CountDownLatch(3);
    Scripted.presence =
        () -> {
          while (never.getCount() > 0) {
            try {
              never.await();
            } catch (InterruptedException e) {
              // heeds nobody
            }
          }
          back.countDown();
          return Presence.MISSING;
        };
    ResultStore both = scripted(first);
    for (int run = 0; run < 5; run++) {
      StoreWatch watch = StoreWatch.of(both);
      for (int i = 0; i < 10; i++) {
        both.presence(pending(other, bytes(1000 + i)).blob().address(), 1);
      }
      assertThat(heard(watch)).as("run " + run).isNotEmpty();
      watch.leave();
    }
    assertThat(Scripted.ASKED.get()).isLessThanOrEqualTo(4);
  }

  @Test
  void end_whileAnotherRunCopies_waitsForItsOwnAlone() throws IOException {
    Scripted.keep = this::hang;
    ResultStore both = FartherStores.behind(first, List.of(SCRIPTED), told -> {});
    StoreWatch other = StoreWatch.of(both);
    other.store().publish(pending(both, bytes(1000)));
    StoreWatch watch = StoreWatch.of(both);

    watch.end(Duration.ofDays(1), () -> true);

    assertThat(heard(watch)).isEmpty();
    other.end(Duration.ZERO, () -> true);
    other.end(Duration.ZERO, () -> true);
    assertThat(heard(other)).as("once").singleElement().asString().contains("1 result was not");
  }

  /** Whoever opened the stores tells what he hears to every run. */
  @Test
  void end_copyFailsWhileTheRunWaits_isToldByThatRun() throws IOException {
    CountDownLatch waits = new CountDownLatch(1);
    Scripted.keep =
        () -> {
          waits.await();
          throw new IOException("the bucket is full");
        };
    List<String> opener = new ArrayList<>();
    ResultStore both = FartherStores.behind(first, List.of(SCRIPTED), opener::add);
    StoreWatch watch = StoreWatch.of(both);
    watch.store().publish(pending(both, bytes(1000)));

    watch.end(
        Duration.ofDays(1),
        () -> {
          waits.countDown();
          return true;
        });

    assertThat(heard(watch))
        .hasSize(2)
        .anySatisfy(text -> assertThat(text).contains("the bucket is full"));
    assertThat(opener).isEmpty();
  }

  @Test
  void publish_sourceThatOnlyReads_losesNothingEvenWhenItIsOut() throws IOException {
    Scripted.keeps = false;
    Scripted.presence =
        () -> {
          throw new IOException("down");
        };
    ResultStore both = scripted(first);
    StoreWatch watch = StoreWatch.of(both);
    for (int i = 0; i < 5; i++) {
      both.presence(pending(other, bytes(1000 + i)).blob().address(), 1);
    }

    watch.store().publish(pending(both, bytes(1000)));
    watch.end(Duration.ofDays(1), () -> true);

    assertThat(heard(watch)).noneSatisfy(text -> assertThat(text).contains("not copied"));
  }

  @Test
  void begin_storeThatCouldNotBeOpened_isOpenedLater() throws IOException {
    Scripted.make =
        () -> {
          throw new IllegalStateException("the mount is away");
        };
    List<String> told = new ArrayList<>();
    ResultStore both = FartherStores.behind(first, List.of(SCRIPTED), told::add);
    Fingerprint address = pending(other, bytes(1000)).blob().address();
    assertThat(both.presence(address, 1)).isEqualTo(Presence.UNKNOWN);
    assertThat(told).singleElement().asString().contains("cannot be used");
    Scripted.make = () -> true;

    StoreWatch watch = StoreWatch.of(both);
    watch.store().publish(pending(both, bytes(1000)));
    watch.end(Duration.ofDays(1), () -> true);

    assertThat(Scripted.KEPT).hasSize(1);
    assertThat(both.presence(address, 1)).isEqualTo(Presence.MISSING);
  }
}
