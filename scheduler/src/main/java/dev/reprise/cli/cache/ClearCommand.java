package dev.reprise.cli.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reprise.cache.upkeep.Eviction;
import dev.reprise.cache.upkeep.KeptFailures;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.CommandException;
import dev.reprise.cli.base.ExitCode;
import dev.reprise.cli.base.HelpOption;
import dev.reprise.cli.base.HomeView;
import dev.reprise.cli.base.LockOption;
import dev.reprise.cli.base.OutputOption;
import dev.reprise.cli.base.SettingOptions;
import dev.reprise.config.Settings;
import dev.reprise.config.UsageException;
import dev.reprise.console.Figures;
import dev.reprise.console.JsonText;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code reprise cache clear}: does away with all entries. */
@Command(
    name = "clear",
    sortOptions = false,
    description = {
      "Removes all entries of the project and environment, and what only they hold.",
      "Damaged blobs that were moved aside go, too, and failures that are kept. Runs and their journals stay; the next run"
          + " computes everything again."
    },
    footerHeading = "%nExample:%n",
    footer = "  reprise cache clear --yes",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:success",
      "2:bad usage",
      "5:the index cannot be used",
      "7:another process holds the index"
    })
final class ClearCommand implements Callable<Integer> {
  private final CommandContext context;

  @Option(names = "--yes", description = "do not ask")
  private boolean yes;

  @Mixin private final OutputOption output = new OutputOption();
  @Mixin final LockOption lock;
  @Mixin final SettingOptions options;
  @Mixin final HelpOption help = new HelpOption();

  ClearCommand(CommandContext context) {
    this.context = context;
    this.options = new SettingOptions(context.flags());
    this.lock = new LockOption(context.flags());
  }

  @Override
  public Integer call() throws IOException, CommandException {
    Settings settings = context.settingsOfHome();
    if (!WritableHome.exists(settings)) {
      report(0, 0, 0);
    } else if (!yes && !isAgreed(settings)) {
      context.out().println("nothing was removed");
    } else {
      clear(settings);
    }
    return ExitCode.OK.code();
  }

  private boolean isAgreed(Settings settings) throws IOException, CommandException {
    if (!context.terminal() || output.json()) {
      throw new UsageException("this removes all entries; say --yes if that is what you want");
    }
    Selection all = new Selection(row -> true, 0);
    try (HomeView home = new HomeView(settings)) {
      all.takeFrom(home.index());
    }
    context
        .err()
        .printf(
            "remove all %s (%s, %s of executor time) of %s in %s? [y/N] ",
            ListCommand.entries(all.count()),
            Figures.bytes(all.bytes()),
            Figures.duration(all.nanos()),
            HomeView.scope(settings).name(),
            settings.home());
    context.err().flush();
    String answer = new BufferedReader(new InputStreamReader(context.in(), UTF_8)).readLine();
    return answer != null && (answer.strip().equals("y") || answer.strip().equals("yes"));
  }

  private void clear(Settings settings) throws IOException, CommandException {
    long[] failures = {0};
    Eviction.Result result =
        WritableHome.shrink(
            context,
            settings,
            "cache clear",
            home -> {
              home.store().removeQuarantined(Instant.MAX);
              failures[0] =
                  KeptFailures.remove(home.index(), failure -> true, /* damagedToo= */ true);
              return home.evict(entry -> true, /* damagedToo= */ true, context.err());
            });
    report(result.entries() + result.damaged(), failures[0], result.freedBytes());
  }

  private void report(long removed, long failures, long freedBytes) {
    if (output.json()) {
      context
          .out()
          .println(
              JsonText.document()
                  .number("removed", removed)
                  .number("freed_bytes", freedBytes)
                  .number("failures", failures)
                  .end());
    } else {
      context
          .out()
          .printf(
              "removed %s; %s freed in the store%n",
              ListCommand.entries(removed), Figures.bytes(freedBytes));
      if (failures > 0) {
        context.out().println("and " + FailureList.count(failures));
      }
    }
  }
}
