package dev.reprise.executor;

import dev.reprise.cache.store.PartitionRef;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Finds what runs made by the names that people give it, so that a program which knows an engine
 * alone can read it; found by {@code ServiceLoader}. Starts nothing and writes nothing.
 */
public interface ResultFinder {
  /**
   * Finds a result.
   *
   * @param settings as on the command line, such as {@code home} and {@code store}; what is not
   *     there is found as there
   * @param run id of the run or the beginning of it, or {@code latest}
   * @param name a result or a step; {@code NAME:LABEL} or {@code NAME:NUMBER} is one partition
   * @throws IllegalArgumentException if there is no such run, result or setting; names those that
   *     there are
   * @throws IOException if what was kept cannot be read
   */
  Found find(Map<String, String> settings, String run, String name) throws IOException;

  /**
   * What was found.
   *
   * @param store folder of the store
   * @param farther folders of stores that have what it has not, in the order in which they are
   *     asked
   * @param partitions in order; of a table in pieces its pieces
   */
  record Found(Path store, List<String> farther, List<PartitionRef> partitions) {
    public Found {
      farther = List.copyOf(farther);
      partitions = List.copyOf(partitions);
    }
  }
}
