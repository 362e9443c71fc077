package dev.reprise.behaviours;

import static dev.reprise.task.Tasks.local;
import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.api.Driver;
import dev.reprise.api.Pipeline;
import dev.reprise.api.Value;
import dev.reprise.cache.testing.Shows;
import dev.reprise.cli.CliLab;
import dev.reprise.graph.PipelineException;
import dev.reprise.plan.Outcome;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunView;
import dev.reprise.task.VersionStrategy;
import dev.reprise.testkit.PipelineTester;
import dev.reprise.testkit.TestedRun;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Resources with versions: what steps work with, and what of it is in their keys. */
class ResourcesTest {
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

  private static final String STEPS =
      """
      var net = p.resource("net", task(Jobs::net), p.value(%d));
      var store = p.resource("store", task(Jobs::store).version("%s"), net, p.value(%d));
      var other = p.resource("other", task(Jobs::other), p.value(1));
      var a = p.step("a", task(Jobs::a), p.value(5), store);
      p.step("after", task(Jobs::after), a);
      p.step("b", task(Jobs::b), p.value(5), other);
      p.step("c", task(Jobs::c), p.value(5));
      """;

  private static final String MEMBERS =
      """
      public interface Net { int speed(); }
      public interface Store { int read(int n); }
      record Wire(int at) implements Net {
        public int speed() { return at * 1; }
      }
      record Disk(Net net, int size) implements Store {
        public int read(int n) { return n + net.speed() + size; }
      }
      static Net net(int at) { ran("net"); return new Wire(at); }
      static Store store(Net net, int size) { ran("store"); return new Disk(net, size); }
      static Integer other(int n) { ran("other"); return n; }
      static int a(int n, Store store) { ran("a"); return store.read(n); }
      static int after(int n) { ran("after"); return n; }
      static int b(int n, Integer other) { ran("b"); return n + other; }
      static int c(int n) { ran("c"); return n; }
      """;

  private static String steps(int at, String version, int size) {
    return STEPS.formatted(at, version, size);
  }

  @Test
  @Shows({"Dagster 3", "Dagster 4", "Dagster 5"})
  void resource_codeConfigurationOrVersionChanged_isAMissOfStepsThatTakeItAlone() throws Exception {
    try (Edition edition = new Edition(folder)) {
      String same = steps(1, "1", 10);
      assertThat(bodies(edition.of(same, MEMBERS)))
          .containsExactly("a", "after", "b", "c", "net", "other", "store");
      assertThat(bodies(edition.of(same, MEMBERS))).as("nothing is made for a hit").isEmpty();

      assertThat(bodies(edition.of(steps(1, "1", 11), MEMBERS)))
          .as("configuration")
          .containsExactly("a", "after", "net", "store");
      assertThat(bodies(edition.of(steps(1, "2", 11), MEMBERS)))
          .as("version; the content is the same")
          .containsExactly("a", "net", "store");
      assertThat(bodies(edition.of(steps(3, "2", 11), MEMBERS)))
          .as("configuration of what the resource takes")
          .containsExactly("a", "after", "net", "store");
      String behind = MEMBERS.replace("at * 1", "at * 2");
      assertThat(bodies(edition.of(steps(3, "2", 11), behind)))
          .as("code that the step never names")
          .containsExactly("a", "after", "net", "store");
      String made = behind.replace("return new Wire(at)", "int to = at; return new Wire(to)");
      assertThat(bodies(edition.of(steps(3, "2", 11), made)))
          .as("code that makes what the resource takes")
          .containsExactly("a", "net", "store");
      assertThat(
              bodies(
                  edition.of(
                      steps(3, "2", 11),
                      made.replace("return n; }\nstatic int a", "return n + 1; }\nstatic int a"))))
          .as("the other one")
          .containsExactly("b", "other");
      assertThat(bodies(edition.of(same, MEMBERS))).as("all as it was").isEmpty();
    }
  }

  @Test
  @Shows("Dagster 4")
  void resource_changed_isKnownOfAllThatFollowsBeforeAnythingRuns() throws Exception {
    try (Edition edition = new Edition(folder)) {
      bodies(edition.of(steps(1, "1", 10), MEMBERS));
      Driver.Plan plan =
          reprise.driver().plan(edition.of(steps(2, "1", 10), MEMBERS), RunOptions.DEFAULT);
      assertThat(Bodies.take()).isEmpty();
      RunView view = plan.view();
      assertThat(decisions(view))
          .containsExactly("a RESOURCE_CHANGED(store)", "after null", "b CACHED", "c CACHED");
    }
  }

  private static List<String> decisions(RunView view) {
    List<String> decisions = new ArrayList<>();
    view.graph()
        .nodes()
        .forEach(
            node -> {
              int unit = view.firstUnit(node.id());
              Outcome outcome = view.outcome(unit);
              decisions.add(node.name() + " " + (outcome == null ? view.reason(unit) : outcome));
            });
    return decisions.stream().sorted().toList();
  }

  /** A resource that may be made with what has no canonical form. */
  static final class Counter implements AutoCloseable {
    final List<String> seen;

    Counter(List<String> seen) {
      this.seen = seen;
      Bodies.ran("open");
    }

    static Counter open() {
      return new Counter(new ArrayList<>());
    }

    @Override
    public void close() {
      Bodies.ran("close " + seen);
    }
  }

  static int use(int n, Counter counter) {
    counter.seen.add("n" + n);
    return n;
  }

  static List<Integer> numbers(int upTo) {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 1; i <= upTo; i++) {
      numbers.add(i);
    }
    return numbers;
  }

  static int sum(List<Integer> all) {
    return all.stream().mapToInt(Integer::intValue).sum();
  }

  private static Pipeline counting(int upTo) {
    return Pipeline.define(
        "p",
        p -> {
          Value<Counter> counter = p.resource("counter", task(Counter::open));
          var numbers = p.fanOut("numbers", task(ResourcesTest::numbers), p.value(upTo));
          var used = p.perPartition("used", task(ResourcesTest::use), numbers, counter);
          p.result("sum", p.step("sum", task(ResourcesTest::sum), used.all()));
        });
  }

  @Test
  void resource_ofAFanOut_isMadeForEachUnitThatRunsAndClosed() throws Exception {
    assertThat(bodies(counting(2))).containsExactly("close [n1]", "close [n2]", "open", "open");
    assertThat(bodies(counting(3)))
        .as("of what is new alone")
        .containsExactly("close [n3]", "open");
    TestedRun again = reprise.run(counting(3));
    assertThat(again.executions()).isZero();
    assertThat(again.run().result("sum", Integer.class)).isEqualTo(6);
  }

  /** What has neither a canonical form nor a codec. */
  static final class Handle {}

  static Handle handle(Handle given) {
    return given;
  }

  static int with(int n, Handle handle) {
    Bodies.ran("with");
    return n;
  }

  @Test
  void resource_configurationWithoutCanonicalForm_runsUncachedAndSaysWhy() {
    Handle live = new Handle();
    Pipeline pipeline =
        Pipeline.define(
            "p",
            p -> {
              Value<Handle> handle = p.resource("h", task(ResourcesTest::handle), p.value(live));
              p.step("with", local(ResourcesTest::with), p.value(1), handle);
              p.step("without", task(ResourcesTest::sum), p.value(List.of(1)));
            });
    reprise.run(pipeline);
    TestedRun again = reprise.run(pipeline);
    assertThat(again.outcome("without", "")).isEqualTo(Outcome.CACHED);
    assertThat(again.outcome("with", "")).isEqualTo(Outcome.RAN);
    assertThat(again.reason("with", ""))
        .startsWith("KEY_UNAVAILABLE(h: resource 'h': given: ")
        .contains("Handle");
  }

  static String name(String region, int release) {
    return region + release;
  }

  static String shop(String name) {
    Bodies.ran("shop");
    return name;
  }

  private static Pipeline shopOf(String region, int release, String version, boolean strategy) {
    VersionStrategy byRelease =
        VersionStrategy.named("release", step -> "r" + step.arguments().get("release"));
    return Pipeline.define(
        "p",
        p -> {
          var task = task(ResourcesTest::name).ignoring("region");
          var versioned =
              strategy
                  ? task.ignoring("release").versionedBy(byRelease)
                  : version.isEmpty() ? task : task.manualVersion(version);
          var name = p.resource("name", versioned, p.value(region), p.value(release));
          p.step("shop", task(ResourcesTest::shop), name);
        });
  }

  @Test
  @Shows("Dagster 5")
  void resource_ignoredConfigurationVersionByHandAndStrategy_areAsOfTasks() {
    assertThat(bodies(shopOf("eu", 1, "", false))).hasSize(1);
    assertThat(bodies(shopOf("us", 1, "", false))).as("ignored").isEmpty();
    assertThat(bodies(shopOf("eu", 2, "", false))).hasSize(1);
    assertThat(bodies(shopOf("eu", 2, "7", false))).hasSize(1);
    assertThat(bodies(shopOf("eu", 2, "8", false))).hasSize(1);
    assertThat(bodies(shopOf("eu", 2, "7", false))).isEmpty();
    assertThat(bodies(shopOf("eu", 2, "", true))).hasSize(1);
    assertThat(bodies(shopOf("eu", 3, "", true))).as("the strategy sees it").hasSize(1);
    assertThat(bodies(shopOf("eu", 2, "", true))).isEmpty();
  }

  private static void shops(Pipeline.Builder p) {
    var name = p.resource("name", task(ResourcesTest::name), p.param("region", "eu"), p.value(1));
    p.step("shop", task(ResourcesTest::shop), name);
  }

  @Test
  void resource_changed_isToldByPlanAndWhy() {
    CliLab lab = new CliLab(folder).with("shops", ResourcesTest::shops);
    assertThat(lab.run("run", "shops").exit()).isZero();
    assertThat(lab.run("plan", "shops", "-p", "region=us").out())
        .contains("RESOURCE_CHANGED(name)");
    assertThat(lab.run("run", "shops", "-p", "region=us").exit()).isZero();
    String why = lab.run("why", "shop").out();
    assertThat(why)
        .contains("RESOURCE_CHANGED(name)")
        .contains("ResourcesTest.name(region=\"eu\", release=1), code ")
        .contains("ResourcesTest.name(region=\"us\", release=1), code ");
    assertThat(lab.run("why", "shop", "-v").out()).contains("resource name");
  }

  private static void refused(Pipeline.Definition definition, String message) {
    assertThatThrownBy(() -> Pipeline.define("p", definition))
        .isInstanceOf(PipelineException.class)
        .hasMessageContaining(message);
  }

  @Test
  void resource_badDeclarations_areRefusedWithTheWayOut() {
    refused(
        p -> {
          p.resource("a", task(ResourcesTest::numbers), p.value(1));
          p.resource("a", task(ResourcesTest::numbers), p.value(1));
        },
        "pipeline 'p' has two resources named 'a'; rename one");
    refused(
        p -> p.resource("a b", task(ResourcesTest::numbers), p.value(1)),
        "bad name of a resource: 'a b'");
    refused(
        p -> {
          var step = p.step("s", task(ResourcesTest::shop), p.value("x"));
          p.resource("a", task(ResourcesTest::shop), step);
        },
        "resource 'a' takes the result of a step");
    refused(
        p -> p.resource("a", task(ResourcesTest::shop).uncached(), p.value("x")),
        "resource 'a' says enabled: it is made for each unit");
    CliLab lab = new CliLab(folder);
    lab.with(
        "bad",
        p -> {
          var a = p.resource("a", task(ResourcesTest::shop).ignoring("nam"), p.value("x"));
          p.step("s", task(ResourcesTest::shop), a);
        });
    var ran = lab.run("run", "bad");
    assertThat(ran.exit()).isEqualTo(3);
    assertThat(ran.err()).contains("resource 'a' ignores argument 'nam'").contains("'name'?");
  }

  static String two(String url, String region) {
    return url + " in " + region;
  }

  @Test
  void resource_ignoredNameIsAParameterAndTheNameOfAnother_leavesOutTheParameterAlone() {
    assertThat(bodies(twoNamed("a", "b"))).hasSize(1);
    assertThat(bodies(twoNamed("a", "c"))).as("region is left out").isEmpty();
    assertThat(bodies(twoNamed("x", "b"))).as("url is not").hasSize(1);
  }

  private static Pipeline twoNamed(String url, String region) {
    return Pipeline.define(
        "two",
        p -> {
          var two = task(ResourcesTest::two).ignoring("region");
          var at = p.resource("at", two, p.param("region", url), p.param("zone", region));
          p.step("shop", task(ResourcesTest::shop), at);
        });
  }

  @Test
  void resource_configurationThatIsSecretByItsName_isNotShown() {
    CliLab lab =
        new CliLab(folder)
            .with(
                "shops",
                p -> {
                  var name = task(ResourcesTest::two);
                  var at = p.resource("at", name, p.param("api-key", "hunter2"), p.value("x"));
                  p.step("shop", task(ResourcesTest::shop), at);
                });
    assertThat(lab.run("run", "shops").exit()).isZero();
    assertThat(lab.run("why", "shop", "-v").out())
        .contains("resource at")
        .doesNotContain("hunter2");
  }

  @Test
  void resource_thatSaysHowItRuns_isRefused() {
    refused(
        p ->
            p.resource(
                "a",
                task(ResourcesTest::shop).timeout(Duration.ofSeconds(1)).cpus(2).memo(),
                p.value("x")),
        "resource 'a' says timeout, cpus, memory or resources, memo: it is made where a unit runs");
  }
}
