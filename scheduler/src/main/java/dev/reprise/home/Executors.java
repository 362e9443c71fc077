package dev.reprise.home;

import dev.reprise.cache.fingerprint.Secret;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.executor.ExecutorFactory;
import dev.reprise.executor.ExecutorFactory.Setting;
import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.graph.Node;
import dev.reprise.graph.TaskGraph;
import dev.reprise.run.ExecutorOpener;
import dev.reprise.run.RunListener.RunHeader;
import dev.reprise.run.RunOptions;
import dev.reprise.task.Engine;
import dev.reprise.task.TaskSpec;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.stream.Stream;

/** Finds executors on the class path and opens them for one run. */
public final class Executors implements ExecutorOpener {
  private final RunHeader header;
  private final ResultStore store;
  private final Path storeFolder;
  private final Map<String, SortedMap<String, String>> keySettings = new ConcurrentHashMap<>();
  private final CompletableFuture<Map<Integer, SortedMap<String, Object>>> asked;

  /**
   * Has the engines of the graph's steps asked for their {@link #keySettings}: to load one's
   * classes takes as long as to find the code of a hundred steps.
   *
   * @param thread runs something in a thread of its own that inherits from this one
   */
  Executors(
      RunHeader header, ResultStore store, Path storeFolder, TaskGraph graph, Executor thread) {
    this.header = header;
    this.store = store;
    this.storeFolder = storeFolder;
    List<Node> ofEngines = graph.nodes().stream().filter(Executors::hasEngine).toList();
    this.asked =
        ofEngines.isEmpty()
            ? CompletableFuture.completedFuture(Map.of())
            : CompletableFuture.supplyAsync(() -> ask(ofEngines), thread);
  }

  private static boolean hasEngine(Node node) {
    return node.isStep()
        && !node.step().engine().equals(Engine.ANY)
        && !node.step().engine().equals(Engine.LOCAL);
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
  SortedMap<String, Object> keySettings(Node node) {
    if (!hasEngine(node)) {
      return new TreeMap<>();
    }
    try {
      return new TreeMap<>(asked.join().get(node.id()));
    } catch (CompletionException e) {
      if (e.getCause() instanceof Error error) {
        throw error; // as of a service that cannot be loaded
      }
      throw (RuntimeException) e.getCause();
    }
  }

  private Map<Integer, SortedMap<String, Object>> ask(List<Node> nodes) {
    Map<Integer, SortedMap<String, Object>> all = new HashMap<>();
    for (Node node : nodes) {
      SortedMap<String, Object> settings = new TreeMap<>();
      for (ExecutorFactory factory : ServiceLoader.load(ExecutorFactory.class)) {
        if (factory.name().equals(node.step().engine().name())) {
          ask(factory, node.step(), settings);
        }
      }
      all.put(node.id(), settings);
    }
    return all;
  }

  private void ask(ExecutorFactory factory, TaskSpec task, SortedMap<String, Object> settings) {
    SortedMap<String, String> now =
        factory.keySettings(task, new TreeMap<>(header.options().executorOptions()));
    if (!now.isEmpty()) {
      keySettings
          .computeIfAbsent(factory.name(), any -> now)
          .forEach(
              (name, value) ->
                  settings.put(name, factory.hides(name, value) ? Secret.of(value) : value));
    }
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
                  new TreeMap<>(header.options().executorOptions()),
                  keySettings.getOrDefault(name, new TreeMap<>())));
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
