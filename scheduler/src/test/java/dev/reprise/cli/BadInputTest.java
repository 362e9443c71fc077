package dev.reprise.cli;

import static dev.reprise.task.Tasks.local;
import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Driver;
import dev.reprise.api.NamedPipeline;
import dev.reprise.api.Pipeline;
import dev.reprise.cli.CliLab.Ran;
import dev.reprise.home.HomeOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each mistake has a message of its own and an exit code; nobody sees a bare stack trace. */
class BadInputTest {
  @TempDir Path folder;
  private CliLab lab;

  @BeforeEach
  void offerSquares() {
    lab = new CliLab(folder).with("squares", Squares::define);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          rnu                                | there is no command 'rnu' ('reprise --help' lists all); did you mean 'run'?
          --home x run squares               | a command comes first, options after it
          run                                | Missing required parameter: 'PIPELINE'
          run squars                         | there is no pipeline 'squars' ('reprise examples' lists those there are, --jar takes one of your own); did you mean 'squares'?
          run squares --parm add=1           | Unknown options: '--parm', 'add=1'; did you mean '--param'?
          run squares --param ad=1           | pipeline 'squares' has no parameter 'ad' (it has add, bad); did you mean 'add'?
          run squares --param add=x          | parameter 'add' cannot be 'x': wanted a whole number
          run squares --param add            | --param: 'add' should be written as KEY=VALUE
          run squares --param                | Missing required parameter for option '--param'
          run squares more                   | Unmatched argument at index 1: 'more'
          run squares --keep-going=maybe     | 'maybe'
          run squares -h --param add         | --param: 'add' should be written as KEY=VALUE
          run squares --cache=onn            | --cache: 'cache' cannot be 'onn', wanted one of on, off, read, write, refresh, require
          run squares --console=jsno         | 'console' cannot be 'jsno', wanted one of auto, rich, plain, json
          run squares --timeout=soon         | --timeout: 'timeout' cannot be 'soon', wanted a duration, such as 90s
          run squares --lock-timeout=1x      | --lock-timeout: 'lock-timeout' cannot be '1x', wanted a duration
          run squares --max-parallel=-1      | --max-parallel: 'max-parallel' cannot be '-1', wanted a whole number, 0 or more
          run squares --conf lock-timeot=1s  | there is no setting 'lock-timeot'; did you mean 'lock-timeout'?
          run squares --rerun squre          | pipeline 'squares' has no step 'squre'; did you mean 'square'?
          run squares --only squre           | pipeline 'squares' has no step 'squre'; did you mean 'square'?
          run squares --params-file no.conf  | no.conf
          run --jar no.jar Squares           | there is no jar or folder
          plan squares --output xml          | --output cannot be 'xml', wanted one of text, json
          why square                         | there are no runs in
          why                                | Missing required parameter: 'STEP'
          runs                               | Missing required subcommand
          runs show 7f3a                     | there are no runs in
          runs sho                           | Unmatched argument
          """)
  void command_badArguments_exitsWithTwoAndSaysWhat(String command, String message) {
    Ran ran = lab.run(command.split(" "));

    assertThat(ran.err()).startsWith("error: ").contains(message).doesNotContain("\tat ");
    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          why squre          | of pipeline 'squares' has no step 'squre' (it has numbers, square, sum, report); did you mean 'square'?
          why square:9       | step 'square' has no partition '9': it has 5, numbered from 0
          why square:x       | step 'square' has no partition 'x'
          why sum --run 9z   | no run '9z' in
          runs logs nope     | no run 'nope' in
          """)
  void history_nothingOfThatName_exitsWithTwoAndNamesTheNearest(String command, String message) {
    lab.run("run", "squares");

    Ran ran = lab.run(command.split(" "));

    assertThat(ran.err()).contains(message);
    assertThat(ran.exit()).isEqualTo(2);
  }

  @Test
  void run_configurationFileWithUnknownKey_namesFileLineAndNearest() throws Exception {
    Files.writeString(folder.resolve("reprise.conf"), "executor = local\nmax-paralel = 3\n");

    Ran ran = lab.run("run", "squares");

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err())
        .contains(
            "reprise.conf:2: there is no setting 'max-paralel'; did you mean 'max-parallel'?");
  }

  @Test
  void run_cycle_exitsWithThreeAndShowsThePath() {
    lab.with(
        "loop",
        p -> {
          var b = p.ref("b", String.class);
          var a = p.step("a", local(BadInputTest::same), b);
          p.step("b", local(BadInputTest::same), a);
        });

    Ran ran = lab.run("run", "loop");

    assertThat(ran.exit()).isEqualTo(3);
    assertThat(ran.err()).contains("pipeline 'loop' has a cycle: ").contains(" -> ");
  }

  @Test
  void run_definitionThrows_exitsWithThreeAndSaysWhatAndWhere() throws Exception {
    lab.with(
        "broken",
        p -> {
          throw new IllegalStateException("no such table");
        });

    Ran ran = lab.run("plan", "broken");

    assertThat(ran.exit()).isEqualTo(3);
    assertThat(ran.err())
        .startsWith(
            "error: the definition of pipeline 'broken' threw java.lang.IllegalStateException: no"
                + " such table\n  see the stack trace in ");
    assertNamesTrace(ran, "IllegalStateException: no such table");
  }

  @Test
  void anyCommand_bug_exitsWithSeventyAndNamesFileWithTheTrace() throws Exception {
    lab.with(
        new NamedPipeline() {
          @Override
          public String name() {
            return "buggy";
          }

          @Override
          public String description() {
            throw new NullPointerException("oops");
          }

          @Override
          public void define(Pipeline.Builder pipeline) {}
        });

    Ran ran = lab.run("examples");

    assertThat(ran.exit()).isEqualTo(70);
    assertThat(ran.err())
        .startsWith("error: internal error: java.lang.NullPointerException: oops\n");
    assertNamesTrace(ran, "NullPointerException: oops");
  }

  private static void assertNamesTrace(Ran ran, String exception) throws IOException {
    Path file = Path.of(ran.err().strip().replaceAll("(?s).* ", ""));
    assertThat(Files.readString(file)).contains(exception, "\tat ");
    Files.delete(file);
  }

  @Test
  void run_executorThatIsNotThere_exitsWithFourAndNamesThoseThatAre() {
    lab.with("anywhere", p -> p.step("a", task(BadInputTest::one)));

    Ran ran = lab.run("run", "anywhere", "--executor", "sparck");

    assertThat(ran.exit()).isEqualTo(4);
    assertThat(ran.err()).contains("there is no executor 'sparck'").contains("local");
  }

  @Test
  void run_fileInTheWayOfHome_goesOnWithoutCacheAndSaysSo() throws Exception {
    Files.writeString(folder.resolve("home"), "in the way");

    Ran ran = lab.run("run", "squares", "--home", "home");

    assertThat(ran.exit()).isZero();
    assertThat(ran.err()).contains("warning: ").contains("home").contains("cannot be written");
    assertThat(ran.lastLine()).startsWith("0 cached · 8 ran · 0 failed");
  }

  @Test
  void run_homeHeldByAnother_waitsShowsOwnerAndExitsWithSeven() throws Exception {
    Path home = folder.resolve(".reprise");
    try (Driver other = Driver.open(HomeOptions.at(home), "reprise run other")) {
      assertThat(other.warnings()).isEmpty();

      Ran ran = lab.run("run", "squares", "--lock-timeout", "1s");

      assertThat(ran.exit()).isEqualTo(7);
      assertThat(ran.err())
          .contains("pid " + ProcessHandle.current().pid(), "(reprise run other)", "--cache=read");
      assertThat(lab.run("plan", "squares").exit()).isZero();
      assertThat(lab.run("runs", "ls").exit()).isZero();
      assertThat(lab.run("run", "squares", "--cache=read").exit()).isZero();
    }
  }

  @Test
  void run_nameOfTenKilobytes_isQuotedInPart() {
    Ran ran = lab.run("run", "x".repeat(10_000));

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).hasSizeLessThan(400);
  }

  @Test
  void run_controlCharactersInArguments_areNotPrinted() {
    Ran ran = lab.run("run", "squ\u001b[31mares\u0007");

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).doesNotContain("\u001b").contains("\\u{1b}[31m");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "demo",
        "examples",
        "run",
        "plan",
        "why",
        "runs",
        "runs ls",
        "runs show",
        "runs logs",
        "version",
        "classpath",
        "completion"
      })
  void help_ofEveryCommand_hasUsageExampleAndExitCodes(String command) {
    Ran ran = lab.run((command + " --help").strip().split(" "));

    assertThat(ran.exit()).isZero();
    assertThat(ran.out()).startsWith("Usage: reprise");
    if (!command.equals("runs")) {
      assertThat(ran.out()).contains("Exit codes:");
    }
    if (!command.isEmpty()) {
      assertThat(ran.out()).contains("Example");
    }
  }

  static String same(String value) {
    return value;
  }

  static int one() {
    return 1;
  }
}
