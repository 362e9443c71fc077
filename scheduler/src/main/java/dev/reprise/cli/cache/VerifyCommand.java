package dev.reprise.cli.cache;

import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.IndexHealth;
import dev.reprise.cache.index.Origin;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cache.upkeep.Finding;
import dev.reprise.cache.upkeep.Scopes;
import dev.reprise.cache.upkeep.Sweep;
import dev.reprise.cache.upkeep.Verifier;
import dev.reprise.cache.upkeep.Verifier.Depth;
import dev.reprise.cache.upkeep.Verifier.Report;
import dev.reprise.cli.base.AlignedRows;
import dev.reprise.cli.base.AlignedRows.Column;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.CommandException;
import dev.reprise.cli.base.ExitCode;
import dev.reprise.cli.base.HelpOption;
import dev.reprise.cli.base.HomeView;
import dev.reprise.cli.base.LockOption;
import dev.reprise.cli.base.OutputOption;
import dev.reprise.cli.base.SettingOptions;
import dev.reprise.config.Settings;
import dev.reprise.console.Figures;
import dev.reprise.console.JsonText;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code reprise cache verify}: whether all that is kept is as it was written. */
@Command(
    name = "verify",
    sortOptions = false,
    description = {
      "Checks that all that is kept is as it was written.",
      "",
      "That is: every entry of the index can be read, in all projects and environments, and what it"
          + " names is whole. A run needs none of this: what is damaged is found there, too, is"
          + " never used, and runs again."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  reprise cache verify",
      "  reprise cache verify --quick --output json",
      "  reprise cache verify --repair"
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:all is well, or repaired",
      "2:bad usage",
      "5:the index cannot be read",
      "6:something is damaged or missing, or could not be checked",
      "7:another process holds the index (with --repair)"
    })
final class VerifyCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofDays(1);

  private static final Comparator<Finding> ORDER =
      Comparator.comparing(VerifyCommand::unit)
          .thenComparing(finding -> String.valueOf(finding.key()))
          .thenComparing(Finding::detail);

  private final CommandContext context;

  @Option(
      names = "--quick",
      description = "ask only whether blobs are there in their size, and read none")
  private boolean quick;

  @Option(
      names = "--repair",
      description =
          "remove damaged entries, and move damaged blobs aside (store/quarantine, for 30 days)")
  private boolean repair;

  @Mixin private final OutputOption output = new OutputOption();
  @Mixin final LockOption lock;
  @Mixin final SettingOptions options;
  @Mixin final HelpOption help = new HelpOption();

  VerifyCommand(CommandContext context) {
    this.context = context;
    this.options = new SettingOptions(context.flags());
    this.lock = new LockOption(context.flags());
  }

  @Override
  public Integer call() throws IOException, CommandException {
    Settings settings = context.settingsOfHome();
    List<String> faults = faultsOfIndex(settings);
    Checked checked = verify(settings);
    Report report = checked.report();
    List<Finding> findings = report.findings().stream().sorted(ORDER).toList();
    long left = findings.stream().filter(finding -> !finding.repaired()).count();
    if (output.json()) {
      context.out().println(json(checked, faults, findings));
    } else {
      print(report, findings, left);
      faults.forEach(fault -> context.out().println(lost(settings, fault)));
      if (!checked.unfinished().isEmpty()) {
        context.out().println(checked.unfinished());
      }
      if (!checked.quarantined().isEmpty()) {
        context.out().println(checked.quarantined());
      }
      printUnnamed(checked.unnamed());
    }
    return (left == 0 && faults.isEmpty() ? ExitCode.OK : ExitCode.INTEGRITY).code();
  }

  /** What an index with a damaged file still shows is whole, and less than it held. */
  private List<String> faultsOfIndex(Settings settings) throws CommandException {
    if (quick || !Files.isDirectory(settings.indexFolder())) {
      return List.of();
    }
    try {
      return IndexHealth.examine(settings.indexFolder(), PATIENCE, Ticker.system()).faults();
    } catch (CacheUnavailableException e) {
      throw new CommandException(ExitCode.CACHE_REQUIRED, String.valueOf(e.getMessage()), e);
    }
  }

  private String lost(Settings settings, String fault) {
    return "the index %s is damaged: %s; what is lost with it runs again; %s"
        .formatted(
            settings.indexFolder(),
            fault,
            context.typed("'reprise cache rebuild --anew' makes it anew from the store"));
  }

  /**
   * What was checked, and what cannot be.
   *
   * @param unnamed blobs that no manifest of any home names
   */
  private record Checked(
      Report report, Unfinished unfinished, Quarantined quarantined, Sweep.Result unnamed) {}

  private Checked verify(Settings settings) throws IOException, CommandException {
    Depth depth = quick ? Depth.SIZES : Depth.DIGESTS;
    LongWork progress = new LongWork("checked", context.err(), context.clock());
    if (repair && WritableHome.exists(settings)) {
      return WritableHome.shrink(
          context,
          settings,
          "cache verify --repair",
          home -> verify(home.index(), home.store(), depth, progress));
    }
    try (HomeView home = new HomeView(settings)) {
      return verify(home.index(), home.store(), depth, progress);
    } catch (CacheUnavailableException e) {
      throw new CommandException(ExitCode.CACHE_REQUIRED, String.valueOf(e.getMessage()), e);
    }
  }

  private Checked verify(CacheIndex index, ResultStore store, Depth depth, LongWork progress)
      throws IOException, CacheUnavailableException {
    Report report = new Verifier(Scopes.of(index), store).verify(depth, repair, progress);
    // All of them, however young; none is removed, since 'result' may show it: a run that keeps
    // nothing in the index names its results in its journal alone.
    Sweep.Result unnamed = new Sweep(store, () -> Instant.MAX).sweep(Duration.ZERO, false);
    return new Checked(report, Unfinished.in(store), Quarantined.in(store), unnamed);
  }

  private static boolean isUnchecked(Finding finding) {
    return finding.code() == Finding.Code.NOT_CHECKED;
  }

  private static String unit(Finding finding) {
    Origin origin = finding.origin();
    if (origin == null) {
      return "";
    }
    return origin.label().isEmpty() ? origin.step() : origin.step() + ":" + origin.label();
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString();
  }

  private String json(Checked checked, List<String> faults, List<Finding> findings) {
    Report report = checked.report();
    return JsonText.document()
        .number("entries", report.entries())
        .number("blobs", report.blobs())
        .number("bytes", report.bytes())
        .number("temporary_files", checked.unfinished().files())
        .number("temporary_bytes", checked.unfinished().bytes())
        .number("quarantined_blobs", checked.quarantined().blobs())
        .number("quarantined_bytes", checked.quarantined().bytes())
        .number("unnamed_blobs", checked.unnamed().blobs())
        .number("unnamed_bytes", checked.unnamed().bytes())
        .list("unreadable_manifests", checked.unnamed().unreadable())
        .flag("quick", quick)
        .list("index_faults", faults)
        .objects("findings", findings, VerifyCommand::describe)
        .end();
  }

  private static void describe(JsonText json, Finding finding) {
    Origin origin = finding.origin();
    json.text("code", finding.code().name())
        .text("scope", finding.scope())
        .text("key", text(finding.key()))
        .text("step", origin == null ? null : origin.step())
        .text("label", origin == null ? null : origin.label())
        .text("blob", text(finding.blob()))
        .text("detail", finding.detail())
        .flag("repaired", finding.repaired());
  }

  private void printUnnamed(Sweep.Result unnamed) {
    if (unnamed.blobs() > 0) {
      context
          .out()
          .printf(
              "%s (%s) that no manifest names: of entries that were replaced, or of runs that kept nothing%n",
              Figures.count(unnamed.blobs(), "blob"), Figures.bytes(unnamed.bytes()));
    }
    if (!unnamed.unreadable().isEmpty()) {
      context
          .out()
          .printf(
              "%s cannot be read: what it names is not known, and no blob is ever removed while it is there%n",
              unnamed.unreadable().get(0));
    }
  }

  private void print(Report report, List<Finding> findings, long left) throws IOException {
    if (!findings.isEmpty()) {
      AlignedRows rows =
          new AlignedRows(
              context.out(),
              Column.left("STEP"),
              Column.left("KEY"),
              Column.left("FAULT"),
              Column.left("DETAIL"));
      for (Finding finding : findings) {
        rows.row(
            unit(finding).isEmpty() ? "?" : unit(finding),
            finding.key() == null ? "?" : EntryRow.shortKey(finding.key().digest()),
            finding.code().name(),
            finding.detail());
      }
      rows.end();
    }
    context
        .out()
        .printf(
            "%s, %s as written%s%n",
            ListCommand.entries(report.entries()),
            Figures.count(report.blobs(), "blob"),
            quick ? ", as far as size tells" : " (" + Figures.bytes(report.bytes()) + " read)");
    long unchecked = findings.stream().filter(VerifyCommand::isUnchecked).count();
    if (unchecked > 0) {
      context
          .out()
          .printf(
              "%s could not be read now, which says nothing of them; check again%n",
              Figures.count(unchecked, "blob"));
    }
    if (left > unchecked) {
      context
          .out()
          .printf(
              "%s; none is ever used, what it held runs again%s%n",
              Figures.count(left - unchecked, "fault"), context.typed(wayOut(findings)));
    } else if (findings.size() > unchecked) {
      context
          .out()
          .printf(
              "%s out of the way now; what they held runs again%n",
              Figures.count(findings.size() - unchecked, "fault"));
    }
  }

  /** What to do about faults that are left: what has lost its key cannot be taken out by it. */
  private String wayOut(List<Finding> findings) {
    boolean keyless =
        findings.stream()
            .anyMatch(each -> !each.repaired() && !isUnchecked(each) && each.key() == null);
    if (keyless) {
      return "; 'reprise cache rebuild --anew' makes the index anew from the store";
    }
    return repair ? "" : "; 'reprise cache verify --repair' takes them out of the way";
  }
}
