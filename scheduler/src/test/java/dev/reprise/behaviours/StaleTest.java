package dev.reprise.behaviours;

import static dev.reprise.task.Tasks.action;
import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Driver;
import dev.reprise.api.Pipeline;
import dev.reprise.api.Staleness;
import dev.reprise.cache.testing.Shows;
import dev.reprise.cli.CliLab;
import dev.reprise.run.RunOptions;
import dev.reprise.testkit.PipelineTester;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Marks that say which steps are stale, since what has changed, and runs of these alone. */
class StaleTest {
  @RegisterExtension final PipelineTester reprise = new PipelineTester();
  @TempDir Path folder;
  private static volatile String version = "1";

  @BeforeEach
  void reset() {
    version = "1";
  }

  static String load(Path file) throws Exception {
    Bodies.ran("load");
    return Files.readString(file);
  }

  static String clean(String text, String how) {
    Bodies.ran("clean");
    return text.strip();
  }

  static int total(String text) {
    Bodies.ran("total");
    return text.length();
  }

  static String report(int total) {
    Bodies.ran("report");
    return "t" + total;
  }

  static String other(String text) {
    Bodies.ran("other");
    return text;
  }

  static void send(String report) {
    Bodies.ran("send");
  }

  private static void steps(Pipeline.Builder p) {
    var file = p.file("raw", p.param("file", Path.of("raw")));
    var load = p.step("load", task(StaleTest::load), file);
    var clean = p.step("clean", task(StaleTest::clean), load, p.param("how", "well"));
    var total = p.step("total", task(StaleTest::total).version(version), clean);
    var report = p.step("report", task(StaleTest::report), total);
    p.step("other", task(StaleTest::other), p.value("x"));
    p.step("send", action(StaleTest::send), report);
  }

  private String raw(String text) throws Exception {
    return Files.writeString(folder.resolve("raw"), text).toString();
  }

  private static List<String> bodies(CliLab lab, String... line) {
    Bodies.take();
    var ran = lab.run(line);
    assertThat(ran.exit()).as(ran.err()).isZero();
    return Bodies.take();
  }

  private static String marks(CliLab lab, String... more) {
    String[] line = new String[more.length + 3];
    line[0] = "plan";
    line[1] = "p";
    line[2] = "--stale";
    System.arraycopy(more, 0, line, 3, more.length);
    var ran = lab.run(line);
    assertThat(ran.exit()).as(ran.err()).isZero();
    return ran.screen().replaceAll(" +", " ");
  }

  @Test
  @Shows("Dagster 17")
  void marks_tellTheCauseAndStaleRunRunsThatAlone() throws Exception {
    String file = "file=" + raw("abc");
    CliLab lab = new CliLab(folder).with("p", StaleTest::steps);
    assertThat(marks(lab, "-p", file))
        .contains("MISSING load NO_ENTRY")
        .contains("UNKNOWN clean dependency behind load")
        .contains("UNTRACKED send nothing is kept");
    assertThat(bodies(lab, "run", "p", "-p", file, "--stale"))
        .as("what keeps nothing is not stale")
        .containsExactly("clean", "load", "other", "report", "total");
    assertThat(marks(lab, "-p", file)).endsWith("0 stale · 1 untracked · 5 fresh\n");
    assertThat(lab.run("run", "p", "-p", file, "--stale").out())
        .isEqualTo("nothing is stale or missing\n");

    version = "2";
    assertThat(marks(lab, "-p", file))
        .contains("STALE total code VERSION_CHANGED(1 -> 2)")
        .contains("STALE report dependency behind total")
        .doesNotContain("STALE clean");
    assertThat(marks(lab, "-p", file, "-p", "how=badly"))
        .contains("STALE clean data ARG_CHANGED(how)")
        .contains("STALE total dependency behind clean");
    raw("ab");
    assertThat(marks(lab, "-p", file)).contains("STALE load data UPSTREAM_CHANGED(raw)");
    raw("abc");
    assertThat(bodies(lab, "run", "p", "-p", file, "--stale", "--only", "other"))
        .as("both")
        .isEmpty();
    assertThat(bodies(lab, "run", "p", "-p", file, "--stale")).containsExactly("total");
    assertThat(bodies(lab, "run", "p", "-p", file)).containsExactly("send");
  }

  @Test
  @Shows("Dagster 17")
  void marks_afterAStepGaveSomethingElse_areOfADependency() throws Exception {
    String file = "file=" + raw("abc");
    CliLab lab = new CliLab(folder).with("p", StaleTest::steps);
    bodies(lab, "run", "p", "-p", file);
    raw("abcd");
    bodies(lab, "run", "p", "-p", file, "--only", "load");
    assertThat(marks(lab, "-p", file))
        .contains("STALE clean dependency UPSTREAM_CHANGED(load)")
        .doesNotContain("STALE load");
    var json = lab.run("plan", "p", "-p", file, "--output", "json").out().replaceAll("\\s", "");
    assertThat(json)
        .contains(
            "\"stale\":{\"mark\":\"STALE\",\"causes\":[\"DEPENDENCY\"],\"because\":[\"UPSTREAM_CHANGED(load)\"]}")
        .contains("\"mark\":\"FRESH\"");
  }

  static String maker() {
    Bodies.ran("maker");
    return "m";
  }

  @Test
  void toRun_staleStepTakesFromOneThatKeepsNothing_namesBoth() {
    Pipeline pipeline =
        Pipeline.define(
            "p",
            p -> {
              var maker = p.step("maker", task(StaleTest::maker).uncached());
              var made = p.step("made", task(StaleTest::other), maker);
              p.step("alone", task(StaleTest::maker).uncached());
              p.step("send", action(StaleTest::send), made);
            });
    Driver.Plan plan = reprise.driver().plan(pipeline, RunOptions.DEFAULT);
    assertThat(Staleness.toRun(plan)).containsExactlyInAnyOrder("maker", "made");
  }

  private static void cleaning(Pipeline.Builder p) {
    var report = p.step("other", task(StaleTest::other), p.value("x"));
    var sent = p.step("send", action(StaleTest::send), report);
    p.after(p.step("maker", task(StaleTest::maker)), sent);
  }

  @Test
  void marks_ofAStepAfterAnEffect_isUntrackedAndRunsNothing() {
    CliLab lab = new CliLab(folder).with("p", StaleTest::cleaning);
    assertThat(bodies(lab, "run", "p")).containsExactly("maker", "other", "send");
    assertThat(marks(lab)).contains("UNTRACKED maker after send");
    assertThat(lab.run("run", "p", "--stale").out()).isEqualTo("nothing is stale or missing\n");
    assertThat(Bodies.take()).isEmpty();
  }

  @Test
  void stale_indexCannotBeRead_isNotKnownSoItRuns() throws Exception {
    CliLab lab = new CliLab(folder).with("p", p -> p.step("maker", task(StaleTest::maker)));
    assertThat(bodies(lab, "run", "p")).containsExactly("maker");
    Files.writeString(folder.resolve(".reprise/index/reprise-index"), "9\n");
    assertThat(marks(lab)).contains("UNKNOWN maker").contains("INDEX_UNAVAILABLE");
    assertThat(bodies(lab, "run", "p", "--stale")).containsExactly("maker");
  }

  @Test
  void stale_withOptionsThatSayWhatRuns_isRefused() throws Exception {
    String file = "file=" + raw("abc");
    CliLab lab = new CliLab(folder).with("p", StaleTest::steps);
    for (String other : List.of("--rerun=load", "--cache=refresh", "--resume=latest")) {
      var ran = lab.run("run", "p", "-p", file, "--stale", other);
      assertThat(ran.exit()).as(other).isEqualTo(2);
      assertThat(ran.err()).contains("--stale");
    }
  }
}
