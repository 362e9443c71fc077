package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cli.CliLab.Ran;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Mistakes on the command line: each has a message of its own and exit code 2. */
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
          run squares --param add            | --param: 'add' should be written as NAME=VALUE
          run squares --label add            | --label: 'add' should be written as NAME=VALUE
          run squares --conf add             | --conf: 'add' should be written as KEY=VALUE
          run squares --param                | Missing required parameter for option '--param'
          run squares more                   | Unmatched argument at index 1: 'more'
          run squares --keep-going=maybe     | 'maybe'
          run squares -h --param add         | --param: 'add' should be written as NAME=VALUE
          run squares --cache=onn            | --cache: 'cache' cannot be 'onn', wanted one of on, off, read, write, refresh, require
          run squares --console=jsno         | 'console' cannot be 'jsno', wanted one of auto, rich, plain, json
          run squares --timeout=soon         | --timeout: 'timeout' cannot be 'soon', wanted a duration of more than 0, such as 90s
          run squares --timeout=0s           | --timeout: 'timeout' cannot be '0s', wanted a duration of more than 0, such as 90s, 15m or 2h; leave it out for none
          run squares --lock-timeout=1x      | --lock-timeout: 'lock-timeout' cannot be '1x', wanted a duration
          run squares --max-parallel=-1      | --max-parallel: 'max-parallel' cannot be '-1', wanted a whole number, 0 or more
          run squares --audit -5%            | --audit cannot be '-5%': a share is above 0% and at most 100%
          run squares --audit=-5%            | --audit cannot be '-5%': a share is above 0% and at most 100%
          run squares --partitions -5        | --partitions: '-5' should be written as NAME=FROM..TO
          run squares --conf lock-timeot=1s  | there is no setting 'lock-timeot'; did you mean 'lock-timeout'?
          run squares --rerun squre          | pipeline 'squares' has no step 'squre' (it has numbers, square, sum, report); did you mean 'square'?
          run squares --only squre           | pipeline 'squares' has no step 'squre' (it has numbers, square, sum, report); did you mean 'square'?
          run squares --params-file no.conf  | no.conf does not exist
          run --jar no.jar Squares           | there is no jar or folder
          plan squares --output xml          | --output cannot be 'xml', wanted one of text, json
          why square                         | there are no runs in
          why                                | Missing required parameter: 'STEP'
          cluster                            | Missing required subcommand
          cluster ray start --cpus 2         | clusters are started by the launcher: call ./reprise
          cluster ray start --cpu 2          | '--cpus'
          runs                               | Missing required subcommand
          runs ls --limit=-1                 | --limit cannot be -1, wanted 0 or more
          runs show 7f3a                     | there are no runs in
          runs sho                           | Unmatched argument
          """)
  void command_badArguments_exitsWithTwoAndSaysWhat(String command, String message) {
    Ran ran = lab.run(command.split(" "));

    assertThat(ran.err())
        .startsWith("error: ")
        .contains(message)
        .doesNotContain("\tat ", "Exception");
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
  void run_parametersFileThatIsNotThere_namesItOnceAndNoClass() {
    Ran ran = lab.run("run", "squares", "--params-file", "no.conf");

    assertThat(ran.err())
        .isEqualTo("error: --params-file " + folder.resolve("no.conf") + " does not exist\n");
  }

  @Test
  void run_parametersFileWithMistake_namesItOnce() throws Exception {
    Path file = Files.writeString(folder.resolve("p.conf"), "add = [1");

    Ran ran = lab.run("run", "squares", "--params-file", "p.conf");

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).containsOnlyOnce(file.toString()).contains("p.conf: 1: ");
  }

  @Test
  void run_parameterIsNullInFile_isNoDefaultButAMistake() throws Exception {
    Path file = Files.writeString(folder.resolve("p.json"), "{\n\"add\": null}");

    Ran ran = lab.run("run", "squares", "--params-file", "p.json");

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err())
        .isEqualTo(
            "error: %s:2: parameter 'add' is null; give it a value, or leave it out for its default\n"
                .formatted(file));
  }

  @Test
  void runsLs_noRunsOfThatPipeline_saysWhichThereAre() {
    assertThat(lab.run("runs", "ls", "--pipeline", "squars").err()).isEqualTo("no runs yet\n");
    lab.run("run", "squares");

    Ran ran = lab.run("runs", "ls", "--pipeline", "squars");

    assertThat(ran.exit()).isZero();
    assertThat(ran.err())
        .isEqualTo("no runs of a pipeline 'squars', only of squares; did you mean 'squares'?\n");
  }

  @Test
  void plan_optionsOfRunThatChangeNothing_areTakenAndNotListed() {
    Ran ran = lab.run("plan", "squares", "--keep-going", "--timeout", "1h", "--max-parallel=1");
    assertThat(ran.exit()).isZero();

    assertThat(lab.run("plan", "--help").out())
        .contains("--rerun-from", "--executor")
        .doesNotContain("--keep-going", "--timeout", "--max-parallel", "--console", "--label");
    assertThat(lab.run("run", "--help").out()).contains("--keep-going", "--timeout", "--console");
  }

  @Test
  void help_ofCacheModes_saysWhatEachDoes() {
    assertThat(lab.run("run", "--help").out())
        .containsSubsequence(
            " on: ", " off: ", " read: ", " write: ", " refresh: ", " require: as on, but");
  }

  @Test
  void help_ofCache_hasASentenceForEachCommand() {
    assertThat(lab.run("cache", "--help").out())
        .contains("Checks that all that is kept is as it was written.\n")
        .contains("Puts back into the index what the store holds.\n");
  }

  @Test
  void help_ofClasspath_hasExamplesThatAShellTakes() {
    assertThat(lab.run("classpath", "--help").out())
        .contains("  java @jvm.options -cp ")
        .contains("-cp \"$(reprise classpath):classes\" Mine run\n");
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
        "cluster",
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
}
