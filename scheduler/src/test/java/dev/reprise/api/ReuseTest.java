package dev.reprise.api;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

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
}
