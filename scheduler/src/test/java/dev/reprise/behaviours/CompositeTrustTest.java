package dev.reprise.behaviours;

import static dev.reprise.task.Tasks.action;
import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Partitions;
import dev.reprise.api.Pipeline;
import dev.reprise.api.Run;
import dev.reprise.api.Value;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cli.CliLab;
import dev.reprise.plan.Outcome;
import dev.reprise.run.Resume;
import dev.reprise.run.RunListener;
import dev.reprise.run.RunListener.RunSummary;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunState;
import dev.reprise.run.RunView;
import dev.reprise.testkit.PipelineTester;
import dev.reprise.testkit.TestedRun;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Nested pipelines kept as a whole that must not be found, or must be made again. */
class CompositeTrustTest {
  @RegisterExtension final PipelineTester reprise = new PipelineTester();
  @TempDir Path folder;

  /** What the world is like outside: what is downloaded follows it. */
  private static volatile int world;

  private static volatile boolean broken;
  private static volatile CountDownLatch failing = new CountDownLatch(0);

  @BeforeEach
  void reset() {
    world = 1;
    broken = false;
    failing = new CountDownLatch(0);
    Bodies.take();
  }

  static String other(String of) {
    Bodies.ran("other");
    return of + "?";
  }

  static String download(String of) {
    Bodies.ran("download");
    return of + world;
  }

  static void tell(String raw) {
    Bodies.ran("tell");
  }

  static String clean(String raw) {
    Bodies.ran("clean");
    if (broken) {
      throw new IllegalStateException("broken");
    }
    return raw + "!";
  }

  static String report(String clean) {
    Bodies.ran("report");
    return clean + ".";
  }

  private static void define(Pipeline.Builder p, boolean kept, String of) {
    Value<String> before = p.step("before", task(CompositeTrustTest::other), p.value(of));
    Value<String> clean =
        p.nested(
            "part",
            inner -> {
              inner.keptWhole();
              var download = task(CompositeTrustTest::download);
              var raw = inner.step("download", kept ? download : download.uncached(), before);
              inner.step("tell", action(CompositeTrustTest::tell), raw);
              return inner.step("clean", task(CompositeTrustTest::clean).version("1"), raw);
            });
    p.result("report", p.step("report", task(CompositeTrustTest::report), clean));
  }

  private static Pipeline pipeline(boolean kept) {
    return Pipeline.define("p", p -> define(p, kept, "x"));
  }

  private List<String> bodies(Pipeline pipeline, RunOptions options) {
    return Bodies.of(reprise.driver(), pipeline, options);
  }

  private List<String> bodies(Pipeline pipeline) {
    return bodies(pipeline, RunOptions.DEFAULT);
  }

  private TestedRun fails(Pipeline pipeline, RunOptions options) {
    TestedRun failed = reprise.run(pipeline, options);
    assertThat(failed.state()).isEqualTo(RunState.FAILED);
    Bodies.take();
    return failed;
  }

  private static RunOptions rerun(String step) {
    return RunOptions.DEFAULT.withRerun(Set.of(step));
  }

  @Test
  void run_thatReadsAnotherVersion_leavesNoRecordOfIt() {
    CliLab lab = new CliLab(folder);
    lab.with("p", p -> define(p, false, "x"));
    String version = "version=part.clean=2";
    String reads = "read-version=part.clean=1";
    assertThat(lab.run("run", "p", "--policy", version, "--policy", reads).exit()).isZero();
    assertThat(Bodies.take()).hasSize(5);
    assertThat(lab.run("run", "p").exit()).isZero();
    assertThat(Bodies.take())
        .as("of version 1 there is no result")
        .containsExactly("clean", "download", "tell");
    assertThat(lab.run("run", "p").exit()).isZero();
    assertThat(Bodies.take()).isEmpty();
  }

  @Test
  void resume_ofARunThatMadeAnInnerStepAnew_takesItsResultsAndNotTheWhole() throws Exception {
    Pipeline pipeline = pipeline(false);
    assertThat(bodies(pipeline)).hasSize(5);
    world = 2;
    broken = true;
    TestedRun second = fails(pipeline, rerun("part.download"));
    world = 3;
    broken = false;
    assertThat(bodies(pipeline)).containsExactly("clean", "download", "report", "tell");
    TestedRun resumed =
        reprise.run(
            pipeline, RunOptions.DEFAULT.withResume(Resume.of(second.run().id(), Set.of())));
    assertThat(resumed.outcome("part.download", "")).isEqualTo(Outcome.MEMO);
    assertThat(Bodies.take()).containsExactly("clean", "report");
    assertThat(resumed.run().result("report", String.class)).isEqualTo("x?2!.");
  }

  @Test
  void step_whoseEqualCallIsMadeAnew_isNotHiddenByTheWhole() throws Exception {
    Pipeline pipeline =
        Pipeline.define(
            "p",
            p -> {
              var download = task(CompositeTrustTest::download).memo().uncached();
              p.step("same", download, p.value("x"));
              p.result(
                  "clean",
                  p.<Value<String>>nested(
                      "part",
                      inner -> {
                        inner.keptWhole();
                        var raw = inner.step("download", download, inner.value("x"));
                        return inner.step("clean", task(CompositeTrustTest::clean), raw);
                      }));
            });
    assertThat(bodies(pipeline)).containsExactly("clean", "download");
    world = 2;
    TestedRun again = reprise.run(pipeline, rerun("same"));
    assertThat(Bodies.take()).containsExactly("clean", "download");
    assertThat(again.run().result("clean", String.class)).isEqualTo("x2!");
  }

  @Test
  void innerStep_thatKeepsNothingAndWasMadeAnew_voidsTheWhole() {
    Pipeline pipeline = pipeline(false);
    assertThat(bodies(pipeline)).hasSize(5);
    world = 2;
    broken = true;
    fails(pipeline, rerun("part.download"));
    broken = false;
    assertThat(bodies(pipeline)).containsExactly("clean", "download", "report", "tell");
    assertThat(bodies(pipeline)).isEmpty();
  }

  @Test
  void run_thatKeepsLessThanThePipelineSays_leavesNoRecord() throws Exception {
    CliLab lab = new CliLab(folder);
    lab.with("p", p -> define(p, true, "x"));
    assertThat(lab.run("run", "p").exit()).isZero();
    Bodies.take();
    world = 2;
    assertThat(lab.run("run", "p", "--policy", "enabled=part.download=false").exit()).isZero();
    assertThat(Bodies.take()).containsExactly("clean", "download", "report", "tell");
    assertThat(lab.run("run", "p").exit()).isZero();
    assertThat(Bodies.take()).as("the download of before counts").containsExactly("tell");
  }

  @Test
  void selection_thatNamesStepsInside_goesBeforeTheWhole() {
    Pipeline pipeline = pipeline(false);
    assertThat(bodies(pipeline)).hasSize(5);
    assertThat(
            bodies(
                pipeline,
                RunOptions.DEFAULT.withOnly(Set.of("part.download", "part.tell", "part.clean"))))
        .containsExactly("download", "tell");
    assertThat(bodies(pipeline, RunOptions.DEFAULT.withUpTo(Set.of("part.tell", "part.clean"))))
        .containsExactly("download", "tell");
    assertThat(bodies(pipeline, RunOptions.DEFAULT.withUpTo(Set.of("report"))))
        .as("nothing needs the other one")
        .containsExactly("download");
    assertThat(bodies(pipeline, RunOptions.DEFAULT.withOnly(Set.of("report")))).isEmpty();
  }

  @Test
  void wholes_ofManyInputs_areThoseOfTheLatestEight() {
    for (int i = 0; i < 9; i++) {
      String of = "x" + i;
      assertThat(bodies(Pipeline.define("p", p -> define(p, false, of)))).hasSize(5);
    }
    assertThat(bodies(Pipeline.define("p", p -> define(p, false, "x1")))).isEmpty();
    assertThat(bodies(Pipeline.define("p", p -> define(p, false, "x0"))))
        .containsExactly("download", "tell");
  }

  @Test
  void enclosingWhole_foundAfterOneInsideIt_isFound() {
    Pipeline pipeline =
        Pipeline.define(
            "p",
            p -> {
              Value<String> before =
                  p.step("before", task(CompositeTrustTest::other), p.value("x"));
              p.result(
                  "report",
                  p.<Value<String>>nested(
                      "outer",
                      outer -> {
                        outer.keptWhole();
                        Value<String> clean =
                            outer.nested(
                                "inner",
                                inner -> {
                                  inner.keptWhole();
                                  var raw =
                                      inner.step(
                                          "download",
                                          task(CompositeTrustTest::download).uncached(),
                                          inner.value("x"));
                                  return inner.step("clean", task(CompositeTrustTest::clean), raw);
                                });
                        outer.step("tell", action(CompositeTrustTest::tell), before);
                        return outer.step("report", task(CompositeTrustTest::report), clean);
                      }));
            });
    assertThat(bodies(pipeline)).containsExactly("clean", "download", "other", "report", "tell");
    TestedRun again = reprise.run(pipeline);
    assertThat(Bodies.take()).isEmpty();
    assertThat(again.reason("outer.inner.download", "")).isEqualTo("NOT_NEEDED(outer.inner)");
    assertThat(again.reason("outer.tell", "")).isEqualTo("NOT_NEEDED(outer)");
  }

  @Test
  void why_ofWhatWasFoundAsAWhole_tellsNoArgumentsThatNobodyKnows() {
    CliLab lab = new CliLab(folder);
    lab.with("p", p -> define(p, false, "x"));
    lab.run("run", "p");
    assertThat(lab.run("run", "p").exit()).isZero();
    assertThat(lab.run("why", "part.clean", "-v").out())
        .contains("upstream part.download")
        .doesNotContain(Fingerprint.of(new byte[Fingerprint.BYTES]).brief());
  }

  static byte[] large(String of) {
    Bodies.ran("large");
    if (broken) {
      failing.countDown();
      throw new IllegalStateException("broken");
    }
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

  static int waits(int edition) throws InterruptedException {
    Bodies.ran("waits");
    failing.await();
    return edition;
  }

  /** Damages all results that are not small. */
  private void damage() throws IOException {
    try (Stream<Path> files = Files.walk(reprise.home().resolve("store"))) {
      for (Path each : files.filter(file -> file.toFile().length() >= 200_000).toList()) {
        if (Files.isRegularFile(each)) {
          try (RandomAccessFile file = new RandomAccessFile(each.toFile(), "rw")) {
            file.seek(file.length() / 2);
            file.write(7);
          }
        }
      }
    }
  }

  private static Pipeline wholeInAWhole(int edition) {
    return Pipeline.define(
        "p",
        p -> {
          Value<byte[]> bytes =
              p.nested(
                  "outer",
                  outer -> {
                    outer.keptWhole();
                    var large =
                        outer.step(
                            "large", task(CompositeTrustTest::large).uncached(), p.value("a"));
                    return outer.nested(
                        "inner",
                        inner -> {
                          inner.keptWhole();
                          return inner.step("larger", task(CompositeTrustTest::larger), large);
                        });
                  });
          p.result(
              "n", p.step("length", task(CompositeTrustTest::length), bytes, p.value(edition)));
        });
  }

  @Test
  void result_thatIsKnownToBeDamaged_isNotFoundByTheWholeInside() throws Exception {
    assertThat(bodies(wholeInAWhole(1))).containsExactly("large", "larger", "length");
    damage();
    assertThat(bodies(wholeInAWhole(2)))
        .as("what the first run left of the large one is damaged, too")
        .containsExactly("large", "large", "larger", "length");
    assertThat(bodies(wholeInAWhole(3))).containsExactly("length");
  }

  /** A value that cannot be read in some weathers. */
  record Fragile(String of) {
    Fragile {
      if (broken) {
        throw new IllegalStateException("broken");
      }
    }
  }

  static Fragile fragile(String of) {
    Bodies.ran("fragile");
    broken = false;
    return new Fragile(of);
  }

  static int weight(Fragile of, int edition) {
    Bodies.ran("weight");
    return of.of().length() + edition;
  }

  private static Pipeline fragileInAWhole(int edition) {
    return Pipeline.define(
        "p",
        p -> {
          Value<Fragile> out =
              p.nested(
                  "outer",
                  outer -> {
                    outer.keptWhole();
                    var raw =
                        outer.step(
                            "download",
                            task(CompositeTrustTest::download).uncached(),
                            p.value("a"));
                    return outer.nested(
                        "inner",
                        inner -> {
                          inner.keptWhole();
                          return inner.step("fragile", task(CompositeTrustTest::fragile), raw);
                        });
                  });
          p.step("weight", task(CompositeTrustTest::weight), out, p.value(edition));
        });
  }

  @Test
  void result_thatIsKnownToBeUnreadable_isNotFoundByTheWholeInside() {
    assertThat(bodies(fragileInAWhole(1))).containsExactly("download", "fragile", "weight");
    broken = true;
    assertThat(bodies(fragileInAWhole(2))).containsExactly("download", "fragile", "weight");
    assertThat(bodies(fragileInAWhole(3))).containsExactly("weight");
  }

  private static Pipeline afterADeadInput(int edition) {
    return Pipeline.define(
        "p",
        p -> {
          Value<byte[]> large = p.step("e", task(CompositeTrustTest::large), p.value("a"));
          Value<byte[]> larger =
              p.nested(
                  "part",
                  inner -> {
                    inner.keptWhole();
                    var raw = inner.step("raw", task(CompositeTrustTest::larger).uncached(), large);
                    return inner.step("clean", task(CompositeTrustTest::larger), raw);
                  });
          p.step("x", task(CompositeTrustTest::length), large, p.value(edition));
          Value<Integer> late = p.step("late", task(CompositeTrustTest::waits), p.value(edition));
          p.step("y", task(CompositeTrustTest::length), larger, late);
        });
  }

  @Test
  void step_neededAgainAfterItsInputFailed_isSkippedWithIt() throws Exception {
    assertThat(bodies(afterADeadInput(1))).hasSize(6);
    damage();
    broken = true;
    failing = new CountDownLatch(1);
    TestedRun failed = reprise.run(afterADeadInput(2), RunOptions.DEFAULT.withKeepGoing(true));
    assertThat(failed.state()).as(failed.message()).isEqualTo(RunState.FAILED);
    assertThat(Bodies.take()).containsExactly("large", "waits");
    assertThat(failed.outcome("e", "")).isEqualTo(Outcome.FAILED);
    for (String step : List.of("part.raw", "part.clean", "y", "x")) {
      assertThat(failed.reason(step, "")).as(step).isEqualTo("UPSTREAM_FAILED(e)");
    }
  }

  static List<Integer> numbers(int count) {
    Bodies.ran("numbers");
    return IntStream.range(0, count + world).boxed().toList();
  }

  static byte[] wide(int number) {
    Bodies.ran("wide");
    byte[] bytes = new byte[200_000];
    bytes[0] = (byte) number;
    return bytes;
  }

  static byte[] first(List<byte[]> all) {
    Bodies.ran("first");
    byte[] bytes = all.get(0).clone();
    bytes[1] = 1;
    return bytes;
  }

  private static Pipeline growing(int edition, boolean handsPartitionsOut) {
    return Pipeline.define(
        "p",
        p -> {
          Value<byte[]> out =
              p.nested(
                  "part",
                  inner -> {
                    inner.keptWhole();
                    var numbers =
                        inner.fanOut(
                            "numbers", task(CompositeTrustTest::numbers).uncached(), p.value(1));
                    Partitions<byte[]> wide =
                        inner.perPartition("wide", task(CompositeTrustTest::wide), numbers);
                    if (handsPartitionsOut) {
                      inner.result("wide", wide.all());
                    }
                    return inner.step("first", task(CompositeTrustTest::first), wide.all());
                  });
          p.step("length", task(CompositeTrustTest::length), out, p.value(edition));
        });
  }

  @Test
  void fanOut_madeAgainWithAnotherSize_getsItsUnitsByWhatItGivesNow() throws Exception {
    assertThat(bodies(growing(1, false)))
        .containsExactly("first", "length", "numbers", "wide", "wide");
    assertThat(bodies(growing(2, false))).containsExactly("length");
    world = 2;
    damage();
    TestedRun healed = reprise.run(growing(3, false));
    assertThat(healed.state()).as(healed.message()).isEqualTo(RunState.SUCCEEDED);
    assertThat(Bodies.take()).contains("first", "length", "numbers", "wide");
    assertThat(healed.executions("part.numbers")).isEqualTo(1);
    assertThat(healed.executions("part.wide")).isEqualTo(3);
    assertThat(bodies(growing(4, false))).containsExactly("length");
  }

  @Test
  void fanOut_ofWhichPartitionsWereFoundAndOthersAreMade_failsOnce() throws Exception {
    bodies(growing(1, true));
    world = 2;
    damage();
    TestedRun failed = fails(growing(2, true), RunOptions.DEFAULT);
    assertThat(failed.message()).contains("it gave 3 elements when it was made again, and 2");
    TestedRun next = reprise.run(growing(2, true));
    assertThat(next.state()).as(next.message()).isEqualTo(RunState.SUCCEEDED);
    assertThat(next.executions("part.numbers")).isEqualTo(1);
    Bodies.take();
    assertThat(bodies(growing(2, true))).isEmpty();
  }

  private static volatile CountDownLatch holding = new CountDownLatch(0);

  static int same(int edition) throws InterruptedException {
    Bodies.ran("same");
    failing.await();
    return 7;
  }

  static int hold(int edition) throws InterruptedException {
    Bodies.ran("hold");
    begun.countDown();
    holding.await();
    return edition;
  }

  static int plus(int number) {
    Bodies.ran("plus");
    return number + 1;
  }

  private static volatile CountDownLatch begun = new CountDownLatch(0);

  /** Hands out what it makes of a constant, and of a step that comes late. */
  private static Pipeline withAnEarlyOutput(int edition, String early) {
    return Pipeline.define(
        "p",
        p -> {
          var late = p.step("late", task(CompositeTrustTest::same), p.value(edition));
          p.step("hold", task(CompositeTrustTest::hold), p.value(edition));
          Value<Integer> out =
              p.nested(
                  "part",
                  inner -> {
                    inner.keptWhole();
                    var one =
                        inner.step("one", task(CompositeTrustTest::other), inner.value(early));
                    inner.result("one", one);
                    return inner.step("two", task(CompositeTrustTest::plus), late);
                  });
          p.result("two", out);
        });
  }

  /** What waits for an executor may be made by another run: it is taken, and nothing runs twice. */
  @Test
  void output_queuedWhenItsWholeIsThereAgain_isTaken() throws Exception {
    assertThat(bodies(withAnEarlyOutput(1, "c"))).containsExactly("hold", "other", "plus", "same");
    forgetOne();

    failing = new CountDownLatch(1);
    holding = new CountDownLatch(1);
    begun = new CountDownLatch(1);
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch known = new CountDownLatch(1);
    RunListener listener =
        new RunListener() {
          @Override
          public void unitStarted(RunView view, int unit, int attempt) {
            first.countDown();
          }

          @Override
          public void stepFinished(RunView view, StepReport report) {
            if (view.graph().node(report.node()).name().equals("late")) {
              known.countDown();
            }
          }
        };
    RunOptions one = RunOptions.DEFAULT.withMaxParallel(1);
    Run run = reprise.driver().submit(withAnEarlyOutput(2, "c"), one, listener);
    first.await();
    Pipeline other =
        Pipeline.define("q", p -> p.step("o", task(CompositeTrustTest::other), p.value("c")));
    assertThat(reprise.driver().submit(other).await().exitCode()).isZero();
    failing.countDown();
    begun.await();
    known.await();
    holding.countDown();

    RunSummary summary = run.await();
    assertThat(summary.message()).isEmpty();
    assertThat(summary.state()).isEqualTo(RunState.SUCCEEDED);
    assertThat(Bodies.take()).containsExactly("hold", "other", "same");
    assertThat(summary.outcomes().get(Outcome.RAN)).isEqualTo(2);
  }

  /** Lets the index forget the first result that is handed out. */
  private void forgetOne() throws Exception {
    reprise.driver().close();
    CliLab lab = new CliLab(folder);
    CliLab.Ran ran =
        lab.run("cache", "evict", "--step", "part.one", "--home", reprise.home().toString());
    assertThat(ran.exit()).as(ran.err()).isZero();
    reprise.reopen();
  }
}
