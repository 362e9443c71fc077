package dev.reprise.cli.base;

import dev.reprise.cache.base.Folders;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.IndexSettings;
import dev.reprise.cache.index.RocksCacheIndex;
import dev.reprise.cache.index.Scope;
import dev.reprise.cache.store.FartherStores;
import dev.reprise.cache.store.FileResultStore;
import dev.reprise.cache.store.InMemoryResultStore;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.config.Setting;
import dev.reprise.config.Settings;
import dev.reprise.home.HomeOptions;
import dev.reprise.run.RunListener.RunHeader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A home, to look at while another process may be writing it: the store, and a view of the index,
 * each opened when it is asked for. Makes nothing, not even folders; what is not there is empty.
 */
public final class HomeView implements AutoCloseable {
  private final Settings settings;
  private final Path storeFolder;
  private final Scope scope;
  private @Nullable ResultStore store;
  private @Nullable CacheIndex index;

  /** The home that the settings name. */
  public HomeView(Settings settings) {
    this(settings, settings.store(), scope(settings));
  }

  private HomeView(Settings settings, Path storeFolder, Scope scope) {
    this.settings = settings;
    this.storeFolder = storeFolder;
    this.scope = scope;
  }

  /**
   * The home as a run in it had it: with the run's scope and store, whatever the settings say now.
   * A store on the command line goes before it, and so does the one set if the run's is gone.
   */
  public static HomeView of(Settings settings, RunHeader run) {
    Path store = run.store().isEmpty() ? settings.home().resolve("store") : Path.of(run.store());
    boolean usual = !settings.isOption(Setting.STORE) && Files.isDirectory(store);
    Scope set = scope(settings);
    boolean same = run.scope().isEmpty() || run.scope().equals(set.name());
    return new HomeView(
        settings, usual ? store : settings.store(), same ? set : Scope.of(run.scope()));
  }

  /** Whether a folder holds something, and nothing that a home has. */
  public static boolean isOfSomethingElse(Path folder) {
    try {
      List<Path> found =
          Folders.list(folder).stream().filter(each -> !isOfTheSystem(each)).toList();
      return !found.isEmpty()
          && Stream.of("index", "runs", "store").map(folder::resolve).noneMatch(found::contains);
    } catch (IOException e) {
      return false; // what is wanted of it will tell
    }
  }

  /** What is in a folder that nobody has put anything into: a fresh disk, a checkout. */
  private static boolean isOfTheSystem(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.startsWith(".") || name.equals("lost+found");
  }

  /** Where the result store is, if there is one. */
  public Path storeFolder() {
    return storeFolder;
  }

  /** The scope that the settings name. */
  public static Scope scope(Settings settings) {
    return ScopeSettings.of(settings, HomeOptions.at(settings.home())).scope();
  }

  /**
   * The result store.
   *
   * @throws CommandException if the folder is there and is no store that can be read
   */
  public ResultStore store() throws CommandException {
    if (store == null) {
      try {
        ResultStore own =
            Files.exists(storeFolder)
                ? FileResultStore.open(storeFolder, FileResultStore.Settings.STANDARD)
                : new InMemoryResultStore();
        store = FartherStores.behind(own, settings.fartherStores(), unusable -> {});
      } catch (IOException e) {
        throw new CommandException(ExitCode.CACHE_REQUIRED, String.valueOf(e.getMessage()), e);
      }
    }
    return store;
  }

  /**
   * What the index holds now.
   *
   * @throws CommandException if it cannot be read
   */
  public CacheIndex index() throws CommandException {
    if (index == null) {
      try {
        index = RocksCacheIndex.openView(IndexSettings.of(settings.indexFolder(), scope, store()));
      } catch (CacheUnavailableException e) {
        throw new CommandException(ExitCode.CACHE_REQUIRED, String.valueOf(e.getMessage()), e);
      }
    }
    return index;
  }

  @Override
  public void close() {
    if (index != null) {
      index.close();
    }
  }
}
