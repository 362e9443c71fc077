package dev.reprise.bench.compare;

import dev.reprise.api.Partitions;
import dev.reprise.api.Pipeline.Defined;
import dev.reprise.bench.ratio.Comparison;
import dev.reprise.bench.taskbench.Edits;
import dev.reprise.bench.taskbench.Pattern;
import dev.reprise.bench.taskbench.TaskBench;
import dev.reprise.bench.taskbench.TaskBench.Shape;
import dev.reprise.run.RunOptions;
import java.nio.file.Path;

/**
 * A run after one point in a hundred has changed, of a graph whose units take a millisecond,
 * against what that must take: a hundredth of a full run, and a run in which nothing is to be done.
 */
public final class Changed implements Comparison {
  private static final int STEPS = 10;
  private static final double NANOS_OF_A_UNIT = 1e6;

  private final Shape shape;
  private final Workplace work;
  private final double full;
  private Edits edits = new Edits(1, 10, 0);

  public Changed(Path folder, int units) throws Exception {
    shape = new Shape(Pattern.NO_COMM, units / STEPS, STEPS, millisecond());
    work = Workplace.in(folder);
    full = work.run(shape, TaskBench.pipeline(shape, edits), edits, RunOptions.DEFAULT).nanos();
  }

  /** How many iterations of the kernel take a millisecond, as compiled as it gets. */
  static long millisecond() {
    var ticker = dev.reprise.cache.base.Ticker.system();
    double nanos = 0;
    double kept = 0;
    long iterations = 100_000;
    for (int i = 0; i < 5; i++) {
      long begun = ticker.nanos();
      kept += TaskBench.compute(iterations);
      nanos = ticker.nanos() - begun;
    }
    return kept > 0 ? Math.max(1, (long) (iterations * NANOS_OF_A_UNIT / nanos)) : 1;
  }

  @Override
  public double ours() throws Exception {
    edits = edits.next();
    return work.run(shape, TaskBench.pipeline(shape, edits), edits, RunOptions.DEFAULT).nanos();
  }

  @Override
  public double peer() throws Exception {
    Defined<Partitions<Long>> same = TaskBench.pipeline(shape, edits);
    return work.run(shape, same, edits, RunOptions.DEFAULT).nanos() + 0.01 * full;
  }

  @Override
  public void close() {
    work.close();
  }
}
