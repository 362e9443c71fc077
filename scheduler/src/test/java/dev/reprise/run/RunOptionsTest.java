package dev.reprise.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.task.Engine;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunOptionsTest {
  @ParameterizedTest
  @CsvSource({
    "local,     any,   local",
    "local,     ray,   ray",
    "ray,       any,   ray",
    "ray,       local, local",
    "ray=local, any,   local",
    "ray=local, ray,   local",
    "ray=local, spark, spark",
  })
  void executorFor_engineOfATask_isItsOwnUnlessTheRunSaysOtherwise(
      String executor, String engine, String expected) {
    RunOptions options = RunOptions.DEFAULT.withExecutor(executor, Map.of());

    assertThat(options.executorFor(new Engine(engine))).isEqualTo(expected);
  }
}
