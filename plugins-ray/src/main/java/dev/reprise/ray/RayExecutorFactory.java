package dev.reprise.ray;

import dev.reprise.cache.base.Ticker;
import dev.reprise.executor.Check;
import dev.reprise.executor.ExecutorFactory;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.ray.code.CodeShelf;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/**
 * Opens executors that run units on a Ray cluster.
 *
 * <p>Options: {@code ray.address}, host and port of the cluster's head (else {@code RAY_ADDRESS},
 * else the cluster that {@code reprise cluster ray start} started); {@code ray.jar}, the cluster's
 * own {@code ray_dist.jar}; {@code ray.grace}, how long a cancelled unit may take to end before its
 * worker is abandoned (default {@code 5s}); {@code ray.chunk}, how many units may share a task of
 * Ray's, 1 for a task for each (default 1000; fewer do if they take long); {@code ray.scale-up},
 * how long the cluster may take to start a node that has what units want, before which nothing is
 * refused (default {@code 0s}: it starts none); {@code ray.code}, a folder that all nodes reach for
 * the code that runs there (default {@code code} in the store).
 */
public final class RayExecutorFactory implements ExecutorFactory {
  /** Name of these executors. */
  public static final String NAME = "ray";

  /** For {@code ServiceLoader}. */
  public RayExecutorFactory() {}

  @Override
  public String name() {
    return NAME;
  }

  /** Opens an executor; user code comes from the calling thread's context class loader. */
  @Override
  public TaskExecutor open(Setting setting) {
    return executor(setting);
  }

  @Override
  public List<Check> examine(Setting setting, List<Path> folders) {
    return new RayCheckup(setting, executor(setting), folders, InstantSource.system()).all();
  }

  private static RayExecutor executor(Setting setting) {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    ClassLoader userCode = context == null ? ClassLoader.getSystemClassLoader() : context;
    RaySettings settings = RaySettings.from(setting);
    return new RayExecutor(
        setting, settings, new CodeShelf(settings.codeFolder()), userCode, Ticker.system());
  }
}
