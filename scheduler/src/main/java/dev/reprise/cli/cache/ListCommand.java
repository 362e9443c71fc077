package dev.reprise.cli.cache;

import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.KeptFailure;
import dev.reprise.cache.upkeep.Pins;
import dev.reprise.cli.base.AlignedRows;
import dev.reprise.cli.base.AlignedRows.Column;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.CommandException;
import dev.reprise.cli.base.ExitCode;
import dev.reprise.cli.base.HelpOption;
import dev.reprise.cli.base.HomeView;
import dev.reprise.cli.base.OutputOption;
import dev.reprise.cli.base.SettingOptions;
import dev.reprise.config.Settings;
import dev.reprise.config.UsageException;
import dev.reprise.console.Figures;
import dev.reprise.console.JsonText;
import dev.reprise.home.HomeGc;
import dev.reprise.journal.RunHistory;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code reprise cache ls}: the entries, newest first. */
@Command(
    name = "ls",
    sortOptions = false,
    description = "Lists what is kept, newest first.",
    footerHeading = "%nExample:%n",
    footer = "  reprise cache ls --step delays --older-than 7d",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:success", "2:bad usage", "5:the index cannot be read"})
final class ListCommand implements Callable<Integer> {
  private static final int SHOWN = 50;

  private final CommandContext context;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "most entries to show; 0 for all (default: 50, all in JSON)")
  private @Nullable Integer limit;

  @Option(names = "--pinned", description = "those that no limit applies to")
  private boolean pinned;

  @Option(
      names = "--failures",
      description = "failures that are kept for a while, in place of results")
  private boolean failures;

  @Mixin private final EntryFilter filter = new EntryFilter();
  @Mixin private final OutputOption output = new OutputOption();
  @Mixin final SettingOptions options;
  @Mixin final HelpOption help = new HelpOption();

  ListCommand(CommandContext context) {
    this.context = context;
    this.options = new SettingOptions(context.flags());
  }

  @Override
  public Integer call() throws IOException, CommandException {
    Settings settings = context.settingsOfHome();
    Instant now = context.clock().instant();
    if (failures) {
      listFailures(settings, now);
      return ExitCode.OK.code();
    }
    Selection selection = new Selection(wanted(settings, now), most());
    try (HomeView home = new HomeView(settings)) {
      selection.takeFrom(home.index());
    }
    filter.checkNamed();
    if (output.json()) {
      context.out().println(json(selection));
    } else {
      print(selection, now, settings);
    }
    selection.warnOfDamage(context);
    return ExitCode.OK.code();
  }

  private void listFailures(Settings settings, Instant now) throws IOException, CommandException {
    if (pinned) {
      throw new UsageException("no failure is pinned; leave out --pinned or --failures");
    }
    List<KeptFailure> found;
    try (HomeView home = new HomeView(settings)) {
      found = FailureList.find(home.index(), wanted(settings, now));
    }
    List<KeptFailure> shown = found.subList(0, Math.min(most(), found.size()));
    if (output.json()) {
      context
          .out()
          .println(
              JsonText.document()
                  .objects("failures", shown, FailureList::describe)
                  .number("total", found.size())
                  .end());
    } else if (found.isEmpty()) {
      context.out().println("no failures are kept" + filter.hint());
    } else {
      FailureList.print(context.out(), shown, now);
      context.out().println(FailureList.count(found.size()));
    }
  }

  private Predicate<EntryRow> wanted(Settings settings, Instant now) throws CommandException {
    Predicate<EntryRow> chosen = filter.at(now, new RunHistory(settings.runsFolder()));
    if (!pinned) {
      return chosen;
    }
    String scope = HomeView.scope(settings).name();
    try {
      Pins pins = HomeGc.pins(settings.home());
      return row -> chosen.test(row) && pins.contains(scope, row.cacheKey());
    } catch (CacheUnavailableException e) {
      throw new CommandException(ExitCode.CACHE_REQUIRED, String.valueOf(e.getMessage()), e);
    }
  }

  private int most() {
    if (limit == null) {
      return output.json() ? Integer.MAX_VALUE : SHOWN;
    } else if (limit < 0) {
      throw new UsageException("--limit cannot be %s, wanted 0 or more".formatted(limit));
    }
    return limit == 0 ? Integer.MAX_VALUE : limit;
  }

  private static String json(Selection selection) {
    return JsonText.document()
        .objects("entries", selection.newest(), EntryRow::describe)
        .number("total", selection.count())
        .number("total_bytes", selection.bytes())
        .number("damaged", selection.damaged())
        .end();
  }

  private void print(Selection selection, Instant now, Settings settings) throws IOException {
    if (selection.count() == 0) {
      context
          .out()
          .printf(
              "%s in %s%s%n",
              filter.isGiven() || pinned ? "no such entries" : "no entries",
              settings.home(),
              filter.hint());
      return;
    }
    List<EntryRow> shown = selection.newest();
    print(context.out(), shown, now);
    if (shown.size() < selection.count()) {
      context
          .out()
          .printf(
              "the newest %s of %s are shown; --limit 0 shows all%n",
              Figures.count(shown.size()), Figures.count(selection.count()));
    }
    context
        .out()
        .printf(
            "%s, %s, %s of executor time%n",
            entries(selection.count()),
            Figures.bytes(selection.bytes()),
            Figures.duration(selection.nanos()));
  }

  /** A number of entries, in words. */
  static String entries(long count) {
    return Figures.count(count) + (count == 1 ? " entry" : " entries");
  }

  /** Prints entries in columns. */
  static void print(Appendable to, List<EntryRow> entries, Instant now) throws IOException {
    boolean named = entries.stream().anyMatch(entry -> !entry.namedKey().isEmpty());
    List<Column> columns =
        new ArrayList<>(
            List.of(
                Column.left("KEY"),
                Column.left("STEP"),
                Column.right("SIZE"),
                Column.right("TOOK"),
                Column.right("AGE"),
                Column.left("RUN")));
    if (named) {
      columns.add(Column.left("NAMED KEY"));
    }
    AlignedRows rows = new AlignedRows(to, columns);
    for (EntryRow entry : entries) {
      List<String> cells =
          new ArrayList<>(
              List.of(
                  entry.shortKey(),
                  entry.unit(),
                  Figures.bytes(entry.bytes()),
                  Figures.duration(entry.origin().durationNanos()),
                  Figures.duration(entry.ageNanos(now)),
                  entry.origin().run()));
      if (named) {
        cells.add(entry.namedKey());
      }
      rows.row(cells);
    }
    rows.end();
  }
}
