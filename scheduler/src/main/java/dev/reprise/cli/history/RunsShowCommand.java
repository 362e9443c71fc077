package dev.reprise.cli.history;

import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.CommandException;
import dev.reprise.cli.base.ExitCode;
import dev.reprise.cli.base.HelpOption;
import dev.reprise.cli.base.HomeView;
import dev.reprise.cli.base.OutputOption;
import dev.reprise.cli.base.SettingOptions;
import dev.reprise.cli.pipeline.PipelineSource;
import dev.reprise.config.Settings;
import dev.reprise.journal.RecordedRun;
import dev.reprise.journal.RunHistory;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code reprise runs show}: one run, step by step. */
@Command(
    name = "show",
    description = "Shows a run: how it was started, how each step ended, what went wrong.",
    sortOptions = false,
    footerHeading = "%nExample:%n",
    footer = "  reprise runs show 7f3a",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:success, however the run ended",
      "2:bad usage, or no such run",
      "6:the journal of the run cannot be read"
    })
final class RunsShowCommand implements Callable<Integer> {
  private final PipelineSource source;
  private final CommandContext context;

  @Parameters(
      paramLabel = "RUN",
      arity = "0..1",
      description = "id of the run, how it begins or ends, or 'latest' (default)")
  private String run = RunHistory.LATEST;

  @Mixin private final OutputOption output = new OutputOption();
  @Mixin final SettingOptions settingOptions;
  @Mixin final HelpOption help = new HelpOption();

  RunsShowCommand(PipelineSource source, CommandContext context) {
    this.source = source;
    this.context = context;
    this.settingOptions = new SettingOptions(context.flags());
  }

  @Override
  public Integer call() throws CommandException {
    Settings settings = context.settingsOfHome();
    boolean json = output.json();
    PastRuns runs = new PastRuns(context, settings);
    RecordedRun recorded = runs.read(run);
    if (json) {
      try (HomeView home = HomeView.of(settings, recorded.header())) {
        new RunJson(runs).print(context.out(), recorded, new Origins(home));
      }
    } else {
      new RunText(context, runs, source.program()).print(recorded);
    }
    return ExitCode.OK.code();
  }
}
