package dev.reprise.cli.history;

import dev.reprise.cache.base.Text;
import dev.reprise.cli.base.AlignedRows;
import dev.reprise.cli.base.AlignedRows.Column;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.ExitCode;
import dev.reprise.cli.base.HelpOption;
import dev.reprise.cli.base.OutputOption;
import dev.reprise.cli.base.SettingOptions;
import dev.reprise.config.UsageException;
import dev.reprise.console.Figures;
import dev.reprise.console.JsonText;
import dev.reprise.journal.RunBrief;
import dev.reprise.plan.Outcome;
import dev.reprise.run.Resume;
import dev.reprise.run.RunListener.RunSummary;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code reprise runs ls}: past runs, newest first. */
@Command(
    name = "ls",
    description = "Lists past runs, newest first.",
    sortOptions = false,
    footerHeading = "%nExample:%n",
    footer = "  reprise runs ls --limit 5 --output json",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:success", "2:bad usage or configuration"})
final class RunsLsCommand implements Callable<Integer> {
  private final CommandContext context;
  private final Set<String> pipelines = new TreeSet<>();

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "how many at most (default: ${DEFAULT-VALUE}; 0 for all)")
  private int limit = 20;

  @Option(names = "--pipeline", paramLabel = "NAME", description = "runs of this pipeline alone")
  private String pipeline = "";

  @Option(
      names = "--resumed-from",
      paramLabel = "RUN",
      description = "runs that went on from this run alone, or took results of it")
  private @Nullable String resumedFrom;

  @Mixin private final OutputOption output = new OutputOption();
  @Mixin final SettingOptions settingOptions;
  @Mixin final HelpOption help = new HelpOption();

  RunsLsCommand(CommandContext context) {
    this.context = context;
    this.settingOptions = new SettingOptions(context.flags());
  }

  @Override
  public Integer call() throws IOException {
    if (limit < 0) {
      throw new UsageException("--limit cannot be %s, wanted 0 or more".formatted(limit));
    }
    PastRuns runs = new PastRuns(context, context.settingsOfHome());
    boolean json = output.json();
    String from = resumedFrom;
    resumedFrom = from == null ? null : runs.find(from);
    List<RunBrief> briefs = read(runs);
    if (json) {
      context
          .out()
          .println(JsonText.document().objects("runs", briefs, new RunJson(runs)::brief).end());
    } else if (briefs.isEmpty()) {
      context.err().println(none());
    } else {
      print(runs, briefs);
    }
    return ExitCode.OK.code();
  }

  private String none() {
    if (pipelines.isEmpty()) {
      return "no runs yet";
    } else if (resumedFrom != null) {
      return "no run went on from run " + resumedFrom;
    }
    return "no runs of a pipeline %s, only of %s%s"
        .formatted(
            Text.quote(pipeline), String.join(", ", pipelines), Text.hint(pipeline, pipelines));
  }

  private List<RunBrief> read(PastRuns runs) {
    List<RunBrief> briefs = new ArrayList<>();
    for (String id : runs.ids()) {
      if (limit > 0 && briefs.size() == limit) {
        break;
      }
      try {
        RunBrief brief = runs.history().readBrief(id);
        pipelines.add(brief.header().pipeline());
        Resume resume = brief.header().options().resume();
        if ((pipeline.isEmpty() || brief.header().pipeline().equals(pipeline))
            && (resumedFrom == null || (resume != null && resume.run().equals(resumedFrom)))) {
          briefs.add(brief);
        }
      } catch (IOException e) {
        context.err().println("warning: run " + id + ": " + e.getMessage());
      }
    }
    return briefs;
  }

  private void print(PastRuns runs, List<RunBrief> briefs) throws IOException {
    AlignedRows rows =
        new AlignedRows(
            context.out(),
            Column.left("run"),
            Column.left("pipeline"),
            Column.left("state"),
            Column.right("cached"),
            Column.right("ran"),
            Column.right("failed"),
            Column.right("wall"),
            Column.right("saved"),
            Column.left("started"));
    for (RunBrief brief : briefs) {
      RunSummary summary = brief.summary();
      rows.row(
          brief.id(),
          brief.header().pipeline(),
          runs.status(brief).toString(),
          count(summary, Outcome.CACHED),
          count(summary, Outcome.RAN),
          count(summary, Outcome.FAILED),
          summary == null ? "" : Figures.duration(summary.wallNanos()),
          summary == null ? "" : Figures.duration(summary.savedNanos()),
          PastRuns.time(brief.header().start()));
    }
    rows.end();
  }

  private static String count(@Nullable RunSummary summary, Outcome outcome) {
    return summary == null ? "" : Figures.count(summary.outcomes().getOrDefault(outcome, 0));
  }
}
