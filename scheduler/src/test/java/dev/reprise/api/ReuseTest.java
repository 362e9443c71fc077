package dev.reprise.api;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.codec.ArrowTable;
import dev.reprise.cache.codec.Columns;
import dev.reprise.run.RunState;
import dev.reprise.testkit.PipelineTester;
import dev.reprise.testkit.TestedRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is executed again, and what is not, where reusing would be wrong or running a waste. */
class ReuseTest {
  @RegisterExtension final PipelineTester reprise = new PipelineTester();

  // ---- code identified by hand
  // --------------------------------------------------------------------

  @Test
  void manualVersion_twoLambdasOfOneClass_areRefusedUntilTheyHaveNames() {
    TestedRun run =
        reprise.run(
            Pipeline.define(
                "p",
                p -> {
                  p.step("one", task(() -> "one").manualVersion("1"));
                  p.step("two", task(() -> "two").manualVersion("1"));
                }));
    assertThat(run.state()).isEqualTo(RunState.FAILED);
    assertThat(run.message())
        .startsWith("step 'one': version '1' is all that its key has of its code")
        .contains("named(");
    assertThat(run.executions()).isZero();
  }

  @Test
  void manualVersion_namedLambdas_haveResultsOfTheirOwn() throws Exception {
    Pipeline pipeline =
        Pipeline.define(
            "p",
            p -> {
              p.result("one", p.step("one", task(() -> "one").manualVersion("1").named("one")));
              p.result("two", p.step("two", task(() -> "two").manualVersion("1").named("two")));
            });
    assertThat(reprise.run(pipeline).executions()).isEqualTo(2);
    TestedRun again = reprise.run(pipeline);
    assertThat(again.executions()).isZero();
    assertThat(again.run().result("one", String.class)).isEqualTo("one");
    assertThat(again.run().result("two", String.class)).isEqualTo("two");
  }

  // ---- the order of rows
  // --------------------------------------------------------------------------

  static ArrowTable sorted(boolean descending) {
    return ArrowTable.builder(Columns.schema(Columns.int32("x")))
        .row(descending ? 2 : 1)
        .row(descending ? 1 : 2)
        .build();
  }

  static int first(ArrowTable table) {
    return table.rows().iterator().next().get("x", Integer.class);
  }

  private static Pipeline firstRow(boolean descending, boolean orderMatters) {
    return Pipeline.define(
        "p",
        p -> {
          var sort = task(ReuseTest::sorted);
          var sorted =
              p.step("sort", orderMatters ? sort.rowOrderMatters() : sort, p.value(descending));
          p.result("first", p.step("first", task(ReuseTest::first), sorted));
        });
  }

  @Test
  void rowOrder_matters_anotherOrderRunsWhatTakesTheTable() throws Exception {
    assertThat(reprise.run(firstRow(false, true)).executions()).isEqualTo(2);
    assertThat(reprise.run(firstRow(false, true)).executions()).isZero();
    TestedRun turned = reprise.run(firstRow(true, true));
    assertThat(turned.executions("first")).isEqualTo(1);
    assertThat(turned.run().result("first", Integer.class)).isEqualTo(2);
  }

  @Test
  void rowOrder_doesNotMatter_anotherOrderLeavesWhatTakesTheTable() {
    assertThat(reprise.run(firstRow(false, false)).executions()).isEqualTo(2);
    TestedRun turned = reprise.run(firstRow(true, false));
    assertThat(turned.executions("sort")).isEqualTo(1);
    assertThat(turned.executions("first")).isZero();
  }

  @Test
  void rowOrder_askedForLater_isAnotherTask() {
    assertThat(reprise.run(firstRow(false, false)).executions()).isEqualTo(2);
    assertThat(reprise.run(firstRow(false, true)).executions()).isEqualTo(2);
  }
}
