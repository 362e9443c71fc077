package dev.reprise.spark.table;

import dev.reprise.cache.base.HostName;
import dev.reprise.cache.store.FileResultStore;
import dev.reprise.cache.store.LayeredResultStore;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cache.store.StoreFullException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The stores that tasks in this process use. */
final class Stores {
  // An executor's process has nothing of ours that outlives a task. A store that is open knows
  // which
  // chunks it has checked, so all tasks share it.
  private static final Map<Use, ResultStore> OPEN = new ConcurrentHashMap<>();

  private record Use(String folder, long freeSpaceFloor) {}

  private Stores() {}

  /** As {@link #open(String, long)}, for who writes nothing. */
  static ResultStore open(String folder) throws StoreTroubleException {
    return open(folder, FileResultStore.Settings.STANDARD.freeSpaceFloor());
  }

  /**
   * Opens the store in a folder, or returns it if it is open.
   *
   * @param freeSpaceFloor in bytes
   * @throws StoreTroubleException if it cannot be used here
   */
  static ResultStore open(String folder, long freeSpaceFloor) throws StoreTroubleException {
    Use use = new Use(folder, freeSpaceFloor);
    ResultStore known = OPEN.get(use);
    if (known == null) {
      try {
        known =
            LayeredResultStore.open(
                Path.of(folder), FileResultStore.Settings.ofWorker(freeSpaceFloor));
      } catch (IOException e) {
        throw trouble(folder, e);
      }
      OPEN.put(use, known);
    }
    return known;
  }

  static StoreTroubleException trouble(String folder, IOException e) {
    return new StoreTroubleException(
        "the store %s cannot be used on %s: %s".formatted(folder, HostName.find(), e.getMessage()),
        e instanceof StoreFullException);
  }
}
