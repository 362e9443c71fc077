package dev.reprise.home;

import dev.reprise.cache.fingerprint.Secret;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.executor.ExecutorFactory;
import dev.reprise.executor.ExecutorFactory.Setting;
import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.executor.local.LocalExecutorFactory;
import dev.reprise.graph.Node;
import dev.reprise.graph.TaskGraph;
import dev.reprise.run.ExecutorOpener;
import dev.reprise.run.RunListener.RunHeader;
import dev.reprise.run.RunOptions;
import dev.reprise.task.Engine;
import dev.reprise.task.TaskSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds executors on the class path and opens them for one run. */
public final class Executors implements ExecutorOpener {
  private static final Logger log = LoggerFactory.getLogger(Executors.class);

  private final RunHeader header;
  private final ResultStore store;
  private final Path storeFolder;
  private final Map<String, SortedMap<String, String>> keySettings = new ConcurrentHashMap<>();

  Executors(RunHeader header, ResultStore store, Path storeFolder) {
    this.header = header;
    this.store = store;
    this.storeFolder = storeFolder;
  }

  /**
   * Has the classes loaded, in another thread, that the first {@link #keySettings} of a graph's
   * steps needs; nothing else comes of it. Spark's take as long as the code of a hundred steps.
   *
   * @param thread runs something in a thread of its own
   */
  void warmUp(TaskGraph graph, Consumer<Runnable> thread) {
    for (Node node : graph.nodes()) {
      if (node.isStep() && hasEngine(node.step())) {
        thread.accept(
            () -> {
              try {
                new Executors(header, store, storeFolder).keySettings(node.step());
              } catch (RuntimeException | Error e) {
                log.debug("who asks for the settings will be told", e);
              }
            });
        return;
      }
    }
  }

  private static boolean hasEngine(TaskSpec task) {
    return !task.engine().equals(Engine.ANY) && !task.engine().equals(Engine.LOCAL);
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
   * name. They are read once in a run, and what executes its steps has them from here: whoever
   * changes them meanwhile changes the next run. No engine is contacted.
   *
   * @return each a string, or a {@link Secret} of one
   */
  SortedMap<String, Object> keySettings(TaskSpec task) {
    Optional<ExecutorFactory> found =
        hasEngine(task) ? Factories.named(task.engine().name()) : Optional.empty();
    if (found.isEmpty()) {
      return new TreeMap<>();
    }
    ExecutorFactory factory = found.get();
    SortedMap<String, String> now =
        factory.keySettings(task, new TreeMap<>(header.options().executorOptions()));
    SortedMap<String, Object> all = new TreeMap<>();
    if (!now.isEmpty()) {
      keySettings
          .computeIfAbsent(factory.name(), any -> now)
          .forEach(
              (name, value) ->
                  all.put(name, factory.hides(name, value) ? Secret.of(value) : value));
    }
    return all;
  }

  @Override
  public boolean startsAtOnce(String name) {
    return name.equals(LocalExecutorFactory.NAME);
  }

  @Override
  public TaskExecutor open(String name) throws ExecutorUnavailableException {
    ExecutorFactory factory = Factories.named(name).orElseThrow(() -> missing(name));
    try {
      return factory.open(
          new Setting(
              header.run(),
              store,
              storeFolder,
              header.options().maxParallel(),
              new TreeMap<>(header.options().executorOptions()),
              keySettings.getOrDefault(name, new TreeMap<>())));
    } catch (IllegalArgumentException e) {
      throw new ExecutorUnavailableException(
          "executor '%s': %s".formatted(name, e.getMessage()), e);
    }
  }

  private static ExecutorUnavailableException missing(String name) {
    return new ExecutorUnavailableException(
        "there is no executor '%s' here, only %s; put its plugin on the class path or name another with"
                .formatted(name, names())
            + " --executor",
        null);
  }
}
