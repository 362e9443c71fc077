package dev.reprise.home;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.reprise.cache.base.HaltingKillPoints;
import dev.reprise.cache.store.FartherStores;
import dev.reprise.cache.store.FileResultStore;
import dev.reprise.cache.store.InMemoryResultStore;
import dev.reprise.cache.store.LayeredResultStore;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.home.HomeOptions.Access;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Opens the store of a home, or one that lasts as long as the driver where what runs make cannot be
 * written.
 *
 * @param folder of the store, as workers see it
 * @param temporary to be deleted at the end; null if the store is to last
 * @param homeWritable whether the home can be written: its journals, whatever there is of a store
 * @param unwritable why home or store cannot be written, so that nothing is kept and both are only
 *     read, as far as they can be; null if they can be written
 * @param reuses whether results of earlier runs are in the store
 */
record StoreFolders(
    ResultStore store,
    Path folder,
    @Nullable Path temporary,
    boolean homeWritable,
    @Nullable String unwritable,
    boolean reuses) {
  /*
   * A home that cannot be written is read: its index beside whoever writes it, and its store. Blobs that
   * are made now go to the store if that can be written, which it may be where --store names another
   * disk; else they go to a temporary one above it, and so they do if the store alone cannot be written.
   * Workers are told the folder of the temporary one, which names the one below. On other machines than
   * the driver's they reach it if java.io.tmpdir is shared; else those of Spark read the one below alone.
   */

  private StoreFolders(ResultStore store, Path folder) {
    this(store, folder, null, true, null, true);
  }

  /**
   * Opens the store.
   *
   * @param warnings told if it is not the one that was asked for
   */
  static StoreFolders open(HomeOptions options, Consumer<String> warnings) {
    Path folder = options.storeFolder();
    FileResultStore.Settings settings =
        new FileResultStore.Settings(
            options.freeSpaceFloor(), HaltingKillPoints.fromSystemProperties());
    if (options.access() == Access.PLAN) {
      return toPlan(options, settings, warnings);
    }
    String unwritable = unwritable(options);
    if (unwritable != null) {
      return toRead(options, settings, unwritable, false, warnings);
    }
    try {
      FileResultStore store = FileResultStore.openOrMake(folder, settings);
      IOException readOnly = store.whyNotWritable();
      if (readOnly != null) {
        String reason =
            readOnly instanceof FileSystemException
                ? readOnly.toString()
                : String.valueOf(readOnly.getMessage());
        String why = "the result store %s cannot be written (%s)".formatted(folder, reason);
        return toRead(options, settings, why, true, warnings);
      }
      ResultStore own = store.forHome(HomeId.of(options.home()));
      return new StoreFolders(FartherStores.behind(own, options.farther(), warnings), folder);
    } catch (IOException e) {
      String why = storeFault(folder, e);
      warnings.accept("the run keeps nothing and reuses nothing: " + why);
      return temporary(settings, true, why);
    }
  }

  private static StoreFolders toPlan(
      HomeOptions options, FileResultStore.Settings settings, Consumer<String> warnings) {
    Path folder = options.storeFolder();
    if (Files.isRegularFile(options.home())) {
      warnings.accept(
          "home %s is a file: a run would have no journal and keep nothing; use --home to name a folder"
              .formatted(options.home()));
    }
    try {
      ResultStore own =
          Files.isDirectory(folder)
              ? FileResultStore.open(folder, settings)
              : new InMemoryResultStore();
      return new StoreFolders(FartherStores.behind(own, options.farther(), warnings), folder);
    } catch (IOException e) {
      warnings.accept("a run would keep nothing and reuse nothing: " + storeFault(folder, e));
      return temporary(settings, true, null);
    }
  }

  private static StoreFolders toRead(
      HomeOptions options,
      FileResultStore.Settings settings,
      String unwritable,
      boolean homeWritable,
      Consumer<String> warnings) {
    Path folder = options.storeFolder();
    String flag = homeWritable ? "--store" : "--home";
    try {
      FileResultStore store =
          Files.exists(folder)
              ? FileResultStore.open(folder, settings)
              : FileResultStore.openOrMake(folder, settings);
      warnings.accept(
          "%s: the run %s; use %s to name another"
              .formatted(unwritable, costs(homeWritable, options.access()), flag));
      if (store.whyNotWritable() == null) {
        ResultStore all = FartherStores.behind(store, options.farther(), warnings);
        return new StoreFolders(all, folder, null, homeWritable, unwritable, true);
      }
      StoreFolders above = temporary(settings, homeWritable, unwritable);
      ResultStore both = LayeredResultStore.put((FileResultStore) above.store, store);
      return new StoreFolders(
          FartherStores.behind(both, options.farther(), warnings),
          above.folder,
          above.temporary,
          homeWritable,
          unwritable,
          true);
    } catch (IOException e) {
      warnings.accept(
          "%s: the run keeps nothing and reuses nothing; use %s to name another"
              .formatted(unwritable, flag));
      return temporary(settings, homeWritable, unwritable);
    }
  }

  /** What a run lacks, for people. */
  private static String costs(boolean homeWritable, Access access) {
    String kept =
        access == Access.NONE ? "keeps nothing" : "keeps nothing, and reuses what the home holds";
    if (homeWritable) {
      return kept;
    }
    return access == Access.NONE ? "has no journal" : "has no journal and " + kept;
  }

  /** Why the home cannot be written; null if it can be. */
  private static @Nullable String unwritable(HomeOptions options) {
    try {
      Files.createDirectories(options.runsFolder());
      // not createTempFile, for whose random names the JDK loads all that makes keys
      String name = "probe-" + Long.toHexString(new SplittableRandom().nextLong());
      Files.newByteChannel(options.home().resolve(name), CREATE_NEW, WRITE, DELETE_ON_CLOSE)
          .close();
      return null;
    } catch (IOException e) {
      return "home %s cannot be written (%s)".formatted(options.home(), why(options, e));
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

  private static StoreFolders temporary(
      FileResultStore.Settings settings, boolean homeWritable, @Nullable String unwritable) {
    try {
      Path temporary = Files.createTempDirectory("reprise-store");
      Path folder = temporary.resolve("store");
      return new StoreFolders(
          FileResultStore.openOrMake(folder, settings),
          folder,
          temporary,
          homeWritable,
          unwritable,
          false);
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
    } catch (IOException | UncheckedIOException e) {
      return; // it lies in the temporary folder, where the system tidies up
    }
  }
}
