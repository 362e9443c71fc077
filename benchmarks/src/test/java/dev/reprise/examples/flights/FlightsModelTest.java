package dev.reprise.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Parameters;
import dev.reprise.api.Pipeline;
import dev.reprise.plan.Outcome;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunState;
import dev.reprise.testkit.PipelineTester;
import dev.reprise.testkit.TestedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The shipped pipeline on three engines, counted exactly; Spark is embedded and Ray is not used.
 */
@Timeout(300)
class FlightsModelTest {
  private static final Path SHIPPED = ShippedData.folder().resolve("flights");

  /** Without Ray, and with a Spark of this process. */
  private static final RunOptions HERE =
      RunOptions.DEFAULT.withExecutor(
          RunOptions.RAY_HERE, Map.of("spark.master", "local[2]", "spark.start-timeout", "2m"));

  /** Where neither of them answers. */
  private static final RunOptions NOWHERE =
      RunOptions.DEFAULT.withExecutor(
          "local", Map.of("spark.master", "nonsense://", "ray.address", "127.0.0.1:1"));

  @RegisterExtension final PipelineTester reprise = new PipelineTester();
  @TempDir Path data;

  @BeforeEach
  void copyThreeMonths() throws IOException {
    for (int month = 1; month <= 3; month++) {
      Path to = Files.createDirectories(data.resolve("month=2001-0" + month));
      Files.copy(
          SHIPPED.resolve("month=2001-0" + month + "/flights.parquet"),
          to.resolve("flights.parquet"));
    }
  }

  @Test
  void run_firstTime_fitsEachSettingAndTheBestKnowsSomething() throws Exception {
    TestedRun first = run(4, HERE);

    assertThat(first.state()).as(first.message()).isEqualTo(RunState.SUCCEEDED);
    assertThat(first.executions("features")).isEqualTo(3);
    assertThat(first.executions("fit")).isEqualTo(4);
    assertThat(first.executions()).isEqualTo(3 + 1 + 4 + 1 + 1);
    Choice choice = first.run().result("choice", Choice.class);
    assertThat(choice.tried()).isEqualTo(4);
    assertThat(choice.best().score()).isBetween(0.55, 0.95);
    assertThat(choice.best().weights()).isNotEmpty();
    assertThat(first.run().result("report", String.class))
        .contains("The best of 4 models", "month 200103", "most often late");
  }

  /** DESIGN 6: what is cached starts no engine; which one runs a step is not in its key. */
  @Test
  void run_secondTimeWithRayForItsSteps_executesNothingAndContactsNobody() throws Exception {
    run(2, HERE);
    reprise.reopen();

    TestedRun second = run(2, NOWHERE);

    assertThat(second.state()).as(second.message()).isEqualTo(RunState.SUCCEEDED);
    assertThat(second.executions()).isZero();
    assertThat(SparkSession.getDefaultSession().isEmpty()).isTrue();
  }

  @Test
  void run_sweepIsOneLonger_fitsOneAndWhatComesAfterIt() {
    run(3, HERE);

    TestedRun longer = run(4, HERE);

    assertThat(longer.count("fit", Outcome.CACHED)).isEqualTo(3);
    assertThat(longer.executions("fit")).isEqualTo(1);
    assertThat(longer.executions("choice")).isEqualTo(1);
    assertThat(longer.executions("report")).isEqualTo(1);
    assertThat(longer.executions("settings")).isEqualTo(1);
    assertThat(longer.executions()).isEqualTo(4);
  }

  /** The learner draws at random; if that showed, what comes after would run. */
  @Test
  void run_fitsAreMadeAgain_areTheSameToTheLastBit() {
    run(4, HERE);

    TestedRun again = run(4, HERE.withRerun(Set.of("fit")));

    assertThat(again.executions("fit")).isEqualTo(4);
    assertThat(again.executions()).isEqualTo(4);
  }

  @Test
  void define_nothingGiven_triesFifty() {
    assertThat(Pipeline.define("flights-model", new FlightsModel()).parameters())
        .containsEntry("sweep", "50");
  }

  private TestedRun run(int sweep, RunOptions options) {
    Parameters parameters =
        Parameters.NONE
            .with("data", data.toString())
            .with("one-in", "200")
            .with("held-out", "1")
            .with("sweep", Integer.toString(sweep));
    return reprise.run(Pipeline.define("flights-model", new FlightsModel(), parameters), options);
  }
}
