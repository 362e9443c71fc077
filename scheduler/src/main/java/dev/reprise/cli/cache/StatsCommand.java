package dev.reprise.cli.cache;

import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheIndex.IndexStats;
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
import dev.reprise.config.Settings;
import dev.reprise.console.Figures;
import dev.reprise.console.JsonText;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code reprise cache stats}: how much there is, by step. */
@Command(
    name = "stats",
    sortOptions = false,
    description = "Shows how much is kept, where, and by which steps.",
    footerHeading = "%nExample:%n",
    footer = "  reprise cache stats --output json",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:success", "2:bad usage", "5:the index cannot be read"})
final class StatsCommand implements Callable<Integer> {
  private final CommandContext context;

  @Mixin private final OutputOption output = new OutputOption();
  @Mixin final SettingOptions options;
  @Mixin final HelpOption help = new HelpOption();

  StatsCommand(CommandContext context) {
    this.context = context;
    this.options = new SettingOptions(context.flags());
  }

  @Override
  public Integer call() throws IOException, CommandException {
    Settings settings = context.settingsOfHome();
    try (HomeView home = new HomeView(settings)) {
      CacheIndex index = home.index();
      CacheFigures figures = CacheFigures.of(index, home.store());
      IndexStats stats = index.stats();
      if (output.json()) {
        context.out().println(json(figures, stats));
      } else {
        print(figures, stats, settings);
      }
      return ExitCode.OK.code();
    } catch (CacheUnavailableException e) {
      throw new CommandException(ExitCode.CACHE_REQUIRED, String.valueOf(e.getMessage()), e);
    }
  }

  private static String json(CacheFigures figures, IndexStats stats) {
    return JsonText.document()
        .number("entries", figures.all().entries())
        .number("damaged", figures.damaged())
        .number("bytes", figures.all().bytes())
        .number("inline_bytes", figures.all().inlineBytes())
        .seconds("seconds", figures.all().nanos())
        .number("blobs", figures.blobs())
        .number("blob_bytes", figures.blobBytes())
        .number("unnamed_blobs", figures.unnamedBlobs())
        .number("unnamed_blob_bytes", figures.unnamedBlobBytes())
        .number("temporary_files", figures.unfinished().files())
        .number("temporary_bytes", figures.unfinished().bytes())
        .number("quarantined_blobs", figures.quarantined().blobs())
        .number("quarantined_bytes", figures.quarantined().bytes())
        .number("index_bytes", stats.bytes())
        .number("index_format", stats.format())
        .objects(
            "steps",
            figures.byStep().entrySet(),
            (json, step) ->
                json.text("step", step.getKey())
                    .number("entries", step.getValue().entries())
                    .number("bytes", step.getValue().bytes())
                    .seconds("seconds", step.getValue().nanos()))
        .end();
  }

  private void print(CacheFigures figures, IndexStats stats, Settings settings) throws IOException {
    CacheFigures.Sum all = figures.all();
    line("entries", ListCommand.entries(all.entries()) + ", " + figures.damaged() + " damaged");
    line(
        "results",
        "%s, %s of it in the index; %s of executor time"
            .formatted(
                Figures.bytes(all.bytes()),
                Figures.bytes(all.inlineBytes()),
                Figures.duration(all.nanos())));
    line(
        "store",
        Figures.count(figures.blobs(), "blob") + ", " + Figures.bytes(figures.blobBytes()));
    if (figures.unnamedBlobs() > 0) {
      line(
          "",
          "%s (%s) of it that no entry here names"
              .formatted(
                  Figures.count(figures.unnamedBlobs()),
                  Figures.bytes(figures.unnamedBlobBytes())));
    }
    if (!figures.unfinished().isEmpty()) {
      line("", figures.unfinished().toString());
    }
    if (!figures.quarantined().isEmpty()) {
      line("", figures.quarantined().toString());
    }
    line("", settings.store().toString());
    line("index", "%s on disk, format %s".formatted(Figures.bytes(stats.bytes()), stats.format()));
    line("", settings.indexFolder().toString());
    if (figures.byStep().isEmpty()) {
      return;
    }
    context.out().println();
    AlignedRows rows =
        new AlignedRows(
            context.out(),
            Column.left("STEP"),
            Column.right("ENTRIES"),
            Column.right("SIZE"),
            Column.right("TOOK"));
    for (var step : figures.byStep().entrySet()) {
      rows.row(
          step.getKey(),
          Figures.count(step.getValue().entries()),
          Figures.bytes(step.getValue().bytes()),
          Figures.duration(step.getValue().nanos()));
    }
    rows.end();
  }

  private void line(String name, String value) {
    context.out().printf("%-8s %s%n", name, value);
  }
}
