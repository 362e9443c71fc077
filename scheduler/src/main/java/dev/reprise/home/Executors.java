package dev.reprise.home;

import dev.reprise.cache.store.ResultStore;
import dev.reprise.executor.ExecutorFactory;
import dev.reprise.executor.ExecutorFactory.Setting;
import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.run.ExecutorOpener;
import dev.reprise.run.RunListener.RunHeader;
import dev.reprise.run.RunOptions;
import dev.reprise.task.Engine;
import dev.reprise.task.TaskSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Finds executors on the class path and opens them for one run. */
public final class Executors implements ExecutorOpener {
  private final RunHeader header;
  private final ResultStore store;
  private final Path storeFolder;

  Executors(RunHeader header, ResultStore store, Path storeFolder) {
    this.header = header;
    this.store = store;
    this.storeFolder = storeFolder;
  }

  /**
   * What can be named as a run's executor, in order.
   *
   * @throws java.util.ServiceConfigurationError if one cannot be loaded
   */
  public static List<String> names() {
    return ServiceLoader.load(ExecutorFactory.class).stream()
        .map(provider -> provider.get().name())
        .flatMap(
            name -> name.equals("ray") ? Stream.of(name, RunOptions.RAY_HERE) : Stream.of(name))
        .sorted()
        .toList();
  }

  /**
   * Checks that there is an executor of this name, without opening it.
   *
   * @throws ExecutorUnavailableException if there is none; names those that there are
   */
  public static void requireNamed(String name) throws ExecutorUnavailableException {
    if (!names().contains(name)) {
      throw missing(name);
    }
  }

  /**
   * Settings of the engine that a task is declared for, as far as they change what it returns, by
   * name. No engine is contacted.
   */
  static SortedMap<String, String> keySettings(TaskSpec task, Map<String, String> options) {
    if (!task.engine().equals(Engine.ANY) && !task.engine().equals(Engine.LOCAL)) {
      for (ExecutorFactory factory : ServiceLoader.load(ExecutorFactory.class)) {
        if (factory.name().equals(task.engine().name())) {
          return factory.keySettings(task, new TreeMap<>(options));
        }
      }
    }
    return new TreeMap<>();
  }

  @Override
  public TaskExecutor open(String name) throws ExecutorUnavailableException {
    for (ExecutorFactory factory : ServiceLoader.load(ExecutorFactory.class)) {
      if (factory.name().equals(name)) {
        try {
          return factory.open(
              new Setting(
                  header.run(),
                  store,
                  storeFolder,
                  header.options().maxParallel(),
                  new TreeMap<>(header.options().executorOptions())));
        } catch (IllegalArgumentException e) {
          throw new ExecutorUnavailableException(
              "executor '%s': %s".formatted(name, e.getMessage()), e);
        }
      }
    }
    throw missing(name);
  }

  private static ExecutorUnavailableException missing(String name) {
    return new ExecutorUnavailableException(
        "there is no executor '%s' here, only %s; put its plugin on the class path or name another with"
                .formatted(name, names())
            + " --executor",
        null);
  }
}
