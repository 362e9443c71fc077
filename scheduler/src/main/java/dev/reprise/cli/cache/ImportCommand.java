package dev.reprise.cli.cache;

import dev.reprise.cache.base.Text;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.IndexSettings.Start;
import dev.reprise.cache.store.StoreFullException;
import dev.reprise.cache.store.StoreWatch;
import dev.reprise.cache.upkeep.BadExportException;
import dev.reprise.cache.upkeep.BadExportException.Kind;
import dev.reprise.cache.upkeep.ExportSource;
import dev.reprise.cache.upkeep.Import;
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
import dev.reprise.home.SizeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code reprise cache import}: the entries of a file that {@code cache export} wrote. */
@Command(
    name = "import",
    sortOptions = false,
    description = {
      "Takes the entries of a file that 'cache export' wrote into this project and environment.",
      "",
      "They come as they are, with their origin and age, and are found wherever code and inputs"
          + " are the same: project and environment are in no key. A secret is in keys by a key of"
          + " the home, so what was made with one is not found in another home. All bytes are"
          + " compared with their digests; but who wrote the file could have written anything into"
          + " it, so import what you trust. Where there is another result under the same key, that"
          + " one stays unless --replace says otherwise. An import that was cut short is done"
          + " again."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  reprise cache import prices.zip --dry-run",
      "  reprise cache import prices.zip --conf environment=prod"
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:success",
      "2:bad usage, no export, or one of a newer Reprise",
      "5:the index cannot be used, or there is no room",
      "6:the file is damaged: nothing of it was imported, or not what is told",
      "7:another process holds the index"
    })
final class ImportCommand implements Callable<Integer> {
  private static final int LONGEST = 100;

  /** As for a run. */
  private static final Duration FOR_COPIES = Duration.ofSeconds(60);

  private final CommandContext context;

  @Parameters(paramLabel = "FILE", description = "what 'cache export' wrote")
  private Path file = Path.of("");

  @Option(names = "--replace", description = "let results that are there under the same keys go")
  private boolean replace;

  @Option(
      names = "--dry-run",
      description = "show what would be imported, and change nothing; blobs are not read")
  private boolean dryRun;

  @Mixin private final OutputOption output = new OutputOption();
  @Mixin final LockOption lock;
  @Mixin final SettingOptions options;
  @Mixin final HelpOption help = new HelpOption();

  ImportCommand(CommandContext context) {
    this.context = context;
    this.options = new SettingOptions(context.flags());
    this.lock = new LockOption(context.flags());
  }

  @Override
  public Integer call() throws IOException, CommandException {
    Settings settings = context.settingsOfHome();
    Instant now = context.clock().instant();
    Rows rows = new Rows(output.json() || dryRun);
    try (Import from = open()) {
      Import.Result result =
          dryRun ? look(from, settings, rows, now) : take(from, settings, rows, now);
      report(from.source(), HomeView.scope(settings).name(), result, rows, now);
      return (result.damaged().isEmpty() ? ExitCode.OK : ExitCode.INTEGRITY).code();
    }
  }

  /** What is to be printed; of what is not, nothing is held. */
  private static final class Rows {
    private final List<EntryRow> imported = new ArrayList<>();
    private final List<EntryRow> differing = new ArrayList<>();
    private final boolean wanted;

    Rows(boolean wanted) {
      this.wanted = wanted;
    }

    void imported(CacheEntry entry) {
      if (wanted) {
        imported.add(EntryRow.of(entry));
      }
    }

    void differs(CacheEntry entry) {
      differing.add(EntryRow.of(entry));
    }
  }

  private Import open() throws IOException, CommandException {
    try {
      return Import.open(file);
    } catch (BadExportException e) {
      boolean damaged = e.kind() == Kind.DAMAGED;
      throw new CommandException(
          damaged ? ExitCode.INTEGRITY : ExitCode.USAGE,
          "%s cannot be imported: %s; nothing was changed%s"
              .formatted(
                  file,
                  e.getMessage(),
                  damaged
                      ? ", export it once more"
                      : e.kind() == Kind.NEWER ? ", use that Reprise" : ""),
          e);
    } catch (NoSuchFileException e) {
      throw new UsageException("there is no file %s".formatted(file), e);
    } catch (IOException e) {
      throw new UsageException("%s cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  private Import.Result look(Import from, Settings settings, Rows rows, Instant now)
      throws IOException, CommandException {
    String scope = HomeView.scope(settings).name();
    try (HomeView home = new HomeView(settings)) {
      return from.run(
          ExportCommand.ofScope(home.index(), scope),
          scope,
          home.store(),
          terms(now),
          rows::imported,
          rows::differs,
          new LongWork("compared", context.err(), context.clock()));
    } catch (CacheUnavailableException e) {
      throw new CommandException(ExitCode.CACHE_REQUIRED, String.valueOf(e.getMessage()), e);
    }
  }

  private Import.Result take(Import from, Settings settings, Rows rows, Instant now)
      throws IOException, CommandException {
    return WritableHome.grow(
        context,
        settings,
        "cache import",
        Start.SOUND,
        home -> {
          checkRoom(from, home, settings, now);
          new SizeFile(settings.home()).take(); // it is another size now: somebody counts
          StoreWatch farther = StoreWatch.of(home.store());
          try {
            Import.Result result =
                from.run(
                    ExportCommand.ofScope(home.index(), home.scope()),
                    home.scope(),
                    farther.store(),
                    terms(now),
                    rows::imported,
                    rows::differs,
                    new LongWork("imported", context.err(), context.clock()));
            farther.end(
                FOR_COPIES,
                () -> {
                  tell(farther);
                  return true;
                });
            return result;
          } finally {
            farther.leave();
            tell(farther);
          }
        });
  }

  /** Trouble with farther stores. */
  private void tell(StoreWatch farther) {
    for (String text = farther.poll(); text != null; text = farther.poll()) {
      context.err().println("warning: " + text);
    }
  }

  private Import.Terms terms(Instant now) {
    String run = "import-" + now.toEpochMilli() + "-" + ProcessHandle.current().pid();
    return new Import.Terms(run, replace, !dryRun, now.toEpochMilli());
  }

  /** Says at once that there is no room, and not when the disk is full. */
  private void checkRoom(Import from, WritableHome home, Settings settings, Instant now)
      throws CacheUnavailableException, IOException {
    long free = Files.getFileStore(settings.store()).getUsableSpace();
    long floor = settings.bytes(Setting.STORE_FREE_SPACE_FLOOR);
    long room = Math.max(0, free - floor);
    if (from.bytes() <= room) {
      return;
    }
    long missing =
        from.missingBytes(
            ExportCommand.ofScope(home.index(), home.scope()), home.store(), terms(now));
    if (missing > room) {
      throw new StoreFullException(
          "%s holds %s of results that are not here, and the disk of %s has %s left, %s of which stay free; nothing was changed"
              .formatted(
                  file,
                  Figures.bytes(missing),
                  settings.store(),
                  Figures.bytes(free),
                  Figures.bytes(floor)));
    }
  }

  private void report(
      ExportSource source, String scope, Import.Result result, Rows rows, Instant now)
      throws IOException {
    if (output.json()) {
      context
          .out()
          .println(
              JsonText.document()
                  .flag("dry_run", dryRun)
                  .text("file", file.toString())
                  .text("exported_by", source.user() + " on " + source.host())
                  .text("exported_from", source.scope())
                  .text("exported", Instant.ofEpochMilli(source.atMillis()).toString())
                  .text("to", scope)
                  .number("imported", result.imported())
                  .number("there", result.there())
                  .number("expired", result.expired())
                  .list("damaged", result.damaged())
                  .objects("entries", rows.imported, EntryRow::describe)
                  .objects("differing", rows.differing, EntryRow::describe)
                  .end());
    } else {
      if (dryRun) {
        ListCommand.print(context.out(), rows.imported, now);
      }
      context
          .out()
          .printf(
              "%s %s to %s, exported by %s on %s from %s; %s there already, %s expired, %s damaged%n",
              dryRun ? "would import" : "imported",
              ListCommand.entries(result.imported()),
              scope,
              Text.safe(source.user(), LONGEST),
              Text.safe(source.host(), LONGEST),
              Text.safe(source.scope(), LONGEST),
              Figures.count(result.there()),
              Figures.count(result.expired()),
              Figures.count(result.damaged().size()));
      if (result.differing() > 0) {
        context
            .err()
            .printf(
                "warning: %s has other results under %s of these keys, which stayed (--replace):%n",
                scope, Figures.count(result.differing()));
        ListCommand.print(context.err(), rows.differing, now);
      }
    }
    ExportCommand.warn(result.damaged(), context);
  }
}
