package dev.reprise.cli.cache;

import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.upkeep.Pins;
import dev.reprise.cache.upkeep.Pins.Pin;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.CommandException;
import dev.reprise.cli.base.ExitCode;
import dev.reprise.cli.base.HelpOption;
import dev.reprise.cli.base.LockOption;
import dev.reprise.cli.base.OutputOption;
import dev.reprise.cli.base.SettingOptions;
import dev.reprise.config.Settings;
import dev.reprise.config.UsageException;
import dev.reprise.console.Figures;
import dev.reprise.console.JsonText;
import dev.reprise.home.HomeGc;
import dev.reprise.journal.RunHistory;
import java.io.IOException;
import java.util.SortedSet;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code reprise cache pin}: keeps some entries from every limit. */
@Command(
    name = "pin",
    sortOptions = false,
    description = {
      "Pins the entries that all given options choose: 'cache gc' and runs never evict them.",
      "A pin is of a key: 'cache evict' removes the entry all the same, and one that is made again"
          + " is pinned again."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  reprise cache pin --step train", "  reprise cache pin --used-by latest"},
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:success",
      "2:bad usage",
      "5:the index or the pins cannot be used",
      "7:another process holds the index"
    })
final class PinCommand implements Callable<Integer> {
  private final CommandContext context;

  @Mixin private final PinChoice choice = new PinChoice();
  @Mixin private final OutputOption output = new OutputOption();
  @Mixin final LockOption lock;
  @Mixin final SettingOptions options;
  @Mixin final HelpOption help = new HelpOption();

  PinCommand(CommandContext context) {
    this.context = context;
    this.options = new SettingOptions(context.flags());
    this.lock = new LockOption(context.flags());
  }

  /** What was chosen, and how many of these were pinned before. */
  private record Pinned(long entries, long bytes, long already) {
    static final Pinned NONE = new Pinned(0, 0, 0);
  }

  @Override
  public Integer call() throws IOException, CommandException {
    if (!choice.isGiven()) {
      throw new UsageException(
          "say which entries: --step, --pipeline, --run, --used-by, --named, --key or --older-than");
    }
    Settings settings = context.settingsOfHome();
    Predicate<EntryRow> chosen =
        choice.at(context.clock().instant(), new RunHistory(settings.runsFolder()));
    Selection selection = new Selection(chosen, Integer.MAX_VALUE);
    Pinned pinned = Pinned.NONE;
    if (WritableHome.exists(settings)) {
      pinned =
          WritableHome.shrink(
              context, settings, "cache pin", home -> pin(home, selection, settings));
    }
    choice.checkNamed();
    report(pinned);
    return ExitCode.OK.code();
  }

  private static Pinned pin(WritableHome home, Selection selection, Settings settings)
      throws CacheUnavailableException, IOException {
    home.index().forEach(selection);
    SortedSet<Pin> pins = HomeGc.pins(settings.home()).all();
    long added = 0;
    for (EntryRow row : selection.newest()) {
      added += pins.add(new Pin(home.scope(), row.cacheKey())) ? 1 : 0;
    }
    if (added > 0) {
      Pins.of(pins).write(HomeGc.pinsFile(settings.home()));
    }
    return new Pinned(selection.count(), selection.bytes(), selection.count() - added);
  }

  private void report(Pinned pinned) {
    if (output.json()) {
      context
          .out()
          .println(
              JsonText.document()
                  .number("entries", pinned.entries)
                  .number("bytes", pinned.bytes)
                  .number("already_pinned", pinned.already)
                  .end());
    } else if (pinned.entries == 0) {
      context.out().println("no such entries" + choice.hint());
    } else {
      context
          .out()
          .printf(
              "%s, %s, pinned%s%n",
              ListCommand.entries(pinned.entries),
              Figures.bytes(pinned.bytes),
              pinned.already == 0 ? "" : ", %s before".formatted(Figures.count(pinned.already)));
    }
  }
}
