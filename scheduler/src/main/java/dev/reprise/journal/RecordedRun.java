package dev.reprise.journal;

import dev.reprise.run.RunListener.PlanSummary;
import dev.reprise.run.RunListener.RunHeader;
import dev.reprise.run.RunListener.RunSummary;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A run as its journal tells it.
 *
 * @param header what was known when it began
 * @param graph what it ran
 * @param plan what planning found; null if it did not get that far
 * @param steps those of which something is known, in topological order
 * @param retries in the order in which they happened
 * @param warnings in the order in which they were given
 * @param summary how it ended; null if the journal does not tell
 * @param damage what is wrong with the journal, a sentence for people; empty if nothing is
 * @param lastWritten when the journal was written last, by the clock of its disk
 */
public record RecordedRun(
    RunHeader header,
    RecordedGraph graph,
    @Nullable PlanSummary plan,
    List<RecordedStep> steps,
    List<RecordedRetry> retries,
    List<RecordedWarning> warnings,
    @Nullable RunSummary summary,
    String damage,
    Instant lastWritten) {
  public RecordedRun {
    steps = List.copyOf(steps);
    retries = List.copyOf(retries);
    warnings = List.copyOf(warnings);
  }

  /** Id of the run. */
  public String id() {
    return header.run();
  }

  /** What a list of runs shows of it. */
  public RunBrief brief() {
    return new RunBrief(header, summary, lastWritten);
  }

  /** The step of this name; empty if there is none or nothing is known of it. */
  public Optional<RecordedStep> step(String name) {
    return steps.stream().filter(step -> step.name().equals(name)).findFirst();
  }

  /** The step that is this node; empty if it is none or nothing is known of it. */
  public Optional<RecordedStep> step(int node) {
    return steps.stream().filter(step -> step.node().id() == node).findFirst();
  }
}
