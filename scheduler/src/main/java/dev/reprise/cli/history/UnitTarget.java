package dev.reprise.cli.history;

import dev.reprise.cache.base.Text;
import dev.reprise.cli.base.CommandException;
import dev.reprise.cli.base.ExitCode;
import dev.reprise.config.UsageException;
import dev.reprise.journal.RecordedGraph.RecordedNode;
import dev.reprise.journal.RecordedRun;
import dev.reprise.journal.RecordedStep;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * The units that a person means with {@code STEP}, {@code STEP:NUMBER} or {@code STEP:LABEL}.
 *
 * @param step what is known of the step
 * @param partition the one that is meant; empty for all
 */
record UnitTarget(RecordedStep step, OptionalInt partition) {
  private static final int MOST_CANDIDATES = 10_000;

  /**
   * Finds them in a run.
   *
   * @throws UsageException if the run's pipeline has no such step or partition; names the nearest
   * @throws CommandException if the run ended before anything was known of the step
   */
  static UnitTarget find(RecordedRun run, String text) throws CommandException {
    int colon = text.indexOf(':');
    String name = colon < 0 ? text : text.substring(0, colon);
    RecordedNode node =
        run.graph()
            .find(name)
            .orElseThrow(
                () ->
                    new UsageException(
                        "run %s of pipeline '%s' has no step %s (it has %s)%s"
                            .formatted(
                                run.id(),
                                run.header().pipeline(),
                                Text.quote(name),
                                String.join(", ", run.graph().stepNames()),
                                Text.hint(name, run.graph().stepNames()))));
    if (!node.isStep()) {
      throw new UsageException(
          "'%s' is no step: it is read and not run; steps are %s"
              .formatted(name, String.join(", ", run.graph().stepNames())));
    }
    RecordedStep step =
        run.step(node.id())
            .orElseThrow(
                () ->
                    new CommandException(
                        ExitCode.STEP_FAILED,
                        "run %s ended before anything was known of step '%s'"
                            .formatted(run.id(), name)));
    return colon < 0
        ? new UnitTarget(step, step.units() == 1 ? OptionalInt.of(0) : OptionalInt.empty())
        : new UnitTarget(step, OptionalInt.of(partition(step, text.substring(colon + 1))));
  }

  private static int partition(RecordedStep step, String wanted) {
    OptionalInt labelled = step.find(wanted);
    if (labelled.isPresent()) {
      return labelled.getAsInt();
    }
    if (wanted.matches("\\d{1,9}") && Integer.parseInt(wanted) < step.units()) {
      return Integer.parseInt(wanted);
    }
    List<String> labels =
        IntStream.range(0, Math.min(step.units(), MOST_CANDIDATES)).mapToObj(step::label).toList();
    throw new UsageException(
        "step '%s' has no partition %s: it has %d, numbered from 0%s"
            .formatted(
                step.name(),
                Text.quote(wanted),
                step.units(),
                wanted.matches("\\d+") ? "" : Text.hint(wanted, labels)));
  }

  /** Numbers of the partitions that are meant. */
  int[] partitions() {
    return partition.isPresent()
        ? new int[] {partition.getAsInt()}
        : IntStream.range(0, step.units()).toArray();
  }

  /** How a unit of the step is named. */
  static String name(RecordedStep step, int partition) {
    String label = step.label(partition);
    return label.isEmpty() ? step.name() : step.name() + ":" + label;
  }
}
