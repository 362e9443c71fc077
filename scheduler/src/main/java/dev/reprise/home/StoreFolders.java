package dev.reprise.home;

import dev.reprise.cache.base.HaltingKillPoints;
import dev.reprise.cache.store.FileResultStore;
import dev.reprise.cache.store.InMemoryResultStore;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.home.HomeOptions.Access;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Opens the store of a home, or one that lasts as long as the driver where the home cannot be
 * written.
 *
 * @param temporary to be deleted at the end; null if the store is to last
 */
record StoreFolders(ResultStore store, Path folder, @Nullable Path temporary) {

  /**
   * Opens the store.
   *
   * @param warnings are added to if it is not the one that was asked for
   */
  static StoreFolders open(HomeOptions options, List<String> warnings) {
    Path folder = options.storeFolder();
    FileResultStore.Settings settings =
        new FileResultStore.Settings(
            options.freeSpaceFloor(), HaltingKillPoints.fromSystemProperties());
    try {
      if (options.access() == Access.PLAN && !Files.isDirectory(folder)) {
        return new StoreFolders(new InMemoryResultStore(), folder, null);
      }
      if (options.access() == Access.PLAN) {
        return new StoreFolders(FileResultStore.open(folder, settings), folder, null);
      }
    } catch (IOException e) {
      warnings.add("a run would keep nothing: " + storeFault(folder, e));
      return temporary(settings);
    }
    try {
      Files.createDirectories(options.runsFolder());
      Path probe = Files.createTempFile(options.home(), "probe", null);
      Files.delete(probe);
    } catch (IOException e) {
      warnings.add(
          "home %s cannot be written (%s): the run keeps nothing; use --home to name another"
              .formatted(options.home(), why(options, e)));
      return temporary(settings);
    }
    try {
      FileResultStore store = FileResultStore.openOrMake(folder, settings);
      return new StoreFolders(store.forHome(HomeId.of(options.home())), folder, null);
    } catch (IOException e) {
      warnings.add("the run keeps nothing: " + storeFault(folder, e));
      return temporary(settings);
    }
  }

  private static String why(HomeOptions options, IOException e) {
    if (Files.isRegularFile(options.home())) {
      return "it is a file";
    }
    return Files.isRegularFile(options.runsFolder())
        ? options.runsFolder() + " is a file, move it away"
        : e.toString();
  }

  /** What a store says of itself names the way out; what the file system says does not. */
  private static String storeFault(Path folder, IOException e) {
    if (Files.isRegularFile(folder)) {
      return "the result store %s is a file; move it away, or name another folder with --store"
          .formatted(folder);
    }
    return e instanceof FileSystemException
        ? "the result store %s cannot be used (%s); name another with --store".formatted(folder, e)
        : String.valueOf(e.getMessage());
  }

  private static StoreFolders temporary(FileResultStore.Settings settings) {
    try {
      Path folder = Files.createTempDirectory("reprise-store");
      return new StoreFolders(
          FileResultStore.openOrMake(folder.resolve("store"), settings), folder, folder);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "neither the home nor the temporary folder can be written; set java.io.tmpdir", e);
    }
  }

  /** Deletes a folder with all that is in it, as far as possible. */
  static void delete(Path folder) {
    try (Stream<Path> walk = Files.walk(folder)) {
      for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      return; // it lies in the temporary folder, where the system tidies up
    }
  }
}
