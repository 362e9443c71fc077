package dev.reprise.cli.cache;

import dev.reprise.cache.upkeep.Eviction;
import dev.reprise.cache.upkeep.KeptFailures;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.CommandException;
import dev.reprise.cli.base.ExitCode;
import dev.reprise.cli.base.HelpOption;
import dev.reprise.cli.base.HomeView;
import dev.reprise.cli.base.LockOption;
import dev.reprise.cli.base.OutputOption;
import dev.reprise.cli.base.SettingOptions;
import dev.reprise.config.Settings;
import dev.reprise.config.UsageException;
import dev.reprise.console.Figures;
import dev.reprise.console.JsonText;
import dev.reprise.journal.RunHistory;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code reprise cache evict}: does away with some entries. */
@Command(
    name = "evict",
    sortOptions = false,
    description = {
      "Removes the entries that all given options choose, and what only they hold; likewise failures"
          + " that are kept, as 'cache ls --failures' lists them."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  reprise cache evict --step train --dry-run",
      "  reprise cache evict --named prices",
      "  reprise cache evict --older-than 30d"
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:success",
      "2:bad usage",
      "5:the index cannot be used",
      "7:another process holds the index"
    })
final class EvictCommand implements Callable<Integer> {
  private final CommandContext context;

  @Option(names = "--dry-run", description = "show what would go, and remove nothing")
  private boolean dryRun;

  @Mixin private final EntryFilter filter = new EntryFilter();
  @Mixin private final OutputOption output = new OutputOption();
  @Mixin final LockOption lock;
  @Mixin final SettingOptions options;
  @Mixin final HelpOption help = new HelpOption();

  EvictCommand(CommandContext context) {
    this.context = context;
    this.options = new SettingOptions(context.flags());
    this.lock = new LockOption(context.flags());
  }

  @Override
  public Integer call() throws IOException, CommandException {
    if (!filter.isGiven()) {
      throw new UsageException(
          "say which entries: --step, --pipeline, --run, --named, --key or --older-than; 'reprise"
              + " cache clear' removes all");
    }
    Settings settings = context.settingsOfHome();
    Instant now = context.clock().instant();
    Predicate<EntryRow> chosen = filter.at(now, new RunHistory(settings.runsFolder()));
    long failures = 0;
    if (dryRun) {
      Selection selection = new Selection(chosen, Integer.MAX_VALUE);
      try (HomeView home = new HomeView(settings)) {
        selection.takeFrom(home.index());
        failures = FailureList.find(home.index(), chosen).size();
      }
      filter.checkNamed();
      report(selection.newest(), failures, 0, now);
    } else if (WritableHome.exists(settings)) {
      List<EntryRow> removed = new ArrayList<>();
      Removed result = remove(settings, chosen, removed);
      filter.checkNamed();
      report(removed, result.failures, result.entries.freedBytes(), now);
    } else {
      filter.checkNamed();
      report(List.of(), 0, 0, now);
    }
    return ExitCode.OK.code();
  }

  private record Removed(Eviction.Result entries, long failures) {}

  private Removed remove(Settings settings, Predicate<EntryRow> chosen, List<EntryRow> removed)
      throws IOException, CommandException {
    return WritableHome.shrink(
        context,
        settings,
        "cache evict",
        home -> {
          long failures =
              KeptFailures.remove(
                  home.index(),
                  failure -> chosen.test(FailureList.row(failure)),
                  /* damagedToo= */ false);
          Eviction.Result entries =
              home.evict(
                  entry -> {
                    EntryRow row = EntryRow.of(entry);
                    return chosen.test(row) && removed.add(row);
                  },
                  /* damagedToo= */ false,
                  context.err());
          return new Removed(entries, failures);
        });
  }

  private void report(List<EntryRow> entries, long failures, long freedBytes, Instant now)
      throws IOException {
    long bytes = entries.stream().mapToLong(EntryRow::bytes).sum();
    if (output.json()) {
      context
          .out()
          .println(
              JsonText.document()
                  .flag("dry_run", dryRun)
                  .number("removed", entries.size())
                  .number("bytes", bytes)
                  .number("freed_bytes", freedBytes)
                  .number("failures", failures)
                  .objects("entries", entries, EntryRow::describe)
                  .end());
      return;
    } else if (entries.isEmpty() && failures == 0) {
      context.out().println("no such entries" + filter.hint());
    } else if (entries.isEmpty()) {
      context.out().println((dryRun ? "would remove " : "removed ") + FailureList.count(failures));
      return;
    } else if (dryRun) {
      ListCommand.print(context.out(), entries, now);
      context
          .out()
          .printf(
              "would remove %s, %s%n", ListCommand.entries(entries.size()), Figures.bytes(bytes));
    } else {
      context
          .out()
          .printf(
              "removed %s, %s; %s freed in the store%n",
              ListCommand.entries(entries.size()), Figures.bytes(bytes), Figures.bytes(freedBytes));
    }
    if (failures > 0) {
      context.out().println("and " + FailureList.count(failures));
    }
  }
}
