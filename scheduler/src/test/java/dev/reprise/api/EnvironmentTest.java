package dev.reprise.api;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.testing.Shows;
import dev.reprise.testkit.PipelineTester;
import dev.reprise.testkit.TestedRun;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class EnvironmentTest {
  @RegisterExtension final PipelineTester reprise = new PipelineTester();

  static String in(String region) {
    return "in " + region;
  }

  private final Map<String, String> environment = new HashMap<>();

  private Pipeline regions() {
    return Pipeline.with(
            "p",
            p -> {
              p.result("here", p.step("here", task(EnvironmentTest::in), p.environment("R", "eu")));
              p.step("there", task(EnvironmentTest::in), p.value("there"));
              return true;
            },
            new ParameterBinding(Parameters.NONE, environment::get))
        .pipeline();
  }

  @Test
  @Shows("Dagster 18")
  void variable_changed_isAMissOfWhatTakesItAlone() throws Exception {
    assertThat(reprise.run(regions()).executions()).isEqualTo(2);
    assertThat(reprise.run(regions()).executions()).isZero();
    environment.put("R", "us");
    TestedRun changed = reprise.run(regions());
    assertThat(changed.executions()).isEqualTo(1);
    assertThat(changed.reason("here", "")).isEqualTo("ARG_CHANGED(R)");
    assertThat(changed.run().result("here", String.class)).isEqualTo("in us");
    environment.put("R", "eu");
    assertThat(reprise.run(regions()).executions()).as("set, not by default").isZero();
  }
}
