package dev.reprise.bench.compare;

import dev.reprise.api.Partitions;
import dev.reprise.api.Pipeline.Defined;
import dev.reprise.bench.ratio.Comparison;
import dev.reprise.bench.taskbench.Edits;
import dev.reprise.bench.taskbench.Pattern;
import dev.reprise.bench.taskbench.TaskBench;
import dev.reprise.bench.taskbench.TaskBench.Shape;
import java.nio.file.Path;

/**
 * Planning two steps of which each unit of the second takes all of the first, against planning two
 * of which it takes its neighbours. All of them are found.
 */
public final class Barrier implements Comparison {
  private final Side barrier;
  private final Side stencil;

  private record Side(Workplace work, Shape shape, Defined<Partitions<Long>> graph) {
    static Side of(Path folder, Pattern pattern, int width) throws Exception {
      Shape shape = new Shape(pattern, width, 2, 0);
      Side side = new Side(Workplace.in(folder), shape, TaskBench.pipeline(shape, Edits.NONE));
      side.work.run(shape, side.graph);
      return side;
    }

    double plan() {
      return work.planCached(shape, graph);
    }
  }

  public Barrier(Path folder, int width) throws Exception {
    barrier = Side.of(folder.resolve("barrier"), Pattern.ALL_TO_ALL, width);
    stencil = Side.of(folder.resolve("stencil"), Pattern.STENCIL_1D, width);
  }

  @Override
  public double ours() {
    return barrier.plan();
  }

  @Override
  public double peer() {
    return stencil.plan();
  }

  @Override
  public void close() {
    try (Workplace first = barrier.work) {
      stencil.work.close();
    }
  }
}
