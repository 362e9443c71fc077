package dev.reprise.executor.local;

import dev.reprise.executor.ExecutorFactory.Setting;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.executor.testing.TaskExecutorContract;
import java.util.Map;

class LocalExecutorTest extends TaskExecutorContract {
  @Override
  protected TaskExecutor open(Setting setting) {
    return new LocalExecutorFactory().open(setting);
  }

  @Override
  protected Map<String, String> options() {
    return Map.of("local.grace", "500ms");
  }
}
