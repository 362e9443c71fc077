package dev.reprise.executor;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.task.Resources;
import java.util.List;

/**
 * Attempts that go to an executor together: units of one step, in the order in which they should
 * start.
 *
 * @param run id of the run
 * @param step name of the step, for people
 * @param code what to call
 * @param resources what one unit needs
 * @param units at least one
 */
public record WorkChunk(
    String run, String step, TaskCode code, Resources resources, List<UnitWork> units) {
  public WorkChunk {
    units = List.copyOf(units);
    checkArgument(!units.isEmpty(), "a chunk of step '%s' has no units", step);
  }

  /**
   * One attempt.
   *
   * @param attempt number, unique in the run
   * @param label of the partition, for people; empty for an unpartitioned step
   * @param arguments in the order of the function's parameters
   */
  public record UnitWork(long attempt, String label, List<Argument> arguments) {
    public UnitWork {
      arguments = List.copyOf(arguments);
    }
  }
}
