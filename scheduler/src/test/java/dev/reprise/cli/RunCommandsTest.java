package dev.reprise.cli;

import static dev.reprise.task.Tasks.local;
import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.testing.Shows;
import dev.reprise.cli.CliLab.Ran;
import dev.reprise.journal.BegunJournal;
import dev.reprise.run.Pipelines;
import dev.reprise.run.ScriptedRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people see of a pipeline's life: plan, run, again, another parameter, why. */
class RunCommandsTest {
  @TempDir Path folder;
  private CliLab lab;

  @BeforeEach
  void offerSquares() {
    lab = new CliLab(folder).with("squares", Squares::define);
  }

  @Test
  void run_firstTime_runsEverythingAndSaysSo() {
    Ran ran = lab.run("run", "squares");

    assertThat(ran.exit()).isZero();
    assertThat(ran.err()).isEmpty();
    assertThat(ran.screen())
        .isEqualTo(
            """
            run RUN  squares  executor local  cache on
            plan       3 units and 1 step of unknown size: 0 cached, 1 to run, 2 not known yet
            RUN        numbers   1 unit        NO_ENTRY
            RAN        numbers   1 unit        TIME
            RUN        square    5 units       NO_ENTRY
            RAN        square    5 units       TIME
            RUN        sum       1 unit        NO_ENTRY
            RAN        sum       1 unit        TIME
            RUN        report    1 unit        NO_ENTRY
            RAN        report    1 unit        TIME
            0 cached · 8 ran · 0 failed   wall TIME   saved TIME
            """);
  }

  @Test
  void result_severalTexts_eachEndsItsLine() {
    lab.with("words", p -> p.result("words", p.fanOut("words", local(RunCommandsTest::words))));
    lab.run("run", "words");

    assertThat(lab.run("result", "words").out()).isEqualTo("one\ntwo\n");
    assertThat(lab.run("result", "words:0").out()).isEqualTo("one");
  }

  @Test
  void result_textAskedFor_endsItsLineOnStandardOutputAndIsExactInAFile() throws Exception {
    lab.run("run", "squares");

    assertThat(lab.run("result", "total", "--format", "text").out()).isEqualTo("the sum is 30\n");
    lab.run("result", "total", "--format", "text", "--output", "total.txt");
    assertThat(folder.resolve("total.txt")).hasContent("the sum is 30").hasSize(13);
  }

  @Test
  void runs_logsWhileTheFirstStepRuns_nothingWasPrintedYet() throws Exception {
    ScriptedRun run = Pipelines.warm("20261121-072007-7f3a");
    BegunJournal.write(folder.resolve(".reprise/runs"), run.header(), run);

    Ran ran = lab.run("runs", "logs", "latest");

    assertThat(ran.err()).isEqualTo("nothing was printed\n");
    assertThat(ran.exit()).isZero();
  }

  @Test
  void help_ofHelp_isThatOfTheProgram() {
    String usage = lab.run("help").out();

    assertThat(usage).startsWith("Usage: reprise COMMAND");
    assertThat(lab.run("help", "help").out()).isEqualTo(usage);
    assertThat(lab.run("help", "--help").out()).isEqualTo(usage);
  }

  @Test
  void run_dryRunForScripts_isOneLineOfJson() {
    Ran ran = lab.run("run", "squares", "--dry-run", "--console=json");

    assertThat(ran.out().lines())
        .singleElement()
        .asString()
        .startsWith("{\"schema\":1,\"event\":\"plan\"");
  }

  static List<String> words() {
    return List.of("one", "two\n");
  }

  @Test
  void why_nameLongerThanAnyColumn_hasALineOfItsOwn() {
    lab.with(
        "long",
        p ->
            p.step(
                "long",
                local(RunCommandsTest::methodWithANameThatIsFarLongerThanAnyColumnShouldBe)));
    lab.run("run", "long");

    List<String> parts =
        lab.run("why", "long", "-v").out().lines().filter(line -> line.startsWith("  ")).toList();

    int column = parts.get(0).indexOf("dev.reprise");
    String task = parts.get(0);
    assertThat(task).startsWith("  task   ");
    String name =
        parts.stream().filter(line -> line.matches(" {2}code .*#.*")).findFirst().orElseThrow();
    assertThat(name)
        .contains("#methodWithANameThatIsFarLongerThanAnyColumnShouldBe")
        .endsWith("()java.lang.String");
    assertThat(parts.get(parts.indexOf(name) + 1)).matches(" {%d}[0-9a-f]+…?.*".formatted(column));
  }

  static String methodWithANameThatIsFarLongerThanAnyColumnShouldBe() {
    return "long";
  }

  @Test
  @Shows("Dagster 14")
  void run_secondTime_reusesEverything() {
    lab.run("run", "squares");

    Ran ran = lab.run("run", "squares");

    assertThat(ran.exit()).isZero();
    assertThat(ran.lastLine()).startsWith("8 cached · 0 ran · 0 failed   wall ");
    assertThat(ran.out().lines().filter(line -> line.startsWith("CACHED"))).hasSize(4);
  }

  @Test
  @Shows("Uniflow 12")
  void run_parameterChanged_runsWhatDependsOnItAlone() {
    lab.run("run", "squares");

    Ran ran = lab.run("run", "squares", "--param", "add=1");

    assertThat(ran.lastLine()).startsWith("1 cached · 7 ran · 0 failed");
    assertThat(ran.out()).contains("RUN        square    5 units       ARG_CHANGED(add)\n");
    assertThat(lab.run("run", "squares").lastLine()).startsWith("8 cached · 0 ran");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--max-parallel=3000000",
        "--conf=local.memory=1t",
        "--conf=local.memory=100",
        "--conf=local.grace=30d",
        "--conf=local.grace=99999999999999d"
      })
  void run_engineOptionIsUnusuallyLargeOrSmall_isTaken(String option) {
    Ran ran = lab.run("run", "squares", option);

    assertThat(ran.err()).isEmpty();
    assertThat(ran.exit()).isZero();
  }

  @Test
  void run_engineOptionThatLeavesNoRoom_isBadUsage() {
    Ran ran = lab.run("run", "squares", "--conf", "local.memory=0");

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err())
        .isEqualTo(
            "error: --conf local.memory: 'local.memory' cannot be '0', wanted a size of more than 0,"
                + " such as 512MiB or 4g; leave it out for the default\n");
  }

  @Test
  void run_quiet_isTheLastLineAlone() {
    Ran ran = lab.run("run", "squares", "--quiet");

    assertThat(ran.out().lines()).hasSize(1);
    assertThat(ran.out()).startsWith("0 cached · 8 ran · 0 failed   wall ");
  }

  @Test
  void rerun_sourceOfFiles_isToldToBeNoStep() {
    lab.with(
        "read",
        p ->
            p.result(
                "n",
                p.step(
                    "n",
                    local(RunCommandsTest::count),
                    p.files("sources", Path.of("."), "*").all())));

    Ran ran = lab.run("run", "read", "--rerun", "sources");

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err())
        .contains("'sources' is a source of pipeline 'read'")
        .contains("name a step");
  }

  static int count(List<Path> files) {
    return files.size();
  }

  @Test
  void plan_consoleIsJson_isOneLineOfJson() {
    Ran ran = lab.run("plan", "squares", "--console=json");

    assertThat(ran.out()).startsWith("{\"schema\":1,").endsWith("}\n").doesNotContain("\n{");
  }

  @Test
  void run_rerunFrom_runsTheStepAndAllAfterIt() {
    lab.run("run", "squares");

    Ran ran = lab.run("run", "squares", "--rerun-from", "sum");

    assertThat(ran.lastLine()).startsWith("6 cached · 2 ran · 0 failed");
    assertThat(ran.out()).contains("FORCED");
  }

  @Test
  void run_cacheOff_neitherReadsNorKeeps() {
    lab.run("run", "squares");

    Ran ran = lab.run("run", "squares", "--cache=off", "-v");

    assertThat(ran.lastLine()).startsWith("0 cached · 8 ran · 0 failed");
    assertThat(ran.out()).contains("DISABLED(--cache=off)");
  }

  @Test
  void run_consoleJson_isObjectPerLineAndNothingElse() {
    lab.run("run", "squares");

    Ran ran = lab.run("run", "squares", "-p", "add=2", "--console=json");

    List<String> lines = ran.out().lines().toList();
    assertThat(lines).allMatch(line -> line.startsWith("{\"schema\":1,\"event\":\""));
    assertThat(lines.stream().filter(line -> line.contains("\"event\":\"unit\""))).hasSize(7);
    assertThat(lines.stream().filter(line -> line.contains("\"event\":\"step\""))).hasSize(4);
    assertThat(ran.lastLine())
        .contains("\"event\":\"run\"")
        .contains("\"state\":\"SUCCEEDED\",\"units\":8,\"outcomes\":{\"RAN\":7,\"CACHED\":1,");
  }

  @Test
  @Shows("Fault 54")
  void run_stepFails_namesItSkipsTheRestAndExitsWithOne() {
    Ran ran = lab.run("run", "squares", "--param", "bad=3", "--keep-going");

    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.err())
        .startsWith(
            """
            error: square:3 failed in attempt 1
              java.lang.IllegalArgumentException: 3 is bad
                at dev.reprise.cli.Squares.square(Squares.java:""")
        .contains("  next: reprise runs logs ");
    assertThat(ran.lastLine()).startsWith("0 cached · 5 ran · 1 failed · 2 skipped");
    Ran logs = lab.run("runs", "logs", "latest", "square:3");
    assertThat(logs.out())
        .startsWith("about to fail\njava.lang.IllegalArgumentException: 3 is bad\n    at ");
  }

  @Test
  void run_parameterFile_givesValuesThatParamOverrides() throws Exception {
    Files.writeString(folder.resolve("p.conf"), "add = 7, bad = 2");

    Ran ran = lab.run("run", "squares", "--params-file", "p.conf", "--param", "bad=-1");

    assertThat(ran.exit()).isZero();
    assertThat(lab.run("runs", "show").out()).contains("squares  add=7  bad=-1\n");
  }

  private static String same(String text) {
    return text;
  }

  /** A release 1.10 is not 1.1. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"p.conf | text = 1.10", "p.json | {\"text\": 1.10}", "p.properties | text=1.10"})
  void run_numberInAFileForATextParameter_isTakenAsItIsWritten(String name, String content)
      throws Exception {
    lab.with(
        "echo",
        p -> p.result("r", p.step("s", task(RunCommandsTest::same), p.param("text", "none"))));
    Files.writeString(folder.resolve(name), content);

    lab.run("run", "echo", "--params-file", name);

    assertThat(lab.run("result", "r").out()).isEqualTo("1.10");
  }

  @Test
  void run_timeoutPasses_exitsWithNine() {
    lab.with("slow", SlowPipeline::define);

    Ran ran = lab.run("run", "slow", "--timeout", "300ms");

    assertThat(ran.exit()).isEqualTo(9);
    assertThat(ran.err()).contains("longer than its deadline");
  }

  @Test
  void plan_beforeFirstRun_showsWhatIsKnown() {
    Ran ran = lab.run("plan", "squares");

    assertThat(ran.exit()).isZero();
    assertThat(ran.screen())
        .isEqualTo(
            """
            RUN        numbers   1 unit        NO_ENTRY
            UNKNOWN    square    units not known   behind numbers
            UNKNOWN    sum       1 unit        behind square
            UNKNOWN    report    1 unit        behind sum
            0 cached · 1 to run · 2 unknown · 1 step of unknown size   saves TIME   planned in TIME
            """);
    assertThat(folder.resolve(".reprise")).doesNotExist();
  }

  @Test
  void plan_afterRunWithOtherParameter_showsHitsReasonsAndTimeSaved() {
    lab.run("run", "squares");

    Ran ran = lab.run("plan", "squares", "--param", "add=1");

    assertThat(ran.screen())
        .isEqualTo(
            """
            HIT        numbers   1 unit        saves TIME
            RUN        square    5 units       ARG_CHANGED(add)
            UNKNOWN    sum       1 unit        behind square
            UNKNOWN    report    1 unit        behind sum
            1 cached · 5 to run · 2 unknown   saves TIME   planned in TIME
            """);
    assertThat(lab.run("run", "squares", "--dry-run", "-p", "add=1").screen())
        .isEqualTo(ran.screen());
    assertThat(lab.run("runs", "ls").out().lines()).hasSize(2);
  }

  @Test
  void plan_verbose_showsEachUnit() {
    lab.run("run", "squares");

    Ran ran = lab.run("plan", "squares", "-v");

    assertThat(ran.out().lines().filter(line -> line.contains("  square:"))).hasSize(5);
  }

  @Test
  void plan_outputJson_hasStepsAndUnitsThatAreNotCached() {
    lab.run("run", "squares");

    Ran ran = lab.run("plan", "squares", "-p", "add=9", "--output", "json");

    assertThat(ran.out())
        .contains("\"schema\" : 1", "\"event\" : \"plan\"", "\"saved_seconds\"")
        .contains("\"decision\" : \"HIT\"", "\"decision\" : \"UNKNOWN\"")
        .contains("\"code\" : \"ARG_CHANGED\"", "\"detail\" : \"add\"");
  }

  @Test
  void why_unitThatRan_tellsReasonAndWhatChanged() {
    lab.run("run", "squares");
    lab.run("run", "squares", "-p", "add=1");

    Ran ran = lab.run("why", "square:3");

    assertThat(ran.screen())
        .isEqualTo(
            """
            square:3   run RUN of squares, WHEN

            RAN in TIME: ARG_CHANGED(add)

            changed       before  now
            argument add  0       1

            key KEY
            """);
    assertThat(lab.run("why", "square:3", "-v").out())
        .contains("  task ", "  signature ", "  code dev.reprise.cli.Squares#square(")
        .contains("  argument add ", "1  (");
  }

  @Test
  void why_unitThatWasReused_tellsFromWhere() {
    lab.run("run", "squares");
    lab.run("run", "squares");

    Ran ran = lab.run("why", "sum");

    assertThat(ran.screen()).contains("CACHED: made by run RUN, WHEN, on ");
  }

  @Test
  void why_stepOfManyUnits_putsThemTogether() {
    lab.run("run", "squares");
    lab.run("run", "squares", "-p", "add=1");

    Ran ran = lab.run("why", "square");

    assertThat(ran.out()).contains("RAN: ARG_CHANGED(add)   5 units   0 … 4\n");
  }

  @Test
  void why_outputJson_hasChangedPartOldAndNew() {
    lab.run("run", "squares");
    lab.run("run", "squares", "-p", "add=1");

    Ran ran = lab.run("why", "square:1", "--output", "json");

    assertThat(ran.out().replaceAll("\\s+", ""))
        .contains("\"changed\":[{\"part\":\"argumentadd\",\"old\":\"0\",\"new\":\"1\"}]")
        .contains("\"outcome\":\"RAN\",\"reason\":{\"code\":\"ARG_CHANGED\",\"detail\":\"add\"}");
  }

  @Test
  void runs_lsAndShow_tellOfEveryRun() {
    lab.run("run", "squares");
    lab.run("run", "squares", "-p", "bad=0", "--label", "team=blue");

    assertThat(lab.run("runs", "ls").out().lines()).hasSize(3);
    Ran shown = lab.run("runs", "show", "latest");
    assertThat(shown.out())
        .contains("state      FAILED, exit code 1\n", "labels     team=blue\n")
        .contains("square:0 failed in attempt 1\n")
        .contains("command    reprise run squares -p bad=0 --label team=blue\n");
    assertThat(lab.run("runs", "show", "latest", "--output", "json").out())
        .contains("\"state\" : \"FAILED\"", "\"event\" : \"run\"");
  }
}
