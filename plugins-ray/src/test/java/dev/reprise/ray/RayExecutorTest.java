package dev.reprise.ray;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.executor.ExecutorFactory;
import dev.reprise.executor.ExecutorFactory.Setting;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.executor.testing.ClusterScript;
import dev.reprise.executor.testing.TaskExecutorContract;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The contract, on a real cluster. */
class RayExecutorTest extends TaskExecutorContract {
  @BeforeAll
  @Timeout(value = ClusterScript.START_MINUTES, unit = TimeUnit.MINUTES)
  static void startCluster() throws Exception {
    RayCluster.shared();
  }

  @Override
  protected TaskExecutor open(Setting setting) throws Exception {
    return RayCluster.shared().open(setting);
  }

  @Test
  void factory_isFoundByItsName() {
    assertThat(ServiceLoader.load(ExecutorFactory.class))
        .filteredOn(factory -> factory.name().equals("ray"))
        .singleElement()
        .isInstanceOf(RayExecutorFactory.class);
  }
}
