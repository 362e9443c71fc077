package dev.reprise.bench.compare;

import dev.reprise.api.Partitions;
import dev.reprise.api.Pipeline.Defined;
import dev.reprise.bench.compare.Workplace.Ran;
import dev.reprise.bench.taskbench.Edits;
import dev.reprise.bench.taskbench.Pattern;
import dev.reprise.bench.taskbench.TaskBench;
import dev.reprise.bench.taskbench.TaskBench.Shape;
import dev.reprise.plan.Outcome;
import dev.reprise.run.RunOptions;
import java.nio.file.Path;

/** A process that runs a graph of which everything is cached. */
final class CachedGraph {
  private CachedGraph() {}

  /**
   * Prints how many units were found, and what the results of the last step come to.
   *
   * @param arguments the home, then the graph's width and steps
   */
  public static void main(String[] arguments) throws Exception {
    int width = Integer.parseInt(arguments[1]);
    int steps = Integer.parseInt(arguments[2]);
    try (Workplace work = Workplace.in(Path.of(arguments[0]))) {
      Defined<Partitions<Long>> graph = TaskBench.pipeline(shape(width, steps), Edits.NONE);
      Ran ran = work.run(graph.pipeline(), RunOptions.DEFAULT);
      long mixed = 0;
      for (long result : ran.run().results(graph.handles())) {
        mixed ^= result;
      }
      System.out.println(answer(ran.summary().outcomes().getOrDefault(Outcome.CACHED, 0), mixed));
    }
  }

  static Shape shape(int width, int steps) {
    return new Shape(Pattern.STENCIL_1D, width, steps, 0);
  }

  static String answer(int found, long mixed) {
    return found + " units found, of " + mixed;
  }
}
