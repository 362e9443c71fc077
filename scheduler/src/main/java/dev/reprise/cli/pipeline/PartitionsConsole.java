package dev.reprise.cli.pipeline;

import dev.reprise.cache.base.Text;
import dev.reprise.console.JsonText;
import dev.reprise.console.PartitionCounts;
import dev.reprise.console.Words;
import dev.reprise.plan.Outcome;
import dev.reprise.run.PartitionChoice;
import dev.reprise.run.RunListener;
import dev.reprise.run.RunView;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;

/** Tells, when a run has ended, what came of each partition that it was asked for. */
final class PartitionsConsole implements RunListener {
  private static final int LONGEST_NAME = 200;

  private final PrintStream out;
  private final InstantSource clock;
  private final boolean json;
  private Set<String> asked = Set.of();

  PartitionsConsole(PrintStream out, InstantSource clock, boolean json) {
    this.out = out;
    this.clock = clock;
    this.json = json;
  }

  @Override
  public void started(RunHeader header, RunView run) {
    asked = header.options().partitions();
  }

  @Override
  public void finished(RunView run, RunSummary summary) {
    if (asked.isEmpty()) {
      return;
    }
    PartitionChoice choice = PartitionChoice.of(run.graph(), asked);
    Map<String, Map<Outcome, Integer>> counts =
        PartitionCounts.count(run, choice, RunView::outcome);
    if (json) {
      out.println(
          JsonText.line()
              .text("event", "partitions")
              .text("time", clock.instant().toString())
              .text("run", run.run())
              .objects(
                  "partitions",
                  counts.entrySet(),
                  (each, of) -> each.text("partition", of.getKey()).outcomes(of.getValue()))
              .end());
      return;
    }
    counts.forEach(
        (name, of) -> out.println(Text.safe(name, LONGEST_NAME) + "   " + Words.totals(of)));
  }
}
