package dev.reprise.behaviours;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reprise.api.ClockedDriver;
import dev.reprise.api.Driver;
import dev.reprise.api.Pipeline;
import dev.reprise.api.Run;
import dev.reprise.cache.testing.Shows;
import dev.reprise.cli.CliLab;
import dev.reprise.cli.CliLab.Ran;
import dev.reprise.graph.PipelineException;
import dev.reprise.plan.Outcome;
import dev.reprise.run.CacheMode;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunPolicy;
import dev.reprise.run.RunState;
import dev.reprise.task.CachePolicy;
import dev.reprise.task.RetryPolicy;
import dev.reprise.task.Task1;
import dev.reprise.testkit.PipelineTester;
import dev.reprise.testkit.TestedRun;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class UniflowTest {
  @RegisterExtension final PipelineTester reprise = new PipelineTester();

  /** Whatever other tests ran. */
  @BeforeEach
  void forgetBodies() {
    Bodies.take();
  }

  @TempDir Path folder;

  private static final AtomicInteger COUNT = new AtomicInteger();

  private List<String> bodies(Pipeline pipeline) {
    return Bodies.of(reprise.driver(), pipeline);
  }

  static String train(String data) {
    Bodies.ran("train");
    return "model of " + data;
  }

  static String fit(String data) {
    Bodies.ran("fit");
    return "fit of " + data;
  }

  private static Pipeline training(String data, UnaryOperator<Task1<String, String>> how) {
    return Pipeline.define(
        "p",
        p ->
            p.result("model", p.step("train", how.apply(task(UniflowTest::train)), p.value(data))));
  }

  @Test
  @Shows("Uniflow 2")
  void key_byHand_isTaskInputsAndVersion() throws Exception {
    UnaryOperator<Task1<String, String>> one = task -> task.manualVersion("1");
    assertThat(bodies(training("a", one))).hasSize(1);
    assertThat(bodies(training("a", one))).isEmpty();
    assertThat(bodies(training("b", one))).as("input").hasSize(1);
    assertThat(bodies(training("a", task -> task.manualVersion("2")))).as("version").hasSize(1);
    Pipeline other =
        Pipeline.define(
            "p", p -> p.step("train", task(UniflowTest::fit).manualVersion("1"), p.value("a")));
    assertThat(bodies(other)).as("task").containsExactly("fit");
    assertThat(bodies(training("a", one))).isEmpty();
  }

  @Test
  @Shows("Uniflow 3")
  void version_badCharacters_areRefusedAndLongOnesDoNotCollide() {
    for (String bad : List.of("", "1.0", "a b", "a/b", "é")) {
      assertThatExceptionOfType(PipelineException.class)
          .isThrownBy(() -> training("a", task -> task.version(bad)))
          .withMessageContaining("bad version '" + bad + "': use letters, digits, '-' and '_'");
    }
    String common = "v".repeat(100_000);
    for (String version : List.of(common + "-1", common + "_2", common, "V" + common)) {
      assertThat(bodies(training("a", task -> task.manualVersion(version)))).hasSize(1);
      assertThat(bodies(training("a", task -> task.manualVersion(version)))).isEmpty();
    }
  }

  private static void chain(Pipeline.Builder p) {
    var model = p.step("train", task(UniflowTest::train), p.value("a"));
    p.result("fit", p.step("fit", task(UniflowTest::fit), model));
  }

  @Test
  @Shows("Uniflow 4")
  void hit_isToldHandsItsResultOnAndNamesItsSource() {
    CliLab lab = new CliLab(folder).with("chain", UniflowTest::chain);
    lab.run("run", "chain");
    Bodies.take();

    Ran ran = lab.run("run", "chain", "--rerun", "fit");

    assertThat(Bodies.take()).containsExactly("fit");
    assertThat(ran.out()).containsPattern("\nCACHED +train +1 unit");
    assertThat(lab.run("result", "fit").out()).startsWith("fit of model of a");
    assertThat(lab.run("why", "train").out()).contains("CACHED: made by run ");
  }

  static int next(String of) {
    Bodies.ran("next");
    return COUNT.incrementAndGet();
  }

  private static void counting(Pipeline.Builder p) {
    p.result("n", p.step("n", task(UniflowTest::next), p.value("x")));
  }

  @Test
  @Shows({"Uniflow 5", "Uniflow 6"})
  void reuse_offByTheRunAndWritingOn_indexesEachSuccessAndALaterRunGetsTheNewest()
      throws Exception {
    Pipeline pipeline = Pipeline.define("p", UniflowTest::counting);
    RunOptions write = RunOptions.DEFAULT.withCache(CacheMode.WRITE);
    assertThat(Bodies.of(reprise.driver(), pipeline, write)).hasSize(1);
    TestedRun second = reprise.run(pipeline, write);
    assertThat(second.executions()).isEqualTo(1);
    TestedRun later = reprise.run(pipeline);
    assertThat(later.executions()).isZero();
    assertThat(later.run().result("n", Integer.class)).as("the newest").isEqualTo(COUNT.get());

    CliLab lab = new CliLab(folder).with("chain", UniflowTest::chain);
    assertThat(lab.run("run", "chain", "--cache=write").exit()).isZero();
    assertThat(lab.run("cache", "ls").out()).contains("train", "fit");
    assertThat(lab.run("run", "chain").lastLine()).startsWith("2 cached · 0 ran");
  }

  @Test
  @Shows("Uniflow 8")
  void version_none_isTheIdentityOfTheCode() throws Exception {
    String define = "p.step(\"f\", task(Jobs::f), p.value(1));";
    String members =
        "static int f(int a) { ran(\"f\"); return g(a); } static int g(int a) { return a + %d; }";
    try (Edition edition = new Edition(folder)) {
      assertThat(bodies(edition.of(define, members.formatted(1)))).hasSize(1);
      assertThat(bodies(edition.of(define, members.formatted(1)))).isEmpty();
      assertThat(bodies(edition.of(define, members.formatted(2)))).hasSize(1);
      assertThat(bodies(edition.of(define, members.formatted(1)))).isEmpty();
    }
  }

  private static volatile CountDownLatch started = new CountDownLatch(0);
  private static volatile int failing;
  private static final CountDownLatch NEVER = new CountDownLatch(1);

  static int job(String of) throws InterruptedException {
    Bodies.ran("job");
    if (failing > 0) {
      failing--;
      throw new IllegalStateException("not yet");
    }
    if (failing < 0) {
      started.countDown();
      NEVER.await();
    }
    return COUNT.incrementAndGet();
  }

  @Test
  @Shows("Uniflow 18")
  void retries_keptOnlyAfterSuccess_killedIsNeitherRetriedNorKept() throws Exception {
    RetryPolicy three = RetryPolicy.attempts(3).withBackoff(Duration.ZERO, Duration.ZERO);
    Pipeline pipeline =
        Pipeline.define("p", p -> p.step("job", task(UniflowTest::job).retry(three), p.value("x")));
    Bodies.take();
    failing = 9;
    assertThat(reprise.run(pipeline).state()).isEqualTo(RunState.FAILED);
    assertThat(Bodies.take()).hasSize(3);

    failing = -1;
    started = new CountDownLatch(1);
    Run killed = reprise.driver().submit(pipeline);
    started.await();
    killed.cancel();
    assertThat(killed.await().outcomes()).containsEntry(Outcome.CANCELLED, 1);
    assertThat(Bodies.take()).hasSize(1);

    failing = 2;
    assertThat(bodies(pipeline)).hasSize(3);
    assertThat(bodies(pipeline)).isEmpty();
  }

  @Test
  @Shows("Uniflow 21")
  void nameOfAStep_isWhatARunNamesAndNotInTheKey() {
    Pipeline.Definition aliased = p -> p.step("alias", task(UniflowTest::train), p.value("a"));
    assertThat(bodies(training("a", task -> task))).hasSize(1);
    Pipeline pipeline = Pipeline.define("q", aliased);
    assertThat(bodies(pipeline)).isEmpty();
    RunOptions rerun = RunOptions.DEFAULT.withRerun(Set.of("alias"));
    assertThat(Bodies.of(reprise.driver(), pipeline, rerun)).hasSize(1);
  }

  /** Nothing expires by default here; this is the line with their 28 days. */
  @Test
  @Shows("Uniflow 7")
  void retention_of28DaysForAllOrPerTask_expiredIsAMiss() throws Exception {
    ManualClock clock = new ManualClock();
    CachePolicy days = CachePolicy.DEFAULT.withTimeToLive(Duration.ofDays(28));
    RunOptions retention = RunOptions.DEFAULT.withPolicy(RunPolicy.NONE.withAll(days));
    Pipeline pipeline =
        Pipeline.define(
            "p",
            p -> {
              p.step("train", task(UniflowTest::train), p.value("a"));
              p.step("fit", task(UniflowTest::fit).ttl(Duration.ofDays(1)), p.value("a"));
            });
    try (Driver driver = ClockedDriver.open(folder.resolve("home"), clock)) {
      assertThat(Bodies.of(driver, pipeline, retention)).containsExactly("fit", "train");
      clock.advance(Duration.ofDays(27));
      assertThat(Bodies.of(driver, pipeline, retention)).containsExactly("fit");
      clock.advance(Duration.ofDays(1));
      assertThat(Bodies.of(driver, pipeline))
          .as("it is in the record, whatever this run says")
          .containsExactly("fit", "train");
    }
    CliLab lab = new CliLab(folder).with("chain", UniflowTest::chain);
    lab.run("run", "chain", "--policy", "ttl=28d");
    assertThat(lab.run("plan", "chain", "-v", "--policy", "ttl=28d").out())
        .contains("ttl 28d (run)");
    assertThat(lab.run("runs", "show", "latest", "--output", "json").out().replaceAll("\\s+", ""))
        .contains("\"policy\":{\"ttl\":\"28d\"}");
  }

  @Test
  @Shows("Uniflow 9")
  void version_fromTheEnvironment_ofPipelineAndTaskAndApartForReadingAndWriting() {
    CliLab lab = new CliLab(folder).with("chain", UniflowTest::chain);
    Bodies.take();
    assertThat(ranWith(lab, "")).containsExactly("fit", "train");
    assertThat(ranWith(lab, "1")).as("of all").containsExactly("fit", "train");
    assertThat(ranWith(lab, "1,fit=2")).as("of one").containsExactly("fit");
    assertThat(ranWith(lab, "1")).isEmpty();
    assertThat(ranWith(lab, "")).isEmpty();

    lab.environment.put("REPRISE_POLICY_READ_VERSION", "1");
    assertThat(ranWith(lab, "3")).as("reads what 1 has kept").isEmpty();
    assertThat(lab.run("run", "chain", "--rerun", "train").exit()).isZero();
    assertThat(Bodies.take()).as("makes 3").containsExactly("train");
    lab.environment.put("REPRISE_POLICY_READ_VERSION", "nobody");
    assertThat(ranWith(lab, "4")).as("finds nothing, writes 4").containsExactly("fit", "train");
    assertThat(ranWith(lab, "4")).as("again, and over what is there").hasSize(2);
    assertThat(lab.run("result", "fit").out()).startsWith("fit of model of a");
    lab.environment.remove("REPRISE_POLICY_READ_VERSION");
    assertThat(ranWith(lab, "4")).isEmpty();
    assertThat(ranWith(lab, "3")).as("made above, the rest was not").containsExactly("fit");
    assertThat(ranWith(lab, "nobody")).containsExactly("fit", "train");
  }

  private static List<String> ranWith(CliLab lab, String version) {
    lab.environment.put("REPRISE_POLICY_VERSION", version);
    assertThat(lab.run("run", "chain").exit()).isZero();
    return Bodies.take();
  }

  @Test
  @Shows("Uniflow 20")
  void store_withoutPermission_isReportedAndNoSilentMiss() throws Exception {
    CliLab lab = new CliLab(folder).with("chain", UniflowTest::chain);
    lab.run("run", "chain");
    Bodies.take();
    Path store = folder.resolve(".reprise/store");
    try (Closeable back = unwritable(store)) {
      Ran hit = lab.run("run", "chain");
      assertThat(hit.exit()).isZero();
      assertThat(Bodies.take()).as("what is there is reused").isEmpty();
      assertThat(hit.err()).contains("the result store " + store + " cannot be written (");
      Ran other = lab.run("run", "chain", "--policy", "version=2");
      assertThat(other.exit()).isZero();
      assertThat(Bodies.take()).containsExactly("fit", "train");
      assertThat(other.err()).contains("cannot be written (", "the run keeps nothing");
      assertThat(lab.run("why", "train").out()).contains("not kept: ");
      assertThat(lab.run("run", "chain", "--cache=require").exit()).isEqualTo(5);
    }
    assertThat(lab.run("run", "chain").err()).isEmpty();
    try (Closeable back = unreadable(folder.resolve(".reprise/index"))) {
      Ran blind = lab.run("run", "chain");
      assertThat(blind.exit()).isZero();
      assertThat(blind.err()).contains("no cache: ");
      assertThat(Bodies.take()).containsExactly("fit", "train");
      assertThat(lab.run("run", "chain", "--cache=require").exit()).isEqualTo(5);
    }
    Bodies.take();
    assertThat(lab.run("run", "chain").err()).isEmpty();
    assertThat(Bodies.take()).isEmpty();
  }

  /** Takes the permission to write below a folder, from root, too; gives it back when closed. */
  private static Closeable unwritable(Path folder) throws Exception {
    List<Path> folders;
    try (Stream<Path> walk = Files.walk(folder)) {
      folders = walk.filter(Files::isDirectory).toList();
    }
    permit(folders, "r-xr-xr-x");
    if (!Files.isWritable(folder)) {
      return () -> permit(folders, "rwxr-xr-x");
    }
    // Root may write whatever it is not permitted: it cannot where a file has the place of a
    // folder.
    Closeable replaced = unreadable(folder.resolve("tmp"));
    return () -> {
      replaced.close();
      permit(folders, "rwxr-xr-x");
    };
  }

  private static void permit(List<Path> folders, String permissions) throws IOException {
    for (Path each : folders) {
      Files.setPosixFilePermissions(each, PosixFilePermissions.fromString(permissions));
    }
  }

  /** Puts something in the place of a folder that even root cannot read as one. */
  private static Closeable unreadable(Path folder) throws IOException {
    Path away = folder.resolveSibling("away");
    Files.move(folder, away);
    Files.createFile(folder);
    return () -> {
      Files.delete(folder);
      Files.move(away, folder);
    };
  }

  static byte[] weights(String data) {
    Bodies.ran("weights");
    return new byte[100_000];
  }

  @Test
  @Shows("Uniflow 19")
  void entry_hasTypePlaceExpirySourceAndLabels_andIsListedShownAndDeleted() {
    CliLab lab = new CliLab(folder);
    lab.with(
        "p",
        p -> {
          p.step("train", task(UniflowTest::train), p.value("a"));
          p.step("weights", task(UniflowTest::weights).ttl(Duration.ofDays(28)), p.value("a"));
        });
    lab.run("run", "p", "--label", "team=risk", "--label", "zone=eu");
    assertThat(lab.run("cache", "ls").out()).contains("train", "weights");
    for (String step : List.of("train", "weights")) {
      boolean large = step.equals("weights");
      String listed = lab.run("cache", "ls", "--step", step, "--output", "json").out();
      String key = listed.replaceFirst("(?s).*?\"key\" : \"([0-9a-f]{64}).*", "$1");
      String shown = lab.run("cache", "show", key, "--output", "json").out();
      String flat = shown.replaceAll("\\s+", "");
      assertThat(flat)
          .as("source")
          .contains("\"pipeline\":\"p\",\"step\":\"" + step + "\"")
          .as("labels")
          .contains("\"labels\":{\"team\":\"risk\",\"zone\":\"eu\"}")
          .as("type")
          .contains("\"codec\":\"" + (large ? "bytes" : "kryo"))
          .as("place")
          .containsPattern(large ? "\"blob\":\"[0-9a-f]{64}\"" : "\"inline_bytes\":[1-9]")
          .as("expiry")
          .containsPattern(large ? "\"expires\":\"20" : "\"expires\":null");
      assertThat(lab.run("cache", "show", key).out())
          .contains("team=risk zone=eu", step, large ? "blob " : "in the index");
      assertThat(lab.run("cache", "evict", "--key", key).out()).startsWith("removed 1 entry");
      assertThat(lab.run("cache", "ls").out()).doesNotContain(step);
    }
  }

  static List<String> hundred(String prefix) {
    return IntStream.range(0, 100).mapToObj(number -> prefix + number).toList();
  }

  static int count(List<String> all) {
    return all.size();
  }

  /** A step of so many units is remembered as a whole. */
  @Test
  void readVersion_ofAStepOfManyUnits_findsNothingOfWhatIsKeptUnderTheOther() {
    Pipeline wide =
        Pipeline.define(
            "p",
            p -> {
              var data = p.fanOut("data", task(UniflowTest::hundred), p.value("d"));
              var trained = p.perPartition("train", task(UniflowTest::train), data);
              p.result("count", p.step("count", task(UniflowTest::count), trained.all()));
            });
    CachePolicy apart = CachePolicy.DEFAULT.withVersion("2").withReadVersion("1");
    RunOptions options = RunOptions.DEFAULT.withPolicy(RunPolicy.NONE.withStep("train", apart));
    for (int i = 0; i < 2; i++) {
      assertThat(Bodies.of(reprise.driver(), wide, options)).hasSize(100);
    }
    CachePolicy same = CachePolicy.DEFAULT.withVersion("2");
    RunOptions kept = RunOptions.DEFAULT.withPolicy(RunPolicy.NONE.withStep("train", same));
    assertThat(Bodies.of(reprise.driver(), wide, kept)).isEmpty();
    assertThat(Bodies.of(reprise.driver(), wide, kept)).isEmpty();
  }
}
