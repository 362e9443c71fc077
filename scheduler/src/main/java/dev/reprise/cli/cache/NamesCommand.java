package dev.reprise.cli.cache;

import static java.util.stream.Collectors.joining;

import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cli.base.AlignedRows;
import dev.reprise.cli.base.AlignedRows.Column;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.CommandException;
import dev.reprise.cli.base.ExitCode;
import dev.reprise.cli.base.HelpOption;
import dev.reprise.cli.base.HomeView;
import dev.reprise.cli.base.OutputOption;
import dev.reprise.cli.base.SettingOptions;
import dev.reprise.cli.cache.NamedCaches.NamedSum;
import dev.reprise.cli.cache.NamedCaches.Writer;
import dev.reprise.config.Settings;
import dev.reprise.console.Figures;
import dev.reprise.console.JsonText;
import dev.reprise.journal.RunHistory;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code reprise cache names}: the caches with a name. */
@Command(
    name = "names",
    sortOptions = false,
    description = {
      "Lists the named caches of the project and environment that hold something, by name.",
      "",
      "They are those of tasks with keptIn(new NamedCache(\"prices\"), \"price-{symbol}\"). What is"
          + " in one: 'cache ls --named prices', which 'cache evict', 'cache pin' and"
          + " 'cache promote' take, too. The last hit is that of a run that found what another"
          + " one had made, as far as there are journals."
    },
    footerHeading = "%nExample:%n",
    footer = "  reprise cache names --output json",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:success", "2:bad usage", "5:the index cannot be read"})
final class NamesCommand implements Callable<Integer> {
  private final CommandContext context;

  @Mixin private final OutputOption output = new OutputOption();
  @Mixin final SettingOptions options;
  @Mixin final HelpOption help = new HelpOption();

  NamesCommand(CommandContext context) {
    this.context = context;
    this.options = new SettingOptions(context.flags());
  }

  @Override
  public Integer call() throws IOException, CommandException {
    Settings settings = context.settingsOfHome();
    NamedCaches caches = new NamedCaches();
    try (HomeView home = new HomeView(settings)) {
      home.index().forEach(caches);
    } catch (CacheUnavailableException e) {
      throw new CommandException(ExitCode.CACHE_REQUIRED, String.valueOf(e.getMessage()), e);
    }
    caches.addHits(new RunHistory(settings.runsFolder()));
    if (output.json()) {
      context.out().println(json(caches));
    } else if (caches.all().isEmpty()) {
      context.out().printf("no named caches in %s%n", settings.home());
    } else {
      print(caches);
    }
    Selection.warnOfDamage(context, caches.damaged());
    return ExitCode.OK.code();
  }

  private static String json(NamedCaches caches) {
    return JsonText.document()
        .objects("caches", caches.all(), NamesCommand::describe)
        .number("damaged", caches.damaged())
        .end();
  }

  private static void describe(JsonText json, NamedSum cache) {
    json.text("named_cache", cache.name())
        .number("entries", cache.count())
        .number("bytes", cache.bytes())
        .text("oldest", time(cache.oldestMillis()))
        .text("newest", time(cache.newestMillis()))
        .text("last_hit", time(cache.lastHitMillis()))
        .objects(
            "writers",
            cache.writers().entrySet(),
            (each, writer) ->
                each.text("pipeline", writer.getKey().pipeline())
                    .text("step", writer.getKey().step())
                    .number("entries", writer.getValue()));
  }

  private static @Nullable String time(@Nullable Long millis) {
    return millis == null ? null : Instant.ofEpochMilli(millis).toString();
  }

  private void print(NamedCaches caches) throws IOException {
    Instant now = context.clock().instant();
    AlignedRows rows =
        new AlignedRows(
            context.out(),
            Column.left("NAME"),
            Column.right("ENTRIES"),
            Column.right("SIZE"),
            Column.right("OLDEST"),
            Column.right("NEWEST"),
            Column.right("LAST HIT"),
            Column.left("WRITTEN BY"));
    for (NamedSum cache : caches.all()) {
      rows.row(
          cache.name(),
          Figures.count(cache.count()),
          Figures.bytes(cache.bytes()),
          ago(cache.oldestMillis(), now),
          ago(cache.newestMillis(), now),
          ago(cache.lastHitMillis(), now),
          cache.writers().keySet().stream().map(Writer::toString).collect(joining(", ")));
    }
    rows.end();
  }

  private static String ago(@Nullable Long millis, Instant now) {
    return millis == null
        ? "never"
        : Figures.duration(Math.max(0, now.toEpochMilli() - millis) * 1_000_000);
  }
}
