package dev.reprise.executor;

import dev.reprise.cache.fingerprint.Redaction;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.task.TaskSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Opens an executor; found by {@code ServiceLoader}. Opening contacts nothing yet. */
public interface ExecutorFactory {
  /** Name of the executors it opens, as in {@code --executor}. */
  String name();

  /**
   * Opens an executor. An engine is contacted by {@link TaskExecutor#start}.
   *
   * @throws IllegalArgumentException if an option is bad; names it
   */
  TaskExecutor open(Setting setting);

  /**
   * Settings of the engine that change what a task returns beside its arguments, by name: they are
   * in its keys. Contacts nothing.
   *
   * @param task declared to run on this engine, and on no other
   * @param options as in {@link Setting}
   * @return empty for what would return the same on any engine
   */
  default SortedMap<String, String> keySettings(TaskSpec task, SortedMap<String, String> options) {
    return new TreeMap<>();
  }

  /**
   * Whether one of {@link #keySettings} is a secret: it enters keys as an HMAC and is shown
   * nowhere.
   */
  default boolean hides(String setting, String value) {
    return Redaction.hides(setting);
  }

  /**
   * Finds out whether the engine can be used from here, for {@code doctor}. May contact it and run
   * something there; takes some minutes at most.
   *
   * @param folders that units read from, so that the engine's machines should see them
   * @return what was found; empty if there is nothing to look at
   * @throws IllegalArgumentException if an option is bad; names it
   */
  default List<Check> examine(Setting setting, List<Path> folders) {
    return List.of();
  }

  /**
   * What an executor is given.
   *
   * @param run id of the run
   * @param store where results go
   * @param storeFolder the store's folder, as workers see it
   * @param maxParallel most units at one time; 0 for what the engine has
   * @param options of the engine, by name without the {@code reprise.} in front
   * @param keySettings of the engine, as they are in the keys of the run's steps: by now the engine
   *     may have others
   */
  record Setting(
      String run,
      ResultStore store,
      Path storeFolder,
      int maxParallel,
      SortedMap<String, String> options,
      SortedMap<String, String> keySettings) {
    /** For runs none of whose steps has settings of the engine in its key. */
    public Setting(
        String run,
        ResultStore store,
        Path storeFolder,
        int maxParallel,
        SortedMap<String, String> options) {
      this(run, store, storeFolder, maxParallel, options, new TreeMap<>());
    }
  }
}
