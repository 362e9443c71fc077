package dev.reprise.cli.cache;

import dev.reprise.cache.base.HostName;
import dev.reprise.cache.base.Text;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.RocksCacheIndex;
import dev.reprise.cache.index.Scope;
import dev.reprise.cache.upkeep.Export;
import dev.reprise.cache.upkeep.ExportSource;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.CommandException;
import dev.reprise.cli.base.ExitCode;
import dev.reprise.cli.base.HelpOption;
import dev.reprise.cli.base.HomeView;
import dev.reprise.cli.base.OutputOption;
import dev.reprise.cli.base.ReplaceOption;
import dev.reprise.cli.base.SettingOptions;
import dev.reprise.config.Settings;
import dev.reprise.config.UsageException;
import dev.reprise.console.Figures;
import dev.reprise.console.JsonText;
import dev.reprise.journal.RunHistory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code reprise cache export}: entries and their bytes in one file. */
@Command(
    name = "export",
    sortOptions = false,
    description = {
      "Writes entries of this project and environment, and the results that they name, into one"
          + " file, from which 'cache import' takes them into another home, project or"
          + " environment.",
      "",
      "The entries that all given options choose, with their origin and their age; those of"
          + " environment.parents are not theirs. What a step needs of others is chosen by itself,"
          + " as with --pipeline or --run. The file appears whole. One that is there stays,"
          + " unless --replace says otherwise: then it goes when the new one is done. Nothing is changed in the cache, and a run may go on beside."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  reprise cache export --named prices --to prices.zip",
      "  reprise cache export --run latest --to run.zip"
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:success",
      "2:bad usage, no such entries, or the file is there already (with --dry-run a warning):"
          + " nothing is written",
      "5:the index cannot be read",
      "6:some entries lack their bytes, or have damaged ones, and are not in the file",
      "74:the file could not be written"
    })
final class ExportCommand implements Callable<Integer> {
  private static final int SHOWN = 10;
  private static final int LONGEST = 1000;

  private final CommandContext context;

  @Option(names = "--to", paramLabel = "FILE", required = true, description = "file to write")
  private Path to = Path.of("");

  @Option(names = "--dry-run", description = "show what would be exported, and write nothing")
  private boolean dryRun;

  @Mixin private final EntryFilter filter = new EntryFilter();
  @Mixin private final ReplaceOption replace = new ReplaceOption();
  @Mixin private final OutputOption output = new OutputOption();
  @Mixin final SettingOptions options;
  @Mixin final HelpOption help = new HelpOption();

  ExportCommand(CommandContext context) {
    this.context = context;
    this.options = new SettingOptions(context.flags());
  }

  @Override
  public Integer call() throws IOException, CommandException {
    if (!filter.isGiven()) {
      throw new UsageException(
          "say which entries: --step, --pipeline, --run, --named, --key or --older-than");
    }
    String refused = replace.refusal("--to", to);
    if (refused != null && !dryRun) {
      throw new UsageException(refused);
    }
    Settings settings = context.settingsOfHome();
    Instant now = context.clock().instant();
    Predicate<EntryRow> chosen = filter.at(now, new RunHistory(settings.runsFolder()));
    List<EntryRow> rows = new ArrayList<>();
    Export.Result result;
    try (HomeView home = new HomeView(settings)) {
      result =
          dryRun
              ? export(home, settings, chosen, null, rows, now)
              : write(home, settings, chosen, rows, now);
    } catch (CacheUnavailableException e) {
      throw new CommandException(ExitCode.CACHE_REQUIRED, String.valueOf(e.getMessage()), e);
    }
    report(result, rows, refused, now);
    if (refused != null) {
      context.err().println("warning: " + context.typed(refused));
    }
    return (result.damaged().isEmpty() ? ExitCode.OK : ExitCode.INTEGRITY).code();
  }

  private Export.Result write(
      HomeView home,
      Settings settings,
      Predicate<EntryRow> chosen,
      List<EntryRow> rows,
      Instant now)
      throws CacheUnavailableException, CommandException, IOException {
    try (NewFile file = new NewFile("--to", to)) {
      Export.Result result = export(home, settings, chosen, file, rows, now);
      if (result.exported() > 0) {
        file.finish();
      }
      return result;
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.OUTPUT,
          "--to %s cannot be written: %s; free some space there, or name another file"
              .formatted(to, e.getMessage()),
          e);
    }
  }

  private Export.Result export(
      HomeView home,
      Settings settings,
      Predicate<EntryRow> chosen,
      @Nullable NewFile file,
      List<EntryRow> rows,
      Instant now)
      throws CacheUnavailableException, CommandException, IOException {
    String scope = HomeView.scope(settings).name();
    ExportSource source =
        new ExportSource(
            System.getProperty("user.name", ""), HostName.find(), scope, now.toEpochMilli());
    LongWork progress = new LongWork("exported", context.err(), context.clock());
    Export.Result result =
        new Export(ofScope(home.index(), scope), home.store(), progress)
            .run(
                entry -> chosen.test(EntryRow.of(entry)),
                key -> filter.hasKey(key.digest()),
                source,
                file == null ? null : file.stream(),
                entry -> rows.add(EntryRow.of(entry)),
                now.toEpochMilli());
    filter.checkNamed();
    if (result.exported() + result.expired() + result.damaged().size() == 0) {
      throw new UsageException("no such entries; nothing was exported" + filter.hint());
    }
    return result;
  }

  /** The index without the parents of the environment. */
  static CacheIndex ofScope(CacheIndex index, String scope) throws CacheUnavailableException {
    return index instanceof RocksCacheIndex rocks ? rocks.in(Scope.of(scope)) : index;
  }

  private void report(
      Export.Result result, List<EntryRow> rows, @Nullable String refused, Instant now)
      throws IOException {
    if (output.json()) {
      context
          .out()
          .println(
              JsonText.document()
                  .flag("dry_run", dryRun)
                  .text("file", to.toString())
                  .flag("written", !dryRun && result.exported() > 0)
                  .text("refused", refused)
                  .number("exported", result.exported())
                  .number("blob_bytes", result.bytes())
                  .number("expired", result.expired())
                  .list("damaged", result.damaged())
                  .objects("entries", rows, EntryRow::describe)
                  .end());
    } else {
      if (dryRun) {
        ListCommand.print(context.out(), rows, now);
      }
      context
          .out()
          .printf(
              "%s %s, %s of blobs, to %s; %s expired, %s damaged or without their blobs%n",
              dryRun ? "would export" : result.exported() > 0 ? "exported" : "wrote no file:",
              ListCommand.entries(result.exported()),
              Figures.bytes(result.bytes()),
              to,
              Figures.count(result.expired()),
              Figures.count(result.damaged().size()));
    }
    warn(result.damaged(), context);
    if (!result.damaged().isEmpty()) {
      context
          .err()
          .println(
              context.typed(
                  "  next: 'reprise cache verify --repair' removes what is damaged, and a run makes it again"));
    }
  }

  /** Names the first of what is wrong. */
  static void warn(List<String> damaged, CommandContext context) {
    damaged.stream()
        .limit(SHOWN)
        .forEach(each -> context.err().println("warning: " + Text.safe(each, LONGEST)));
    if (damaged.size() > SHOWN) {
      context.err().printf("warning: and %d more%n", damaged.size() - SHOWN);
    }
  }
}
