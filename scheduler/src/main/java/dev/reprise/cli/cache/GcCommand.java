package dev.reprise.cli.cache;

import dev.reprise.cache.base.HaltingKillPoints;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.upkeep.GarbageCollection;
import dev.reprise.cache.upkeep.GcPlan;
import dev.reprise.cache.upkeep.GcPlan.Victim;
import dev.reprise.cache.upkeep.GcPlan.Why;
import dev.reprise.cache.upkeep.Scopes;
import dev.reprise.cache.upkeep.Sweep;
import dev.reprise.cli.base.AlignedRows;
import dev.reprise.cli.base.AlignedRows.Column;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.CommandException;
import dev.reprise.cli.base.ExitCode;
import dev.reprise.cli.base.GcSettings;
import dev.reprise.cli.base.HelpOption;
import dev.reprise.cli.base.HomeView;
import dev.reprise.cli.base.LockOption;
import dev.reprise.cli.base.OutputOption;
import dev.reprise.cli.base.SettingOptions;
import dev.reprise.config.Setting;
import dev.reprise.config.Settings;
import dev.reprise.console.Figures;
import dev.reprise.console.JsonText;
import dev.reprise.home.GcOptions;
import dev.reprise.home.HomeGc;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code reprise cache gc}: brings a home within its limits. */
@Command(
    name = "gc",
    sortOptions = false,
    description = {
      "Removes results until the cache is within its limits, and what nothing needs any more.",
      "What goes: results past their time to live; those not used for --max-age; then, while the"
          + " cache is larger than --max-size, those that save the least time for their bytes and"
          + " were not used for longest. Pinned ones stay. Also: blobs that nothing names, what dead"
          + " runs left, runs beyond --keep-runs, and kept failures that count no more.",
      "A run that has kept something removes results, too, when it has ended and gc.max-size is set,"
          + " and forgets runs if gc.keep-runs is; for some seconds, and nothing that this process"
          + " used. Blobs that nothing names go by this command alone, as do those that were"
          + " published within the hour before their results went."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  reprise cache gc --max-size 10GiB --dry-run",
      "  reprise cache gc --max-age 30d --keep-runs 100"
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:success",
      "2:bad usage",
      "5:the index cannot be used",
      "7:another process holds the index"
    })
final class GcCommand implements Callable<Integer> {
  private static final int SHOWN = 50;

  private final CommandContext context;

  @Option(
      names = "--dry-run",
      description = "show what would go and why, and remove nothing",
      order = 4)
  private boolean dryRun;

  @Mixin private final OutputOption output = new OutputOption();
  @Mixin final LockOption lock;
  @Mixin final SettingOptions options;
  @Mixin final HelpOption help = new HelpOption();

  GcCommand(CommandContext context) {
    this.context = context;
    this.options = new SettingOptions(context.flags());
    this.lock = new LockOption(context.flags());
  }

  @Option(
      names = "--max-size",
      paramLabel = "SIZE",
      description = "how much results may take, such as 10GiB (default: gc.max-size, or no limit)",
      order = 1)
  void maxSize(String size) {
    context.flags().set(Setting.GC_MAX_SIZE, size);
  }

  @Option(
      names = "--max-age",
      paramLabel = "AGE",
      description =
          "how long what nothing uses stays, such as 30d (default: gc.max-age, or for good)",
      order = 2)
  void maxAge(String age) {
    context.flags().set(Setting.GC_MAX_AGE, age);
  }

  @Option(
      names = "--keep-runs",
      paramLabel = "N",
      description =
          "how many runs are remembered, and within --max-age all (default: gc.keep-runs, or all)",
      order = 3)
  void keepRuns(String number) {
    context.flags().set(Setting.GC_KEEP_RUNS, number);
  }

  /**
   * What was found, and what was done about it.
   *
   * @param result null if nothing was to be removed
   */
  private record Collected(
      GcPlan plan,
      GarbageCollection.@Nullable Result result,
      Sweep.Result unnamed,
      List<String> runs) {
    /** Entries that are gone, or would be. */
    List<Victim> victims() {
      return result == null || result.unreadable().isEmpty()
          ? plan.victims()
          : plan.victims().stream().filter(victim -> victim.why() != Why.SIZE).toList();
    }

    /** Their number. */
    long removed() {
      return victims().size();
    }

    /** What the entries that are left hold. */
    long bytesLeft() {
      return result == null || result.whole()
          ? plan.bytesAfter()
          : plan.bytes() - result.freedBytes();
    }
  }

  @Override
  public Integer call() throws IOException, CommandException {
    Settings settings = context.settingsOfHome();
    GcOptions limits = GcSettings.of(settings);
    Collected collected =
        dryRun || !WritableHome.exists(settings)
            ? look(settings, limits)
            : collect(settings, limits);
    if (output.json()) {
      context.out().println(json(collected, limits));
    } else {
      print(collected, limits);
    }
    warn(collected);
    return ExitCode.OK.code();
  }

  private Collected look(Settings settings, GcOptions limits) throws IOException, CommandException {
    try (HomeView view = new HomeView(settings)) {
      HomeGc gc =
          new HomeGc(
              settings.home(),
              settings.runsFolder(),
              Scopes.of(view.index()),
              view.store(),
              context.clock());
      GcPlan plan = gc.plan(limits);
      return new Collected(
          plan, null, gc.unnamed(plan, limits, /* remove= */ false), gc.superfluousRuns(limits));
    } catch (CacheUnavailableException e) {
      throw new CommandException(ExitCode.CACHE_REQUIRED, String.valueOf(e.getMessage()), e);
    }
  }

  private Collected collect(Settings settings, GcOptions limits)
      throws IOException, CommandException {
    return WritableHome.shrink(
        context,
        settings,
        "cache gc",
        home -> {
          HomeGc gc =
              new HomeGc(
                  settings.home(),
                  settings.runsFolder(),
                  Scopes.of(home.index()),
                  home.store(),
                  context.clock());
          GcPlan plan = gc.plan(limits);
          GarbageCollection.Result result =
              gc.carryOut(plan, HaltingKillPoints.fromSystemProperties(), () -> true);
          Sweep.Result unnamed = gc.unnamed(plan, limits, /* remove= */ true);
          String left = gc.tidy();
          if (left != null) {
            context.err().println("warning: " + left);
          }
          List<String> runs = gc.superfluousRuns(limits);
          gc.forget(runs);
          return new Collected(plan, result, unnamed, runs);
        });
  }

  private void warn(Collected collected) {
    GarbageCollection.Result result = collected.result;
    List<String> unreadable = new ArrayList<>(collected.unnamed.unreadable());
    if (result != null) {
      unreadable.addAll(0, result.unreadable());
    }
    if (!unreadable.isEmpty()) {
      context
          .err()
          .printf(
              "warning: blobs had to stay%s, since what some manifests name is not known: %s%n",
              collected.victims().size() < collected.plan.victims().size()
                  ? ", and entries that were to go for their size"
                  : "",
              unreadable.get(0));
    }
  }

  private static Map<Why, Integer> byReason(Collected collected) {
    Map<Why, Integer> counts = new EnumMap<>(Why.class);
    for (Why why : Why.values()) {
      counts.put(why, 0);
    }
    collected.victims().forEach(victim -> counts.merge(victim.why(), 1, Integer::sum));
    return counts;
  }

  private String json(Collected collected, GcOptions limits) {
    GcPlan plan = collected.plan;
    GarbageCollection.Result result = collected.result;
    Map<Why, Integer> reasons = byReason(collected);
    JsonText json = JsonText.document().flag("dry_run", dryRun);
    limit(json, "max_bytes", settled(limits.maxBytes()));
    Duration maxAge = limits.maxAge();
    limit(json, "max_age_seconds", maxAge == null ? null : maxAge.toSeconds());
    limit(
        json,
        "keep_runs",
        limits.keepRuns().isPresent() ? (long) limits.keepRuns().getAsInt() : null);
    return json.number("removed", collected.removed())
        .number("expired", reasons.getOrDefault(Why.EXPIRED, 0))
        .number("aged", reasons.getOrDefault(Why.AGE, 0))
        .number("for_size", reasons.getOrDefault(Why.SIZE, 0))
        .number(
            "freed_bytes", result == null ? plan.bytes() - plan.bytesAfter() : result.freedBytes())
        .number("entries_left", plan.entries() - collected.removed())
        .number("bytes_left", collected.bytesLeft())
        .number("pinned", plan.pinned().entries())
        .number("pinned_bytes", plan.pinned().bytes())
        .number("unnamed_blobs", collected.unnamed.blobs())
        .number("unnamed_bytes", collected.unnamed.bytes())
        .list("runs", collected.runs)
        .objects("entries", collected.victims(), GcCommand::describe)
        .end();
  }

  private static @Nullable Long settled(long maxBytes) {
    return maxBytes == GcOptions.NONE.maxBytes() ? null : maxBytes;
  }

  private static void limit(JsonText json, String name, @Nullable Long value) {
    if (value == null) {
      json.text(name, null);
    } else {
      json.number(name, value);
    }
  }

  private static void describe(JsonText json, Victim victim) {
    json.text("key", victim.key().toString())
        .text("scope", victim.scope())
        .text("step", victim.step())
        .text("label", victim.label())
        .text("run", victim.run())
        .text("why", victim.why().name())
        .number("bytes", victim.bytes())
        .seconds("seconds", victim.durationNanos())
        .text("created", Instant.ofEpochMilli(victim.createdMillis()).toString())
        .text("last_used", Instant.ofEpochMilli(victim.usedMillis()).toString());
  }

  private void print(Collected collected, GcOptions limits) throws IOException {
    GcPlan plan = collected.plan;
    List<Victim> victims = collected.victims();
    boolean would = collected.result == null;
    if (dryRun && !victims.isEmpty()) {
      table(victims);
    }
    if (collected.removed() == 0) {
      context
          .out()
          .println(
              "no entry " + (would ? "would go" : plan.victims().isEmpty() ? "had to go" : "went"));
    } else {
      context
          .out()
          .printf(
              "%s %s, %s: %s%n",
              would ? "would remove" : "removed",
              ListCommand.entries(collected.removed()),
              Figures.bytes(victims.stream().mapToLong(Victim::bytes).sum()),
              reasons(collected));
    }
    GarbageCollection.Result result = collected.result;
    long freed = result == null ? plan.bytes() - plan.bytesAfter() : result.freedBytes();
    context
        .out()
        .printf(
            "%s %s; %s, %s %s%s%n",
            Figures.bytes(freed),
            would ? "would be freed" : "freed",
            ListCommand.entries(plan.entries() - collected.removed()),
            Figures.bytes(collected.bytesLeft()),
            would ? "would be left" : "left",
            limits.maxBytes() == GcOptions.NONE.maxBytes()
                ? ""
                : " of at most " + Figures.bytes(limits.maxBytes()));
    if (plan.pinned().entries() > 0) {
      context
          .out()
          .printf(
              "%s, %s, pinned: no limit applies%s%n",
              ListCommand.entries(plan.pinned().entries()),
              Figures.bytes(plan.pinned().bytes()),
              plan.bytesAfter() > limits.maxBytes() ? ", and they alone are too much" : "");
    }
    printTheRest(collected, would);
  }

  private void printTheRest(Collected collected, boolean would) {
    Sweep.Result unnamed = collected.unnamed;
    if (unnamed.blobs() > 0 && (would || unnamed.removed())) {
      context
          .out()
          .printf(
              "%s, %s, that nothing names %s%n",
              Figures.count(unnamed.blobs(), "blob"),
              Figures.bytes(unnamed.bytes()),
              would ? "would go" : "removed");
    }
    if (!collected.runs.isEmpty()) {
      context
          .out()
          .printf(
              "%s %s%n",
              Figures.count(collected.runs.size(), "run"),
              would ? "would be forgotten" : "forgotten");
    }
  }

  private static String reasons(Collected collected) {
    List<String> words = new ArrayList<>();
    byReason(collected)
        .forEach(
            (why, count) -> {
              if (count > 0) {
                words.add(Figures.count(count) + " " + word(why));
              }
            });
    return String.join(", ", words);
  }

  private static String word(Why why) {
    return switch (why) {
      case EXPIRED -> "expired";
      case AGE -> "for age";
      case SIZE -> "for size";
    };
  }

  private void table(List<Victim> victims) throws IOException {
    long now = context.clock().millis();
    AlignedRows rows =
        new AlignedRows(
            context.out(),
            Column.left("KEY"),
            Column.left("STEP"),
            Column.right("SIZE"),
            Column.right("TOOK"),
            Column.right("UNUSED"),
            Column.left("WHY"));
    for (Victim victim : victims.subList(0, Math.min(SHOWN, victims.size()))) {
      rows.row(
          EntryRow.shortKey(victim.key().digest()),
          victim.label().isEmpty() ? victim.step() : victim.step() + ":" + victim.label(),
          Figures.bytes(victim.bytes()),
          Figures.duration(victim.durationNanos()),
          Figures.duration(Math.max(0, now - victim.usedMillis()) * 1_000_000),
          why(victim.why()));
    }
    rows.end();
    if (victims.size() > SHOWN) {
      context
          .out()
          .printf(
              "the first %s of %s are shown; --output json tells all%n",
              SHOWN, Figures.count(victims.size()));
    }
  }

  private static String why(Why why) {
    return why.name().toLowerCase(Locale.ROOT);
  }
}
