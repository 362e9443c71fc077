package dev.reprise.behaviours;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.api.Driver;
import dev.reprise.api.Pipeline;
import dev.reprise.cache.testing.Shows;
import dev.reprise.cli.CliLab;
import dev.reprise.graph.PipelineException;
import dev.reprise.plan.Outcome;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunView;
import dev.reprise.testkit.PipelineTester;
import dev.reprise.testkit.TestedRun;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Sources outside that are observed, by a probe that tells the version of their content. */
class ObservedTest {
  @RegisterExtension final PipelineTester reprise = new PipelineTester();
  @TempDir Path folder;

  /** The system outside: a version for each of its tables. */
  private static final Map<String, String> OUTSIDE = new ConcurrentHashMap<>();

  private static final List<String> TABLES = new CopyOnWriteArrayList<>();

  @BeforeEach
  void fill() {
    OUTSIDE.clear();
    OUTSIDE.put("orders", "1");
    OUTSIDE.put("prices", "1");
  }

  private List<String> bodies(Pipeline pipeline) {
    return Bodies.of(reprise.driver(), pipeline);
  }

  static @Nullable String version(String table) {
    Bodies.ran("asked " + table);
    String version = OUTSIDE.get(table);
    if ("broken".equals(version)) {
      throw new IllegalStateException("no connection");
    }
    return version;
  }

  static String load(String table) {
    Bodies.ran("load " + table);
    return "rows of " + table;
  }

  static int count(String table) {
    Bodies.ran("count " + table);
    return table.length();
  }

  static String slowly(String table) {
    Bodies.ran("slowly " + table);
    OUTSIDE.put(table, OUTSIDE.get(table) + "'"); // somebody writes to it
    return table;
  }

  private static void tables(Pipeline.Builder p) {
    var orders = p.observed("orders", p.param("table", "orders"), ObservedTest::version);
    var prices = p.observed("prices", p.value("prices"), ObservedTest::version);
    p.result("loaded", p.step("load", task(ObservedTest::load), orders));
    p.step("count", task(ObservedTest::count), orders);
    p.step("other", task(ObservedTest::load), prices);
  }

  private static Pipeline tables() {
    return Pipeline.define("p", ObservedTest::tables);
  }

  @Test
  @Shows("Dagster 18")
  void source_observedAtAnotherVersion_isAMissOfWhatTakesItAndSaysSo() throws Exception {
    assertThat(bodies(tables()).stream().filter(body -> !body.startsWith("asked")))
        .containsExactly("count orders", "load orders", "load prices");
    assertThat(bodies(tables())).as("once a run").containsExactly("asked orders", "asked prices");

    OUTSIDE.put("orders", "2");
    Driver.Plan plan = reprise.driver().plan(tables(), RunOptions.DEFAULT);
    RunView view = plan.view();
    assertThat(Bodies.take()).as("a plan").containsExactly("asked orders", "asked prices");
    int load = view.firstUnit(view.graph().find("load").orElseThrow().id());
    assertThat(view.reason(load)).hasToString("UPSTREAM_CHANGED(orders)");

    TestedRun run = reprise.run(tables());
    assertThat(run.executions()).isEqualTo(2);
    assertThat(run.outcome("other", "")).isEqualTo(Outcome.CACHED);
    assertThat(run.run().result("loaded", String.class)).isEqualTo("rows of orders");
    OUTSIDE.put("orders", "1");
    assertThat(reprise.run(tables()).executions()).as("as it was").isZero();
  }

  @Test
  @Shows("Dagster 18")
  void source_probeFailsOrSaysNothing_stepsRunKeepNothingAndSayWhy() {
    for (String state : new String[] {"broken", ""}) {
      if (state.isEmpty()) {
        OUTSIDE.remove("orders");
      } else {
        OUTSIDE.put("orders", state);
      }
      reprise.run(tables());
      TestedRun again = reprise.run(tables());
      assertThat(again.executions()).isEqualTo(2);
      assertThat(again.reason("load", ""))
          .startsWith(
              "KEY_UNAVAILABLE(orders: what version its content has is not known: the probe")
          .endsWith(state.isEmpty() ? "says nothing)" : "no connection)");
      assertThat(again.outcome("other", "")).isEqualTo(Outcome.CACHED);
    }
    OUTSIDE.put("orders", "1");
    assertThat(reprise.run(tables()).executions("load")).as("nothing was kept").isEqualTo(1);
  }

  @Test
  @Shows("Dagster 18")
  void source_changedWhileAStepReadsIt_resultIsNotKept() {
    Pipeline pipeline =
        Pipeline.define(
            "p",
            p -> {
              var orders = p.observed("orders", p.value("orders"), ObservedTest::version);
              p.step("slowly", task(ObservedTest::slowly), orders);
            });
    assertThat(reprise.run(pipeline).executions()).isEqualTo(1);
    OUTSIDE.put("orders", "1");
    assertThat(reprise.run(pipeline).executions())
        .as("at the version it was begun with")
        .isEqualTo(1);
  }

  static int move(List<String> tables) {
    TABLES.add("prices"); // somebody else's list
    return tables.size();
  }

  @Test
  void source_valueThatSaysWhereItIsChangesWhileAStepRuns_resultIsNotKept() {
    TABLES.clear();
    TABLES.add("orders");
    Pipeline pipeline =
        Pipeline.define(
            "p",
            p -> {
              var tables = p.observed("tables", p.value(TABLES), any -> "1");
              p.step("move", task(ObservedTest::move), tables);
            });
    assertThat(reprise.run(pipeline).executions()).isEqualTo(1);
    TABLES.remove("prices");
    assertThat(reprise.run(pipeline).executions()).as("nothing was kept").isEqualTo(1);
  }

  static String open(String table) {
    return table;
  }

  @Test
  void source_thatAResourceTakes_isInItsVersionAndLookedAtAgain() {
    Pipeline pipeline =
        Pipeline.define(
            "p",
            p -> {
              var orders = p.observed("orders", p.value("orders"), ObservedTest::version);
              var shop = p.resource("shop", task(ObservedTest::open), orders);
              p.step("load", task(ObservedTest::load), shop);
            });
    assertThat(reprise.run(pipeline).executions()).isEqualTo(1);
    assertThat(reprise.run(pipeline).executions()).isZero();
    OUTSIDE.put("orders", "2");
    TestedRun changed = reprise.run(pipeline);
    assertThat(changed.reason("load", "")).isEqualTo("RESOURCE_CHANGED(shop)");
    Pipeline slow =
        Pipeline.define(
            "p",
            p -> {
              var orders = p.observed("orders", p.value("orders"), ObservedTest::version);
              var shop = p.resource("shop", task(ObservedTest::open), orders);
              p.step("slowly", task(ObservedTest::slowly), shop);
            });
    assertThat(reprise.run(slow).executions()).isEqualTo(1);
    OUTSIDE.put("orders", "2");
    assertThat(reprise.run(slow).executions()).isEqualTo(1);
  }

  @Test
  void source_toldByWhy_hasItsVersions() {
    CliLab lab = new CliLab(folder).with("tables", ObservedTest::tables);
    assertThat(lab.run("run", "tables").exit()).isZero();
    OUTSIDE.put("orders", "2");
    assertThat(lab.run("plan", "tables").out()).contains("UPSTREAM_CHANGED(orders)");
    assertThat(lab.run("run", "tables").exit()).isZero();
    assertThat(lab.run("why", "load").out())
        .contains("\"orders\" at version 1")
        .contains("\"orders\" at version 2");
  }

  @Test
  void source_badDeclarations_areRefused() {
    assertThatThrownBy(
            () ->
                Pipeline.define(
                    "p",
                    p -> {
                      var step = p.step("s", task(ObservedTest::load), p.value("x"));
                      p.observed("a", step, ObservedTest::version);
                    }))
        .isInstanceOf(PipelineException.class)
        .hasMessageContaining("source 'a' is observed before anything runs");
    assertThatThrownBy(
            () ->
                Pipeline.define(
                    "p",
                    p -> {
                      p.observed("a", p.value("x"), ObservedTest::version);
                      p.observed("a", p.value("x"), ObservedTest::version);
                    }))
        .hasMessage("pipeline 'p' has two sources named 'a'; rename one");
    assertThatThrownBy(() -> Pipeline.define("p", p -> p.environment("A B")))
        .hasMessageContaining("bad name of an environment variable: 'A B'");
    CliLab lab = new CliLab(folder);
    lab.with(
        "unset",
        p -> p.step("s", task(ObservedTest::load), p.environment("REPRISE_TEST_IS_NOT_SET")));
    var ran = lab.run("run", "unset");
    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err())
        .contains("takes environment variable REPRISE_TEST_IS_NOT_SET, which is not set");
  }
}
