package dev.reprise.cli.cache;

import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheIndex.EntryVisitor;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.upkeep.ImportNote;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.CommandException;
import dev.reprise.cli.base.ExitCode;
import dev.reprise.cli.base.HelpOption;
import dev.reprise.cli.base.HomeView;
import dev.reprise.cli.base.OutputOption;
import dev.reprise.cli.base.SettingOptions;
import dev.reprise.config.Settings;
import dev.reprise.config.UsageException;
import dev.reprise.journal.RunHistory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code reprise cache show}: one entry, with all there is to know. */
@Command(
    name = "show",
    sortOptions = false,
    description = "Shows an entry: where it came from, what it holds and what its key was made of.",
    footerHeading = "%nExample:%n",
    footer = "  reprise cache show 3c9e12ab",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:success", "2:bad usage, or no such entry", "5:the index cannot be read"})
final class ShowCommand implements Callable<Integer> {
  private static final int MOST_NAMED = 5;

  private final CommandContext context;

  @Parameters(paramLabel = "KEY", description = "the key, or how it begins")
  private String key = "";

  @Mixin private final OutputOption output = new OutputOption();
  @Mixin final SettingOptions options;
  @Mixin final HelpOption help = new HelpOption();

  ShowCommand(CommandContext context) {
    this.context = context;
    this.options = new SettingOptions(context.flags());
  }

  @Override
  public Integer call() throws IOException, CommandException {
    String prefix = EntryFilter.checkKey("KEY", key);
    Settings settings = context.settingsOfHome();
    try (HomeView home = new HomeView(settings)) {
      CacheEntry entry = find(prefix, home.index());
      Optional<KeyOrigin> origin = KeyOrigin.of(entry, home.index());
      EntryUse use = EntryUse.of(entry, new RunHistory(settings.runsFolder()));
      Optional<ImportNote> imported = ImportNote.of(entry, home.index());
      EntryReport report = new EntryReport(entry, origin, use, imported, home.store());
      if (output.json()) {
        context.out().println(report.json());
      } else {
        report.print(context.out(), context.clock().instant());
      }
      return ExitCode.OK.code();
    } catch (CacheUnavailableException e) {
      throw new CommandException(ExitCode.CACHE_REQUIRED, String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * The entry whose key begins so.
   *
   * @throws UsageException if there is none, or there are several
   */
  static CacheEntry find(String prefix, CacheIndex index) throws CacheUnavailableException {
    List<CacheEntry> found = new ArrayList<>();
    List<String> damaged = new ArrayList<>();
    index.forEach(
        new EntryVisitor() {
          @Override
          public void entry(CacheEntry entry) {
            if (entry.key().toString().startsWith(prefix) && found.size() <= MOST_NAMED) {
              found.add(entry);
            }
          }

          @Override
          public void damaged(@Nullable CacheKey key, String why) {
            if (key != null && key.toString().startsWith(prefix)) {
              damaged.add("entry " + key + " is damaged: " + why);
            }
          }
        });
    if (found.isEmpty()) {
      throw new UsageException(
          damaged.isEmpty()
              ? "no key begins with '%s'; 'reprise cache ls --limit 0' lists all".formatted(prefix)
              : damaged.get(0));
    } else if (found.size() > 1) {
      throw new UsageException(
          "%s keys begin with '%s': %s; write more of the key"
              .formatted(
                  found.size() > MOST_NAMED ? "several" : found.size(),
                  prefix,
                  String.join(
                      ", ",
                      found.stream()
                          .map(entry -> EntryRow.of(entry))
                          .map(row -> row.shortKey() + " (" + row.unit() + ")")
                          .toList())));
    }
    return found.get(0);
  }
}
