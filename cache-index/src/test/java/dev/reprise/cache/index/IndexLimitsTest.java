package dev.reprise.cache.index;

import static dev.reprise.cache.index.CacheIndexContract.DEV;
import static dev.reprise.cache.index.CacheIndexContract.answers;
import static dev.reprise.cache.index.CacheIndexContract.put;
import static dev.reprise.cache.testing.Samples.entry;
import static dev.reprise.cache.testing.Samples.inline;
import static dev.reprise.cache.testing.Samples.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.cache.index.LookupBatch.Answer;
import dev.reprise.cache.store.InMemoryResultStore;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.testing.ChildJvm;
import dev.reprise.cache.testing.Shows;
import dev.reprise.cache.testing.SmallDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** FAULTS rows 21, 24 and 42: full disks, open files, and closing while in use. */
final class IndexLimitsTest {
  @TempDir Path dir;

  @Test
  @Shows("Fault 21")
  void write_lessFreeThanTheFloor_isRefusedAndReadingGoesOn() throws Exception {
    IndexSettings settings = settings(dir.resolve("index"));
    RocksCacheIndex.open(settings).index().close();
    try (RocksCacheIndex index = RocksCacheIndex.open(settings.withFloor(Long.MAX_VALUE)).index()) {
      assertThatThrownBy(() -> put(index, entry(1, 1)))
          .isInstanceOf(CacheUnavailableException.class)
          .hasMessageContaining("less than the floor");
      assertThat(answers(index, 1)).containsExactly(Answer.NO_ENTRY);
    }
  }

  @Test
  @Shows("Fault 21")
  void write_fullDisk_failsInTimeAndReadingGoesOn() throws Exception {
    ChildJvm.Outcome child =
        SmallDisk.run(dir, 24, FillDisk.class, dir.resolve("index").toString());

    assertThat(child.output()).contains("first write refused in time", "all reads work", "closed");
    assertThat(child.exit()).isZero();
  }

  @Test
  void open_tenThousandTimes_leavesNoFileOpen() throws Exception {
    String script = "ulimit -n 128 && exec \"$0\" \"$@\"";
    int cycles = Boolean.getBoolean("reprise.stress") ? 10_000 : 100;

    ChildJvm.Outcome child =
        ChildJvm.runUnder(
            List.of("sh", "-c", script),
            List.of(),
            OpenAndClose.class,
            dir.resolve("index").toString(),
            Integer.toString(cycles));

    assertThat(child.output()).contains("no file left open");
    assertThat(child.exit()).isZero();
  }

  /** Whatever it was about to open: it is no damage, and costs nothing but this attempt. */
  @Test
  void open_noFileCanBeOpened_isUnavailableAndNothingIsMovedAside() throws Exception {
    ChildJvm.Outcome child =
        ChildJvm.runUnder(
            List.of("sh", "-c", "ulimit -n 256 && exec \"$0\" \"$@\""),
            List.of(),
            OutOfFiles.class,
            dir.resolve("index").toString());

    assertThat(child.output()).contains("all entries are there");
    assertThat(child.exit()).isZero();
    assertThat(child.output()).containsPattern("refused [1-9][0-9]* times, opened [1-9]");
    try (Stream<Path> all = Files.list(dir)) {
      assertThat(all).containsExactly(dir.resolve("index"));
    }
  }

  @Test
  @Shows("Fault 42")
  void close_whileInUse_waitsAndLaterCallsFailInJava() throws Exception {
    ChildJvm.Outcome child =
        ChildJvm.run(List.of("-Xcheck:jni"), CloseInUse.class, dir.resolve("index").toString());

    assertThat(child.output()).contains("closed 10 times in use").doesNotContain("FATAL ERROR");
    assertThat(child.exit()).isZero();
  }

  private static IndexSettings settings(Path folder) {
    return IndexSettings.of(folder, DEV, new InMemoryResultStore())
        .withLock(Duration.ZERO, (holder, soFar) -> {});
  }

  /** Writes until the disk is full. */
  static final class FillDisk {
    public static void main(String[] args) throws Exception {
      IndexSettings settings = settings(Path.of(args[0])).withFloor(0);
      RocksCacheIndex index = RocksCacheIndex.open(settings).index();
      int written = 0;
      long start = 0;
      try {
        while (written < 10_000) {
          start = System.nanoTime();
          put(index, entry(written, 1, Manifest.one(inline(written, 20_000))));
          written++;
        }
        throw new AssertionError("the disk never filled up");
      } catch (CacheUnavailableException e) {
        System.out.println(e.getMessage());
      }
      if (System.nanoTime() - start < 3_000_000_000L) {
        System.out.println("first write refused in time");
      }
      for (int i = 0; i < written; i++) {
        if (index.find(key(i)).isEmpty()) {
          throw new AssertionError("entry " + i + " of " + written + " is gone");
        }
      }
      System.out.println("all reads work: " + written);
      index.close();
      System.out.println("closed");
    }
  }

  /** Opens, uses and closes an index again and again. */
  static final class OpenAndClose {
    public static void main(String[] args) throws Exception {
      long before = 0;
      for (int i = 0; i < Integer.parseInt(args[1]); i++) {
        try (RocksCacheIndex index = RocksCacheIndex.open(settings(Path.of(args[0]))).index();
            CacheIndex view = RocksCacheIndex.openView(settings(Path.of(args[0])))) {
          put(index, entry(i, 1));
          if (!answers(index, i).get(0).equals(Answer.HIT) || view.stats().format() != 1) {
            throw new AssertionError("entry " + i);
          }
        }
        if (i == 10) {
          before = openFiles();
        }
      }
      System.out.println(
          openFiles() <= before ? "no file left open" : before + " then " + openFiles());
    }

    private static long openFiles() throws IOException {
      try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
        return files.count();
      }
    }
  }

  /** Opens an index and views of it with fewer and fewer files left that may be open. */
  static final class OutOfFiles {
    private static final int MOST_LEFT = 48;
    private static final int ENTRIES = 20;
    private static int refused;
    private static int opened;

    public static void main(String[] args) throws Exception {
      IndexSettings settings = settings(Path.of(args[0])).withFloor(0);
      for (int i = 0; i < ENTRIES; i++) { // each time its log becomes a table, now and then
        try (RocksCacheIndex index = RocksCacheIndex.open(settings).index()) {
          put(index, entry(i, 1));
        }
      }
      // Once before, while classes can be loaded: as it should be, and as it should not.
      attempt(settings, /* view= */ false);
      attempt(settings, /* view= */ true);
      attempt(settings(Files.createTempFile("no", "folder")), /* view= */ false);
      for (int left = MOST_LEFT; left >= 0; left--) {
        List<AutoCloseable> taken = takeAll();
        for (int i = 0; i < left; i++) {
          taken.remove(taken.size() - 1).close();
        }
        attempt(settings, left % 2 == 0);
        for (AutoCloseable each : taken) {
          each.close();
        }
      }
      System.out.println("refused " + refused + " times, opened " + opened);
      RocksCacheIndex.Opened end = RocksCacheIndex.open(settings);
      System.out.println(end.report());
      check(end.index());
      end.index().close();
      System.out.println("all entries are there");
    }

    private static List<AutoCloseable> takeAll() {
      List<AutoCloseable> taken = new ArrayList<>();
      try {
        while (true) {
          taken.add(Files.newInputStream(Path.of("/dev/null")));
        }
      } catch (IOException e) {
        return taken;
      }
    }

    private static void attempt(IndexSettings settings, boolean view) throws Exception {
      try (CacheIndex index =
          view ? RocksCacheIndex.openView(settings) : RocksCacheIndex.open(settings).index()) {
        check(index);
        opened++;
      } catch (CacheUnavailableException e) {
        refused++;
      }
    }

    /** There, or not to be read: never not there. */
    private static void check(CacheIndex index) throws CacheUnavailableException {
      for (int i = 0; i < ENTRIES; i++) {
        Answer answer = answers(index, i).get(0);
        if (!answer.equals(Answer.HIT)) {
          throw new AssertionError("entry " + i + " is " + answer);
        }
      }
    }
  }

  /** Closes an index that four threads are using. */
  static final class CloseInUse {
    public static void main(String[] args) throws Exception {
      // Daemons, so that a failure ends this process.
      ExecutorService pool =
          Executors.newFixedThreadPool(
              4,
              work -> {
                Thread daemon = new Thread(work);
                daemon.setDaemon(true);
                return daemon;
              });
      for (int round = 0; round < 10; round++) {
        RocksCacheIndex index = RocksCacheIndex.open(settings(Path.of(args[0]))).index();
        AtomicBoolean closed = new AtomicBoolean();
        AtomicInteger used = new AtomicInteger();
        List<Future<?>> users = new ArrayList<>();
        for (int user = 0; user < 4; user++) {
          int number = user;
          users.add(pool.submit(() -> use(index, number, used, closed)));
        }
        while (used.get() < 20) {
          TimeUnit.MILLISECONDS.sleep(1);
        }
        index.close();
        closed.set(true);
        for (Future<?> user : users) {
          user.get(30, TimeUnit.SECONDS);
        }
      }
      pool.shutdown();
      System.out.println("closed 10 times in use");
    }

    private static Void use(
        RocksCacheIndex index, int user, AtomicInteger used, AtomicBoolean closed)
        throws Exception {
      while (true) {
        boolean late = closed.get();
        try {
          put(index, entry(user, used.get()));
          answers(index, 0, 1, 2, 3);
          CacheIndexContract.keys(index);
          index.sync();
          used.incrementAndGet();
          if (late) {
            throw new AssertionError("a call after closing worked");
          }
        } catch (CacheUnavailableException e) {
          if (late) {
            return null;
          }
        }
      }
    }
  }
}
