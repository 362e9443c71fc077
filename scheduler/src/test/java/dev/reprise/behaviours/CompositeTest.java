package dev.reprise.behaviours;

import static dev.reprise.task.Tasks.action;
import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reprise.api.Partitions;
import dev.reprise.api.Pipeline;
import dev.reprise.api.Value;
import dev.reprise.cache.testing.Shows;
import dev.reprise.cli.CliLab;
import dev.reprise.graph.PipelineException;
import dev.reprise.plan.Outcome;
import dev.reprise.run.CacheMode;
import dev.reprise.run.Resume;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunState;
import dev.reprise.task.CachePolicy;
import dev.reprise.task.RetryPolicy;
import dev.reprise.testkit.PipelineTester;
import dev.reprise.testkit.TestedRun;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Nested pipelines whose results are kept as a whole. */
class CompositeTest {
  @RegisterExtension final PipelineTester reprise = new PipelineTester();
  @TempDir Path folder;

  private static final AtomicInteger DOWNLOADS = new AtomicInteger();
  private static volatile boolean broken;
  private static volatile boolean random;

  @BeforeEach
  void reset() {
    broken = false;
    random = false;
    Bodies.take();
  }

  static String download(String of) {
    Bodies.ran("download");
    int count = DOWNLOADS.incrementAndGet();
    return random ? of + count : of;
  }

  static String clean(String raw) {
    Bodies.ran("clean");
    if (broken) {
      throw new IllegalStateException("broken");
    }
    return raw + "!";
  }

  static void tell(String raw) {
    Bodies.ran("tell");
  }

  static String other(String raw) {
    Bodies.ran("other");
    return raw + "?";
  }

  static String report(String clean, int edition) {
    Bodies.ran("report");
    return clean + edition;
  }

  /** What the tests vary. */
  private record Kind(String of, String version, int edition, boolean kept) {
    Kind {}

    static final Kind USUAL = new Kind("x", "1", 1, false);
  }

  private static Pipeline pipeline(Kind kind) {
    return Pipeline.define("p", p -> define(p, kind));
  }

  private static void define(Pipeline.Builder p, Kind kind) {
    Value<String> before = p.step("before", task(CompositeTest::other), p.value(kind.of));
    Value<String> clean =
        p.nested(
            "part",
            inner -> {
              inner.keptWhole();
              var download = task(CompositeTest::download);
              var raw = inner.step("download", kind.kept ? download : download.uncached(), before);
              inner.step("tell", action(CompositeTest::tell), raw);
              return inner.step("clean", task(CompositeTest::clean).version(kind.version), raw);
            });
    p.result("report", p.step("report", task(CompositeTest::report), clean, p.value(kind.edition)));
  }

  private List<String> bodies(Kind kind, RunOptions options) {
    return Bodies.of(reprise.driver(), pipeline(kind), options);
  }

  private List<String> bodies(Kind kind) {
    return bodies(kind, RunOptions.DEFAULT);
  }

  @Test
  @Shows("Argo 7")
  void nestedPipeline_keptWhole_isFoundWithoutItsSteps() throws Exception {
    assertThat(bodies(Kind.USUAL)).containsExactly("clean", "download", "other", "report", "tell");
    TestedRun again = reprise.run(pipeline(Kind.USUAL));
    assertThat(Bodies.take()).as("not even what is never kept").isEmpty();
    assertThat(again.state()).isEqualTo(RunState.SUCCEEDED);
    assertThat(again.outcome("part.clean", "")).isEqualTo(Outcome.CACHED);
    assertThat(again.outcome("part.download", "")).isEqualTo(Outcome.SKIPPED);
    assertThat(again.reason("part.download", "")).isEqualTo("NOT_NEEDED(part)");
    assertThat(again.outcome("part.tell", "")).isEqualTo(Outcome.SKIPPED);
    assertThat(again.run().result("report", String.class)).isEqualTo("x?!1");

    assertThat(bodies(new Kind("x", "1", 2, false))).containsExactly("report");
    assertThat(bodies(new Kind("y", "1", 2, false)))
        .as("what it takes is another")
        .containsExactly("clean", "download", "other", "report", "tell");
    assertThat(bodies(new Kind("x", "2", 1, false)))
        .as("code inside is another, and what it gives is not")
        .containsExactly("clean", "download", "tell");
    assertThat(bodies(Kind.USUAL)).as("set back").isEmpty();
    for (CacheMode mode : List.of(CacheMode.OFF, CacheMode.WRITE, CacheMode.REFRESH)) {
      assertThat(bodies(Kind.USUAL, RunOptions.DEFAULT.withCache(mode))).as("" + mode).hasSize(5);
    }
    assertThat(bodies(Kind.USUAL, RunOptions.DEFAULT.withCache(CacheMode.READ))).isEmpty();
    assertThat(bodies(Kind.USUAL, RunOptions.DEFAULT.withRerun(Set.of("part.download"))))
        .containsExactly("download", "tell");
    assertThat(bodies(Kind.USUAL, RunOptions.DEFAULT.withOnly(Set.of("part.download"))))
        .as("asked for by name")
        .containsExactly("download");
    assertThat(bodies(Kind.USUAL)).isEmpty();
  }

  @Test
  void innerStep_keptAndMadeAnewOrEvicted_voidsTheWholeOrDoesNot() {
    Kind kept = new Kind("x", "1", 1, true);
    random = true;
    assertThat(bodies(kept)).hasSize(5);
    assertThat(bodies(kept)).isEmpty();
    broken = true;
    TestedRun failed =
        reprise.run(pipeline(kept), RunOptions.DEFAULT.withRerun(Set.of("part.download")));
    assertThat(failed.state()).isEqualTo(RunState.FAILED);
    Bodies.take();
    broken = false;
    assertThat(bodies(kept))
        .as("the new download is not hidden by the old whole")
        .containsExactly("clean", "report", "tell");
    assertThat(bodies(kept)).isEmpty();
  }

  @Test
  void step_insideWithAnAge_isNotHiddenByTheWhole() {
    Pipeline aged =
        Pipeline.define(
            "p",
            p -> {
              Value<String> clean =
                  p.nested(
                      "part",
                      inner -> {
                        inner.keptWhole();
                        var raw =
                            inner.step(
                                "download",
                                task(CompositeTest::download).maxAge(Duration.ZERO),
                                inner.value("x"));
                        return inner.step("clean", task(CompositeTest::clean), raw);
                      });
              p.step("report", task(CompositeTest::report), clean, p.value(1));
            });
    assertThat(Bodies.of(reprise.driver(), aged)).hasSize(3);
    assertThat(Bodies.of(reprise.driver(), aged)).containsExactly("download");
  }

  static List<Integer> numbers(int count) {
    Bodies.ran("numbers");
    return IntStream.range(0, count).boxed().toList();
  }

  static int square(int number) {
    Bodies.ran("square");
    return number * number;
  }

  static int sum(List<Integer> squares) {
    Bodies.ran("sum");
    return squares.stream().mapToInt(i -> i).sum();
  }

  private static Pipeline fanOut(int count, boolean handsPartitionsOut) {
    return Pipeline.define(
        "p",
        p -> {
          Value<Integer> n = p.value(count);
          Partitions<Integer> squares =
              p.nested(
                  "part",
                  inner -> {
                    inner.keptWhole();
                    var numbers =
                        inner.fanOut("numbers", task(CompositeTest::numbers).uncached(), n);
                    var each = inner.perPartition("square", task(CompositeTest::square), numbers);
                    inner.result("sum", inner.step("sum", task(CompositeTest::sum), each.all()));
                    return each;
                  });
          if (handsPartitionsOut) {
            p.result("sums", p.step("sums", task(CompositeTest::sum), squares.all()));
          }
        });
  }

  @Test
  @Shows("Argo 7")
  void nestedPipeline_withAFanOutOfUnknownSize_handsOutPartitionsAndValues() throws Exception {
    for (boolean partitions : List.of(true, false)) {
      Bodies.of(reprise.driver(), fanOut(4, partitions));
      TestedRun again = reprise.run(fanOut(4, partitions));
      assertThat(Bodies.take()).isEmpty();
      assertThat(again.state()).isEqualTo(RunState.SUCCEEDED);
      assertThat(again.run().result("part.sum", Integer.class)).isEqualTo(14);
      assertThat(again.count("part.square", Outcome.CACHED))
          .as("nobody knows how many there would be that are not needed")
          .isEqualTo(partitions ? 4 : 0);
    }
    assertThat(Bodies.of(reprise.driver(), fanOut(5, true)))
        .containsExactly("numbers", "square", "sum");
    assertThat(Bodies.of(reprise.driver(), fanOut(5, true))).isEmpty();
  }

  static String fragile(String of) {
    Bodies.ran("fragile");
    if (DOWNLOADS.incrementAndGet() == 1) {
      throw new IllegalStateException("the first");
    }
    return of;
  }

  @Test
  @Shows("Argo 7")
  void step_thatWasRetried_isKeptByItselfAndInAWhole() {
    DOWNLOADS.set(0);
    Pipeline retried =
        Pipeline.define(
            "p",
            p ->
                p.result(
                    "clean",
                    p.<Value<String>>nested(
                        "part",
                        inner -> {
                          inner.keptWhole();
                          var raw =
                              inner.step(
                                  "fragile",
                                  task(CompositeTest::fragile)
                                      .uncached()
                                      .retry(RetryPolicy.attempts(2)),
                                  inner.value("x"));
                          return inner.step("clean", task(CompositeTest::clean), raw);
                        })));
    assertThat(Bodies.of(reprise.driver(), retried)).containsExactly("clean", "fragile", "fragile");
    assertThat(Bodies.of(reprise.driver(), retried)).isEmpty();
  }

  static byte[] large(String of) {
    Bodies.ran("large");
    byte[] bytes = new byte[200_000];
    Arrays.fill(bytes, (byte) of.charAt(0));
    return bytes;
  }

  static byte[] larger(byte[] of) {
    Bodies.ran("larger");
    byte[] bytes = Arrays.copyOf(of, of.length);
    bytes[0]++;
    return bytes;
  }

  static int length(byte[] of, int edition) {
    Bodies.ran("length");
    return of.length + of[0] + edition;
  }

  private static Pipeline bulky(int edition) {
    return Pipeline.define(
        "p",
        p -> {
          Value<byte[]> bytes =
              p.nested(
                  "part",
                  inner -> {
                    inner.keptWhole();
                    var large =
                        inner.step("large", task(CompositeTest::large).uncached(), p.value("a"));
                    return inner.step("larger", task(CompositeTest::larger), large);
                  });
          p.result("n", p.step("length", task(CompositeTest::length), bytes, p.value(edition)));
        });
  }

  @Test
  void whole_itsBytesAreGoneOrDamaged_isMadeAgainBySteps() throws Exception {
    assertThat(Bodies.of(reprise.driver(), bulky(1))).hasSize(3);
    Path blob = blobs().get(0);
    try (RandomAccessFile file = new RandomAccessFile(blob.toFile(), "rw")) {
      file.seek(file.length() / 2);
      file.write(7);
    }
    TestedRun healed = reprise.run(bulky(2));
    assertThat(healed.state()).as(healed.message()).isEqualTo(RunState.SUCCEEDED);
    assertThat(healed.run().result("n", Integer.class)).isEqualTo(200_000 + 'b' + 2);
    assertThat(Bodies.take()).containsExactly("large", "larger", "length");

    assertThat(Bodies.of(reprise.driver(), bulky(3))).containsExactly("length");
    for (Path each : blobs()) {
      Files.delete(each);
    }
    assertThat(Bodies.of(reprise.driver(), bulky(4))).containsExactly("large", "larger", "length");
  }

  private List<Path> blobs() throws Exception {
    try (Stream<Path> files = Files.walk(reprise.home().resolve("store"))) {
      return files.filter(Files::isRegularFile).filter(file -> sizeOf(file) >= 200_000).toList();
    }
  }

  private static long sizeOf(Path file) {
    return file.toFile().length();
  }

  @Test
  void whole_inARunThatGoesOnFromAnother_isTaken() {
    broken = true;
    Pipeline pipeline = pipeline(Kind.USUAL);
    TestedRun failed = reprise.run(pipeline);
    assertThat(failed.state()).isEqualTo(RunState.FAILED);
    broken = false;
    Bodies.take();
    assertThat(
            Bodies.of(
                reprise.driver(),
                pipeline,
                RunOptions.DEFAULT.withResume(Resume.of(failed.run().id(), Set.of()))))
        .contains("clean", "report")
        .doesNotContain("download", "other");
    Bodies.of(reprise.driver(), pipeline);
    assertThat(bodies(Kind.USUAL)).isEmpty();
  }

  @Test
  void commandLine_ofAWhole_tellsWhatIsNotNeeded() {
    CliLab lab = new CliLab(folder);
    lab.with("p", p -> define(p, Kind.USUAL));
    assertThat(lab.run("run", "p").exit()).isZero();
    assertThat(lab.run("plan", "p").out())
        .containsPattern("SKIP +part.download .*NOT_NEEDED\\(part\\)")
        .containsPattern("HIT +part.clean");
    assertThat(lab.run("run", "p").out()).containsPattern("SKIPPED +part.download .*NOT_NEEDED");
    assertThat(lab.run("runs", "show").out()).containsPattern("SKIPPED +part.tell .*NOT_NEEDED");
    assertThat(lab.run("why", "part.download").out()).contains("NOT_NEEDED(part)");
    assertThat(lab.run("cache", "evict", "--step", "part.clean").exit()).isZero();
    Bodies.take();
    assertThat(lab.run("run", "p").exit()).isZero();
    assertThat(Bodies.take()).containsExactly("clean", "download", "tell");
    assertThat(lab.run("run", "p", "--policy", "enabled=part.download=false").exit()).isZero();
    assertThat(Bodies.take()).as("the run says it of this step").contains("download");
  }

  @Test
  void nestedPipeline_thatCannotBeKeptWhole_isRefused() {
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(() -> Pipeline.define("p", p -> p.keptWhole()))
        .withMessageContaining("put these steps in a nested one");
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(
            () ->
                Pipeline.define(
                    "p",
                    p ->
                        p.nested(
                            "part",
                            inner -> {
                              inner.keptWhole();
                              return inner.step("s", task(CompositeTest::clean), p.value("x"));
                            })))
        .withMessageContaining("'part' cannot be kept as a whole: it hands out nothing");
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(
            () ->
                Pipeline.define(
                    "p",
                    p -> {
                      p.policy(CachePolicy.OFF);
                      p.result(
                          "r",
                          p.<Value<String>>nested(
                              "part",
                              inner -> {
                                inner.keptWhole();
                                return inner.step("s", task(CompositeTest::clean), p.value("x"));
                              }));
                    }))
        .withMessageContaining("step 'part.s' hands out what is not kept (pipeline)");
  }
}
