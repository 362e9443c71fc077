package dev.reprise.cli.cache;

import dev.reprise.cache.index.IndexSettings.Start;
import dev.reprise.cache.upkeep.Progress;
import dev.reprise.cache.upkeep.Rebuild;
import dev.reprise.cache.upkeep.Scopes;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.CommandException;
import dev.reprise.cli.base.ExitCode;
import dev.reprise.cli.base.HelpOption;
import dev.reprise.cli.base.LockOption;
import dev.reprise.cli.base.OutputOption;
import dev.reprise.cli.base.SettingOptions;
import dev.reprise.config.Settings;
import dev.reprise.console.Figures;
import dev.reprise.console.JsonText;
import dev.reprise.home.SizeFile;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code reprise cache rebuild}: the index, made again from the store. */
@Command(
    name = "rebuild",
    sortOptions = false,
    description = {
      "Puts back into the index what the store holds.",
      "",
      "That is of use after the index was lost or moved aside, or when a store is brought to a new"
          + " home. Entries that are there stay. Small results live in the index alone and run"
          + " again; so do units whose failure was kept."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  reprise cache rebuild", "  reprise cache rebuild --anew"},
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:success",
      "2:bad usage",
      "5:the index cannot be used",
      "7:another process holds the index"
    })
final class RebuildCommand implements Callable<Integer> {
  private static final int SHOWN = 10;

  private final CommandContext context;

  @Option(
      names = "--anew",
      description = "begin with an empty index; the one that is there is moved aside")
  private boolean anew;

  @Mixin private final OutputOption output = new OutputOption();
  @Mixin final LockOption lock;
  @Mixin final SettingOptions options;
  @Mixin final HelpOption help = new HelpOption();

  RebuildCommand(CommandContext context) {
    this.context = context;
    this.options = new SettingOptions(context.flags());
    this.lock = new LockOption(context.flags());
  }

  @Override
  public Integer call() throws IOException, CommandException {
    Settings settings = context.settingsOfHome();
    if (WritableHome.exists(settings)) {
      report(rebuild(settings));
    } else {
      report(new Rebuild.Result(0, 0, 0, List.of()));
    }
    return ExitCode.OK.code();
  }

  private Rebuild.Result rebuild(Settings settings) throws IOException, CommandException {
    Progress progress = new LongWork("restored", context.err(), context.clock());
    return WritableHome.grow(
        context,
        settings,
        "cache rebuild",
        anew ? Start.EMPTY : Start.SOUND_OR_EMPTY,
        home -> {
          new SizeFile(settings.home()).take(); // it is another size now: somebody counts
          return new Rebuild(Scopes.of(home.index()), home.store(), progress).run();
        });
  }

  private void report(Rebuild.Result result) {
    if (output.json()) {
      context
          .out()
          .println(
              JsonText.document()
                  .number("restored", result.restored())
                  .number("there", result.there())
                  .number("incomplete", result.incomplete())
                  .list("unreadable", result.unreadable())
                  .end());
      return;
    }
    context
        .out()
        .printf(
            "restored %s; %s there already, %s without their blobs%n",
            ListCommand.entries(result.restored()),
            Figures.count(result.there()),
            Figures.count(result.incomplete()));
    List<String> unreadable = result.unreadable();
    unreadable.stream().limit(SHOWN).forEach(each -> context.err().println("warning: " + each));
    if (unreadable.size() > SHOWN) {
      context.err().printf("warning: and %d more%n", unreadable.size() - SHOWN);
    }
  }
}
