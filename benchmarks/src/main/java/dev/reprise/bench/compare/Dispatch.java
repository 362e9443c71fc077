package dev.reprise.bench.compare;

import static dev.reprise.cache.base.Checks.checkState;

import dev.reprise.api.Partitions;
import dev.reprise.api.Pipeline.Defined;
import dev.reprise.bench.ratio.Comparison;
import dev.reprise.bench.taskbench.Edits;
import dev.reprise.bench.taskbench.Pattern;
import dev.reprise.bench.taskbench.TaskBench;
import dev.reprise.bench.taskbench.TaskBench.Shape;
import dev.reprise.cache.base.Ticker;
import dev.reprise.run.CacheMode;
import dev.reprise.run.RunOptions;
import java.nio.file.Path;

/**
 * What an executed unit costs that does nothing, without a cache, against a fork-join pool that
 * knows the graph beforehand; of the pattern in which the ratio is worst.
 */
public final class Dispatch implements Comparison {
  private static final RunOptions WITHOUT_CACHE = RunOptions.DEFAULT.withCache(CacheMode.OFF);

  private final Shape shape;
  private final Workplace work;
  private final Defined<Partitions<Long>> graph;
  private final ForkJoinGraph peer;

  private Dispatch(Path folder, Shape shape) throws Exception {
    this.shape = shape;
    this.work = Workplace.withoutCache(folder);
    this.graph = TaskBench.pipeline(shape, Edits.NONE);
    this.peer = new ForkJoinGraph(shape);
  }

  /** The comparison in the pattern that is worst for us, found by one pair of each. */
  public static Dispatch worst(Path folder, int width, int steps) throws Exception {
    Pattern worst = Pattern.TRIVIAL;
    double highest = 0;
    for (Pattern pattern : Pattern.values()) {
      Shape shape = new Shape(pattern, width, steps, 0);
      try (Dispatch one = new Dispatch(folder.resolve(pattern.name()), shape)) {
        one.peer();
        double ratio = one.ours() / one.peer();
        if (ratio > highest) {
          highest = ratio;
          worst = pattern;
        }
      }
    }
    return new Dispatch(folder.resolve("worst"), new Shape(worst, width, steps, 0));
  }

  @Override
  public double ours() throws Exception {
    return work.run(shape, graph, Edits.NONE, WITHOUT_CACHE).nanos() / shape.units();
  }

  @Override
  public double peer() {
    Ticker ticker = work.ticker();
    long begun = ticker.nanos();
    long[] last = peer.run();
    double nanos = ticker.nanos() - begun;
    long[] expected = TaskBench.expected(shape, Edits.NONE)[shape.steps() - 1];
    checkState(java.util.Arrays.equals(last, expected), "the peer's results are others");
    return nanos / shape.units();
  }

  @Override
  public void close() {
    try (work) {
      peer.close();
    }
  }
}
