package dev.reprise.cli;

import static dev.reprise.task.Tasks.local;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Driver;
import dev.reprise.api.Pipeline;
import dev.reprise.api.Run;
import dev.reprise.cache.codec.ArrowTable;
import dev.reprise.cache.codec.Columns;
import dev.reprise.cache.codec.TableBuilder;
import dev.reprise.cache.store.BlobWriter;
import dev.reprise.cache.store.FileResultStore;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.Payload;
import dev.reprise.cache.testing.ChildJvm;
import dev.reprise.cache.testing.Samples;
import dev.reprise.cache.testing.Shows;
import dev.reprise.cli.CliLab.Ran;
import dev.reprise.home.HomeOptions;
import dev.reprise.journal.RunHistory;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunState;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * FAULTS row 24: what long-living drivers and the command line do over and over leaves no file
 * open. Cheap cycles by the ten thousand; dear ones by fewer, and tenfold with {@code -Pstress}.
 */
class OpenFilesTest {
  private static final int DEAR = Boolean.getBoolean("reprise.stress") ? 10 : 1;

  @TempDir Path folder;

  @Test
  @Timeout(600)
  @Shows("Fault 24")
  void cycles_ofDriversCommandsAndReaders_leaveNoFileOpen() throws Exception {
    // Room for what the cycles leave to the collector, which would close a forgotten file for them.
    ChildJvm.Outcome child =
        ChildJvm.run(List.of("-Xmn400m"), Cycles.class, folder.toString(), "" + DEAR);

    assertThat(child.output()).contains("all cycles done").doesNotContain("left open");
    assertThat(child.exit()).isZero();
  }

  static final class Cycles {
    /** The first cycles load classes, from jars that then stay open, and start threads. */
    private static final int FIRST = 10;

    /** What may be opened late and once, such as a jar that is first searched for an error. */
    private static final int LATE = 4;

    private final Path folder;
    private final Path home;
    private final CliLab lab;

    private Cycles(Path folder) {
      this.folder = folder;
      home = folder.resolve(".reprise");
      lab = new CliLab(folder).with("mixed", this::define);
    }

    public static void main(String[] args) throws Exception {
      Cycles cycles = new Cycles(Path.of(args[0]));
      int dear = Integer.parseInt(args[1]);
      Files.writeString(cycles.folder.resolve("a.txt"), "a");
      cycles.ofADriver(30 * dear);
      cycles.ofDrivers(20 * dear);
      cycles.ofReaders(10_000);
      System.out.println("all cycles done");
    }

    static ArrowTable rows(String text) {
      TableBuilder rows = ArrowTable.builder(Columns.schema(Columns.int64("n")));
      for (long n = 0; n < 10_000; n++) {
        rows.row(n);
      }
      return rows.build();
    }

    static String text(Path file) throws IOException {
      return Files.readString(file);
    }

    /** Values and a table too large for the index, and a file. */
    private void define(Pipeline.Builder p) {
      Pages.define(p);
      var text = p.step("text", local(Cycles::text), p.file("a", folder.resolve("a.txt")));
      p.result("rows", p.step("rows", local(Cycles::rows), text));
    }

    /** One driver runs and plans, and commands look at its home beside it. */
    private void ofADriver(int times) throws Exception {
      Pipeline mixed = Pipeline.define("mixed", this::define);
      RunOptions again = RunOptions.DEFAULT.withRerun(Set.of("length", "rows"));
      try (Driver driver = Driver.open(HomeOptions.at(home), "test")) {
        repeat(
            "runs in one driver",
            3 * times,
            cycle -> {
              RunOptions options = cycle % 2 == 0 ? again : RunOptions.DEFAULT;
              driver.plan(mixed, options);
              Run run = driver.submit(mixed, options);
              check(run.await().state() == RunState.SUCCEEDED, "the run failed");
              check(run.result("total", Integer.class) == 210_005, "another total");
              try (ArrowTable table = run.result("rows", ArrowTable.class)) {
                check(table.rowCount() == 10_000, "another table");
              }
            });
        repeat(
            "commands beside it",
            times,
            cycle -> {
              command("plan", "mixed");
              command("runs", "ls");
              command("runs", "show", "latest");
              command("why", "page:1");
              command("result", "total", "--run", "latest");
              command("cache", "ls");
              command("cache", "stats");
            });
      }
    }

    /** Each run opens the home and closes it. */
    private void ofDrivers(int times) throws Exception {
      repeat(
          "runs from the command line",
          times,
          cycle -> {
            command("run", "mixed", "--rerun", "page");
            command("run", "mixed", "--cache", "read");
            command("cache", "verify");
            command("cache", "gc", "--max-size", "1GiB");
            check(lab.run("run", "mixed", "--param", "none=1").exit() == 2, "no such parameter");
          });
    }

    private void ofReaders(int times) throws Exception {
      FileResultStore store =
          FileResultStore.open(home.resolve("store"), FileResultStore.Settings.STANDARD);
      Location.Pending large = (Location.Pending) Samples.pending(store, 1, 2 << 20).location();
      Payload blob = store.read(store.publish(large));
      RunHistory history = new RunHistory(home.resolve("runs"));
      String run = history.ids().get(0);
      repeat(
          "journals and blobs, also given up half-way",
          times,
          cycle -> {
            history.read(run);
            history.readBrief(run);
            try (InputStream begun = blob.open()) {
              check(begun.read() >= 0, "no byte");
            }
            blob.map(0, 1000).orElseThrow().close();
            try (BlobWriter given = store.write("run-1", "given-up", /* inlineLimit= */ 0)) {
              given.write(cycle);
            }
          });
    }

    private void command(String... words) {
      Ran ran = lab.run(words);
      check(ran.exit() == 0, List.of(words) + " ended with " + ran);
    }

    private static void check(boolean holds, String otherwise) {
      if (!holds) {
        throw new AssertionError(otherwise);
      }
    }

    @FunctionalInterface
    private interface Cycle {
      void run(int number) throws Exception;
    }

    private static void repeat(String what, int times, Cycle cycle) throws Exception {
      List<String> first = List.of();
      List<String> most = List.of();
      for (int i = 0; i < times; i++) {
        cycle.run(i);
        if (i < FIRST) {
          first = open();
        } else if (times < 1000 || i % 10 == 0) {
          List<String> now = open();
          most = now.size() > most.size() ? now : most;
        }
      }
      System.out.printf("%d times %s: %d, then %d%n", times, what, first.size(), most.size());
      if (most.size() > first.size() + LATE) {
        first.forEach(most::remove);
        System.out.println("left open: " + most);
      }
    }

    /** What every open descriptor of this process is of. */
    private static List<String> open() throws IOException {
      List<String> found = new ArrayList<>();
      try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
        for (Path each : all.toList()) {
          try {
            found.add(Files.readSymbolicLink(each).toString());
          } catch (NoSuchFileException e) {
            // another thread has closed it
          }
        }
      }
      return found;
    }
  }
}
