package dev.reprise.bench.compare;

import dev.reprise.api.Partitions;
import dev.reprise.api.Pipeline.Defined;
import dev.reprise.bench.ratio.Comparison;
import dev.reprise.bench.taskbench.Edits;
import dev.reprise.bench.taskbench.Pattern;
import dev.reprise.bench.taskbench.TaskBench;
import dev.reprise.bench.taskbench.TaskBench.Shape;
import java.nio.file.Path;

/** What a unit costs in the plan of a large graph, against what it costs in that of a small one. */
public final class Linearity implements Comparison {
  private static final int WIDTH = 1000;

  private final Side large;
  private final Side small;

  private record Side(Workplace work, Shape shape, Defined<Partitions<Long>> graph, int times) {
    double nanosPerUnit() {
      double nanos = 0;
      for (int i = 0; i < times; i++) {
        nanos += work.planCached(shape, graph);
      }
      return nanos / times / shape.units();
    }
  }

  /**
   * @param largest units of the large graph
   */
  public Linearity(Path folder, int largest) throws Exception {
    // The small graph is planned several times, so that both sides do about as much.
    small = side(folder.resolve("small"), 10 * WIDTH, Math.max(1, largest / (20 * WIDTH)));
    large = side(folder.resolve("large"), largest, 1);
  }

  private static Side side(Path folder, int units, int times) throws Exception {
    Shape shape = new Shape(Pattern.STENCIL_1D, WIDTH, units / WIDTH, 0);
    Side side = new Side(Workplace.in(folder), shape, TaskBench.pipeline(shape, Edits.NONE), times);
    side.work.run(shape, side.graph);
    return side;
  }

  @Override
  public double ours() {
    return large.nanosPerUnit();
  }

  @Override
  public double peer() {
    return small.nanosPerUnit();
  }

  @Override
  public void close() {
    try (Workplace first = large.work) {
      small.work.close();
    }
  }
}
