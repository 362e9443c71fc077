package dev.reprise.behaviours;

import static dev.reprise.task.Tasks.task;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.reprise.api.Driver;
import dev.reprise.api.Pipeline;
import dev.reprise.cache.code.CodeFingerprint.Mode;
import dev.reprise.cache.testing.Shows;
import dev.reprise.cli.CliLab;
import dev.reprise.cli.CliLab.Ran;
import dev.reprise.plan.Outcome;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunView;
import dev.reprise.task.CachePolicy;
import dev.reprise.task.Task1;
import dev.reprise.task.VersionStrategy;
import dev.reprise.testkit.PipelineTester;
import dev.reprise.testkit.TestedRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class DagsterTest {
  @RegisterExtension final PipelineTester reprise = new PipelineTester();

  /** Whatever other tests ran. */
  @BeforeEach
  void forgetBodies() {
    Bodies.take();
  }

  @TempDir Path folder;

  private List<String> bodies(Pipeline pipeline) {
    return Bodies.of(reprise.driver(), pipeline);
  }

  public record Pages(String left, String right) {}

  static Pages pages(int letters) {
    Bodies.ran("pages");
    return new Pages("l".repeat(letters), "r".repeat(letters));
  }

  static int length(String page) {
    Bodies.ran("length " + page.charAt(0));
    return page.length();
  }

  private static Pipeline lengths() {
    return Pipeline.define(
        "p",
        p -> {
          var pages = p.outputs("pages", Pages.class, task(DagsterTest::pages), p.value(100_000));
          p.step("left", task(DagsterTest::length), pages.get("left", String.class));
          p.step("right", task(DagsterTest::length), pages.get("right", String.class));
        });
  }

  private Path blobOf(char letter) throws Exception {
    try (Stream<Path> files = Files.walk(reprise.home().resolve("store/blobs"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (Files.readString(file, ISO_8859_1).contains(String.valueOf(letter).repeat(1000))) {
          return file;
        }
      }
    }
    throw new AssertionError("no blob of " + letter);
  }

  @Test
  @Shows({"Dagster 6", "Dagster 7"})
  void output_oneOfTwoDeleted_planSaysSoAndThatStepAloneRunsAgain() throws Exception {
    assertThat(bodies(lengths())).containsExactly("length l", "length r", "pages");
    assertThat(bodies(lengths())).isEmpty();
    for (char deleted : new char[] {'l', 'r'}) {
      Files.delete(blobOf(deleted));

      Driver.Plan plan = reprise.driver().plan(lengths(), RunOptions.DEFAULT);
      RunView view = plan.view();
      int pages = view.firstUnit(view.graph().find("pages").orElseThrow().id());
      assertThat(view.reason(pages)).asString().startsWith("BLOB_MISSING");
      assertThat(Bodies.take()).as("resolved without running").isEmpty();

      assertThat(bodies(lengths())).containsExactly("pages");
      assertThat(bodies(lengths())).isEmpty();
    }
  }

  static String join(String a, String b) {
    Bodies.ran("join");
    return a + b;
  }

  static String same(String text) {
    Bodies.ran("same");
    return text;
  }

  private static Pipeline joining(String a, String b, boolean steps) {
    return Pipeline.define(
        "p",
        p -> {
          Task1<String, String> same = task(DagsterTest::same);
          var first = steps ? p.step("x", same, p.value(a)) : p.<String>value(a);
          var second = steps ? p.step("y", same, p.value(b)) : p.<String>value(b);
          p.result("joined", p.step("join", task(DagsterTest::join), first, second));
        });
  }

  @Test
  @Shows("Dagster 15")
  void inputs_swapped_doNotCollide() throws Exception {
    for (boolean steps : new boolean[] {false, true}) {
      TestedRun forth = reprise.run(joining("X", "Y" + steps, steps));
      TestedRun back = reprise.run(joining("Y" + steps, "X", steps));
      assertThat(forth.executions("join")).isEqualTo(1);
      assertThat(back.executions("join")).isEqualTo(1);
      assertThat(forth.run().result("joined", String.class)).isEqualTo("XY" + steps);
      assertThat(back.run().result("joined", String.class)).isEqualTo("Y" + steps + "X");
    }
  }

  private static void chain(Pipeline.Builder p) {
    var a = p.step("a", task(DagsterTest::same), p.param("text", "a"));
    var b = p.step("b", task(DagsterTest::join), a, p.value("b"));
    p.result("c", p.step("c", task(DagsterTest::join), b, p.value("c")));
  }

  @Test
  @Shows("Dagster 10")
  void run_reuseOffOrAllForced_byAFlagRunsAll() {
    CliLab lab = new CliLab(folder).with("chain", DagsterTest::chain);
    lab.run("run", "chain");
    Bodies.take();
    assertThat(lab.run("run", "chain", "--cache=off").exit()).isZero();
    assertThat(Bodies.take()).containsExactly("join", "join", "same");
    assertThat(lab.run("run", "chain", "--cache=refresh").exit()).isZero();
    assertThat(Bodies.take()).containsExactly("join", "join", "same");
    assertThat(lab.run("run", "chain", "--rerun-from", "a").exit()).isZero();
    assertThat(Bodies.take()).containsExactly("join", "join", "same");
    assertThat(lab.run("run", "chain").exit()).isZero();
    assertThat(Bodies.take()).isEmpty();
  }

  @Test
  @Shows("Dagster 11")
  void selection_runsWhatIsSelectedAndNotThere() {
    CliLab lab = new CliLab(folder).with("chain", DagsterTest::chain);
    Bodies.take();
    assertThat(lab.run("run", "chain", "--only", "a").lastLine()).startsWith("0 cached · 1 ran");
    assertThat(Bodies.take()).containsExactly("same");
    assertThat(lab.run("run", "chain", "--only", "a,b").lastLine()).startsWith("1 cached · 1 ran");
    assertThat(Bodies.take()).containsExactly("join");
    assertThat(lab.run("run", "chain", "--only", "b").exit()).isZero();
    assertThat(Bodies.take()).isEmpty();
    assertThat(lab.run("run", "chain").lastLine()).startsWith("2 cached · 1 ran");
    assertThat(Bodies.take()).containsExactly("join");
  }

  @Test
  @Shows("Dagster 19")
  void upstream_refactoredWithEqualData_leavesWhatFollows() throws Exception {
    String define =
        """
        var up = p.step("up", task(Jobs::up), p.value(3));
        p.result("down", p.step("down", task(Jobs::down), up));
        """;
    String down = " static String down(int n) { ran(\"down\"); return \"n=\" + n; }";
    String up = "static int up(int n) { ran(\"up\"); return n * 2; }";
    String other = "static int up(int n) { ran(\"up\"); int sum = n; sum += n; return sum; }";
    String changed = "static int up(int n) { ran(\"up\"); return n * 3; }";
    try (Edition edition = new Edition(folder)) {
      assertThat(bodies(edition.of(define, up + down))).containsExactly("down", "up");
      assertThat(bodies(edition.of(define, other + down))).containsExactly("up");
      assertThat(bodies(edition.of(define, changed + down))).containsExactly("down", "up");
    }
  }

  @Test
  @Shows("Dagster 20")
  void equalSteps_ofOneRun_runOnce() {
    Pipeline pipeline =
        Pipeline.define(
            "p",
            p -> {
              var one = p.step("one", task(DagsterTest::same), p.value("v"));
              p.step("two", task(DagsterTest::same), p.value("v"));
              var three = p.step("three", task(DagsterTest::same), p.value("v"));
              p.after(three, one);
            });
    Bodies.take();
    TestedRun run = reprise.run(pipeline);
    assertThat(Bodies.take()).containsExactly("same");
    assertThat(run.count(Outcome.RAN)).isEqualTo(1);
    assertThat(Set.of(run.outcome("two", ""), run.outcome("three", "")))
        .doesNotContain(Outcome.RAN, Outcome.FAILED, Outcome.SKIPPED);
  }

  @Test
  @Shows("Dagster 9")
  void version_badOrMissing_isRefusedNamingTheTaskAndTheRule() {
    Task1<String, String> same = task(DagsterTest::same);
    String name = DagsterTest.class.getName() + ".same";
    assertThatIllegalArgumentException()
        .isThrownBy(() -> same.version("1.0"))
        .withMessage("task '%s': bad version '1.0': use letters, digits, '-' and '_'", name);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> same.named("sameness").manualVersion(""))
        .withMessage("task 'sameness': bad version '': use letters, digits, '-' and '_'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> same.codeIdentity(Mode.MANUAL))
        .withMessage(
            "task '%s': a task whose code is identified by hand needs a version; call"
                + " manualVersion(...)",
            name);
    CliLab lab = new CliLab(folder);
    lab.with("p", p -> p.step("s", task(DagsterTest::same).version("1.0"), p.value("x")));
    Bodies.take();
    Ran ran = lab.run("run", "p");
    assertThat(ran.exit()).isEqualTo(3);
    assertThat(ran.err()).contains("task '" + name + "': bad version '1.0'");
    assertThat(Bodies.take()).isEmpty();
    assertThat(bodies(Pipeline.define("p", p -> p.step("s", same.version("1_0"), p.value("x")))))
        .hasSize(1);
  }

  record Warehouse(String region, int release) {}

  static String load(String table, Warehouse from) {
    Bodies.ran("load " + table);
    return table;
  }

  static String clean(String table) {
    Bodies.ran("clean " + table);
    return table;
  }

  private static Pipeline cleaning(String version, UnaryOperator<Task1<String, String>> how) {
    return Pipeline.define(
        "c",
        p -> {
          if (!version.isEmpty()) {
            p.policy(CachePolicy.DEFAULT.withVersion(version));
          }
          p.step("clean", how.apply(task(DagsterTest::clean)), p.value("y"));
        });
  }

  /** A pipeline whose versions come from a strategy that looks at all it is told. */
  private static Pipeline loading(String table, Warehouse from, String pinned) {
    VersionStrategy ofReleases =
        step -> {
          Object given = step.arguments().get("from");
          String release = given instanceof Warehouse one ? "r" + one.release() : "none";
          return release
              + "-"
              + step.arguments().size()
              + "-"
              + (int) step.task().resources().cpus();
        };
    return Pipeline.define(
        "p",
        p -> {
          p.policy(CachePolicy.DEFAULT.withStrategy(ofReleases).withMode(Mode.MANUAL));
          var load = task(DagsterTest::load).named("load");
          var at = p.value(from);
          var loaded =
              p.step(
                  "load",
                  pinned.isEmpty() ? load.ignoring("from") : load.ignoring("from").version(pinned),
                  p.value(table),
                  at);
          p.step("clean", task(DagsterTest::clean).codeIdentity(Mode.CLOSURE).version("1"), loaded);
        });
  }

  @Test
  @Shows({"Dagster 1", "Dagster 2"})
  void strategy_ofAPipeline_seesTaskConfigAndResourcesAndAnExplicitVersionWins() {
    Warehouse first = new Warehouse("eu", 1);
    Warehouse second = new Warehouse("eu", 2);
    assertThat(bodies(loading("a", first, ""))).containsExactly("clean a", "load a");
    assertThat(bodies(loading("a", first, ""))).isEmpty();
    assertThat(bodies(loading("a", new Warehouse("us", 1), ""))).as("same release").isEmpty();
    assertThat(bodies(loading("a", second, ""))).as("a resource's").containsExactly("load a");
    assertThat(bodies(loading("b", second, ""))).as("config").hasSize(2);

    assertThat(bodies(loading("a", first, "7"))).as("explicit").containsExactly("load a");
    assertThat(bodies(loading("a", second, "7"))).as("the strategy is not asked").isEmpty();
    assertThat(bodies(loading("a", second, "8"))).containsExactly("load a");

    VersionStrategy one = VersionStrategy.named("one", step -> "one");
    assertThat(bodies(cleaning("", task -> task.version("7").versionedBy(one)))).hasSize(1);
    assertThat(bodies(cleaning("", task -> task.version("7")))).as("also beside it").isEmpty();
    assertThat(bodies(cleaning("7", task -> task.versionedBy(one)))).as("nearer").hasSize(1);
    assertThat(bodies(cleaning("", task -> task.version("one")))).isEmpty();

    Pipeline bySource =
        Pipeline.define(
            "q",
            p -> {
              p.policy(CachePolicy.DEFAULT.withMode(Mode.BODY));
              p.step("clean", task(DagsterTest::clean), p.value("z"));
            });
    assertThat(bodies(bySource)).hasSize(1);
    assertThat(bodies(bySource)).isEmpty();
  }
}
