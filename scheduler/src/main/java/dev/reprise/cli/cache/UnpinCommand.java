package dev.reprise.cli.cache;

import dev.reprise.cache.fingerprint.Fingerprint;
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
import dev.reprise.console.JsonText;
import dev.reprise.home.HomeGc;
import dev.reprise.journal.RunHistory;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code reprise cache unpin}: lets limits apply to some entries again. */
@Command(
    name = "unpin",
    sortOptions = false,
    description = "Lets limits apply again to the pinned entries that all given options choose.",
    footerHeading = "%nExamples:%n",
    footer = {"  reprise cache unpin --step train", "  reprise cache unpin --all"},
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:success",
      "2:bad usage",
      "5:the index or the pins cannot be used",
      "7:another process holds the index"
    })
final class UnpinCommand implements Callable<Integer> {
  private final CommandContext context;

  @Option(
      names = "--all",
      description = "all pins of the project and environment, also of entries that are gone")
  private boolean all;

  @Mixin private final PinChoice choice = new PinChoice();
  @Mixin private final OutputOption output = new OutputOption();
  @Mixin final LockOption lock;
  @Mixin final SettingOptions options;
  @Mixin final HelpOption help = new HelpOption();

  UnpinCommand(CommandContext context) {
    this.context = context;
    this.options = new SettingOptions(context.flags());
    this.lock = new LockOption(context.flags());
  }

  @Override
  public Integer call() throws IOException, CommandException {
    if (all == choice.isGiven()) {
      throw new UsageException(
          all
              ? "--all leaves nothing to choose; give it alone"
              : "say which entries: --step, --pipeline, --run, --used-by, --named, --key or --older-than, or --all");
    }
    Settings settings = context.settingsOfHome();
    Predicate<EntryRow> chosen =
        choice.at(context.clock().instant(), new RunHistory(settings.runsFolder()));
    long unpinned =
        WritableHome.exists(settings)
            ? WritableHome.shrink(
                context, settings, "cache unpin", home -> unpin(home, chosen, settings))
            : 0;
    choice.checkNamed();
    report(unpinned);
    return ExitCode.OK.code();
  }

  private long unpin(WritableHome home, Predicate<EntryRow> chosen, Settings settings)
      throws CacheUnavailableException, IOException {
    SortedSet<Pin> pins = HomeGc.pins(settings.home()).all();
    Set<Fingerprint> found = new HashSet<>();
    boolean byKey = all || !choice.asksForMoreThanKey();
    if (!byKey) {
      Selection selection = new Selection(chosen, Integer.MAX_VALUE);
      home.index().forEach(selection);
      selection.newest().forEach(row -> found.add(row.key()));
    }
    long before = pins.size();
    pins.removeIf(
        pin ->
            pin.scope().equals(home.scope())
                && (byKey
                    ? choice.hasKey(pin.key().digest())
                    : found.contains(pin.key().digest())));
    if (pins.size() < before) {
      Pins.of(pins).write(HomeGc.pinsFile(settings.home()));
    }
    return before - pins.size();
  }

  private void report(long unpinned) {
    if (output.json()) {
      context.out().println(JsonText.document().number("unpinned", unpinned).end());
    } else if (unpinned == 0) {
      context.out().println("no such pins" + choice.hint());
    } else {
      context.out().printf("%s not pinned any more%n", ListCommand.entries(unpinned));
    }
  }
}
