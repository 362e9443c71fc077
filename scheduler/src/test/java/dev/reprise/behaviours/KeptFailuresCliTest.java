package dev.reprise.behaviours;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Pipeline;
import dev.reprise.cli.CliLab;
import dev.reprise.cli.CliLab.Ran;
import dev.reprise.plan.Outcome;
import dev.reprise.run.RunOptions;
import dev.reprise.testkit.PipelineTester;
import dev.reprise.testkit.TestedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a person sees of failures that are kept, and can do about them. */
class KeptFailuresCliTest {
  @TempDir Path folder;
  private CliLab lab;
  private static volatile boolean bad = true;

  @BeforeEach
  void open() {
    bad = true;
    Bodies.take();
    lab = new CliLab(folder).with("p", KeptFailuresCliTest::define);
  }

  static String check(int number) throws IOException {
    Bodies.ran("check");
    if (bad) {
      throw new IOException("no such day");
    }
    return "" + number;
  }

  static String day(Path file) throws IOException {
    String day = Files.readString(file);
    Bodies.ran("day " + day);
    if (bad && day.equals("2.txt")) {
      throw new IOException("no such day");
    }
    return day;
  }

  static int sink(String of) {
    return 1;
  }

  private static void define(Pipeline.Builder p) {
    var keeping =
        task(KeptFailuresCliTest::check).keepFailures(Duration.ofHours(1), IOException.class);
    p.step("sink", task(KeptFailuresCliTest::sink), p.step("check", keeping, p.value(1)));
    p.step("other", task(KeptFailuresCliTest::sink), p.value("x"));
  }

  private static String flat(String text) {
    return text.replaceAll("\\s+", " ");
  }

  @Test
  void failure_thatIsKept_isToldByPlanRunHistoryAndWhy() {
    assertThat(lab.run("plan", "p").exit()).isZero();
    Ran first = lab.run("run", "p", "--keep-going");
    assertThat(first.exit()).isEqualTo(1);
    assertThat(first.err()).contains("check failed in attempt 1");
    assertThat(lab.run("runs", "show", "--output", "json").out()).contains("kept for 1h");

    Ran plan = lab.run("plan", "p");
    assertThat(plan.exit()).isEqualTo(1);
    assertThat(flat(plan.out()))
        .contains("FAIL check 1 unit FAILURE_KEPT(java.io.IOException in run")
        .contains("SKIP sink 1 unit UPSTREAM_FAILED(check)")
        .contains("HIT other 1 unit saves")
        .contains("1 cached · 0 to run · 0 unknown · 1 failing at once · 1 skipped");
    assertThat(plan.err()).contains("error: 'check' failed: java.io.IOException: no such day");
    assertThat(lab.run("plan", "p", "--keep-going").exit()).as("a run would begin").isZero();
    Ran json = lab.run("plan", "p", "--output", "json");
    assertThat(flat(json.out()).replace(" ", ""))
        .contains("\"exit_code\":1", "\"decision\":\"FAIL\"", "\"FAIL\":1", "FAILURE_KEPT");
    assertThat(lab.run("plan", "p", "--rerun", "check").exit()).isZero();
    assertThat(lab.run("plan", "p", "--stale").out()).contains("MISSING").contains("FAILURE_KEPT");
    assertThat(lab.run("plan", "p", "-v").out())
        .contains("failures 1h of java.io.IOException (task)");

    Bodies.take();
    Ran second = lab.run("run", "p");
    assertThat(second.exit()).isEqualTo(1);
    assertThat(Bodies.take()).isEmpty();
    assertThat(flat(second.err()))
        .contains("check failed at once java.io.IOException: no such day; not executed")
        .contains("--rerun check tries again now", "'reprise cache evict --key ");
    String next = second.err().replaceAll("(?s).*next: reprise ([^\\n]+)\\n.*", "$1");
    assertThat(next).as("where it was executed").startsWith("runs show ");
    assertThat(lab.run(next.split(" ")).out())
        .contains("check failed in attempt 1", "java.io.IOException: no such day", "runs logs");
    assertThat(lab.run("runs", "show").out()).contains("next: reprise " + next);
    assertThat(lab.run("run", "p", "-v").out()).contains("FAILURE_KEPT");
    assertThat(flat(lab.run("runs", "show").out()))
        .contains("check failed at once", "FAILURE_KEPT", "--rerun check tries again now");
    assertThat(flat(lab.run("why", "check:0").out() + lab.run("why", "check").out()))
        .contains("FAILED: FAILURE_KEPT(java.io.IOException in run");
    assertThat(lab.run("why", "check", "--output", "json").out()).contains("FAILURE_KEPT");
  }

  @Test
  void plan_failureOfOneOfManyPartitionsIsKept_namesWhatTriesAgain() throws Exception {
    Path data = Files.createDirectories(folder.resolve("data"));
    for (String file : List.of("1.txt", "2.txt", "3.txt")) {
      Files.writeString(data.resolve(file), file);
    }
    lab.with(
        "days",
        p ->
            p.perPartition(
                "day",
                task(KeptFailuresCliTest::day).keepFailures(Duration.ofHours(1), IOException.class),
                p.files("days", data, "*.txt")));
    lab.run("run", "days", "--keep-going");
    Bodies.take();
    String plan = flat(lab.run("plan", "days").err());
    assertThat(plan)
        .as("a plan is no run, so there is none to retry")
        .doesNotContain("runs retry")
        .contains("and one with --rerun day all 3 units of the step");
    assertThat(flat(lab.run("run", "days").err())).contains("'reprise runs retry ");

    bad = false;
    Matcher named = Pattern.compile("any run after 'reprise ([^']+)' tries again").matcher(plan);
    assertThat(named.find()).as(plan).isTrue();
    assertThat(lab.run(named.group(1).split(" ")).out()).contains("1 kept failure");
    Ran again = lab.run("run", "days");
    assertThat(again.exit()).as(again.err()).isZero();
    assertThat(Bodies.take()).containsExactly("day 2.txt");
  }

  @Test
  void commandThatIsNamed_ofAnotherEnvironment_isOfThatOne() {
    String[] staging = {"--conf", "environment=staging"};
    lab.run("run", "p", staging[0], staging[1]);
    for (String command : List.of("run", "plan")) {
      Matcher named =
          Pattern.compile("'reprise (cache evict --key \\w+ --conf environment=staging)'")
              .matcher(flat(lab.run(command, "p", staging[0], staging[1]).err()));
      assertThat(named.find()).as(command).isTrue();
      String dry = named.group(1) + " --dry-run";
      assertThat(lab.run(dry.split(" ")).out()).contains("would remove 1 kept failure");
    }
  }

  @Test
  void retry_ofARunThatFailedAtOnce_triesAgain() {
    lab.run("run", "p");
    assertThat(lab.run("run", "p").exit()).isEqualTo(1);
    assertThat(Bodies.take()).hasSize(1);
    bad = false;
    assertThat(lab.run("runs", "retry", "latest").exit()).isZero();
    assertThat(Bodies.take()).hasSize(1);
    assertThat(lab.run("plan", "p").out()).contains("3 cached");
    assertThat(lab.run("cache", "ls", "--failures").out())
        .as("the result took its place")
        .contains("no failures are kept");
  }

  @Test
  void cacheCommands_knowWhatIsKept() {
    assertThat(lab.run("cache", "ls", "--failures").out()).contains("no failures are kept");
    String run = lab.run("run", "p").out();
    Ran ls = lab.run("cache", "ls", "--failures");
    assertThat(ls.out()).contains("check", "java.io.IOException: no such day", "1 kept failure");
    Ran json = lab.run("cache", "ls", "--failures", "--output", "json");
    assertThat(json.out()).contains("\"classes\"", "\"until\"", "\"no such day\"");
    assertThat(lab.run("cache", "ls").out()).as("it is no entry").doesNotContain("check");
    assertThat(lab.run("cache", "ls", "--failures", "--pinned").exit()).isEqualTo(2);
    assertThat(lab.run("cache", "verify").exit()).isZero();
    lab.run("cache", "gc");
    assertThat(lab.run("plan", "p").exit()).as("it still counts").isEqualTo(1);
    assertThat(lab.run("cache", "evict", "--step", "chek").out()).contains("did you mean 'check'");
    assertThat(lab.run("cache", "evict", "--step", "check", "--older-than", "1h").out())
        .contains("no such entries");
    Ran dry = lab.run("cache", "evict", "--step", "check", "--dry-run");
    assertThat(dry.out()).contains("would remove 1 kept failure");
    assertThat(lab.run("plan", "p").exit()).isEqualTo(1);
    assertThat(run).isNotEmpty();

    String key = json.out().replaceFirst("(?s).*?\"key\" *: *\"([0-9a-f]{12}).*", "$1");
    for (String[] evict :
        new String[][] {
          {"cache", "evict", "--key", key},
          {"cache", "evict", "--step", "check"},
          {"cache", "evict", "--run", "latest"},
          {"cache", "clear", "--yes"},
          {"cache", "rebuild", "--anew"}
        }) {
      Bodies.take();
      Ran evicted = lab.run(evict);
      assertThat(evicted.exit()).as(evicted.err()).isZero();
      assertThat(evict[1].equals("rebuild") || evicted.out().contains("1 kept failure"))
          .as(evicted.out())
          .isTrue();
      assertThat(lab.run("plan", "p").exit()).isZero();
      lab.run("run", "p");
      assertThat(Bodies.take()).as(String.join(" ", evict)).hasSize(1);
      assertThat(lab.run("plan", "p").exit()).as("kept again").isEqualTo(1);
    }
    Ran told = lab.run("cache", "evict", "--step", "check", "--output", "json");
    assertThat(flat(told.out())).contains("\"failures\" : 1");
  }

  static byte[] large(int number) throws IOException {
    Bodies.ran("large");
    if (bad) {
      throw new IOException("no such day");
    }
    return new byte[100_000 + number];
  }

  @Test
  void stale_failureIsKept_runIsMadeThatTellsItAndGoesOnWithTheRest() throws Exception {
    assertThat(lab.run("run", "p", "--keep-going").exit()).isEqualTo(1);
    Bodies.take();
    Ran stale = lab.run("run", "p", "--stale");
    assertThat(stale.exit()).as(stale.err()).isEqualTo(1);
    assertThat(Bodies.take()).as("the failure is kept").isEmpty();
    assertThat(stale.out()).contains("1 failed");
    assertThat(stale.err()).contains("not executed, since it failed so");
    assertThat(lab.run("runs", "ls").out()).contains("FAILED");
    assertThat(lab.run("runs", "show").out()).contains("--stale");
    bad = false;
    assertThat(lab.run("runs", "retry").exit()).isEqualTo(2);
    assertThat(lab.run("runs", "retry", "latest").exit()).isZero();
    assertThat(Bodies.take()).contains("check");
  }

  /** What is brought is newer than the failure, whenever it was made. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "cache promote --step large --to prod --conf environment=staging --conf environment.parents=prod",
        "cache import FILE --conf environment=prod"
      })
  void result_thatIsPromotedOrImported_takesThePlaceOfTheFailure(String bring) throws Exception {
    lab.with(
        "large",
        p ->
            p.step(
                "large",
                task(KeptFailuresCliTest::large)
                    .keepFailures(Duration.ofHours(1), IOException.class),
                p.value(1)));
    String[] prod = {"run", "large", "--conf", "environment=prod"};
    assertThat(lab.run(prod).exit()).isEqualTo(1);
    bad = false;
    assertThat(lab.run("run", "large", "--conf", "environment=staging").exit()).isZero();
    String file = folder.resolve("x.zip").toString();
    assertThat(
            lab.run(
                    "cache",
                    "export",
                    "--step",
                    "large",
                    "--to",
                    file,
                    "--conf",
                    "environment=staging")
                .exit())
        .isZero();
    assertThat(lab.run(bring.replace("FILE", file).split(" ")).exit()).isZero();
    Bodies.take();
    Ran failures = lab.run("cache", "ls", "--failures", "--conf", "environment=prod");
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path each : files.filter(path -> path.toFile().length() == 100_001).toList()) {
        Files.delete(each);
      }
    }

    Ran again = lab.run(prod);

    assertThat(again.exit()).as(again.err()).isZero();
    assertThat(Bodies.take()).containsExactly("large");
    assertThat(failures.out()).contains("no failures are kept");
  }

  @RegisterExtension final PipelineTester reprise = new PipelineTester();

  @Test
  void executions_ofATestedRun_areThoseOfBodies() {
    Pipeline pipeline = Pipeline.define("p", KeptFailuresCliTest::define);
    RunOptions all = RunOptions.DEFAULT.withKeepGoing(true);
    assertThat(reprise.run(pipeline, all).executions()).isEqualTo(2);
    TestedRun second = reprise.run(pipeline, all);
    assertThat(second.executions()).isZero();
    assertThat(second.executions("check")).isZero();
    assertThat(second.count("check", Outcome.FAILED)).isEqualTo(1);
  }

  @Test
  void policy_ofFailures_isSaidByTasksAlone() {
    assertThat(lab.run("run", "p", "--policy", "failures=1h").exit()).isEqualTo(2);
  }
}
