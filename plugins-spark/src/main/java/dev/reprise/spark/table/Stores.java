package dev.reprise.spark.table;

import dev.reprise.cache.base.HostName;
import dev.reprise.cache.store.FileResultStore;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cache.store.StorePlace;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The stores that tasks in this process use. */
final class Stores {
  // An executor's process has nothing of ours that outlives a task. A store that is open knows
  // which
  // chunks it has checked, so all tasks share it.
  private static final Map<Use, ResultStore> OPEN = new ConcurrentHashMap<>();

  private record Use(StorePlace place, long freeSpaceFloor) {}

  private Stores() {}

  /** As {@link #open(StorePlace, long)}, for who writes nothing. */
  static ResultStore open(StorePlace place) throws StoreTroubleException {
    return open(place, FileResultStore.Settings.STANDARD.freeSpaceFloor());
  }

  /**
   * Opens the store at a place, or returns it if it is open.
   *
   * @param freeSpaceFloor in bytes
   * @throws StoreTroubleException if it cannot be used here
   */
  static ResultStore open(StorePlace place, long freeSpaceFloor) throws StoreTroubleException {
    Use use = new Use(place, freeSpaceFloor);
    ResultStore known = OPEN.get(use);
    if (known == null) {
      try {
        known = place.open(FileResultStore.Settings.ofWorker(freeSpaceFloor));
      } catch (IOException e) {
        throw trouble(place, e);
      }
      OPEN.put(use, known);
    }
    return known;
  }

  static StoreTroubleException trouble(StorePlace place, IOException e) {
    return new StoreTroubleException(
        "the store %s cannot be used on %s: %s".formatted(place, HostName.find(), e.getMessage()),
        e);
  }
}
