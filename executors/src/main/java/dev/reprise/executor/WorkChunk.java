package dev.reprise.executor;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.task.Resources;
import java.util.List;
import java.util.Set;

/**
 * Attempts that go to an executor together: units of one step, in the order in which they should
 * start.
 *
 * @param run id of the run
 * @param step name of the step, for people
 * @param code what to call
 * @param libraries packages of libraries that the code reaches, as far as its key covers them; an
 *     engine that has libraries of its own must run the driver's. Stays on the driver
 * @param reads paths of class-path resources that the key covers, as {@code com/acme/words.txt},
 *     whether the driver has one there or not: a worker must find the same. Stays on the driver
 * @param resources what one unit needs
 * @param units at least one
 */
public record WorkChunk(
    String run,
    String step,
    TaskCode code,
    Set<String> libraries,
    Set<String> reads,
    Resources resources,
    List<UnitWork> units) {
  public WorkChunk {
    libraries = Set.copyOf(libraries);
    reads = Set.copyOf(reads);
    units = List.copyOf(units);
    checkArgument(!units.isEmpty(), "a chunk of step '%s' has no units", step);
  }

  /** Returns a chunk of code that reaches no library and reads no resource. */
  public WorkChunk(
      String run, String step, TaskCode code, Resources resources, List<UnitWork> units) {
    this(run, step, code, Set.of(), Set.of(), resources, units);
  }

  /** Returns a chunk of some of the units. */
  public WorkChunk of(List<UnitWork> some) {
    return new WorkChunk(run, step, code, libraries, reads, resources, some);
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
