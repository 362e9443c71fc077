package dev.reprise.cache.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.cache.base.Folders;
import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.store.InMemoryResultStore;
import dev.reprise.cache.testing.ChildJvm;
import dev.reprise.cache.testing.Samples;
import dev.reprise.cache.testing.Shows;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** FAULTS rows 25, 33, 34: one process writes an index at a time. */
final class IndexLockTest {
  @TempDir Path dir;

  @Test
  void open_heldByAnotherProcess_waitsShowingItThenSaysWhoAndWhatToDo() throws Exception {
    Process child = startChild();
    try {
      List<Holder> shown = new ArrayList<>();

      assertThatThrownBy(() -> open(Duration.ofMillis(350), (holder, soFar) -> shown.add(holder)))
          .isInstanceOfSatisfying(
              IndexLockedException.class,
              e -> {
                assertThat(e.holder().pid()).isEqualTo(child.pid());
                assertThat(e.holder().command()).isEqualTo("reprise run child");
                assertThat(e.holder().user()).isEqualTo(System.getProperty("user.name"));
                assertThat(e)
                    .hasMessageContaining("is held by pid " + child.pid() + " on host ")
                    .hasMessageContaining("--lock-timeout")
                    .hasMessageContaining("--cache=read");
              });
      assertThat(shown).hasSizeBetween(2, 5).allMatch(holder -> holder.pid() == child.pid());
    } finally {
      child.destroyForcibly().waitFor(30, TimeUnit.SECONDS);
    }
  }

  @Test
  @Shows("Fault 34")
  void open_holderIsKilled_opensAtOnceAndHasWhatItWrote() throws Exception {
    Process child = startChild();
    child.destroyForcibly().waitFor(30, TimeUnit.SECONDS);
    assertThat(dir.resolve("index/owner")).exists();

    try (RocksCacheIndex index = open(Duration.ZERO, (holder, soFar) -> {}).index()) {
      assertThat(index.find(Samples.key(1))).isPresent();
    }
  }

  @Test
  void open_holderEndsMeanwhile_goesOn() throws Exception {
    Process child = startChild();
    try {
      LockWatcher kill = (holder, soFar) -> child.destroyForcibly();

      try (RocksCacheIndex index = open(Duration.ofSeconds(30), kill).index()) {
        assertThat(index.find(Samples.key(1))).isPresent();
      }
    } finally {
      child.destroyForcibly().waitFor(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void open_twiceInOneProcess_isRefusedAndDoesNotLoseTheLock() throws Exception {
    RocksCacheIndex index = open(Duration.ZERO, (holder, soFar) -> {}).index();
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> open(Duration.ZERO, (holder, soFar) -> {}))
          .isInstanceOfSatisfying(
              IndexLockedException.class,
              e -> assertThat(e.holder().pid()).isEqualTo(ProcessHandle.current().pid()));
    }
    ChildJvm.Outcome child = ChildJvm.run(List.of(), TryToOpen.class, dir.resolve("index") + "");
    assertThat(child.output()).contains("locked by " + ProcessHandle.current().pid());

    index.close();

    assertThat(dir.resolve("index/owner")).doesNotExist();
    open(Duration.ZERO, (holder, soFar) -> {}).index().close();
  }

  @Test
  void take_heldByAnotherClassLoader_isRefusedAndDoesNotLoseTheLock() throws Exception {
    URL[] classPath = urls(System.getProperty("java.class.path")); // as after a hot reload
    try (RocksCacheIndex index = open(Duration.ZERO, (holder, soFar) -> {}).index();
        URLClassLoader other =
            new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader())) {
      Method main = other.loadClass(TryToTake.class.getName()).getMethod("main", String[].class);
      main.setAccessible(true);
      main.invoke(null, (Object) new String[] {dir.toRealPath().resolve("index").toString()});

      ChildJvm.Outcome child = ChildJvm.run(List.of(), TryToOpen.class, dir.resolve("index") + "");
      assertThat(child.output()).contains("locked by " + ProcessHandle.current().pid());
      assertThat(index.stats().entries()).isZero();
    }
  }

  private static URL[] urls(String classPath) throws IOException {
    List<URL> urls = new ArrayList<>();
    for (String path : classPath.split(File.pathSeparator, -1)) {
      urls.add(Path.of(path).toUri().toURL());
    }
    return urls.toArray(URL[]::new);
  }

  /** Asserts that the lock of an index cannot be taken. */
  static final class TryToTake {
    public static void main(String[] args) throws Exception {
      Holder self = Holder.self(Instant.EPOCH, "");
      try {
        IndexLock.take(
            Path.of(args[0]),
            self,
            Duration.ZERO,
            (holder, soFar) -> {},
            Ticker.system(),
            FileLocking.SYSTEM);
      } catch (IndexLockedException e) {
        if (e.holder().pid() == self.pid()) {
          return;
        }
      }
      throw new AssertionError("taken twice in one process");
    }
  }

  /** As NFS without its lock service, and a file system of Java's that has none. */
  @Test
  @Shows("Fault 25")
  void open_fileSystemWithoutLocks_isRefusedNothingIsTouchedAndAViewShowsIt() throws Exception {
    try (RocksCacheIndex index = open(Duration.ZERO, (holder, soFar) -> {}).index()) {
      CacheIndexContract.put(index, Samples.entry(1, 1));
    }
    Path folder = dir.toRealPath().resolve("index");
    List<Path> before = Folders.list(folder);
    FileLocking no =
        file -> {
          throw new IOException("No locks available");
        };
    FileLocking never =
        file -> {
          throw new UnsupportedOperationException("No locks available");
        };
    for (FileLocking broken : List.of(no, never, no)) {
      assertThatThrownBy(() -> RocksCacheIndex.open(settings().withLocking(broken)))
          .isInstanceOf(CacheUnavailableException.class)
          .hasMessage(
              "the index "
                  + folder
                  + " lies on a file system without locks (No locks available), where two processes"
                  + " would ruin it: name a --home on a local disk, which may have its --store here,"
                  + " or --cache=read to reuse what is there");
    }

    assertThat(Folders.list(folder)).containsExactlyInAnyOrderElementsOf(before);
    try (CacheIndex view = RocksCacheIndex.openView(settings().withLocking(no))) {
      assertThat(view.find(Samples.key(1))).isPresent();
    }
    open(Duration.ZERO, (holder, soFar) -> {}).index().close(); // the lock is not taken for held
  }

  @Test
  void open_interruptedWhileWaiting_givesUp() throws Exception {
    try (RocksCacheIndex index = open(Duration.ZERO, (holder, soFar) -> {}).index()) {
      assertThat(index).isNotNull();
      LockWatcher interrupt = (holder, soFar) -> Thread.currentThread().interrupt();

      assertThatThrownBy(() -> open(Duration.ofMinutes(5), interrupt))
          .isInstanceOf(IndexLockedException.class)
          .hasMessageStartingWith("interrupted while waiting for the index ")
          .hasMessageContaining("held by pid " + ProcessHandle.current().pid());
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void read_ownerFileWithNonsense_isSomebodyUnknown() throws Exception {
    Path owner = Files.writeString(dir.resolve("owner"), "pid=x\nhost=\u001b[31m\n");

    assertThat(Holder.read(owner)).isSameAs(Holder.UNKNOWN);
    assertThat(Holder.read(dir.resolve("missing"))).hasToString("a process that did not say which");
  }

  private RocksCacheIndex.Opened open(Duration timeout, LockWatcher watcher) throws Exception {
    return RocksCacheIndex.open(settings().withLock(timeout, watcher));
  }

  private IndexSettings settings() {
    return IndexSettings.of(
        dir.resolve("index"), CacheIndexContract.DEV, new InMemoryResultStore());
  }

  private Process startChild() throws Exception {
    Process child = ChildJvm.start(List.of(), HoldOpen.class, dir.resolve("index") + "");
    BufferedReader output = child.inputReader();
    String line = output.readLine();
    while (line != null && !line.equals("open")) {
      line = output.readLine();
    }
    assertThat(line).isEqualTo("open");
    return child;
  }

  /** Opens an index, writes an entry, and holds on to it. */
  static final class HoldOpen {
    public static void main(String[] args) throws Exception {
      RocksCacheIndex index =
          RocksCacheIndex.open(
                  IndexSettings.of(
                          Path.of(args[0]), CacheIndexContract.DEV, new InMemoryResultStore())
                      .withCommand("reprise run child"))
              .index();
      CacheIndexContract.put(index, Samples.entry(1, 1));
      System.out.println("open");
      System.in.read();
      TimeUnit.MINUTES.sleep(5);
    }
  }

  /** Says whether an index can be opened. */
  static final class TryToOpen {
    public static void main(String[] args) throws Exception {
      try (RocksCacheIndex index =
          RocksCacheIndex.open(
                  IndexSettings.of(
                          Path.of(args[0]), CacheIndexContract.DEV, new InMemoryResultStore())
                      .withLock(Duration.ZERO, (holder, soFar) -> {}))
              .index()) {
        System.out.println("opened " + index.stats().entries());
      } catch (IndexLockedException e) {
        System.out.println("locked by " + e.holder().pid());
      }
    }
  }
}
