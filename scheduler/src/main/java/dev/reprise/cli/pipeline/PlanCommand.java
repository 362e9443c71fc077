package dev.reprise.cli.pipeline;

import dev.reprise.api.Parameters;
import dev.reprise.api.Pipeline;
import dev.reprise.cache.index.IndexLockedException;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.OptionTable;
import dev.reprise.cli.base.OutputOption;
import dev.reprise.cli.base.SettingOptions;
import dev.reprise.cli.base.TabledCommand;
import dev.reprise.cli.pipeline.PipelineSource.PipelineChoice;
import dev.reprise.config.Settings;
import dev.reprise.config.UsageException;
import dev.reprise.console.JsonText;
import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.run.RunOptions;
import picocli.CommandLine.Command;

/** {@code reprise plan}: what a run would do. */
@Command(
    name = "plan",
    description = {
      "Shows what a run would reuse (HIT), what it would run and why (RUN), and what is only known"
          + " when that has run (UNKNOWN); and what would fail at once, since its task keeps a failure"
          + " (FAIL). Starts no engine, writes nothing, and works while another"
          + " process holds the index. Takes the options of 'run', also those that change nothing here and"
          + " are not listed; -v shows each unit, what was said of its step's reuse and where, and"
          + " what of the code is not in the keys."
    },
    sortOptions = false,
    footerHeading = "%nExample:%n",
    footer = "  reprise plan flights --param late-minutes=45",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the plan was made, whatever it says",
      "1:a unit would fail at once, since a failure of it is kept: so would the run",
      "2:bad usage or configuration",
      "3:the pipeline is not valid, or a step of it cannot leave the driver and would have to",
      "4:there is no executor of the name that is set",
      "5:the cache cannot be used, with --cache=require: a run would end at once",
      "6:a kept result is damaged or missing, likewise"
    })
public final class PlanCommand implements TabledCommand {
  private final CommandContext context;
  private final OptionTable options = new OptionTable();
  private final PipelineChoice choice;
  private final ParameterOptions parameters = new ParameterOptions();
  private final RunArguments arguments;
  private final ConsoleOptions console;
  private final OutputOption output = new OutputOption();

  public PlanCommand(PipelineSource source, CommandContext context) {
    this.context = context;
    this.choice = source.choice();
    this.arguments = new RunArguments(context);
    this.console = new ConsoleOptions(context);
    choice.addTo(options);
    parameters.addTo(options);
    arguments.addTo(options);
    arguments.addStaleTo(options);
    console.addTo(options);
    options.hide(
        "--backfill",
        "--idempotency-key",
        "--keep-going",
        "--max-parallel",
        "--timeout",
        "--label",
        "--audit",
        "--audit-seed",
        "--check-determinism",
        "--fail-on-difference",
        "--console");
    output.addTo(options);
    new SettingOptions(context.flags()).addTo(options);
  }

  @Override
  public OptionTable options() {
    return options;
  }

  @Override
  public int call(String commandLine) throws ExecutorUnavailableException, IndexLockedException {
    Settings settings = context.settings();
    JsonText json =
        output.json()
            ? JsonText.document()
            : PipelineRun.tellsJson(settings) ? JsonText.line() : null;
    if (arguments.backfill() != null) {
      throw new UsageException("a plan is of one run; give a value of --backfill with --param");
    }
    RunOptions runOptions = arguments.options(settings, commandLine);
    if (runOptions.audit().asked()) {
      throw new UsageException(
          "a plan runs nothing; give --audit and --check-determinism to 'run'");
    }
    boolean stale = arguments.stale(runOptions);
    return new PlanReport(context, settings)
        .marking(stale)
        .print(define(settings), runOptions, console.verbosity(), json);
  }

  private Pipeline define(Settings settings) {
    Parameters given = parameters.read(context.folder());
    return ExitFromInside.defining(
        context, () -> choice.define(arguments.parameters(given, settings), context.folder()));
  }
}
