package dev.reprise.bench.compare;

import dev.reprise.api.Driver.Plan;
import dev.reprise.api.Partitions;
import dev.reprise.api.Pipeline.Defined;
import dev.reprise.bench.ratio.Comparison;
import dev.reprise.bench.taskbench.Edits;
import dev.reprise.bench.taskbench.Pattern;
import dev.reprise.bench.taskbench.TaskBench;
import dev.reprise.bench.taskbench.TaskBench.Shape;
import java.lang.ref.Reference;
import java.nio.file.Path;

/**
 * What a plan holds on the heap, in bytes per unit, against arrays with the least that a planner
 * needs of each: in-degree, offset, three edges, status, a key.
 */
public final class HeapPerUnit implements Comparison {
  private static final int WIDTH = 1000;

  private final Shape shape;
  private final Workplace work;
  private final Defined<Partitions<Long>> graph;

  private record Arrays(int[] degrees, int[] offsets, int[] edges, byte[] status, byte[] keys) {
    static Arrays of(int units) {
      return new Arrays(
          new int[units],
          new int[units],
          new int[3 * units],
          new byte[units],
          new byte[32 * units]);
    }
  }

  public HeapPerUnit(Path folder, int units) throws Exception {
    shape = new Shape(Pattern.STENCIL_1D, WIDTH, units / WIDTH, 0);
    work = Workplace.in(folder);
    graph = TaskBench.pipeline(shape, Edits.NONE);
    work.run(shape, graph);
    work.planCached(shape, graph); // what is made once for all plans is not a plan's
  }

  @Override
  public double ours() {
    long before = LiveHeap.bytes();
    Plan plan = work.timedPlan(shape, graph).plan();
    try {
      return (LiveHeap.bytes() - before) / (double) shape.units();
    } finally {
      Reference.reachabilityFence(plan);
    }
  }

  @Override
  public double peer() {
    long before = LiveHeap.bytes();
    Arrays arrays = Arrays.of(shape.units());
    try {
      return (LiveHeap.bytes() - before) / (double) shape.units();
    } finally {
      Reference.reachabilityFence(arrays);
    }
  }

  @Override
  public boolean exact() {
    return true;
  }

  @Override
  public void close() {
    work.close();
  }
}
