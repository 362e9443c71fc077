package dev.reprise.behaviours;

import static dev.reprise.ray.Ray.ray;
import static dev.reprise.spark.Spark.spark;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Pipeline;
import dev.reprise.cache.testing.Shows;
import dev.reprise.run.RunOptions;
import dev.reprise.task.Task1;
import dev.reprise.testkit.PipelineTester;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The same settings of reuse on tasks of both engines; Spark is embedded, Ray's run here. */
@Timeout(120)
class EnginesTest {
  private static final RunOptions HERE =
      RunOptions.DEFAULT.withExecutor(RunOptions.RAY_HERE, Map.of("spark.master", "local[2]"));

  @RegisterExtension final PipelineTester reprise = new PipelineTester();

  static int lengthOnSpark(String text) {
    return text.length();
  }

  static int lengthOnRay(String text) {
    return text.length();
  }

  private int executions(UnaryOperator<Task1<String, Integer>> how) {
    Pipeline pipeline =
        Pipeline.define(
            "p",
            p -> {
              p.step("on-spark", how.apply(spark(EnginesTest::lengthOnSpark)), p.value("a"));
              p.step("on-ray", how.apply(ray(EnginesTest::lengthOnRay)), p.value("a"));
            });
    return reprise.run(pipeline, HERE).executions();
  }

  @Test
  @Shows("Uniflow 1")
  void reuseAndVersion_onTasksOfSparkAndOfRay_areTheSameSettings() {
    assertThat(executions(task -> task.version("1"))).isEqualTo(2);
    assertThat(executions(task -> task.version("1"))).isZero();
    assertThat(executions(task -> task.version("2"))).isEqualTo(2);
    assertThat(executions(task -> task.version("1").uncached())).isEqualTo(2);
    assertThat(executions(task -> task.version("1").uncached())).isEqualTo(2);
    assertThat(executions(task -> task.version("1"))).isZero();
    assertThat(executions(task -> task.version("2"))).isZero();
  }
}
