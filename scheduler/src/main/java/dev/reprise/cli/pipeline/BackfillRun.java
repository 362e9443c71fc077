package dev.reprise.cli.pipeline;

import dev.reprise.api.Pipeline;
import dev.reprise.cache.base.Text;
import dev.reprise.cache.index.IndexLockedException;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.ExitCode;
import dev.reprise.cli.pipeline.PipelineRun.Ended;
import dev.reprise.config.Settings;
import dev.reprise.console.JsonText;
import dev.reprise.console.Verbosity;
import dev.reprise.console.Words;
import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.run.RunListener.RunSummary;
import dev.reprise.run.RunOptions;
import java.util.LinkedHashMap;
import java.util.Map;

/** Runs a pipeline for each of several values of a parameter, and tells what came of each. */
final class BackfillRun {
  private static final int LONGEST_VALUE = 100;

  private final CommandContext context;
  private final Settings settings;
  private final PipelineRun runs;

  BackfillRun(CommandContext context, Settings settings, PipelineRun runs) {
    this.context = context;
    this.settings = settings;
    this.runs = runs;
  }

  /**
   * Runs all of them, also after one that failed.
   *
   * @param pipelines by value, all of them valid
   * @return the exit code of the first that did not succeed; 0 if all did
   */
  int run(
      String parameter, Map<String, Pipeline> pipelines, RunOptions options, Verbosity verbosity)
      throws ExecutorUnavailableException, IndexLockedException, InterruptedException {
    Map<String, Ended> ended = new LinkedHashMap<>();
    int exitCode = 0;
    for (Map.Entry<String, Pipeline> each : pipelines.entrySet()) {
      RunOptions labelled = options.withLabel("backfill", parameter + "=" + each.getKey());
      Ended run = runs.runToEnd(each.getValue(), labelled, verbosity);
      ended.put(each.getKey(), run);
      exitCode = exitCode == 0 ? run.summary().exitCode() : exitCode;
      if (run.summary().exitCode() == ExitCode.INTERRUPTED.code()) {
        break;
      }
    }
    tell(parameter, ended);
    return exitCode;
  }

  private void tell(String parameter, Map<String, Ended> ended) {
    if (PipelineRun.tellsJson(settings)) {
      context
          .out()
          .println(
              JsonText.line()
                  .text("event", "backfill")
                  .text("parameter", parameter)
                  .objects("runs", ended.entrySet(), BackfillRun::tell)
                  .end());
      return;
    }
    context.out().println();
    ended.forEach(
        (value, run) ->
            context
                .out()
                .println(
                    "%s=%s   %s   %s   run %s"
                        .formatted(
                            parameter,
                            Text.safe(value, LONGEST_VALUE),
                            run.summary().state(),
                            Words.totals(run.summary().outcomes()),
                            run.run())));
  }

  private static void tell(JsonText json, Map.Entry<String, Ended> each) {
    RunSummary summary = each.getValue().summary();
    json.text("value", each.getKey())
        .text("run", each.getValue().run())
        .text("state", summary.state().name())
        .outcomes(summary.outcomes())
        .number("exit_code", summary.exitCode());
  }
}
