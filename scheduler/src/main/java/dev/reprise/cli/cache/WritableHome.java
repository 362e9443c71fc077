package dev.reprise.cli.cache;

import dev.reprise.cache.base.KillPoints;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.Holder;
import dev.reprise.cache.index.IndexLockedException;
import dev.reprise.cache.index.IndexSettings;
import dev.reprise.cache.index.IndexSettings.Start;
import dev.reprise.cache.index.RocksCacheIndex;
import dev.reprise.cache.index.Scope;
import dev.reprise.cache.store.FartherStores;
import dev.reprise.cache.store.FileResultStore;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cache.store.StoreFullException;
import dev.reprise.cache.upkeep.Eviction;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.CommandException;
import dev.reprise.cli.base.ExitCode;
import dev.reprise.cli.base.HomeView;
import dev.reprise.config.Setting;
import dev.reprise.config.Settings;
import dev.reprise.home.HomeId;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** The index and the store of a home, for this process alone to change. */
record WritableHome(RocksCacheIndex index, ResultStore store, String scope)
    implements AutoCloseable {
  private static final Duration BETWEEN_REMINDERS = Duration.ofSeconds(30);

  /** Whether there is anything that could be changed; opening would make it. */
  static boolean exists(Settings settings) {
    return Files.isDirectory(settings.indexFolder()) || Files.isDirectory(settings.store());
  }

  /** What is done with an open home. */
  @FunctionalInterface
  interface Work<T> {
    /** Does it. */
    T with(WritableHome home) throws CacheUnavailableException, IOException;
  }

  /**
   * Opens the home to remove something. That goes on where nothing may be written any more, since
   * it is the way out of there.
   *
   * @param command without the program: what others are told who wait for this process
   */
  static <T> T shrink(CommandContext context, Settings settings, String command, Work<T> work)
      throws CommandException, IOException {
    return use(context, settings, 0, index -> index.withCommand(context.command(command)), work);
  }

  /**
   * Opens the home to add something.
   *
   * @param command as for {@link #shrink}
   * @param start what the index begins with
   */
  static <T> T grow(
      CommandContext context, Settings settings, String command, Start start, Work<T> work)
      throws CommandException, IOException {
    long floor = settings.bytes(Setting.STORE_FREE_SPACE_FLOOR);
    return use(
        context,
        settings,
        floor,
        index -> index.withCommand(context.command(command)).withStart(start),
        work);
  }

  /**
   * Opens the home, works and closes it; waits for whoever has the index open, and says so.
   *
   * @param floor nothing is written to index or store if less is free, in bytes
   */
  private static <T> T use(
      CommandContext context,
      Settings settings,
      long floor,
      UnaryOperator<IndexSettings> how,
      Work<T> work)
      throws CommandException, IOException {
    try (WritableHome home = open(context, settings, floor, how)) {
      return work.with(home);
    } catch (CacheUnavailableException e) {
      throw new CommandException(ExitCode.CACHE_REQUIRED, forCommand(e), e);
    } catch (StoreFullException e) {
      throw new CommandException(ExitCode.CACHE_REQUIRED, String.valueOf(e.getMessage()), e);
    } catch (FileSystemException e) {
      throw new CommandException(
          ExitCode.CACHE_REQUIRED,
          "the home %s or its store %s cannot be changed: %s; what was done stays, and nothing is damaged"
              .formatted(settings.home(), settings.store(), e),
          e);
    }
  }

  private static WritableHome open(
      CommandContext context, Settings settings, long floor, UnaryOperator<IndexSettings> how)
      throws CommandException, CacheUnavailableException {
    Scope scope = HomeView.scope(settings);
    try {
      ResultStore own =
          FileResultStore.openOrMake(
                  settings.store(), new FileResultStore.Settings(floor, KillPoints.NONE))
              .forHome(HomeId.of(settings.home()));
      ResultStore store =
          FartherStores.behind(own, settings.fartherStores(), context.err()::println);
      IndexSettings wanted =
          how.apply(IndexSettings.of(settings.indexFolder(), scope, store).withFloor(floor))
              .withLock(
                  settings.duration(Setting.LOCK_TIMEOUT), new Waiting(context.err())::holder);
      RocksCacheIndex.Opened opened = RocksCacheIndex.open(wanted);
      opened.report().message().map(context::typed).ifPresent(context.err()::println);
      return new WritableHome(opened.index(), store, scope.name());
    } catch (IndexLockedException e) {
      throw new CommandException(
          ExitCode.INDEX_LOCKED,
          "the index %s is held by %s: wait for it to end, raise --lock-timeout, or name another --home"
              .formatted(settings.indexFolder(), e.holder()),
          e);
    } catch (FileSystemException e) { // of which the message may be a path alone
      throw new CommandException(
          ExitCode.CACHE_REQUIRED,
          "the home %s or its store %s cannot be opened: %s"
              .formatted(settings.home(), settings.store(), e),
          e);
    } catch (IOException e) {
      throw new CommandException(ExitCode.CACHE_REQUIRED, forCommand(e), e);
    }
  }

  /** The index advises those who run; the commands here have no option of that name. */
  private static String forCommand(Exception e) {
    return String.valueOf(e.getMessage()).replaceFirst(",? or --cache=read.*$", "");
  }

  /** Removes entries and what only they hold; says on {@code err} when blobs had to stay. */
  Eviction.Result evict(Predicate<CacheEntry> unwanted, boolean damagedToo, PrintStream err)
      throws CacheUnavailableException, IOException {
    Eviction.Result result = new Eviction(index, scope, store).evict(unwanted, damagedToo);
    if (!result.unreadable().isEmpty()) {
      err.printf(
          "warning: no blob was removed, since what some manifests name is not known: %s%n",
          result.unreadable().get(0));
    }
    return result;
  }

  @Override
  public void close() {
    index.close();
  }

  /** Says who is waited for: at once, and then now and again. */
  private static final class Waiting {
    private final PrintStream err;
    private Duration next = Duration.ZERO;

    Waiting(PrintStream err) {
      this.err = err;
    }

    void holder(Holder holder, Duration soFar) {
      if (soFar.compareTo(next) >= 0) {
        err.println("waiting for the index, held by " + holder);
        next = soFar.plus(BETWEEN_REMINDERS);
      }
    }
  }
}
