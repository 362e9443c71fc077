package dev.reprise.spark;

import dev.reprise.executor.ExecutorFactory.Setting;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.executor.testing.TaskExecutorContract;
import java.util.Map;

/** On threads of this process, in an application that each executor starts and stops itself. */
class EmbeddedSparkTest extends TaskExecutorContract {
  @Override
  protected TaskExecutor open(Setting setting) {
    return new SparkExecutorFactory().open(setting);
  }

  @Override
  protected int manyUnits() {
    return 2_000;
  }

  @Override
  protected Map<String, String> options() {
    return Map.of("spark.grace", "500ms");
  }
}
