package dev.reprise.behaviours;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.reprise.api.Driver;
import dev.reprise.api.Pipeline;
import dev.reprise.api.Run;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.BlobSource;
import dev.reprise.cache.store.ResultStore.Presence;
import dev.reprise.cache.testing.Shows;
import dev.reprise.cli.CliLab;
import dev.reprise.home.HomeOptions;
import dev.reprise.run.RunListener;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunState;
import dev.reprise.run.RunView;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several stores, some of them the user's own. */
class StoresTest {
  private static final int LARGE = 100_000;

  @TempDir Path folder;

  static byte[] large(String of) {
    Bodies.ran("large");
    byte[] bytes = new byte[LARGE];
    Arrays.fill(bytes, (byte) of.charAt(0));
    return bytes;
  }

  static String small(String of) {
    Bodies.ran("small");
    return of;
  }

  static int sum(byte[] bytes, int edition) {
    Bodies.ran("sum");
    return bytes.length + bytes[LARGE - 1] + edition;
  }

  private static void define(Pipeline.Builder p, int edition) {
    p.step("small", task(StoresTest::small), p.value("x"));
    var large = p.step("large", task(StoresTest::large), p.value("a"));
    p.result("sum", p.step("sum", task(StoresTest::sum), large, p.value(edition)));
  }

  private static Pipeline edition(int edition) {
    return Pipeline.define("p", p -> define(p, edition));
  }

  /** A store of a user's, in memory. */
  public static final class OwnStore implements BlobSource {
    static final Map<String, byte[]> BLOBS = new ConcurrentHashMap<>();
    static final AtomicInteger ASKED = new AtomicInteger();
    static volatile boolean down;
    static volatile CountDownLatch keeps = new CountDownLatch(0);
    static volatile CountDownLatch opens = new CountDownLatch(0);
    static volatile CountDownLatch opened = new CountDownLatch(1);
    static volatile boolean full;
    static volatile boolean givenUp;

    static void reset() {
      BLOBS.clear();
      ASKED.set(0);
      down = false;
      full = false;
      givenUp = false;
      opens = new CountDownLatch(0);
      opened = new CountDownLatch(1);
      keeps = new CountDownLatch(0);
    }

    private static String path(Fingerprint address) {
      return "results/" + address + ".blob";
    }

    @Override
    public Presence presence(Fingerprint address, long size) {
      ASKED.incrementAndGet();
      if (down) {
        throw new IllegalStateException("the bucket is down");
      }
      return BLOBS.containsKey(path(address)) ? Presence.PRESENT : Presence.MISSING;
    }

    @Override
    public InputStream open(Fingerprint address, long size) throws IOException {
      byte[] bytes = BLOBS.get(path(address));
      if (bytes == null) {
        throw new IOException("no " + path(address));
      }
      opened.countDown();
      try {
        opens.await();
      } catch (InterruptedException e) {
        givenUp = true;
        throw new IOException(e);
      }
      return new ByteArrayInputStream(bytes);
    }

    @Override
    public void keep(Fingerprint address, long size, InputStream bytes) throws IOException {
      byte[] all = bytes.readAllBytes();
      try {
        keeps.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      if (full) {
        throw new NoClassDefFoundError("of the bucket's client");
      }
      BLOBS.put(path(address), all);
    }

    @Override
    public boolean keeps() {
      return true;
    }
  }

  @BeforeEach
  void forget() {
    OwnStore.reset();
    Bodies.take();
  }

  private HomeOptions options(String store, String... farther) {
    return HomeOptions.at(folder.resolve("home"))
        .withStore(folder.resolve(store))
        .withFartherStores(
            Arrays.stream(farther)
                .map(each -> each.startsWith("class:") ? each : folder.resolve(each).toString())
                .toList());
  }

  private List<String> bodies(HomeOptions options, int edition) throws Exception {
    Bodies.take();
    try (Driver driver = Driver.open(options, "test")) {
      Run run = driver.submit(edition(edition));
      assertThat(run.await().state()).isEqualTo(RunState.SUCCEEDED);
      assertThat(run.result("sum", Integer.class)).isEqualTo(LARGE + 'a' + edition);
    }
    return Bodies.take();
  }

  private static List<Path> blobs(Path store) throws IOException {
    try (Stream<Path> files = Files.walk(store)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> file.toFile().length() >= LARGE)
          .toList();
    }
  }

  @Test
  @Shows("Coflux 23")
  void stores_several_areAskedInOrderForLargeResultsByTheirContent() throws Exception {
    assertThat(bodies(options("one"), 1)).containsExactly("large", "small", "sum");
    assertThat(blobs(folder.resolve("one"))).as("the large one alone").hasSize(1);
    assertThat(bodies(options("two"), 2)).as("of another store").containsExactly("large", "sum");
    assertThat(blobs(folder.resolve("two"))).hasSize(1);
    assertThat(blobs(folder.resolve("two")).get(0).getFileName())
        .as("its name is its content")
        .isEqualTo(blobs(folder.resolve("one")).get(0).getFileName());

    assertThat(bodies(options("three", "none", "two", "one"), 2)).isEmpty();
    assertThat(bodies(options("three", "none", "two", "one"), 3)).containsExactly("sum");
    assertThat(blobs(folder.resolve("three"))).as("read where it is").isEmpty();
    Files.delete(blobs(folder.resolve("two")).get(0));
    assertThat(bodies(options("three", "two", "one"), 4)).as("the next has it").hasSize(1);

    Path last = blobs(folder.resolve("one")).get(0);
    byte[] bytes = Files.readAllBytes(last);
    bytes[LARGE / 2]++;
    Files.write(last, bytes);
    assertThat(bodies(options("three", "one"), 5))
        .as("damaged there: made again, in the first")
        .containsExactly("large", "sum");
    assertThat(blobs(folder.resolve("three"))).hasSize(1);
    assertThat(last).as("not ours to remove").hasBinaryContent(bytes);
    assertThat(bodies(options("three", "one"), 6)).containsExactly("sum");
    Files.delete(blobs(folder.resolve("three")).get(0));
    Files.delete(last);
    assertThat(bodies(options("three", "one"), 7)).containsExactly("large", "sum");
  }

  @Test
  @Shows("Dagster 8")
  void store_ofTheUsers_isAskedWhetherAResultIsThere() throws Exception {
    String own = "class:" + OwnStore.class.getName();
    assertThat(bodies(options("one", own), 1)).hasSize(3);
    assertThat(OwnStore.BLOBS).as("by a path that has its version").hasSize(1);
    assertThat(OwnStore.BLOBS.keySet().iterator().next()).matches("results/[0-9a-f]{64}.blob");
    Files.delete(blobs(folder.resolve("one")).get(0));
    OwnStore.ASKED.set(0);
    assertThat(bodies(options("one", own), 1)).isEmpty();
    assertThat(OwnStore.ASKED).hasPositiveValue();
    assertThat(bodies(options("one", own), 2)).as("its bytes are read").containsExactly("sum");

    OwnStore.BLOBS.clear();
    Files.delete(blobs(folder.resolve("one")).get(0));
    assertThat(bodies(options("one", own), 2))
        .as("what is gone there is made again, and what follows is not")
        .containsExactly("large");
    Files.delete(blobs(folder.resolve("one")).get(0));
    OwnStore.BLOBS.replaceAll((path, bytes) -> new byte[LARGE]);
    assertThat(bodies(options("one", own), 3))
        .as("bytes that are not what their name says are not used")
        .containsExactly("large", "sum");
    Files.delete(blobs(folder.resolve("one")).get(0));
    OwnStore.down = true;
    assertThat(bodies(options("one", own), 4)).containsExactly("large", "sum");
  }

  @Test
  void commandLine_ofSeveralStores_readsThemAndRemovesFromTheFirstAlone() throws Exception {
    CliLab lab = new CliLab(folder);
    lab.with("q", p -> define(p, 1));
    String own = "class:" + OwnStore.class.getName();
    assertThat(lab.run("run", "q", "--store", "one").exit()).isZero();
    Bodies.take();
    String[] both = {"--store", "two", "--conf", "stores=one," + own};
    assertThat(lab.run("run", "q", both[0], both[1], both[2], both[3]).exit()).isZero();
    assertThat(Bodies.take()).isEmpty();
    assertThat(lab.run("plan", "q", both[0], both[1], both[2], both[3]).out())
        .containsPattern("HIT +large");
    assertThat(lab.run("cache", "verify", "--repair", both[0], both[1], both[2], both[3]).exit())
        .isZero();
    assertThat(lab.run("run", "q", both[0], both[1], both[2], both[3]).out())
        .containsPattern("CACHED +large");
    assertThat(lab.run("cache", "clear", "--yes", both[0], both[1], both[2], both[3]).exit())
        .isZero();
    assertThat(blobs(folder.resolve("one"))).as("another's").hasSize(1);

    for (String bad : List.of("class:no.Such", "class:java.lang.String", "one,,two", "one,one")) {
      CliLab.Ran ran = lab.run("run", "q", "--conf", "stores=" + bad);
      assertThat(ran.exit()).as(bad).isEqualTo(2);
      assertThat(ran.err()).contains("'stores' cannot be");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> options("one", "class:no.Such"))
        .withMessageContaining("there is no class 'no.Such' for a store");
    CliLab.Ran away = lab.run("run", "q", "--conf", "stores=" + folder.resolve("away"));
    assertThat(away.exit()).isZero();
    assertThat(away.err()).contains("the store " + folder.resolve("away") + " cannot be used");
  }

  /** A mount that is away for a while must not cost what is known. */
  @Test
  void verify_fartherStoreIsAway_removesNothingOfWhatLiesThere() throws Exception {
    CliLab lab = new CliLab(folder).with("p", p -> define(p, 1));
    assertThat(lab.run("run", "p", "--store", "old").exit()).isZero();
    Path old = folder.resolve("old");
    Path gone = folder.resolve("gone");
    Files.move(old, gone);
    String[] stores = {"--store", "new", "--conf", "stores=" + old};
    lab.run("cache", "verify", "--repair", stores[0], stores[1], stores[2], stores[3]);
    Files.move(gone, old);
    Bodies.take();
    assertThat(lab.run("run", "p", stores[0], stores[1], stores[2], stores[3]).exit()).isZero();
    assertThat(Bodies.take()).isEmpty();
  }

  /** A bucket that does not answer is no reason to wait, nor to lose results. */
  @Test
  void copies_storeHangs_runKeepsItsResultsMeanwhile() throws Exception {
    String own = "class:" + OwnStore.class.getName();
    OwnStore.keeps = new CountDownLatch(1);
    List<RunListener.Keeping.State> kept = new CopyOnWriteArrayList<>();
    CountDownLatch all = new CountDownLatch(3);
    RunListener listener =
        new RunListener() {
          @Override
          public void unitFinished(RunView view, UnitReport report) {
            kept.add(report.keeping().state());
            all.countDown();
          }
        };
    try (Driver driver = Driver.open(options("one", own), "test")) {
      Run run = driver.submit(edition(1), RunOptions.DEFAULT, listener);
      assertThat(all.await(30, TimeUnit.SECONDS)).as("nobody waits for the copy").isTrue();
      assertThat(run.state()).as("it waits for the copy at its end").isEqualTo(RunState.RUNNING);
      assertThat(OwnStore.BLOBS).isEmpty();
      List<String> told = new ArrayList<>();
      RunListener other =
          new RunListener() {
            @Override
            public void warning(String code, String message) {
              told.add(message);
            }
          };
      driver.plan(edition(1), RunOptions.DEFAULT, other);
      assertThat(driver.submit(edition(1), RunOptions.DEFAULT, other).await().exitCode()).isZero();
      assertThat(told).as("those who publish nothing wait for nothing").isEmpty();
      assertThat(run.state()).isEqualTo(RunState.RUNNING);
      OwnStore.keeps.countDown();
      assertThat(run.await().state()).isEqualTo(RunState.SUCCEEDED);
    }
    assertThat(kept).containsOnly(RunListener.Keeping.State.KEPT).hasSize(3);
    assertThat(OwnStore.BLOBS).as("copied by the end of the run").hasSize(1);
  }

  @Test
  void copies_storeTakesNone_isToldByTheRunWhichKeepsItsResults() throws Exception {
    OwnStore.full = true;
    CliLab lab = new CliLab(folder).with("p", p -> define(p, 1));
    String stores = "stores=class:" + OwnStore.class.getName();

    CliLab.Ran ran = lab.run("run", "p", "--conf", stores);

    assertThat(ran.exit()).isZero();
    assertThat(ran.err() + ran.out())
        .contains(
            "could not be given a copy (java.lang.NoClassDefFoundError: of the bucket's client)")
        .doesNotContain("cannot be used")
        .contains("1 result was not copied to the store class:" + OwnStore.class.getName());
    assertThat(lab.run("runs", "show").out()).contains("1 result was not copied");
    Bodies.take();
    assertThat(lab.run("run", "p", "--conf", stores).exit()).isZero();
    assertThat(Bodies.take()).isEmpty();
  }

  @Test
  void plan_storeIsDown_isToldWhilePlanningAndNotAfterwards() throws Exception {
    String own = "class:" + OwnStore.class.getName();
    assertThat(bodies(options("one", own), 1)).hasSize(3);
    Files.delete(blobs(folder.resolve("one")).get(0));
    OwnStore.down = true;
    List<String> told = new ArrayList<>();
    RunListener listener =
        new RunListener() {
          @Override
          public void warning(String code, String message) {
            told.add(code);
          }

          @Override
          public void planned(RunView view, PlanSummary summary) {
            told.add("planned");
          }
        };
    try (Driver driver = Driver.open(options("one", own), "test")) {
      driver.plan(edition(1), RunOptions.DEFAULT, listener);
    }
    assertThat(told).containsExactly("STORES", "planned");
  }

  @Test
  void copies_fail_isToldByTheRunOfTheResultsAndByNoOther() throws Exception {
    String own = "class:" + OwnStore.class.getName();
    OwnStore.keeps = new CountDownLatch(1);
    OwnStore.full = true;
    List<String> told = new CopyOnWriteArrayList<>();
    RunListener listener =
        new RunListener() {
          @Override
          public void warning(String code, String message) {
            told.add(message);
            OwnStore.keeps.countDown(); // as it says that it waits
          }
        };
    try (Driver driver = Driver.open(options("one", own), "test")) {
      driver.submit(edition(1), RunOptions.DEFAULT, listener).await();
      assertThat(told)
          .hasSize(3)
          .anySatisfy(text -> assertThat(text).contains("the run waits for copies of 1 result"))
          .anySatisfy(text -> assertThat(text).contains("of the bucket's client"))
          .anySatisfy(text -> assertThat(text).contains("1 result was not copied"));
      OwnStore.full = false;
      told.clear();
      driver.submit(edition(2), RunOptions.DEFAULT, listener).await();
      assertThat(told).isEmpty();
      assertThat(driver.warnings()).isEmpty();
    }
  }

  static int length(String text) {
    return text.length();
  }

  private static Set<String> committing() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("reprise-commit"))
        .collect(Collectors.toSet());
  }

  /** Who joins a run begins none, and so is none beside which others are not alone. */
  @Test
  void submit_joinsARunByItsKey_laterRunsStillGiveTheStoreAnotherChance() throws Exception {
    RunOptions once = RunOptions.DEFAULT.withIdempotencyKey("k");
    Set<String> before = committing();
    try (Driver driver = Driver.open(options("one", "class:" + OwnStore.class.getName()), "test")) {
      String id = driver.submit(edition(1), once).id();
      driver.submit(edition(1), once).await();
      for (int i = 0; i < 3; i++) {
        Run joined = driver.submit(edition(1), once);
        assertThat(joined.await().exitCode()).isZero();
        assertThat(joined.id()).isEqualTo(id);
        assertThat(joined.result("sum", Integer.class)).isEqualTo(LARGE + 'a' + 1);
      }
      OwnStore.down = true;
      for (int edition = 2; edition <= 4; edition++) {
        Files.delete(blobs(folder.resolve("one")).get(0));
        Bodies.take();
        assertThat(driver.submit(edition(edition)).await().exitCode()).isZero();
        assertThat(Bodies.take()).containsExactly("large", "sum");
      }
      OwnStore.down = false;
      Files.delete(blobs(folder.resolve("one")).get(0));

      assertThat(driver.submit(edition(5)).await().exitCode()).isZero();

      assertThat(Bodies.take()).containsExactly("sum");
      assertThat(committing()).isEqualTo(before);
    }
  }

  /** Bytes that come slowly, or never, are waited for beside the run. */
  @Test
  void publish_resultOfAFartherStoreDoesNotCome_runIsCancelledMeanwhile() throws Exception {
    String own = "class:" + OwnStore.class.getName();
    Pipeline pipeline =
        Pipeline.define(
            "p",
            p -> {
              p.result("large", p.step("large", task(StoresTest::large), p.value("a")));
              p.step("other", task(StoresTest::length), p.value("b"));
              p.publish("large", folder.resolve("out/large.bin"));
            });
    HomeOptions options = options("one", own);
    try (Driver driver = Driver.open(options, "test")) {
      assertThat(driver.submit(pipeline).await().exitCode()).isZero();
    }
    Files.delete(blobs(folder.resolve("one")).get(0));
    Files.delete(folder.resolve("out/large.bin"));
    OwnStore.opens = new CountDownLatch(1);
    OwnStore.opened = new CountDownLatch(1);
    try (Driver driver = Driver.open(options, "test")) {
      BlockingQueue<String> ended = new LinkedBlockingQueue<>();
      RunListener listener =
          new RunListener() {
            @Override
            public void stepFinished(RunView view, StepReport report) {
              ended.add(view.graph().node(report.node()).name());
            }
          };
      Run run = driver.submit(pipeline, RunOptions.DEFAULT, listener);
      assertThat(OwnStore.opened.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(ended.poll(30, TimeUnit.SECONDS)).as("told meanwhile").isEqualTo("other");
      assertThat(ended).as("may be made again").isEmpty();

      run.cancel();

      assertThat(run.await().state()).isEqualTo(RunState.CANCELLED);
      assertThat(OwnStore.givenUp).as("it did not wait until the store was given up").isFalse();
      OwnStore.opens.countDown();
    }
    assertThat(folder.resolve("out/large.bin")).doesNotExist();
    try (Driver driver = Driver.open(options, "test")) {
      Bodies.take();
      assertThat(driver.submit(pipeline).await().exitCode()).isZero();
      assertThat(Bodies.take()).as("read whole, and published").isEmpty();
    }
    assertThat(folder.resolve("out/large.bin")).hasSize(LARGE);
  }

  @Test
  void gc_maxSize_doesNotCountWhatLiesInFartherStores() throws Exception {
    CliLab lab = new CliLab(folder).with("p", p -> define(p, 1));
    assertThat(lab.run("run", "p", "--store", "one").exit()).isZero();
    String[] two = {"--store", "two", "--conf", "stores=" + folder.resolve("one")};
    assertThat(lab.run("run", "p", two[0], two[1], two[2], two[3]).exit()).isZero();

    CliLab.Ran gc = lab.run("cache", "gc", "--max-size", "50000", two[0], two[1], two[2], two[3]);

    assertThat(gc.exit()).as(gc.err()).isZero();
    Bodies.take();
    assertThat(lab.run("run", "p", two[0], two[1], two[2], two[3]).exit()).isZero();
    assertThat(Bodies.take()).as("nothing went: nothing lies here").isEmpty();
  }
}
