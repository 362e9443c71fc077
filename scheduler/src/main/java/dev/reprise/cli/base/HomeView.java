package dev.reprise.cli.base;

import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.IndexSettings;
import dev.reprise.cache.index.RocksCacheIndex;
import dev.reprise.cache.index.Scope;
import dev.reprise.cache.store.FileResultStore;
import dev.reprise.cache.store.InMemoryResultStore;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.config.Setting;
import dev.reprise.config.Settings;
import dev.reprise.home.HomeOptions;
import java.io.IOException;
import java.nio.file.Files;
import org.jspecify.annotations.Nullable;

/**
 * A home, to look at while another process may be writing it: the store, and a view of the index,
 * each opened when it is asked for. Makes nothing, not even folders; what is not there is empty.
 */
public final class HomeView implements AutoCloseable {
  private final Settings settings;
  private @Nullable ResultStore store;
  private @Nullable CacheIndex index;

  public HomeView(Settings settings) {
    this.settings = settings;
  }

  /** The scope that the settings name. */
  public static Scope scope(Settings settings) {
    return HomeOptions.at(settings.home())
        .withScope(settings.text(Setting.PROJECT), settings.text(Setting.ENVIRONMENT))
        .scope();
  }

  /**
   * The result store.
   *
   * @throws CommandException if the folder is there and is no store that can be read
   */
  public ResultStore store() throws CommandException {
    if (store == null) {
      try {
        store =
            Files.exists(settings.store())
                ? FileResultStore.open(settings.store(), FileResultStore.Settings.STANDARD)
                : new InMemoryResultStore();
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
        index =
            RocksCacheIndex.openView(
                IndexSettings.of(settings.indexFolder(), scope(settings), store()));
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
