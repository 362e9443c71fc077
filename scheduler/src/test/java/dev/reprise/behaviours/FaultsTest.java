package dev.reprise.behaviours;

import static dev.reprise.task.Tasks.local;
import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Reprise;
import dev.reprise.api.Driver;
import dev.reprise.api.Pipeline;
import dev.reprise.api.Run;
import dev.reprise.cache.codec.ArrowTable;
import dev.reprise.cache.codec.Columns;
import dev.reprise.cache.testing.ChildJvm;
import dev.reprise.cache.testing.Shows;
import dev.reprise.cli.CliLab;
import dev.reprise.cli.CliLab.Ran;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunState;
import dev.reprise.testkit.PipelineTester;
import dev.reprise.testkit.TestedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Faults that only a whole run shows to be got over. */
class FaultsTest {
  @TempDir Path folder;
  @RegisterExtension final PipelineTester reprise = new PipelineTester();

  // ---- where a home is --------------------------------------------------------------------------

  static String large(int number) {
    return Integer.toString(number).repeat(100_000);
  }

  static int length(String text) {
    return text.length();
  }

  @Test
  @Shows("Fault 30")
  void run_homeWasMovedElsewhere_reusesAllOfIt() throws Exception {
    CliLab lab =
        new CliLab(folder)
            .with(
                "p",
                p -> {
                  var text = p.step("text", local(FaultsTest::large), p.value(7));
                  p.result("length", p.step("length", local(FaultsTest::length), text));
                });
    assertThat(lab.run("run", "p").lastLine()).startsWith("0 cached · 2 ran");
    Path elsewhere = Files.createDirectories(folder.resolve("another/disk")).resolve("home");
    Files.move(folder.resolve(".reprise"), elsewhere);

    Ran again = lab.run("run", "p", "--home", elsewhere.toString());

    assertThat(again.exit()).isZero();
    assertThat(again.err()).isEmpty();
    assertThat(again.lastLine()).startsWith("2 cached · 0 ran");
    Ran forced = lab.run("run", "p", "--home", elsewhere.toString(), "--rerun", "length");
    assertThat(forced.lastLine()).as("reads the blob").startsWith("1 cached · 1 ran");
    assertThat(lab.run("result", "length", "--home", elsewhere.toString()).out())
        .startsWith("100000");
    assertThat(lab.run("cache", "verify", "--home", elsewhere.toString()).exit()).isZero();
    assertThat(folder.resolve(".reprise")).doesNotExist();
  }

  // ---- what is in a key -------------------------------------------------------------------------

  static String text(Path file) throws IOException {
    return Files.readString(file);
  }

  @Test
  @Shows("Fault 32")
  void run_filesWereTouched_executesNothing() throws Exception {
    Files.writeString(folder.resolve("a.txt"), "a");
    Files.writeString(folder.resolve("b.txt"), "b");
    Pipeline pipeline =
        Pipeline.define(
            "p",
            p -> p.perPartition("text", task(FaultsTest::text), p.files("in", folder, "*.txt")));
    assertThat(reprise.run(pipeline).executions()).isEqualTo(2);
    Instant now = Instant.now();

    for (String time : List.of("1970-01-01T00:00:00Z", "2001-09-09T01:46:40Z", now.toString())) {
      FileTime stamp = FileTime.from(Instant.parse(time));
      Files.setLastModifiedTime(folder.resolve("a.txt"), stamp);
      Files.setLastModifiedTime(folder.resolve("b.txt"), FileTime.from(now.plusSeconds(3600)));
      assertThat(reprise.run(pipeline).executions()).as("files of %s", time).isZero();
    }
    FileTime stamp = Files.getLastModifiedTime(folder.resolve("a.txt"));
    Files.writeString(folder.resolve("a.txt"), "A");
    Files.setLastModifiedTime(folder.resolve("a.txt"), stamp);
    assertThat(reprise.run(pipeline).executions()).as("other bytes of the same time").isEqualTo(1);
  }

  // ---- user code that runs a pipeline -----------------------------------------------------------

  private static @Nullable Driver driver;

  static int twice(int number) {
    return 2 * number;
  }

  /** Runs another pipeline with the driver of the run that it is part of. */
  static int inner(int number) throws Exception {
    Driver mine = driver;
    if (mine == null) {
      throw new IllegalStateException("there is no driver");
    }
    Pipeline pipeline =
        Pipeline.define(
            "inner",
            p -> p.result("twice", p.step("twice", local(FaultsTest::twice), p.value(number))));
    RunOptions oneAtATime = RunOptions.DEFAULT.withMaxParallel(1);
    Run run = mine.submit(pipeline, oneAtATime);
    run.await();
    return run.result("twice", Integer.class);
  }

  @Test
  @Shows("Fault 40")
  void run_taskRunsAPipelineOfTheSameDriver_bothEnd() throws Exception {
    driver = reprise.driver();
    Pipeline outer =
        Pipeline.define(
            "outer",
            p -> {
              var one = p.step("one", local(FaultsTest::inner), p.value(20));
              p.step("two", local(FaultsTest::inner), p.value(20)); // waits for the claim of one
              var equal = p.step("equal", local(FaultsTest::twice), p.value(20));
              p.result("sum", p.step("sum", local(Integer::sum), one, equal));
            });

    for (int places : new int[] {4, 1}) {
      TestedRun run =
          reprise.run(
              outer,
              RunOptions.DEFAULT.withMaxParallel(places).withRerun(Set.of("one", "two", "equal")));

      assertThat(run.state()).as(run.message()).isEqualTo(RunState.SUCCEEDED);
      assertThat(run.run().result("sum", Integer.class)).isEqualTo(80);
    }
    driver = null;
  }

  // ---- results of nothing -----------------------------------------------------------------------

  static @Nullable String nothing() {
    return null;
  }

  static List<String> noParts() {
    return List.of();
  }

  static List<String> emptyParts() {
    return List.of("", "");
  }

  static byte[] noBytes() {
    return new byte[0];
  }

  static ArrowTable noRows() {
    return ArrowTable.builder(Columns.schema(Columns.int64("n"))).build();
  }

  static ArrowTable noColumns() {
    return ArrowTable.builder(Columns.schema()).row().row().build();
  }

  static String told(
      @Nullable String nothing, List<String> none, List<String> empty, byte[] bytes) {
    return nothing + " " + none + " " + empty + " " + bytes.length;
  }

  static String shape(ArrowTable table) {
    return table.rowCount() + " of " + table.schema().getFields().size();
  }

  static String same(String text) {
    return text;
  }

  @Test
  @Shows("Fault 64")
  void run_resultsOfNothing_areKeptAndComeBack() throws Exception {
    Pipeline pipeline =
        Pipeline.define(
            "p",
            p -> {
              var nothing = p.step("nothing", task(FaultsTest::nothing));
              var none = p.fanOut("none", task(FaultsTest::noParts));
              var ofNone = p.perPartition("of-none", task(FaultsTest::same), none);
              var empty = p.fanOut("empty", task(FaultsTest::emptyParts));
              var bytes = p.step("bytes", task(FaultsTest::noBytes));
              p.result("none", none);
              p.result("nothing", nothing);
              p.result(
                  "told",
                  p.step(
                      "told", task(FaultsTest::told), nothing, ofNone.all(), empty.all(), bytes));
              p.result(
                  "rows",
                  p.step(
                      "rows",
                      task(FaultsTest::shape),
                      p.step("no-rows", task(FaultsTest::noRows))));
              p.result(
                  "columns",
                  p.step(
                      "columns",
                      task(FaultsTest::shape),
                      p.step("no-columns", task(FaultsTest::noColumns))));
            });
    assertThat(reprise.run(pipeline).executions()).isEqualTo(9);
    reprise.reopen();

    TestedRun again = reprise.run(pipeline);

    assertThat(again.executions()).isZero();
    assertThat((Object) again.run().result("none", List.class)).isEqualTo(List.of());
    // And as arguments, read from what is kept.
    TestedRun forced =
        reprise.run(pipeline, RunOptions.DEFAULT.withRerun(Set.of("told", "rows", "columns")));
    assertThat(forced.executions()).isEqualTo(3);
    assertThat(forced.run().result("told", String.class)).isEqualTo("null [] [, ] 0");
    assertThat(forced.run().result("rows", String.class)).isEqualTo("0 of 1");
    assertThat(forced.run().result("columns", String.class)).isEqualTo("2 of 0");
  }

  // ---- a driver without memory ------------------------------------------------------------------

  /** A pipeline whose definition does not fit into the memory of its driver. */
  static final class TooLarge {
    public static void main(String[] arguments) {
      Reprise.main(
          arguments,
          p -> {
            var last = p.step("s0", task(FaultsTest::twice), p.value(1));
            for (int i = 1; i < 2_000_000; i++) {
              last = p.step("s" + i, task(FaultsTest::twice), last);
            }
          });
    }
  }

  /** A chain that no recursion could follow. */
  static final class Deep {
    public static void main(String[] arguments) {
      Reprise.main(
          arguments,
          p -> {
            var last = p.step("s0", task(FaultsTest::twice), p.value(1));
            for (int i = 1; i < 20_000; i++) {
              last = p.step("s" + i, task(FaultsTest::twice), last);
            }
          });
    }
  }

  @Test
  @Shows("Fault 11")
  void plan_memoryOrStackIsTooSmall_endsAndTheHomeIsAsItWas() throws Exception {
    CliLab lab =
        new CliLab(folder)
            .with("p", p -> p.result("r", p.step("r", local(FaultsTest::large), p.value(7))));
    lab.run("run", "p");
    String home = folder.resolve(".reprise").toString();

    ChildJvm.Outcome full = ChildJvm.run(List.of("-Xmx40m"), TooLarge.class, "run", "--home", home);
    ChildJvm.Outcome deep = ChildJvm.run(List.of("-Xss256k"), Deep.class, "plan", "--home", home);

    assertThat(full.exit()).as(full.output()).isIn(1, 70);
    assertThat(full.output()).contains("OutOfMemoryError");
    assertThat(deep.exit()).as(deep.output()).isZero();
    assertThat(lab.run("cache", "verify").exit()).isZero();
    assertThat(lab.run("run", "p").lastLine()).startsWith("1 cached · 0 ran");
  }
}
