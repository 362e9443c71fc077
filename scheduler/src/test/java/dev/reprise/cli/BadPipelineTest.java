package dev.reprise.cli;

import static dev.reprise.task.Tasks.local;
import static dev.reprise.task.Tasks.localAction;
import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

import acme.BrokenPipelines;
import dev.reprise.api.NamedPipeline;
import dev.reprise.api.Pipeline;
import dev.reprise.cache.testing.Shows;
import dev.reprise.cli.CliLab.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pipelines that cannot run: each mistake has a message of its own and an exit code; nobody sees a
 * bare stack trace.
 */
class BadPipelineTest {
  @TempDir Path folder;
  private CliLab lab;

  @BeforeEach
  void offerSquares() {
    lab = new CliLab(folder).with("squares", Squares::define);
  }

  static List<Arguments> invalidPipelines() {
    return List.of(
        invalid(
            "pipeline 'bad' has a cycle: a -> b -> a; remove one of these inputs",
            p -> {
              var b = p.ref("b", String.class);
              var a = p.step("a", local(BadPipelineTest::same), b);
              p.step("b", local(BadPipelineTest::same), a);
            }),
        invalid(
            "pipeline 'bad' has a cycle: a -> a; remove one of these inputs",
            p -> p.step("a", local(BadPipelineTest::same), p.ref("a", String.class))),
        invalid(
            "pipeline 'bad' has two steps named 'a'; rename one",
            p -> {
              p.step("a", local(BadPipelineTest::one));
              p.step("a", local(BadPipelineTest::one));
            }),
        invalid(
            "pipeline 'bad' has two results named 'r'; rename one",
            p -> {
              p.result("r", p.step("a", local(BadPipelineTest::one)));
              p.result("r", p.step("b", local(BadPipelineTest::one)));
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
              p.step("a", local(BadPipelineTest::same), p.ref("clena", String.class));
              p.step("clean", local(BadPipelineTest::one));
            }),
        invalid(
            "step 'b' takes java.lang.String from 'a', which gives"
                + " dev.reprise.cli.BadPipelineTest$Pair; refer to it by that class",
            p -> {
              p.step("b", local(BadPipelineTest::same), p.ref("a", String.class));
              p.step("a", local(BadPipelineTest::pair));
            }),
        invalid(
            "step 'b' takes java.lang.String from 'in.a', which gives java.lang.Integer; refer"
                + " to it by that class",
            p -> {
              p.perPartition(
                  "b", local(BadPipelineTest::same), p.refPartitions("in.a", String.class));
              p.nested(
                  "in",
                  in ->
                      in.perPartition(
                          "a",
                          local(BadPipelineTest::count),
                          in.fanOut("c", local(() -> List.of("x")))));
            }),
        invalid(
            "result 'r' takes java.lang.String from 'a', which gives dev.reprise.task.Receipt;"
                + " refer to it by that class",
            p -> {
              p.step("a", localAction(BadPipelineTest::one));
              p.result("r", p.ref("a", String.class));
            }),
        invalid("pipeline 'bad' has no steps; add one with step(...)", p -> {}),
        invalid(
            "bad name of a step: '%s… (10240 characters)'; use 1 to 200 letters, digits, '.', '_'"
                    .formatted("x".repeat(80))
                + " and '-'",
            p -> p.step("x".repeat(10_240), local(BadPipelineTest::one))),
        invalid(
            "bad name of a step: 'a\\u{1b}[31mb\\u{7}'; use 1 to 200 letters, digits, '.', '_' and"
                + " '-'",
            p -> p.step("a\u001b[31mb\u0007", local(BadPipelineTest::one))));
  }

  private static Arguments invalid(String message, Pipeline.Definition definition) {
    return Arguments.of(message, definition);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("invalidPipelines")
  @Shows({"Fault 56", "Fault 57", "Fault 63"})
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
  void run_definitionThrows_exitsWithThreeAndSaysWhatAndWhere() {
    lab.with("broken", BrokenPipelines::throwing);

    Ran ran = lab.run("plan", "broken");

    assertThat(ran.exit()).isEqualTo(3);
    assertThat(ran.err())
        .as("where, and no file")
        .matches(
            "error: the definition of pipeline 'broken' threw java.lang.IllegalStateException: no"
                + " such table\n  at acme.BrokenPipelines.throwing\\(BrokenPipelines.java:\\d+\\)\n");
  }

  @Test
  void run_definitionThrowsInANestedOne_namesTheLinesOfBoth() {
    lab.with("broken", BrokenPipelines::throwingInside);

    assertThat(placesOf("broken"))
        .hasSize(3)
        .startsWith("  at acme.BrokenPipelines.throwing(BrokenPipelines.java")
        .last()
        .isEqualTo("  at acme.BrokenPipelines.throwingInside(BrokenPipelines.java");
  }

  /** The lines that say where, without their numbers. */
  private List<String> placesOf(String pipeline) {
    Ran ran = lab.run("plan", pipeline);
    assertThat(ran.exit()).isEqualTo(3);
    return ran.err()
        .lines()
        .filter(line -> line.stripLeading().startsWith("at "))
        .map(line -> line.replaceFirst(":\\d+\\)$", ""))
        .toList();
  }

  @Test
  void run_definitionThrowsForACause_namesThatAndWhere() {
    lab.with("broken", BrokenPipelines::throwingForACause);

    Ran ran = lab.run("plan", "broken");

    assertThat(ran.exit()).isEqualTo(3);
    assertThat(ran.err())
        .contains("threw java.lang.IllegalStateException: cannot load config\n  at ")
        .containsPattern(
            "\n  caused by: java.io.IOException: /etc/conf: permission denied.*"
                + "\n    at acme.BrokenPipelines.readSettings\\(.*\\)\n$")
        .doesNotContain("\u001b");
  }

  @Test
  void run_classOfTheDefinitionCannotBeInitialized_namesWhatItsInitializerThrew() {
    lab.with("broken", BrokenPipelines::needingARegistry);

    assertThat(lab.run("plan", "broken").err())
        .contains("threw java.lang.ExceptionInInitializerError\n  at ")
        .contains("\n  caused by: java.lang.IllegalStateException: no registry\n    at ")
        .contains("Registry.size(");
  }

  @Test
  void run_causesGoInACircle_areToldUpToAFew() {
    lab.with("broken", BrokenPipelines::throwingInACircle);

    Ran ran = lab.run("plan", "broken");

    assertThat(ran.exit()).isEqualTo(3);
    assertThat(ran.err().lines().filter(line -> line.startsWith("  caused by: "))).hasSize(5);
  }

  @Test
  void run_definitionIsRefusedByReprise_namesTheUsersLine() {
    lab.with("refused", BrokenPipelines::refused);

    assertThat(lab.run("plan", "refused").err())
        .contains("how long failures are kept is null")
        .doesNotContain("stack trace");
    assertThat(placesOf("refused"))
        .containsExactly("  at acme.BrokenPipelines.refused(BrokenPipelines.java");
  }

  /** What is found out as keys are made has no line in the definition, and ours help nobody. */
  @Test
  void plan_isRefusedAfterItWasDefined_namesTheUsersLinesAlone() {
    lab.with("version", BrokenPipelines::badVersion);
    lab.with("throws", BrokenPipelines::noVersion);
    lab.with("key", BrokenPipelines::badKey);

    assertThat(placesOf("version")).isEmpty();
    assertThat(placesOf("key")).isEmpty();
    assertThat(placesOf("throws"))
        .hasSize(2)
        .startsWith("  at acme.BrokenPipelines.release(BrokenPipelines.java");
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

  @Test
  void run_executorThatIsNotThere_exitsWithFourAndNamesThoseThatAre() {
    lab.with("anywhere", p -> p.step("a", task(BadPipelineTest::one)));

    Ran ran = lab.run("run", "anywhere", "--executor", "sparck");

    assertThat(ran.exit()).isEqualTo(4);
    assertThat(ran.err()).contains("there is no executor 'sparck'").contains("local");
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "plan", "run --dry-run"})
  void command_executorThatIsNotThereAndAllIsCached_exitsWithFour(String command) {
    lab.with("anywhere", p -> p.step("a", task(BadPipelineTest::one)));
    lab.run("run", "anywhere");

    Ran ran = lab.run((command + " anywhere --executor nosuch").split(" "));

    assertThat(ran.exit()).isEqualTo(4);
    assertThat(ran.err())
        .startsWith("error: there is no executor 'nosuch' here, only ")
        .endsWith("put its plugin on the class path or name another with --executor\n");
    assertThat(ran.out()).isEmpty();
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

  record Pair(String first, String second) {}

  static Pair pair() {
    return new Pair("one", "two");
  }

  static int count(String text) {
    return text.length();
  }

  private static void assertNamesTrace(Ran ran, String exception) throws IOException {
    Path file = Path.of(ran.err().strip().replaceAll("(?s).* ", ""));
    assertThat(Files.readString(file)).contains(exception, "\tat ");
    Files.delete(file);
  }

  static String same(String value) {
    return value;
  }

  static int one() {
    return 1;
  }
}
