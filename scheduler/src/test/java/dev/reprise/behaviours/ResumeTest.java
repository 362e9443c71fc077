package dev.reprise.behaviours;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reprise.api.Driver;
import dev.reprise.api.Parameters;
import dev.reprise.api.Partitions;
import dev.reprise.api.Pipeline;
import dev.reprise.api.Run;
import dev.reprise.cache.code.CodeFingerprint.Mode;
import dev.reprise.cache.testing.Shows;
import dev.reprise.cli.CliLab;
import dev.reprise.cli.CliLab.Ran;
import dev.reprise.graph.PipelineException;
import dev.reprise.home.HomeOptions;
import dev.reprise.plan.Outcome;
import dev.reprise.run.Resume;
import dev.reprise.run.ResumeException;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunState;
import dev.reprise.run.RunTargets.UnknownStepException;
import dev.reprise.task.CachePolicy;
import dev.reprise.task.Task1;
import dev.reprise.task.Task2;
import dev.reprise.testkit.PipelineTester;
import dev.reprise.testkit.TestedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Runs that go on from others. */
class ResumeTest {
  @RegisterExtension final PipelineTester reprise = new PipelineTester();
  @TempDir Path folder;

  private static final Set<String> BROKEN = ConcurrentHashMap.newKeySet();
  private static final AtomicInteger COUNT = new AtomicInteger();

  @BeforeEach
  void breakNothing() {
    BROKEN.clear();
    Bodies.take();
  }

  static String work(String name, String data) {
    Bodies.ran(name);
    if (BROKEN.contains(name)) {
      throw new IllegalStateException(name + " is broken");
    }
    return name + " of " + data;
  }

  static String counted(String name, String data) {
    return work(name, data) + " " + COUNT.incrementAndGet();
  }

  private interface How extends UnaryOperator<Task2<String, String, String>> {}

  /** Steps a, b and c, each of which takes the one before. */
  private static Pipeline.Definition chain(Task2<String, String, String> task) {
    return p -> {
      var data = p.param("data", "x");
      var a = p.step("a", task, p.value("a"), data);
      var b = p.step("b", task, p.value("b"), a);
      p.result("c", p.step("c", task, p.value("c"), b));
    };
  }

  private static Pipeline chain(How how) {
    return Pipeline.define("chain", chain(how.apply(task(ResumeTest::work))));
  }

  private static Pipeline counting(How how) {
    return Pipeline.define("chain", chain(how.apply(task(ResumeTest::counted))));
  }

  private TestedRun failing(Pipeline pipeline, RunOptions options, String... broken) {
    BROKEN.addAll(List.of(broken));
    TestedRun run = reprise.run(pipeline, options);
    assertThat(run.state()).isEqualTo(RunState.FAILED);
    BROKEN.clear();
    return run;
  }

  private TestedRun failing(Pipeline pipeline, String... broken) {
    return failing(pipeline, RunOptions.DEFAULT, broken);
  }

  private TestedRun resumed(Pipeline pipeline, TestedRun from, String... again) {
    Bodies.take();
    TestedRun run = reprise.run(pipeline, RunOptions.DEFAULT.withResume(from.run().id(), again));
    assertThat(run.state()).as(run.message()).isEqualTo(RunState.SUCCEEDED);
    return run;
  }

  @Test
  @Shows("Uniflow 10")
  void resume_withoutStep_takesWhatSucceededAlsoOfTasksThatKeepNothing() throws IOException {
    for (How how : List.<How>of(task -> task, Task2::uncached)) {
      TestedRun failed = failing(chain(how), "c");
      assertThat(Bodies.take()).containsExactly("a", "b", "c");

      TestedRun resumed = resumed(chain(how), failed);

      assertThat(Bodies.take()).containsExactly("c");
      assertThat(resumed.count(Outcome.MEMO)).isEqualTo(2);
      assertThat(resumed.reason("c", ""))
          .isEqualTo("NO_ENTRY(it failed in run " + failed.run().id() + ")");
      assertThat(resumed.run().result("c", String.class)).isEqualTo("c of b of a of x");
    }
  }

  @Test
  @Shows("Uniflow 10")
  void resume_fromAStep_forcesItThoughItsCacheHitsAndWhatFollowsRunsByChangedInputs() {
    TestedRun good = reprise.run(chain(task -> task));
    TestedRun equal = resumed(chain(task -> task), good, "b");
    assertThat(Bodies.take()).as("b made the same again").containsExactly("b");
    assertThat(equal.reason("b", "")).isEqualTo("FORCED");
    assertThat(equal.outcome("c", "")).isEqualTo(Outcome.MEMO);

    TestedRun counted = reprise.run(counting(task -> task));
    TestedRun other = resumed(counting(task -> task), counted, "b");
    assertThat(Bodies.take()).as("b made something else").containsExactly("b", "c");
    assertThat(other.reason("c", "")).isEqualTo("UPSTREAM_CHANGED(b)");
    TestedRun off = reprise.run(counting(Task2::uncached));
    other = resumed(counting(Task2::uncached), off, "b");
    assertThat(Bodies.take()).containsExactly("b", "c");
    assertThat(other.reason("b", "")).isEqualTo("FORCED");
    assertThat(other.reason("c", "")).isEqualTo("UPSTREAM_CHANGED(b)");
  }

  @Test
  @Shows("Uniflow 11")
  void resume_fromSeveralSteps_forcesEachOfThem() {
    TestedRun good = reprise.run(chain(task -> task));
    resumed(chain(task -> task), good, "a", "c");
    assertThat(Bodies.take()).containsExactly("a", "c");
  }

  @Test
  void resume_inputChanged_runsAgainAndSaysWhy() {
    for (How how : List.<How>of(task -> task, Task2::uncached)) {
      TestedRun failed = failing(chain(how), "b");
      Pipeline changed =
          Pipeline.define(
              "chain",
              chain(how.apply(task(ResumeTest::work))),
              Parameters.NONE.with("data", "y" + how.hashCode()));

      TestedRun resumed = resumed(changed, failed);

      assertThat(Bodies.take()).containsExactly("a", "b", "c");
      assertThat(resumed.reason("a", "")).isEqualTo("ARG_CHANGED(data)");
    }
  }

  @Test
  @Shows("Uniflow 13")
  void resume_ofAResumedRun_walksBackAndTheNearestSuccessWins() throws IOException {
    Pipeline pipeline = counting(Task2::uncached);
    TestedRun first = failing(pipeline, "c");
    RunOptions upToA = RunOptions.DEFAULT.withUpTo(Set.of("a"));
    Pipeline withY =
        Pipeline.define(
            "chain",
            chain(task(ResumeTest::counted).uncached()),
            Parameters.NONE.with("data", "y"));
    TestedRun second = reprise.run(withY, upToA.withResume(first.run().id()));
    assertThat(second.count(Outcome.SKIPPED)).as("b and c of another a").isEqualTo(2);

    TestedRun third = resumed(pipeline, second);

    assertThat(Bodies.take()).as("a and b are the first run's").containsExactly("c");
    String a = third.run().result("c", String.class).replaceFirst(".* x (\\d+) .*", "$1");
    TestedRun fourth = reprise.run(pipeline, upToA.withResume(third.run().id(), "a"));
    assertThat(fourth.outcome("a", "")).isEqualTo(Outcome.RAN);
    int nearest = COUNT.get();
    TestedRun fifth = resumed(pipeline, fourth);
    assertThat(Bodies.take()).as("of another a").containsExactly("b", "c");
    assertThat(fifth.run().result("c", String.class))
        .contains(" x " + nearest + " ")
        .doesNotContain(" x " + a + " ");
    assertThat(resumed(pipeline, fifth).count(Outcome.MEMO)).isEqualTo(3);
  }

  @Test
  @Shows("Uniflow 14")
  void upTo_aStep_isInclusiveAndLeavesOutWhatFollowsAndWhatItDoesNotNeed() {
    Pipeline pipeline =
        Pipeline.define(
            "chain",
            p -> {
              chain(task(ResumeTest::work)).define(p);
              p.step("beside", task(ResumeTest::work), p.value("beside"), p.value("x"));
            });
    TestedRun run = reprise.run(pipeline, RunOptions.DEFAULT.withUpTo(Set.of("b")));
    assertThat(Bodies.take()).containsExactly("a", "b");
    assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
    assertThat(run.reason("c", "")).isEqualTo("NOT_SELECTED");
    assertThat(run.outcome("beside", "")).isEqualTo(Outcome.SKIPPED);
    TestedRun resumed =
        reprise.run(
            pipeline, RunOptions.DEFAULT.withUpTo(Set.of("b")).withResume(run.run().id(), "b"));
    assertThat(Bodies.take()).containsExactly("b");
    assertThat(resumed.outcome("c", "")).isEqualTo(Outcome.SKIPPED);
  }

  private static Pipeline sides() {
    return Pipeline.define(
        "sides",
        p -> {
          Task2<String, String, String> work = task(ResumeTest::work).uncached();
          var a = p.step("a", work, p.value("a"), p.value("x"));
          p.step("side", work, p.value("side"), a);
          var b = p.step("b", work, p.value("b"), a);
          p.step("c", work, p.value("c"), b);
        });
  }

  @Test
  @Shows("Uniflow 14")
  void forceResume_fromAStep_skipsWhatComesBeforeWithoutSuccessAndRunsTheRest() {
    RunOptions goOn = RunOptions.DEFAULT.withKeepGoing(true);
    TestedRun failed = failing(sides(), goOn, "side", "c");
    Bodies.take();
    Resume fromB = Resume.of(failed.run().id(), Set.of("b")).onlyFromThem();

    TestedRun forced = reprise.run(sides(), RunOptions.DEFAULT.withResume(fromB));

    assertThat(Bodies.take()).containsExactly("b", "c");
    assertThat(forced.state()).isEqualTo(RunState.SUCCEEDED);
    assertThat(forced.outcome("a", "")).isEqualTo(Outcome.MEMO);
    assertThat(forced.reason("side", "")).isEqualTo("NOT_SELECTED");

    TestedRun early = failing(sides(), "a");
    Bodies.take();
    Resume withoutA = Resume.of(early.run().id(), Set.of("b")).onlyFromThem();
    TestedRun impossible = reprise.run(sides(), RunOptions.DEFAULT.withResume(withoutA));
    assertThat(Bodies.take()).isEmpty();
    assertThat(impossible.message())
        .contains("step 'b' was selected and needs 'a'", "leave --force-resume away");
  }

  private static String id(Ran ran) {
    return ran.out().replaceFirst("(?s).*?\"run\":\"([^\"]+)\".*", "$1");
  }

  private CliLab lab() {
    return new CliLab(folder).with("chain", chain(task(ResumeTest::work).uncached()));
  }

  @Test
  @Shows("Uniflow 15")
  void resumedRun_isOneOfItsOwnLinkedToTheOriginalAndFoundByIt() {
    CliLab lab = lab();
    BROKEN.add("c");
    String first = id(lab.run("run", "chain", "--console=json"));
    BROKEN.clear();

    String second = id(lab.run("run", "chain", "--resume", first + ":b", "--console=json"));
    String third = id(lab.run("run", "chain", "--from-results-of", first, "--console=json"));
    lab.run("run", "chain");

    assertThat(second).isNotEqualTo(first);
    assertThat(lab.run("runs", "show", second).out())
        .contains("resumes    " + first + ", and runs again b\n");
    assertThat(lab.run("runs", "show", third).out()).contains("takes from " + first + "\n");
    assertThat(lab.run("runs", "show", second, "--output=json").out().replaceAll("\\s", ""))
        .contains("\"resume\":{\"link\":\"RESUMES\",\"run\":\"" + first + "\",\"again\":[\"b\"]");
    assertThat(lab.run("runs", "ls", "--resumed-from", first).out())
        .contains(second, third)
        .doesNotContain(first);
    assertThat(lab.run("runs", "ls", "--resumed-from", second).err())
        .contains("no run went on from run " + second);
    assertThat(lab.run("runs", "ls", "--resumed-from", "nope").exit()).isEqualTo(2);
    assertThat(lab.run("why", "a", "--run", second).out()).contains("MEMO (from run " + first);
  }

  @Test
  @Shows("Argo 16")
  void fromResultsOf_anotherPipelinesRun_isANewRunThatTakesItsSuccesses() {
    TestedRun failed = failing(chain(Task2::uncached), "c");
    Bodies.take();
    Pipeline other = Pipeline.define("other", chain(task(ResumeTest::work).uncached()));
    RunOptions options = RunOptions.DEFAULT.withResume(Resume.resultsOf(failed.run().id()));

    TestedRun run = reprise.run(other, options);

    assertThat(Bodies.take()).containsExactly("c");
    assertThat(run.count(Outcome.MEMO)).isEqualTo(2);
    assertThat(run.run().id()).isNotEqualTo(failed.run().id());
  }

  private static Pipeline wide(String name, String version) {
    return Pipeline.define(
        name,
        p -> {
          var elements =
              p.perPartition(
                  "each",
                  task(ResumeTest::element).version(version),
                  p.fanOut("wide", task(ResumeTest::manyOf), p.value("e")));
          p.result("all", p.step("all", task(ResumeTest::together), elements.all()));
        });
  }

  static List<String> manyOf(String of) {
    return IntStream.range(0, 250).mapToObj(i -> of + i).toList();
  }

  static int together(List<String> all) {
    Bodies.ran("all");
    return all.size();
  }

  @Test
  void resume_moreWereCachedThanTheJournalDescribes_saysHowTheyDifferAllTheSame() {
    reprise.run(wide("wide", "1"));
    TestedRun cached = reprise.run(wide("wide", "1"));
    assertThat(cached.count("each", Outcome.CACHED)).isEqualTo(250);

    TestedRun resumed = resumed(wide("wide", "2"), cached);

    assertThat(resumed.reason("each", "7")).isEqualTo("VERSION_CHANGED(1 -> 2)");
  }

  @Test
  void resultsOf_runOfAnotherPipeline_stepThatItDidNotHaveSaysHowItDiffersFromItsOwnLastKey() {
    reprise.run(wide("wide", "1"));
    TestedRun other = reprise.run(chain(task -> task));
    RunOptions options = RunOptions.DEFAULT.withResume(Resume.resultsOf(other.run().id()));

    TestedRun run = reprise.run(wide("wide", "2"), options);

    assertThat(run.reason("each", "7")).isEqualTo("VERSION_CHANGED(1 -> 2)");
    assertThat(reprise.run(wide("new", "3"), options).reason("each", "7"))
        .isEqualTo("NO_ENTRY(it is new)");
  }

  @Test
  void resume_ofAResumedRunThatMadeMostAnew_makesTheRestAlone() {
    reprise.run(wide("wide", "1"));
    TestedRun first =
        failing(wide("wide", "1"), RunOptions.DEFAULT.withRerun(Set.of("each")), "e0");
    Bodies.take();
    RunOptions goOn = RunOptions.DEFAULT.withKeepGoing(true);
    TestedRun second = failing(wide("wide", "1"), goOn.withResume(first.run().id()), "e249");
    assertThat(Bodies.take()).as("what the first one did not come to").hasSizeGreaterThan(200);

    resumed(wide("wide", "1"), second);

    assertThat(Bodies.take()).containsExactly("e249");
  }

  static List<String> list(String of) {
    Bodies.ran("list");
    return IntStream.range(0, 50).mapToObj(i -> of + i).toList();
  }

  static String element(String of) {
    return work(of, "x");
  }

  private static Pipeline fanOut() {
    return Pipeline.define(
        "fan",
        p -> {
          Partitions<String> elements =
              p.fanOut("list", task(ResumeTest::list).uncached(), p.value("e"));
          p.result(
              "each", p.perPartition("each", task(ResumeTest::element).uncached(), elements).all());
        });
  }

  @Test
  @Shows("Flyte 27")
  void recover_failedRunWithAFanOut_runsTheFailedElementsAloneAndThoseThatAreForced() {
    RunOptions goOn = RunOptions.DEFAULT.withKeepGoing(true);
    TestedRun failed = failing(fanOut(), goOn, "e7", "e31");
    assertThat(Bodies.take()).hasSize(51);

    TestedRun recovered = resumed(fanOut(), failed);
    assertThat(Bodies.take()).containsExactly("e31", "e7");
    assertThat(recovered.count("each", Outcome.MEMO)).isEqualTo(48);
    resumed(fanOut(), recovered, "list");
    assertThat(Bodies.take()).containsExactly("list");
    assertThat(resumed(fanOut(), recovered, "each").count("each", Outcome.RAN)).isEqualTo(50);

    assertThatExceptionOfType(UnknownStepException.class)
        .isThrownBy(
            () -> reprise.run(fanOut(), RunOptions.DEFAULT.withResume(failed.run().id(), "eech")))
        .withMessageContaining("did you mean 'each'?");
  }

  @Test
  void resume_resultIsGoneFromTheStore_runsAgain() throws IOException {
    Pipeline large =
        Pipeline.define(
            "large",
            p -> {
              var a = p.step("a", task(ResumeTest::large).uncached(), p.value("a"));
              p.step("b", task(ResumeTest::work).uncached(), p.value("b"), a);
            });
    TestedRun failed = failing(large, "b");
    try (Stream<Path> all = Files.walk(reprise.home().resolve("store"))) {
      for (Path path : all.filter(Files::isRegularFile).toList()) {
        Files.delete(path);
      }
    }
    TestedRun resumed = resumed(large, failed);
    assertThat(Bodies.take()).containsExactly("b", "large");
    assertThat(resumed.reason("a", ""))
        .isEqualTo("NO_ENTRY(run " + failed.run().id() + " has its result no more)");
  }

  static String large(String of) {
    Bodies.ran("large");
    return of.repeat(1 << 20);
  }

  private static final CountDownLatch NEVER = new CountDownLatch(1);

  static int stuck(String of) throws InterruptedException {
    NEVER.await();
    return 1;
  }

  @Test
  void resume_badRun_isRefused() throws Exception {
    Pipeline pipeline = chain(task -> task);
    TestedRun good = reprise.run(pipeline);
    Pipeline stuck =
        Pipeline.define("stuck", p -> p.step("stuck", task(ResumeTest::stuck), p.value("a")));
    Run running = reprise.driver().submit(stuck);
    refused(pipeline, "nope", "no run 'nope'");
    refused(stuck, good.run().id(), "is of pipeline 'chain' and cannot be resumed by 'stuck'");
    refused(stuck, running.id(), "goes on");
    running.cancel();
    running.await();
  }

  @Test
  void resume_runOfAnotherEnvironment_isRefused() throws Exception {
    TestedRun good = reprise.run(chain(task -> task));
    HomeOptions prod =
        HomeOptions.at(reprise.home())
            .withAccess(HomeOptions.Access.NONE)
            .withScope("default", "prod");
    try (Driver driver = Driver.open(prod, "")) {
      RunOptions resume = RunOptions.DEFAULT.withResume(good.run().id());
      assertThatExceptionOfType(ResumeException.class)
          .isThrownBy(() -> driver.submit(chain(task -> task), resume))
          .withMessageContaining("is of 'default/default', and this one of 'default/prod'");
    }
  }

  private void refused(Pipeline pipeline, String run, String because) {
    assertThatExceptionOfType(ResumeException.class)
        .isThrownBy(() -> reprise.driver().plan(pipeline, RunOptions.DEFAULT.withResume(run)))
        .withMessageContaining(because);
  }

  @Test
  void resume_badOptions_areUsageErrors() {
    CliLab lab = lab();
    assertThat(lab.run("run", "chain").exit()).isZero();
    refused(lab, "--resume names no run", "--resume", ":b");
    refused(lab, "names several runs (latest, 7f3a)", "--resume", "latest", "--resume", "7f3a:b");
    refused(lab, "no run 'nope'", "--resume", "nope");
    refused(lab, "has no step 'd'", "--resume", "latest:d");
    refused(lab, "--force-resume needs the step", "--resume", "latest", "--force-resume");
    refused(lab, "either --resume or", "--resume", "latest", "--from-results-of", "latest");
    refused(lab, "has no step 'd'", "--up-to", "d");
  }

  private static void refused(CliLab lab, String because, String... options) {
    String[] line =
        Stream.concat(Stream.of("run", "chain"), Stream.of(options)).toArray(String[]::new);
    Ran ran = lab.run(line);
    assertThat(ran.err()).contains(because);
    assertThat(ran.exit()).isEqualTo(2);
  }

  /** What other runs made has no say in why it runs again. */
  @Test
  void resume_ofAStepThatFailedAndHasOtherResults_saysThatItFailed() throws IOException {
    CliLab lab = new CliLab(folder).with("chain", chain(task(ResumeTest::work)));
    lab.run("run", "chain", "--param", "data=good");
    BROKEN.add("a");
    lab.run("run", "chain", "--param", "data=y");
    BROKEN.clear();

    assertThat(lab.run("plan", "chain", "--resume", "latest").out())
        .containsPattern("RUN +a .* NO_ENTRY\\(it failed in run ")
        .containsPattern("again +a: NO_ENTRY\\(it failed in run ");
  }

  @Test
  @Shows("Uniflow 17")
  void resume_byRunByTrialRunAndByPlan_isTheSameFlagWithTheRunsParameters() {
    CliLab lab = lab();
    BROKEN.add("b");
    lab.run("run", "chain", "--param", "data=y");
    BROKEN.clear();
    Bodies.take();

    for (String[] plan :
        List.of(
            new String[] {"plan", "chain", "--resume", "latest"},
            new String[] {"run", "chain", "--dry-run", "--resume", "latest"})) {
      assertThat(lab.run(plan).out())
          .containsPattern("HIT +a ")
          .containsPattern("RUN +b .* NO_ENTRY\\(it failed in run ")
          .containsPattern("against run .*:\n  kept +a\n  again +b: NO_ENTRY.*\n  later +c\n");
    }
    assertThat(Bodies.take()).isEmpty();
    assertThat(lab.run("run", "chain", "--resume", "latest").exit()).isZero();
    assertThat(Bodies.take()).as("the data of that run").containsExactly("b", "c");
    assertThat(lab.run("run", "chain", "--resume", "latest", "--param", "data=z").exit()).isZero();
    assertThat(Bodies.take()).containsExactly("a", "b", "c");
  }

  @Test
  void plan_ofAChangedPipeline_tellsWhatIsKeptAgainNewAndGone() {
    CliLab lab = lab();
    lab.run("run", "chain");
    CliLab changed =
        new CliLab(folder)
            .with(
                "chain",
                p -> {
                  var a =
                      p.step(
                          "a",
                          task(ResumeTest::work).uncached(),
                          p.value("a"),
                          p.param("data", "x"));
                  var b = p.step("b", task(ResumeTest::work).uncached(), p.value("B"), a);
                  p.step("d", task(ResumeTest::work).uncached(), p.value("d"), b);
                });
    assertThat(changed.run("plan", "chain", "--resume", "latest").out())
        .containsPattern(
            "against run .*:\n  kept +a\n  again +b: ARG_CHANGED\\(.*\n  new +d\n  gone +c\n");
    assertThat(
            changed
                .run("plan", "chain", "--resume", "latest", "--output=json")
                .out()
                .replaceAll("\\s", ""))
        .contains("\"kept\":[\"a\"]", "\"new\":[\"d\"]", "\"gone\":[\"c\"]");
  }

  private static Pipeline.Definition wide() {
    return p -> {
      chain(task(ResumeTest::work).uncached()).define(p);
      p.step("aside", task(ResumeTest::work).uncached(), p.value("aside"), p.value("x"));
    };
  }

  @Test
  @Shows("Argo 15")
  void retry_aFailedRun_runsWhatFailedWithItsParametersAndRestartsByPattern() {
    CliLab lab = new CliLab(folder).with("wide", wide());
    BROKEN.add("c");
    lab.run("run", "wide", "--param", "data=y", "--keep-going");
    BROKEN.clear();
    Bodies.take();

    Ran retried = lab.run("runs", "retry", "latest");
    assertThat(retried.exit()).isZero();
    assertThat(Bodies.take()).containsExactly("c");
    assertThat(retried.out()).contains("  after run ").containsPattern("MEMO +b ");
    assertThat(lab.run("result", "c").out()).startsWith("c of b of a of y");

    assertThat(lab.run("runs", "retry", "latest", "--restart", "a*").exit()).isZero();
    assertThat(Bodies.take()).as("a and aside, made the same").containsExactly("a", "aside");
    assertThat(lab.run("runs", "retry", "latest", "-p", "data=z").exit()).isZero();
    assertThat(Bodies.take()).containsExactly("a", "b", "c");
  }

  @Test
  @Shows("Uniflow 16")
  void retry_manyFailedRunsFromOneStep_goesOnFromEachThatWasNotRetriedYet() {
    CliLab lab = lab().with("other", chain(task(ResumeTest::work).uncached()));
    lab.run("run", "chain", "--param", "data=good");
    BROKEN.add("c");
    for (String data : List.of("1", "2", "3")) {
      lab.run("run", "chain", "--param", "data=" + data);
    }
    lab.run("run", "other");
    BROKEN.clear();
    Bodies.take();

    assertThat(lab.run("runs", "retry", "--failed", "--since", "0s").err())
        .contains("no such run of default/default failed");
    Ran typo = lab.run("runs", "retry", "--failed", "--pipeline", "chian");
    assertThat(typo.exit()).isEqualTo(2);
    assertThat(typo.err())
        .contains("there is no run of a pipeline 'chian'", "did you mean 'chain'?");
    Ran all =
        lab.run(
            "runs", "retry", "--failed", "--since", "1d", "--pipeline", "chain", "--restart", "b");

    assertThat(all.exit()).as(all.err()).isZero();
    assertThat(all.out()).endsWith("retried 3 runs: 3 succeeded\n");
    assertThat(Bodies.take()).containsExactly("b", "b", "b", "c", "c", "c");
    assertThat(lab.run("runs", "retry", "--failed").exit()).isZero();
    assertThat(Bodies.take()).as("the other pipeline's").containsExactly("c");
    assertThat(lab.run("runs", "retry", "--failed").err()).contains("all of them were retried");
  }

  @Test
  void retry_someFailAgain_runsTheOthersAndExitsAsTheFirstOfThem() {
    CliLab lab = lab();
    BROKEN.add("c");
    String one = id(lab.run("run", "chain", "-p", "data=1", "--console=json"));
    String two = id(lab.run("run", "chain", "-p", "data=2", "--console=json"));
    Bodies.take();
    Ran ran = lab.run("runs", "retry", one, two);
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(Bodies.take()).containsExactly("c", "c");
    assertThat(ran.out()).endsWith("retried 2 runs: 0 succeeded\n");
  }

  @Test
  void retry_runsOfAnotherEnvironment_areNotMeantAndIfNamedRefusedBeforeAnythingRuns() {
    CliLab lab = lab();
    BROKEN.add("c");
    String ours = id(lab.run("run", "chain", "-p", "data=1", "--console=json"));
    lab.environment.put("REPRISE_ENVIRONMENT", "prod");
    String theirs = id(lab.run("run", "chain", "-p", "data=2", "--console=json"));
    lab.environment.remove("REPRISE_ENVIRONMENT");
    BROKEN.clear();
    Bodies.take();

    Ran named = lab.run("runs", "retry", ours, theirs);
    assertThat(named.exit()).isEqualTo(2);
    assertThat(named.err()).contains("do not see each other's results");
    assertThat(Bodies.take()).as("all are checked first").isEmpty();

    assertThat(lab.run("runs", "retry", "--failed").exit()).isZero();
    assertThat(Bodies.take()).containsExactly("c");
    assertThat(lab.run("runs", "retry", "--failed").err()).contains("all of them were retried");
  }

  @Test
  void retry_badArguments_areUsageErrorsBeforeAnythingRuns() {
    CliLab lab = lab();
    lab.run("run", "chain");
    Bodies.take();
    for (String[] bad :
        new String[][] {
          {"name the runs"},
          {"either name", "latest", "--failed"},
          {"choose among --failed", "latest", "--since", "1d"},
          {"no age", "--failed", "--since", "soon"},
          {"no run 'nope'", "latest", "nope"},
          {"has no step 'd'", "latest", "--restart", "d"},
          {"has no step like 'x*'", "latest", "--restart", "x*"},
          {"has no parameter 'dada'", "latest", "-p", "dada=1"},
        }) {
      String[] line =
          Stream.concat(Stream.of("runs", "retry"), Stream.of(bad).skip(1)).toArray(String[]::new);
      Ran ran = lab.run(line);
      assertThat(ran.err()).contains(bad[0]);
      assertThat(ran.exit()).as(bad[0]).isEqualTo(2);
    }
    assertThat(Bodies.take()).isEmpty();
  }

  /** What compilers call alike has no run key: nothing would tell one lambda from the next. */
  @Test
  void resume_lambdasUnderOneVersionByHand_areNotTakenForEachOther() throws IOException {
    Task1<String, String> one = task((String data) -> "one of " + data);
    Task1<String, String> two = task((String data) -> "two of " + data);
    UnaryOperator<Task1<String, String>> how = task -> task.manualVersion("1").uncached().memo();
    Pipeline both =
        Pipeline.define(
            "lambdas",
            p -> {
              var made = p.step("one", how.apply(one), p.value("x"));
              var fragile = p.step("c", task(ResumeTest::work), p.value("c"), made);
              var other = p.step("two", how.apply(two), p.value("x"));
              p.after(other, fragile);
              p.result("two", other);
            });
    TestedRun failed = failing(both, "c");
    assertThat(resumed(both, failed).run().result("two", String.class)).isEqualTo("two of x");
  }

  private static volatile String release = "1";

  @Test
  void resume_strategyFindsAnotherVersion_takesNothingOfTheOldOne() {
    Pipeline pipeline = chain(task -> task.versionedBy(step -> release).uncached());
    release = "1";
    TestedRun failed = failing(pipeline, "c");
    TestedRun same = resumed(pipeline, failed);
    assertThat(Bodies.take()).containsExactly("c");
    release = "2";
    resumed(pipeline, same);
    assertThat(Bodies.take()).containsExactly("a", "b", "c");
  }

  @Test
  void run_versionByHandFromAStrategyOfATaskThatKeepsNothing_runs() {
    Pipeline pipeline =
        chain(
            task ->
                task.cache(
                    CachePolicy.DEFAULT
                        .withStrategy(step -> "1")
                        .withMode(Mode.MANUAL)
                        .withEnabled(false)));
    assertThat(reprise.run(pipeline).state()).isEqualTo(RunState.SUCCEEDED);
    assertThat(Bodies.take()).containsExactly("a", "b", "c");
    Pipeline broken =
        chain(
            task ->
                task.uncached()
                    .versionedBy(
                        step -> {
                          throw new IllegalStateException("no release");
                        }));
    assertThat(reprise.run(broken).state()).as("nobody needs it").isEqualTo(RunState.SUCCEEDED);
  }

  @Test
  @Timeout(60)
  void memo_readUnderAnotherVersion_isOneExecutionAndIsTakenByLaterRuns() throws IOException {
    Pipeline pipeline =
        Pipeline.define(
            "twice",
            p -> {
              var counted = task(ResumeTest::counted).memo().version("2").readVersion("1");
              var first = p.step("first", counted, p.value("n"), p.value("x"));
              var c = p.step("c", task(ResumeTest::work), p.value("c"), first);
              var second = p.step("second", counted, p.value("n"), p.value("x"));
              p.after(second, first);
              p.result("first", first);
              p.result("second", second);
              p.result("c", c);
            });
    TestedRun run = reprise.run(pipeline);
    assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
    assertThat(run.outcome("second", "")).isEqualTo(Outcome.MEMO);
    assertThat(run.run().result("second", String.class))
        .isEqualTo(run.run().result("first", String.class));
    Bodies.take();

    TestedRun failed = failing(pipeline, RunOptions.DEFAULT.withResume(run.run().id(), "c"), "c");
    assertThat(Bodies.take()).containsExactly("c");
    assertThat(failed.outcome("first", "")).isEqualTo(Outcome.MEMO);
  }

  @Test
  void resume_stepThatWasToBeMadeAnewAndFailed_isNotTakenFromTheRunBefore() {
    TestedRun first = failing(chain(Task2::uncached), "c");
    RunOptions anew = RunOptions.DEFAULT.withResume(first.run().id(), "a");
    TestedRun second = failing(chain(Task2::uncached), anew, "a");

    resumed(chain(Task2::uncached), second);

    assertThat(Bodies.take()).as("a was taken for wrong").containsExactly("a", "c");
  }

  @Test
  void keyedBy_withoutThePartitionedArgument_isRefused() {
    assertRefused(
        task -> task.keyedBy("data"), "step 'each': all its partitions would have one key");
  }

  @Test
  void memo_withoutThePartitionedArgument_isRefused() {
    assertRefused(
        task -> task.memo("data"), "step 'each': all its partitions would be one execution; name");
  }

  private void assertRefused(UnaryOperator<Task2<String, String, String>> how, String because) {
    Pipeline pipeline =
        Pipeline.define(
            "all",
            p -> {
              Partitions<String> names =
                  p.fanOut("names", task((String all) -> List.of("a", "b")), p.value("x"));
              p.perPartition("each", how.apply(task(ResumeTest::work)), names, p.value("y"));
            });
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(() -> reprise.run(pipeline))
        .withMessageContaining(because);
  }
}
