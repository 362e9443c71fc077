package dev.reprise.cli.result;

import dev.reprise.cache.store.FartherStores;
import dev.reprise.cli.base.CommandException;
import dev.reprise.cli.base.HomeView;
import dev.reprise.config.Flags;
import dev.reprise.config.Settings;
import dev.reprise.config.UsageException;
import dev.reprise.executor.ResultFinder;
import dev.reprise.journal.RecordedRun;
import dev.reprise.journal.RunHistory;
import dev.reprise.journal.RunIds;
import dev.reprise.journal.UnknownRunException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

/** Finds results in homes, as {@code reprise result} does. */
public final class KeptResults implements ResultFinder {
  /** For {@code ServiceLoader}. */
  public KeptResults() {}

  @Override
  public Found find(Map<String, String> given, String run, String name) throws IOException {
    Flags flags = new Flags();
    given.forEach(flags::conf);
    try {
      Settings settings =
          Settings.read(flags, properties(), System.getenv(), Path.of("").toAbsolutePath());
      RunHistory history = new RunHistory(settings.runsFolder());
      RecordedRun recorded = history.read(history.find(run));
      String shown = RunIds.brief(recorded.id(), history.ids());
      try (HomeView home = HomeView.of(settings, recorded.header())) {
        RunResults results =
            new RunResults(recorded, shown, unit -> ResultCommand.find(home, unit));
        return new Found(
            home.storeFolder(),
            FartherStores.foldersBehind(home.store()),
            results.find(name).partitions());
      }
    } catch (UnknownRunException | UsageException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    } catch (CommandException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static Map<String, String> properties() {
    return System.getProperties().stringPropertyNames().stream()
        .collect(Collectors.toMap(key -> key, key -> System.getProperty(key, "")));
  }
}
