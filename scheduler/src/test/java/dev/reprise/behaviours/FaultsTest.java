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
import dev.reprise.task.CachePolicy.Sharing;
import dev.reprise.testkit.PipelineTester;
import dev.reprise.testkit.TestedRun;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
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

  // ---- many units ------------------------------------------------------------------------------

  private static final int MANY = 100_000;

  static List<Integer> many() {
    return IntStream.range(0, MANY).boxed().toList();
  }

  static long sum(List<Integer> numbers) {
    return numbers.stream().mapToLong(Integer::longValue).sum();
  }

  /** A step of a hundred thousand units between one and one. */
  static final class Many {
    public static void main(String[] arguments) {
      Reprise.main(
          arguments,
          p -> {
            var many = p.fanOut("many", local(FaultsTest::many));
            var twice = p.perPartition("twice", local(FaultsTest::twice), many);
            p.result("sum", p.step("sum", local(FaultsTest::sum), twice.all()));
          });
    }
  }

  @Test
  @Timeout(180)
  @Shows("Fault 44")
  void run_hundredThousandUnits_fitIntoLittleMemoryAndTensOfLines() throws Exception {
    String home = folder.resolve("home").toString();
    for (String counts : List.of("0 cached · 100002 ran", "100002 cached · 0 ran")) {
      ChildJvm.Outcome run = ChildJvm.run(List.of("-Xmx128m"), Many.class, "run", "--home", home);

      assertThat(run.exit()).as(run.output()).isZero();
      assertThat(run.output().replace(",", "")).contains(counts);
      assertThat(run.output().lines()).hasSizeLessThan(100);
    }
  }

  // ---- results larger than memory ---------------------------------------------------------------

  private static final int PARTS = 24;
  private static final int PART = 8 << 20;

  static List<Integer> parts() {
    return IntStream.range(0, PARTS).boxed().toList();
  }

  static byte[] part(int number) {
    byte[] bytes = new byte[PART];
    Arrays.fill(bytes, (byte) number);
    return bytes;
  }

  static int sizeOf(byte[] part) {
    return part.length;
  }

  static Path one(String folder) throws IOException {
    Path file = Path.of(folder, "one");
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int number = 0; number < PARTS; number++) {
        out.write(part(number));
      }
    }
    return file;
  }

  static long sizeOfFile(Path file) throws IOException {
    return Files.size(file);
  }

  /** A result of many parts and one of one file, each three times the driver's memory. */
  static final class LargeResults {
    public static void main(String[] arguments) {
      Reprise.main(
          arguments,
          p -> {
            var folder = p.param("folder", "");
            var parts =
                p.perPartition(
                    "part", local(FaultsTest::part), p.fanOut("parts", local(FaultsTest::parts)));
            var sizes = p.perPartition("size", local(FaultsTest::sizeOf), parts);
            p.result("sum", p.step("sum", local(FaultsTest::sum), sizes.all()));
            var file = p.step("file", local(FaultsTest::one), folder);
            p.result("size-of-file", p.step("size-of-file", local(FaultsTest::sizeOfFile), file));
          });
    }
  }

  /** Room for two units at a time, each with a part: more processors would run more of them. */
  private static final List<String> LITTLE = List.of("-Xmx64m", "-XX:ActiveProcessorCount=2");

  @Test
  @Timeout(180)
  @Shows("Fault 45")
  void run_resultsAreLargerThanMemory_goThroughTheStoreInPieces() throws Exception {
    String home = folder.resolve("home").toString();
    String given = "folder=" + folder;
    for (String counts : List.of("0 cached · 52 ran", "52 cached · 0 ran")) {
      ChildJvm.Outcome run =
          ChildJvm.run(LITTLE, LargeResults.class, "run", "--home", home, "--param", given);

      assertThat(run.exit()).as(run.output()).isZero();
      assertThat(run.output()).contains(counts);
    }
    for (String name : List.of("sum", "size-of-file")) {
      ChildJvm.Outcome result =
          ChildJvm.run(LITTLE, LargeResults.class, "result", name, "--home", home);

      assertThat(result.output().strip()).endsWith("" + (long) PARTS * PART);
    }
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

  // ---- what a task is besides its key -----------------------------------------------------------

  private static final AtomicInteger COUNT = new AtomicInteger();

  static int next(int any) {
    return COUNT.incrementAndGet();
  }

  @Test
  @Shows("Fault 37")
  void equalKey_otherBytes_firstWinsBothDigestsAreToldAndTheDetectorFindsTheTask() {
    CliLab lab =
        new CliLab(folder)
            .with(
                "p",
                p -> {
                  var next = task(FaultsTest::next).sharing(Sharing.NONE);
                  p.result("one", p.step("one", next, p.value(1)));
                  p.result("two", p.step("two", next, p.value(1)));
                });

    Ran both = lab.run("run", "p", "--console=json");

    assertThat(both.exit()).isZero();
    assertThat(both.out())
        .containsOnlyOnce("\"code\":\"NONDETERMINISTIC\"")
        .containsPattern(
            "another run stored [0-9a-f]{8} first and this one made [0-9a-f]{8}, under the same"
                + " key: the task is not deterministic, and the first result is used");
    String first = lab.run("result", "one").out();
    assertThat(lab.run("result", "two").out()).isEqualTo(first);
    assertThat(lab.run("run", "p").lastLine()).startsWith("2 cached · 0 ran");
    assertThat(lab.run("result", "one").out()).isEqualTo(first);

    COUNT.set(0);
    String[] twice = {"run", "p", "--rerun=one", "--check-determinism", "--fail-on-difference"};
    Ran checked = lab.run(twice);
    assertThat(COUNT.get()).isEqualTo(2);
    assertThat(checked.exit()).isEqualTo(6);
    assertThat(checked.out() + checked.err())
        .contains("1 that had run ran again: 0 equal, 1 differ")
        .containsPattern(
            "'one' does not give the same twice: it made [0-9a-f]{8} now, and the run has"
                + " [0-9a-f]{8}; first difference: 1 before, 2 now");
  }

  private static final String PROPERTY = "reprise.test.read-by-a-task";

  static String clock() {
    return "" + System.nanoTime();
  }

  static String chance() {
    return "" + UUID.randomUUID();
  }

  static String property() {
    return System.getProperty(PROPERTY, "");
  }

  static String file() throws IOException {
    return Files.readString(Path.of(System.getProperty(PROPERTY)));
  }

  @Test
  @Shows("Fault 73")
  void task_readsClockChanceEnvironmentOrFile_isFoundByTheDetectorsAndDeclaredItIsInTheKey()
      throws Exception {
    Path one = Files.writeString(folder.resolve("one"), "1");
    Path two = Files.writeString(folder.resolve("two"), "2");
    CliLab lab =
        new CliLab(folder)
            .with(
                "hidden",
                p -> {
                  p.step("clock", local(FaultsTest::clock));
                  p.step("chance", local(FaultsTest::chance));
                  p.step("property", local(FaultsTest::property));
                  p.step("file", local(FaultsTest::file));
                })
            .with(
                "declared",
                p -> {
                  String value = System.getProperty(PROPERTY);
                  p.step("property", local(FaultsTest::same), p.value(value));
                  p.step("file", local(FaultsTest::text), p.file("given", Path.of(value)));
                });
    try {
      System.setProperty(PROPERTY, one.toString());
      Ran checked = lab.run("run", "hidden", "--check-determinism");
      assertThat(checked.exit()).isZero();
      assertThat(checked.out()).contains("4 that had run ran again: 2 equal, 2 differ");
      assertThat(checked.err())
          .contains("'clock' does not give the same twice")
          .contains("'chance' does not give the same twice");
      assertThat(lab.run("run", "declared").exit()).isZero();

      System.setProperty(PROPERTY, two.toString());
      assertThat(lab.run("run", "hidden").lastLine())
          .as("the limit that is documented")
          .startsWith("4 cached · 0 ran");
      Ran audited = lab.run("run", "hidden", "--audit=100%");
      assertThat(audited.out()).contains("0 equal, 4 differ");
      assertThat(lab.run("run", "declared").lastLine()).startsWith("0 cached · 2 ran");
    } finally {
      System.clearProperty(PROPERTY);
    }
    assertThat(Files.readString(Path.of("../README.md")).replaceAll("\\s+", " "))
        .contains("A task that reads the clock, the environment, ")
        .contains("has a key that does not know of it");
  }
}
