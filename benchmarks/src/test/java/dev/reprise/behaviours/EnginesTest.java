package dev.reprise.behaviours;

import static dev.reprise.ray.Ray.ray;
import static dev.reprise.spark.Spark.spark;
import static dev.reprise.task.Tasks.local;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Pipeline;
import dev.reprise.cache.testing.Shows;
import dev.reprise.run.Audit;
import dev.reprise.run.RunListener;
import dev.reprise.run.RunListener.AuditReport;
import dev.reprise.run.RunOptions;
import dev.reprise.task.Task1;
import dev.reprise.testkit.PipelineTester;
import dev.reprise.testkit.TestedRun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

  static int failsOnSpark(String text) {
    throw new BadEncodingException(text);
  }

  static int failsOnRay(String text) {
    throw new BadEncodingException(text);
  }

  /** A subclass that only the worker knows to be one. */
  static final class BadEncodingException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    BadEncodingException(String text) {
      super(text);
    }
  }

  @Test
  void failures_onTasksOfSparkAndOfRay_areKeptByTheirClass() {
    Pipeline pipeline =
        Pipeline.define(
            "p",
            p -> {
              Duration hour = Duration.ofHours(1);
              p.step(
                  "on-spark",
                  spark(EnginesTest::failsOnSpark).keepFailures(hour, IllegalStateException.class),
                  p.value("a"));
              p.step(
                  "on-ray",
                  ray(EnginesTest::failsOnRay).keepFailures(hour, IllegalStateException.class),
                  p.value("a"));
            });
    RunOptions all = HERE.withKeepGoing(true);
    assertThat(reprise.run(pipeline, all).executions()).isEqualTo(2);
    TestedRun second = reprise.run(pipeline, all);
    assertThat(second.executions()).isZero();
    for (String step : List.of("on-spark", "on-ray")) {
      assertThat(second.reason(step, "")).startsWith("FAILURE_KEPT(").contains("Encoding");
    }
  }

  private static volatile int hidden;

  static int hiddenOnSpark(int number) {
    return number + hidden;
  }

  static int hiddenOnRay(int number) {
    return number + hidden;
  }

  static List<Integer> numbers() {
    return List.of(1, 2, 3);
  }

  @Test
  void audit_ofFanOutsOnBothEngines_comparesWhatTheyMakeNow() throws Exception {
    Pipeline pipeline =
        Pipeline.define(
            "audited",
            p -> {
              var numbers = p.fanOut("numbers", local(EnginesTest::numbers));
              p.perPartition("on-spark", spark(EnginesTest::hiddenOnSpark), numbers);
              p.perPartition("on-ray", ray(EnginesTest::hiddenOnRay), numbers);
            });
    List<AuditReport> reports = new ArrayList<>();
    RunListener told =
        new RunListener() {
          @Override
          public void audited(AuditReport report) {
            reports.add(report);
          }
        };
    for (int now : List.of(0, 0, 5)) {
      hidden = now;
      RunOptions twice = HERE.withAudit(Audit.of(1).withTwice(true));
      assertThat(reprise.driver().submit(pipeline, twice, told).await().exitCode()).isZero();
    }
    assertThat(reports).extracting(AuditReport::executedAgain).containsExactly(7, 0, 0);
    assertThat(reports).extracting(AuditReport::reusedAgain).containsExactly(0, 7, 7);
    assertThat(reports).extracting(AuditReport::equal).containsExactly(7, 7, 1);
    assertThat(reports).extracting(AuditReport::differing).containsExactly(0, 0, 6);
  }
}
