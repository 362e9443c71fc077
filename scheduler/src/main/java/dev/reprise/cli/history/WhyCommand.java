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
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code reprise why}: why a unit ran, or where its result came from. */
@Command(
    name = "why",
    description = {
      "Shows why a unit ran in a run, or where its result came from: what its key was made of, and"
          + " what of that was different the last time it ran."
    },
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {"  reprise why delays", "  reprise why delays:month=2001-04 --run 7f3a -v"},
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:success",
      "1:the run ended before anything was known of the step",
      "2:bad usage, or no such run, step or partition",
      "6:the journal of the run cannot be read"
    })
public final class WhyCommand implements Callable<Integer> {
  private final PipelineSource source;
  private final CommandContext context;

  @Parameters(
      paramLabel = "STEP",
      description = "a step, or one unit of it: STEP:NUMBER or STEP:LABEL")
  private String unit = "";

  @Option(names = "--run", paramLabel = "RUN", description = "id of the run (default: the latest)")
  private String run = RunHistory.LATEST;

  @Option(
      names = {"-v", "--verbose"},
      description = "show all parts of the key, and what of the code is not in it")
  private boolean verbose;

  @Mixin private final OutputOption output = new OutputOption();
  @Mixin final SettingOptions settingOptions;
  @Mixin final HelpOption help = new HelpOption();

  public WhyCommand(PipelineSource source, CommandContext context) {
    this.source = source;
    this.context = context;
    this.settingOptions = new SettingOptions(context.flags());
  }

  @Override
  public Integer call() throws CommandException, IOException {
    Settings settings = context.settingsOfHome();
    boolean json = output.json();
    PastRuns runs = new PastRuns(context, settings);
    RecordedRun recorded = runs.read(run);
    UnitTarget target = UnitTarget.find(recorded, unit);
    try (HomeView home = HomeView.of(settings, recorded.header())) {
      Origins origins = new Origins(home);
      if (json) {
        WhyJson.print(context.out(), recorded, target, origins, context.clock().instant());
      } else {
        new WhyText(context.out(), recorded, runs, origins, source.program(), verbose)
            .print(target);
      }
    }
    return ExitCode.OK.code();
  }
}
