package dev.reprise.cli.cache;

import dev.reprise.cache.index.IndexSettings.Start;
import dev.reprise.cache.upkeep.Promotion;
import dev.reprise.cache.upkeep.Scopes;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.CommandException;
import dev.reprise.cli.base.ExitCode;
import dev.reprise.cli.base.HelpOption;
import dev.reprise.cli.base.HomeView;
import dev.reprise.cli.base.LockOption;
import dev.reprise.cli.base.OutputOption;
import dev.reprise.cli.base.SettingOptions;
import dev.reprise.config.Setting;
import dev.reprise.config.Settings;
import dev.reprise.config.UsageException;
import dev.reprise.console.Figures;
import dev.reprise.console.JsonText;
import dev.reprise.home.HomeOptions;
import dev.reprise.journal.RunHistory;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code reprise cache promote}: gives entries to a parent of the environment. */
@Command(
    name = "promote",
    sortOptions = false,
    description = {
      "Gives entries of this environment to a parent of it, where all that read the parent find"
          + " them.",
      "",
      "The entries that all given options choose, as they are: with their origin and their age."
          + " They stay here, too. What a step needs of others is chosen by itself, as with"
          + " --pipeline or --run. Where the parent has another result under the same key, that"
          + " one stays unless --replace says otherwise."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  reprise cache promote --conf environment=dev --to prod --step train --dry-run",
      "  reprise cache promote --conf environment=dev --to prod --run latest"
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:success",
      "2:bad usage",
      "5:the index cannot be used",
      "7:another process holds the index"
    })
final class PromoteCommand implements Callable<Integer> {
  private final CommandContext context;

  @Option(
      names = "--to",
      paramLabel = "ENVIRONMENT",
      required = true,
      description = "one of those that environment.parents names")
  private String to = "";

  @Option(names = "--replace", description = "let the parent's results under the same keys go")
  private boolean replace;

  @Option(names = "--dry-run", description = "show what would be promoted, and change nothing")
  private boolean dryRun;

  @Mixin private final EntryFilter filter = new EntryFilter();
  @Mixin private final OutputOption output = new OutputOption();
  @Mixin final LockOption lock;
  @Mixin final SettingOptions options;
  @Mixin final HelpOption help = new HelpOption();

  PromoteCommand(CommandContext context) {
    this.context = context;
    this.options = new SettingOptions(context.flags());
    this.lock = new LockOption(context.flags());
  }

  @Override
  public Integer call() throws IOException, CommandException {
    if (!filter.isGiven()) {
      throw new UsageException(
          "say which entries: --step, --pipeline, --run, --named, --key or --older-than");
    }
    Settings settings = context.settingsOfHome();
    List<String> parents = settings.names(Setting.ENVIRONMENT_PARENTS);
    if (!parents.contains(to)) {
      throw new UsageException(
          "environment '%s' is no parent of '%s'%s; results are promoted to a parent alone, name it in environment.parents"
              .formatted(
                  to,
                  settings.text(Setting.ENVIRONMENT),
                  parents.isEmpty() ? "" : ", which has " + String.join(", ", parents)));
    }
    Instant now = context.clock().instant();
    Predicate<EntryRow> chosen = filter.at(now, new RunHistory(settings.runsFolder()));
    Promotion.Result result =
        WritableHome.exists(settings)
            ? promote(settings, chosen, now)
            : new Promotion.Result(List.of(), 0, List.of(), 0);
    filter.checkNamed();
    report(result, now);
    return ExitCode.OK.code();
  }

  private Promotion.Result promote(Settings settings, Predicate<EntryRow> chosen, Instant now)
      throws IOException, CommandException {
    String target =
        HomeOptions.at(settings.home())
            .withScope(settings.text(Setting.PROJECT), to)
            .scope()
            .name();
    return WritableHome.grow(
        context,
        settings,
        "cache promote",
        Start.SOUND,
        home ->
            new Promotion(
                    Scopes.of(home.index()), HomeView.scope(settings).name(), target, home.store())
                .run(
                    entry -> chosen.test(EntryRow.of(entry)),
                    replace,
                    !dryRun,
                    now.toEpochMilli()));
  }

  private void report(Promotion.Result result, Instant now) throws IOException {
    List<EntryRow> rows = result.promoted().stream().map(EntryRow::of).toList();
    List<EntryRow> differing = result.differing().stream().map(EntryRow::of).toList();
    if (output.json()) {
      context
          .out()
          .println(
              JsonText.document()
                  .flag("dry_run", dryRun)
                  .text("to", to)
                  .number("promoted", rows.size())
                  .number("there", result.there())
                  .number("unusable", result.unusable())
                  .objects("entries", rows, EntryRow::describe)
                  .objects("differing", differing, EntryRow::describe)
                  .end());
      return;
    }
    if (dryRun) {
      ListCommand.print(context.out(), rows, now);
    }
    context
        .out()
        .printf(
            "%s %s to %s; %s there already, %s expired or without their blobs%s%n",
            dryRun ? "would promote" : "promoted",
            ListCommand.entries(rows.size()),
            to,
            Figures.count(result.there()),
            Figures.count(result.unusable()),
            rows.isEmpty() && result.there() == 0 ? filter.hint() : "");
    if (!differing.isEmpty()) {
      context
          .err()
          .printf(
              "warning: %s has other results under %s of these keys, which stayed (--replace):%n",
              to, Figures.count(differing.size()));
      ListCommand.print(context.err(), differing, now);
    }
  }
}
