package dev.reprise.cli.doctor;

import dev.reprise.cache.store.FileResultStore;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.config.Settings;
import dev.reprise.executor.Check;
import dev.reprise.executor.ExecutorFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** Has an engine's plugin look at its cluster, with the store that runs would use. */
final class EngineChecks {
  private final Settings settings;
  private final CommandContext context;

  EngineChecks(Settings settings, CommandContext context) {
    this.settings = settings;
    this.context = context;
  }

  List<Check> of(String engine) {
    for (ExecutorFactory factory : ServiceLoader.load(ExecutorFactory.class)) {
      if (factory.name().equals(engine)) {
        return of(factory);
      }
    }
    return List.of(
        Check.fail(
            engine, "there is no executor '" + engine + "'", "put its plugin on the class path"));
  }

  private List<Check> of(ExecutorFactory factory) {
    Path folder = settings.store();
    try {
      FileResultStore store = FileResultStore.openOrMake(folder, FileResultStore.Settings.STANDARD);
      return factory.examine(
          new ExecutorFactory.Setting(
              "doctor", store, folder, 0, new TreeMap<>(settings.engineOptions())),
          List.of(context.folder()));
    } catch (IOException e) {
      return List.of(
          Check.fail(
              factory.name(),
              "store %s cannot be used: %s".formatted(folder, e.getMessage()),
              "name another with --store"));
    } catch (IllegalArgumentException e) {
      return List.of(
          Check.fail(factory.name(), String.valueOf(e.getMessage()), "correct the setting"));
    }
  }
}
