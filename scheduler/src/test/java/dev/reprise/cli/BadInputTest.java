package dev.reprise.cli;

import static dev.reprise.task.Tasks.local;
import static dev.reprise.task.Tasks.localAction;
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
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
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
          run squares --conf lock-timeot=1s  | there is no setting 'lock-timeot'; did you mean 'lock-timeout'?
          run squares --rerun squre          | pipeline 'squares' has no step 'squre'; did you mean 'square'?
          run squares --only squre           | pipeline 'squares' has no step 'squre'; did you mean 'square'?
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

  @ParameterizedTest
  @ValueSource(strings = {"run", "plan"})
  void command_storeOfAnotherVersion_isSaidOfTheStore(String command) throws Exception {
    Path store = folder.resolve(".reprise/store");
    lab.run("run", "squares");
    Files.writeString(store.resolve("reprise-store"), "7\n");

    Ran ran = lab.run(command, "squares");

    assertThat(ran.exit()).isZero();
    assertThat(ran.err())
        .contains("keep")
        .contains("nothing: the result store " + store + " has layout version '7'")
        .contains("name another store with --store")
        .doesNotContain("--home", "Exception");
    assertThat(lab.run("doctor").out())
        .containsPattern("fail  store +the result store .* has layout version '7'")
        .containsPattern("warn  index +not looked into");
  }

  @Test
  void run_fileInTheWayOfStoreOrRuns_namesThatFile() throws Exception {
    Path home = Files.createDirectory(folder.resolve(".reprise"));
    Path store = Files.writeString(home.resolve("store"), "in the way");

    assertThat(lab.run("run", "squares").err())
        .isEqualTo(
            "warning: the run keeps nothing and reuses nothing: the result store %s is a file; move it away, or name another folder with --store\n"
                .formatted(store));

    Files.delete(store);
    Files.walk(home.resolve("runs"))
        .sorted(Comparator.reverseOrder())
        .forEach(path -> path.toFile().delete());
    Path runs = Files.writeString(home.resolve("runs"), "in the way");
    assertThat(lab.run("run", "squares").err())
        .contains("home %s cannot be written (%s is a file, move it away)".formatted(home, runs));
  }

  static List<Arguments> invalidPipelines() {
    return List.of(
        invalid(
            "pipeline 'bad' has a cycle: a -> b -> a; remove one of these inputs",
            p -> {
              var b = p.ref("b", String.class);
              var a = p.step("a", local(BadInputTest::same), b);
              p.step("b", local(BadInputTest::same), a);
            }),
        invalid(
            "pipeline 'bad' has a cycle: a -> a; remove one of these inputs",
            p -> p.step("a", local(BadInputTest::same), p.ref("a", String.class))),
        invalid(
            "pipeline 'bad' has two steps named 'a'; rename one",
            p -> {
              p.step("a", local(BadInputTest::one));
              p.step("a", local(BadInputTest::one));
            }),
        invalid(
            "pipeline 'bad' has two results named 'r'; rename one",
            p -> {
              p.result("r", p.step("a", local(BadInputTest::one)));
              p.result("r", p.step("b", local(BadInputTest::one)));
            }),
        invalid(
            "parameter 'n' is declared twice with different defaults, '1' and '2'",
            p -> {
              p.param("n", 1);
              p.param("n", 2);
            }),
        invalid(
            "pipeline 'bad' refers to step 'clena', which it does not have; did you mean 'clean'?",
            p -> {
              p.step("a", local(BadInputTest::same), p.ref("clena", String.class));
              p.step("clean", local(BadInputTest::one));
            }),
        invalid(
            "step 'b' takes java.lang.String from 'a', which gives"
                + " dev.reprise.cli.BadInputTest$Pair; refer to it by that class",
            p -> {
              p.step("b", local(BadInputTest::same), p.ref("a", String.class));
              p.step("a", local(BadInputTest::pair));
            }),
        invalid(
            "step 'b' takes java.lang.String from 'in.a', which gives java.lang.Integer; refer"
                + " to it by that class",
            p -> {
              p.perPartition("b", local(BadInputTest::same), p.refPartitions("in.a", String.class));
              p.nested(
                  "in",
                  in ->
                      in.perPartition(
                          "a",
                          local(BadInputTest::count),
                          in.fanOut("c", local(() -> List.of("x")))));
            }),
        invalid(
            "result 'r' takes java.lang.String from 'a', which gives dev.reprise.task.Receipt;"
                + " refer to it by that class",
            p -> {
              p.step("a", localAction(BadInputTest::one));
              p.result("r", p.ref("a", String.class));
            }),
        invalid("pipeline 'bad' has no steps; add one with step(...)", p -> {}),
        invalid(
            "bad name of a step: '%s… (10240 characters)'; use 1 to 200 letters, digits, '.', '_'"
                    .formatted("x".repeat(80))
                + " and '-'",
            p -> p.step("x".repeat(10_240), local(BadInputTest::one))),
        invalid(
            "bad name of a step: 'a\\u{1b}[31mb\\u{7}'; use 1 to 200 letters, digits, '.', '_' and"
                + " '-'",
            p -> p.step("a\u001b[31mb\u0007", local(BadInputTest::one))));
  }

  record Pair(String first, String second) {}

  static Pair pair() {
    return new Pair("one", "two");
  }

  static int count(String text) {
    return text.length();
  }

  private static Arguments invalid(String message, Pipeline.Definition definition) {
    return Arguments.of(message, definition);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("invalidPipelines")
  void run_invalidPipeline_exitsWithThreeAndSaysWhat(String message, Pipeline.Definition bad) {
    lab.with("bad", bad);

    Ran ran = lab.run("run", "bad");

    assertThat(ran.err()).isEqualTo("error: " + message + "\n");
    assertThat(ran.exit()).isEqualTo(3);
    assertThat(ran.out()).isEmpty();
    assertThat(lab.run("plan", "bad").exit()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          absent | *.csv | source 'in': folder {}/absent does not exist; check the path
          a.txt  | *.csv | source 'in': folder {}/a.txt is not a folder; check the path
          .      | *.csv | source 'in': no file in {} matches '*.csv'; check the pattern or add files
          .      | [a    | source 'in': bad pattern '[a': Missing ']'
          .      | {a    | source 'in': bad pattern '{a': Missing '}'
          a.csv  |       | source 'in': {}/a.csv does not exist; check the path
          """)
  void run_filesThatAreNotThere_exitsWithThreeAndNamesThem(
      String path, @Nullable String pattern, String message) throws Exception {
    Files.writeString(folder.resolve("a.txt"), "text");
    lab.with(
        "files",
        p -> {
          var in = p.param("in", Path.of("in"));
          if (pattern == null) {
            p.result("r", p.file("in", in));
          } else {
            p.result("r", p.files("in", in, pattern));
          }
        });

    Ran ran = lab.run("run", "files", "--param", "in=" + folder.resolve(path).normalize());

    assertThat(ran.err()).startsWith("error: " + message.replace("{}", folder.toString()) + "\n");
    assertThat(ran.exit()).isEqualTo(3);
    assertThat(ran.out()).isEmpty();
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

  @ParameterizedTest
  @ValueSource(strings = {"run", "plan", "run --dry-run"})
  void command_executorThatIsNotThereAndAllIsCached_exitsWithFour(String command) {
    lab.with("anywhere", p -> p.step("a", task(BadInputTest::one)));
    lab.run("run", "anywhere");

    Ran ran = lab.run((command + " anywhere --executor nosuch").split(" "));

    assertThat(ran.exit()).isEqualTo(4);
    assertThat(ran.err())
        .startsWith("error: there is no executor 'nosuch' here, only ")
        .endsWith("put its plugin on the class path or name another with --executor\n");
    assertThat(ran.out()).isEmpty();
  }

  @Test
  void run_lessFreeThanTheFloor_keepsNothingAndSaysSoOnce() {
    Ran ran = lab.run("run", "squares", "--conf", "store-free-space-floor=900TiB");

    assertThat(ran.exit()).isZero();
    assertThat(ran.err())
        .containsOnlyOnce("warning: ")
        .startsWith("warning: nothing is kept: the disk of " + folder)
        .contains("less than the 943718400 MiB of store-free-space-floor; free some space, or");
    assertThat(lab.run("run", "squares").lastLine()).startsWith("0 cached · 8 ran · 0 failed");
    assertThat(lab.run("run", "squares", "--conf", "store-free-space-floor=900TiB").lastLine())
        .startsWith("8 cached · 0 ran · 0 failed");
  }

  @Test
  void run_fileInTheWayOfHome_goesOnWithoutCacheAndSaysSo() throws Exception {
    Files.writeString(folder.resolve("home"), "in the way");

    Ran ran = lab.run("run", "squares", "--home", "home");

    assertThat(ran.exit()).isZero();
    assertThat(ran.err())
        .isEqualTo(
            "warning: home %s cannot be written (it is a file): the run keeps nothing and reuses nothing; use --home to name another\n"
                .formatted(folder.resolve("home")));
    assertThat(ran.lastLine()).startsWith("0 cached · 8 ran · 0 failed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"on", "read"})
  void run_homeThatCannotBeWritten_reusesWhatItHoldsAndSaysSo(String cache) throws Exception {
    lab.run("run", "squares"); // FAULTS row 23
    Path home = folder.resolve(".reprise");
    Files.move(home.resolve("runs"), folder.resolve("away"));
    Files.writeString(home.resolve("runs"), "in the way");

    Ran ran = lab.run("run", "squares", "--cache", cache);

    assertThat(ran.exit()).isZero();
    assertThat(ran.lastLine()).startsWith("8 cached · 0 ran · 0 failed");
    assertThat(ran.err())
        .isEqualTo(
            "warning: home %s cannot be written (%s is a file, move it away): the run has no journal and keeps nothing, and reuses what the home holds; use --home to name another\n"
                .formatted(home, home.resolve("runs")));
    Ran required = lab.run("run", "squares", "--cache", "require");
    assertThat(required.exit()).isEqualTo(5);
    assertThat(required.err()).contains("the cache is required, and home");
  }

  @Test
  void run_homeHeldByAnother_waitsShowsOwnerAndExitsWithSeven() throws Exception {
    Path home = folder.resolve(".reprise");
    try (Driver other = Driver.open(HomeOptions.at(home), "reprise run other")) {
      assertThat(other.warnings()).isEmpty();

      Ran ran = lab.run("run", "squares", "--lock-timeout", "1s");

      assertThat(ran.exit()).isEqualTo(7);
      String holder = "held by pid " + ProcessHandle.current().pid() + " on host ";
      assertThat(ran.err())
          .startsWith("waiting: index " + holder)
          .contains("error: the index " + home.resolve("index") + " is " + holder)
          .containsPattern(" since \\d{4}-\\d\\d-\\d\\dT[0-9:]{8}Z \\(reprise run other\\)")
          .endsWith(
              "wait for it to end, raise --lock-timeout, or run with --cache=read or another"
                  + " --home\n");
      assertThat(lab.run("plan", "squares").exit()).isZero();
      assertThat(lab.run("runs", "ls").exit()).isZero();
      assertThat(lab.run("run", "squares", "--cache=read").exit()).isZero();
    }
  }

  @Test
  void run_onlyStepWhoseInputIsNotKept_exitsWithThreeAndNamesTheOption() {
    Ran ran = lab.run("run", "squares", "--only", "report");

    assertThat(ran.exit()).isEqualTo(3);
    assertThat(ran.err())
        .isEqualTo(
            "error: step 'report' was selected and needs 'numbers', whose result is not in the"
                + " cache; add --only numbers\n");
    assertThat(ran.out()).contains("SKIPPED    numbers   1 unit        NOT_SELECTED\n");
  }

  // ---- what user code does wrong ----------------------------------------------------------------

  private record Holder(String name, Object inner) {}

  private static final class Handle {}

  private static String join(int one, Object any) {
    return one + " " + any.getClass().getSimpleName();
  }

  @Test
  void run_argumentWithoutCanonicalForm_runsUncachedAndSaysWhichAndWhy() {
    lab.with(
        "keyless",
        p -> {
          var one = p.step("one", task(BadInputTest::one));
          Holder holder = new Holder("h", Map.of("k", List.of(new Handle())));
          p.result("r", p.step("join", task(BadInputTest::join), one, p.value(holder)));
        });
    lab.run("run", "keyless");

    Ran ran = lab.run("run", "keyless");

    assertThat(ran.exit()).isZero();
    assertThat(ran.lastLine()).startsWith("1 cached · 1 ran · 0 failed");
    assertThat(ran.out())
        .contains(
            "RUN        join   1 unit        KEY_UNAVAILABLE(any: .inner[\"k\"][0]:"
                + " dev.reprise.cli.BadInputTest$Handle has no canonical form; make it a record,"
                + " or pass what it is made of)\n");
    assertThat(lab.run("why", "join").out()).contains("KEY_UNAVAILABLE(any: .inner[\"k\"][0]: ");
  }

  @Test
  void run_capturedValueWithoutForm_runsUncachedAndNamesClassAndField() {
    lab.with(
        "capturing",
        p -> {
          Holder holder = new Holder("h", new Handle());
          p.result("r", p.step("name", task(() -> holder.name())));
        });

    Ran ran = lab.run("run", "capturing");

    assertThat(ran.exit()).isZero();
    assertThat(ran.out())
        .contains(
            "KEY_UNAVAILABLE(captured value 1: .inner: dev.reprise.cli.BadInputTest$Handle has no"
                + " canonical form; ");
  }

  @Test
  void run_resultWithoutCodec_failsAndNamesClassAndField() {
    lab.with(
        "stream", p -> p.result("r", p.step("open", task(() -> new Holder("h", new Handle())))));

    Ran ran = lab.run("run", "stream");

    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.err())
        .startsWith("error: open failed in attempt 1\n")
        .contains(
            "the result, a dev.reprise.cli.BadInputTest$Holder, cannot be encoded: .inner:"
                + " dev.reprise.cli.BadInputTest$Handle")
        .containsOnlyOnce(".inner:");
  }

  private static String fail(int number) {
    if (number == 3) {
      throw new IllegalStateException("cannot do it", new IOException("disk gone"));
    }
    return "fine " + number;
  }

  @Test
  void run_userCodeThrows_keepsCauseNamesPartitionAndSkipsTheRest() {
    lab.with(
        "failing",
        p -> {
          var numbers = p.fanOut("numbers", task(Squares::numbers));
          var texts = p.perPartition("text", task(BadInputTest::fail), numbers);
          p.result("r", p.perPartition("again", task(BadInputTest::same), texts));
        });

    Ran ran = lab.run("run", "failing", "--keep-going");

    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.err())
        .startsWith(
            """
            error: text:3 failed in attempt 1
              java.lang.IllegalStateException: cannot do it
                at dev.reprise.cli.BadInputTest.fail(BadInputTest.java:""")
        .contains("\n  caused by java.io.IOException: disk gone\n");
    assertThat(ran.lastLine()).startsWith("0 cached · 9 ran · 1 failed · 1 skipped");
    assertThat(ran.out()).contains("UPSTREAM_FAILED(text) 3");
    assertThat(lab.run("runs", "logs", "latest", "text:3").out())
        .contains("Caused by: java.io.IOException: disk gone");
  }

  private static int tooMuch() {
    return new byte[Integer.MAX_VALUE].length; // more than any JVM gives
  }

  @Test
  void run_unitOutOfMemory_failsAloneAndSaysWhatToDo() {
    lab.with(
        "greedy",
        p -> {
          p.result("much", p.step("much", task(BadInputTest::tooMuch)));
          p.result("one", p.step("one", task(BadInputTest::one)));
        });

    Ran ran = lab.run("run", "greedy", "--keep-going");

    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.err())
        .startsWith("error: much failed in attempt 1\n  java.lang.OutOfMemoryError: ")
        .contains("give it more with -Xmx", ".memory(bytes)");
    assertThat(ran.lastLine()).startsWith("0 cached · 1 ran · 1 failed");
  }

  // ---- names ------------------------------------------------------------------------------------

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

  static String same(String value) {
    return value;
  }

  static int one() {
    return 1;
  }
}
