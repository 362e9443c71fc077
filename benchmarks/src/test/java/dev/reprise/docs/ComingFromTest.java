package dev.reprise.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNullElse;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Parameters;
import dev.reprise.api.Pipeline;
import dev.reprise.cli.Main;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.pipeline.PipelineSource;
import dev.reprise.config.Flags;
import dev.reprise.docs.coming.FromArgo;
import dev.reprise.docs.coming.FromCoflux;
import dev.reprise.docs.coming.FromDagster;
import dev.reprise.docs.coming.FromFlyte;
import dev.reprise.docs.coming.FromUniflow;
import dev.reprise.run.RunOptions;
import dev.reprise.testkit.PipelineTester;
import dev.reprise.testkit.TestedRun;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The examples of scheduler/docs/coming-from.md are those that are compiled here, and every row of
 * its tables is typed, from the top, and shows what it says.
 */
@Timeout(120)
class ComingFromTest {
  private static final Pattern TRIED =
      Pattern.compile("`([^`]+)` → `([^`]+)`(?: \\(exit (\\d+)\\))?");

  private static final Pattern ROW = Pattern.compile("(?m)^\\| (?!---|theirs).*\\|$");

  @RegisterExtension final PipelineTester reprise = new PipelineTester();
  @TempDir Path folder;

  enum System {
    FLYTE("Flyte", FromFlyte::define),
    COFLUX("Coflux", FromCoflux::define),
    ARGO("Argo Workflows", FromArgo::define),
    DAGSTER("Dagster", FromDagster::define),
    UNIFLOW("Uniflow", FromUniflow::define);

    final String heading;
    final Pipeline.Definition ours;

    System(String heading, Pipeline.Definition ours) {
      this.heading = heading;
      this.ours = ours;
    }

    String file() {
      return "From" + heading.split(" ", 2)[0];
    }

    Page section() throws IOException {
      return Page.at("scheduler/docs/coming-from.md").under("## " + heading);
    }
  }

  private String type(System system, String command) {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(both, true, UTF_8);
    CommandContext context =
        new CommandContext(
            new ByteArrayInputStream(new byte[0]),
            out,
            out,
            Map.of(),
            Map.of(),
            folder,
            InstantSource.system(),
            false,
            new Flags(),
            "");
    PipelineSource source = PipelineSource.own("java " + system.file(), system.file(), system.ours);
    String[] words = command.split(" ");
    for (int i = 0; i < words.length; i++) {
      assertThat(words[i]).as("a shell would look for files").doesNotMatch("[^']*[*?].*");
      words[i] = words[i].replaceAll("^'(.*)'$", "$1"); // as a shell does
    }
    int exit = Main.execute(words, source, context);
    return both.toString(UTF_8) + "exit " + exit;
  }

  @ParameterizedTest
  @EnumSource
  void example_ofThePage_isTheOneThatIsCompiled(System system) throws IOException {
    String source =
        Files.readString(Path.of("src/test/java/dev/reprise/docs/coming", system.file() + ".java"));
    int begin = source.indexOf("  // example\n");
    String shown =
        source.substring(begin + "  // example\n".length(), source.indexOf("\n  // end\n"));
    String imports = source.substring(source.indexOf("import "), source.indexOf("\n/**"));

    assertThat(system.section().snippets("java"))
        .as("with what it imports")
        .containsExactly(imports + "\n" + shown.indent(-2));
    assertThat(system.section().text()).containsPattern("(?m)^```(python|yaml)$");
  }

  @ParameterizedTest
  @EnumSource
  void rows_ofTheTable_typedFromTheTop_showWhatTheySay(System system) throws IOException {
    SoftAssertions all = new SoftAssertions();
    int rows = 0;
    for (Matcher row = ROW.matcher(system.section().text()); row.find(); rows++) {
      int tried = 0;
      for (Matcher each = TRIED.matcher(row.group()); each.find(); tried++) {
        all.assertThat(type(system, each.group(1)))
            .as("%s, of %s", each.group(1), row.group())
            .contains(each.group(2))
            .endsWith("exit " + requireNonNullElse(each.group(3), "0"));
      }
      assertThat(tried).as(row.group()).isPositive();
    }
    assertThat(rows).isGreaterThan(8);
    all.assertAll();
  }

  private TestedRun run(System system, String... parameters) {
    return run(system, RunOptions.DEFAULT, parameters);
  }

  private TestedRun run(System system, RunOptions options, String... parameters) {
    Parameters given = Parameters.NONE;
    for (int i = 0; i < parameters.length; i += 2) {
      given = given.with(parameters[i], parameters[i + 1]);
    }
    return reprise.run(Pipeline.define(system.file(), system.ours, given), options);
  }

  @Test
  void flyte_mappedTask_runsOncePerElementAndNotForWhatItIgnores() {
    assertThat(run(System.FLYTE).executions("count")).isEqualTo(3);
    assertThat(run(System.FLYTE).executions()).isZero();
    assertThat(run(System.FLYTE, "asked-by", "bob").executions()).isZero();
    assertThat(run(System.FLYTE, "year", "2002").executions()).isEqualTo(4);
  }

  @Test
  void coflux_cachedAndMemoisedTasks_runAsTheySay() {
    assertThat(run(System.COFLUX).executions()).isEqualTo(3);
    TestedRun again = run(System.COFLUX, "asked-by", "bob");
    assertThat(again.executions("rate") + again.executions("invoice")).isZero();
    assertThat(again.executions("send")).as("a memo is of one run").isEqualTo(1);
    assertThat(run(System.COFLUX, RunOptions.DEFAULT.withResume("latest")).executions())
        .as("and of those that go on from it, with the same arguments")
        .isZero();
  }

  @Test
  void argo_memoisedTemplate_runsOncePerKey() {
    assertThat(run(System.ARGO).executions("price")).isEqualTo(1);
    assertThat(run(System.ARGO).executions("price")).isZero();
    assertThat(run(System.ARGO, "symbol", "COAL").executions("price")).isEqualTo(1);
    assertThat(run(System.ARGO).executions()).isZero();
  }

  @Test
  void dagster_memoisedJob_runsWhatConfigReaches() {
    assertThat(run(System.DAGSTER).executions()).isEqualTo(6);
    assertThat(run(System.DAGSTER, "factor", "3").executions()).isEqualTo(1);
    TestedRun more = run(System.DAGSTER, "rows", "6");
    assertThat(more.executions()).as("row 5 is dropped by 'clean'").isEqualTo(2);
    assertThat(more.executions("total")).isZero();
    TestedRun yetMore = run(System.DAGSTER, "rows", "7");
    assertThat(yetMore.executions("square")).as("row 6 is new").isEqualTo(1);
    assertThat(yetMore.executions()).isEqualTo(4);
  }

  @Test
  void uniflow_cachedTasks_runOnceAndAreResumed() {
    RunOptions here = RunOptions.DEFAULT.withExecutor(RunOptions.RAY_HERE, Map.of());
    TestedRun broken = run(System.UNIFLOW, here, "rounds", "0");
    assertThat(broken.executions()).isEqualTo(2);
    TestedRun resumed = run(System.UNIFLOW, here.withResume(broken.run().id()), "rounds", "4");
    assertThat(resumed.executions("features")).isZero();
    assertThat(resumed.executions()).isEqualTo(2);
  }
}
