package dev.reprise.cli.result;

import dev.reprise.cache.codec.ArrowTable;
import dev.reprise.cache.codec.UndecodableException;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.store.DamagedBlobException;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.CommandException;
import dev.reprise.cli.base.ExitCode;
import dev.reprise.cli.base.HelpOption;
import dev.reprise.cli.base.HomeView;
import dev.reprise.cli.base.ReplaceOption;
import dev.reprise.cli.base.SettingOptions;
import dev.reprise.cli.result.ResultOutput.UnwritableException;
import dev.reprise.cli.result.RunResults.Found;
import dev.reprise.config.Settings;
import dev.reprise.config.UsageException;
import dev.reprise.explain.StepParts;
import dev.reprise.journal.RecordedRun;
import dev.reprise.journal.RecordedUnit;
import dev.reprise.journal.RunHistory;
import dev.reprise.journal.RunIds;
import dev.reprise.journal.UnknownRunException;
import dev.reprise.run.RunListener.RunHeader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code reprise result}: what a run made. */
@Command(
    name = "result",
    sortOptions = false,
    description = {
      "Prints what a run made, or writes it to a file.",
      "",
      "Tables come as text unless another form is asked for: csv, json (an object a line), arrow"
          + " or parquet. Text, bytes and files come as they are, other objects as JSON; text of"
          + " several partitions, on a terminal or asked for by --format text ends its line."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  reprise result by-airport --format csv",
      "  reprise result delays:month=2001-04 --run 7f3a --output april.txt"
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:success",
      "1:the run did not make it",
      "2:bad usage, no such run or result, or the file is there already",
      "6:what was kept is damaged or missing",
      "74:the output could not be written"
    })
public final class ResultCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(
      paramLabel = "NAME",
      description = "a result or a step; NAME:LABEL or NAME:NUMBER is one partition of it")
  private String name = "";

  @Option(names = "--run", paramLabel = "RUN", description = "id of the run (default: the latest)")
  private String run = RunHistory.LATEST;

  @Option(
      names = "--format",
      paramLabel = "FORM",
      completionCandidates = ResultForm.Names.class,
      description = "csv, json, arrow, parquet or text (default: as the name of --output ends)")
  private @Nullable String format;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "write a file, which appears when it is complete; see --replace")
  private @Nullable Path output;

  @Option(
      names = "--type",
      paramLabel = "CLASS",
      description = "a class that the result holds and its task's signature does not name")
  private List<String> types = List.of();

  @Mixin private final ReplaceOption replace = new ReplaceOption();
  @Mixin final SettingOptions options;
  @Mixin final HelpOption help = new HelpOption();

  public ResultCommand(CommandContext context) {
    this.context = context;
    this.options = new SettingOptions(context.flags());
  }

  @Override
  public Integer call() throws IOException, CommandException {
    ResultForm form =
        format == null
            ? ResultForm.ofName(output)
            : ResultForm.valueOf(
                new ResultForm.Names().check("--format", format).toUpperCase(Locale.ROOT));
    if (output != null) {
      replace.check("--output", context.folder().resolve(output));
    }
    Settings settings = context.settingsOfHome();
    RunHistory history = new RunHistory(settings.runsFolder());
    RecordedRun recorded = read(history);
    String shown = RunIds.brief(recorded.id(), history.ids());
    try (HomeView home = HomeView.of(settings, recorded.header())) {
      Found found = new RunResults(recorded, shown, unit -> find(home, unit)).find(name);
      write(form, found, home.store(), recorded.header());
    }
    return ExitCode.OK.code();
  }

  private RecordedRun read(RunHistory history) throws CommandException {
    try {
      RecordedRun recorded = history.read(history.find(run));
      if (!recorded.damage().isEmpty()) {
        context.err().println("warning: " + recorded.damage());
      }
      return recorded;
    } catch (UnknownRunException e) {
      throw new UsageException(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new CommandException(ExitCode.INTEGRITY, String.valueOf(e.getMessage()), e);
    }
  }

  /** What the index has under the unit's key, unless that is another result by now. */
  static Optional<Manifest> find(HomeView home, RecordedUnit unit) throws CommandException {
    if (unit.key().isEmpty()) {
      return Optional.empty();
    }
    try {
      return home.index()
          .find(new CacheKey(unit.key().get()))
          .map(CacheEntry::manifest)
          .filter(manifest -> unit.content().map(manifest.content()::equals).orElse(true));
    } catch (CacheUnavailableException e) {
      throw new CommandException(ExitCode.CACHE_REQUIRED, String.valueOf(e.getMessage()), e);
    }
  }

  private void write(@Nullable ResultForm form, Found found, ResultStore store, RunHeader run)
      throws IOException, CommandException {
    String signature = found.step().parts().map(StepParts::signature).orElse("");
    boolean terminal = output == null && context.terminal();
    boolean shown = terminal || (output == null && form == ResultForm.TEXT);
    boolean endsLines = shown || found.partitions().size() > 1;
    try (ResultOutput to = open();
        ResultWriter writer = new ResultWriter(name, form, to.stream(), terminal, endsLines);
        ValueReader reader = new ValueReader(store, signature, types)) {
      for (PartitionRef partition : found.partitions()) {
        write(reader.read(partition), writer);
      }
      writer.finish();
      to.finish();
    } catch (UnwritableException e) {
      throw new CommandException(
          ExitCode.OUTPUT,
          "--output %s cannot be written: %s; free some space there, or name another file"
              .formatted(output, e.getMessage()),
          e);
    } catch (DamagedBlobException e) {
      throw new CommandException(
          ExitCode.INTEGRITY,
          "the result of '%s': %s; %s makes it again, 'reprise cache verify' finds all that is damaged"
              .formatted(name, e.getMessage(), RunResults.again(run)),
          e);
    } catch (UndecodableException e) {
      throw new UsageException(
          "the result of '%s' cannot be read here: it %s; have its class on the class path, and name it with --type if the task's signature does not"
              .formatted(name, e.getMessage()),
          e);
    }
  }

  private ResultOutput open() throws IOException {
    return output == null
        ? ResultOutput.to(context.out())
        : ResultOutput.to(context.folder().resolve(output));
  }

  /** Writes a value, and frees it if it holds memory. */
  private static void write(@Nullable Object value, ResultWriter writer)
      throws IOException, CommandException {
    try {
      writer.write(value);
    } finally {
      if (value instanceof ArrowTable table) {
        table.close();
      }
    }
  }
}
