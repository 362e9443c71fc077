package dev.reprise.bench.compare;

import dev.reprise.bench.ratio.Comparison;
import dev.reprise.bench.taskbench.Edits;
import dev.reprise.bench.taskbench.Pattern;
import dev.reprise.bench.taskbench.TaskBench;
import dev.reprise.bench.taskbench.TaskBench.Shape;
import dev.reprise.run.RunOptions;
import java.nio.file.Path;

/**
 * A run after one point has changed, in a driver that has run the graph before, against a run in
 * which nothing is to be done, of a driver that has not: the peer's opens a home of the same
 * content before its time begins, so that the process is warm and nothing is remembered. A driver
 * that lives on would win against itself with what is measured here. The units themselves take no
 * time.
 */
public final class OneLeaf implements Comparison {
  private static final int STEPS = 10;

  private final Shape shape;
  private final Workplace work;
  private final Path unchanged;
  private Edits edits = new Edits(1, Edits.ONE_POINT, 0);

  public OneLeaf(Path folder, int units) throws Exception {
    shape = new Shape(Pattern.NO_COMM, units / STEPS, STEPS, 0);
    work = Workplace.in(folder.resolve("changed"));
    unchanged = folder.resolve("unchanged");
    run(work);
    peer();
  }

  @Override
  public double ours() throws Exception {
    edits = edits.next();
    return run(work);
  }

  @Override
  public double peer() throws Exception {
    try (Workplace fresh = Workplace.in(unchanged)) {
      return fresh
          .run(shape, TaskBench.pipeline(shape, Edits.NONE), Edits.NONE, RunOptions.DEFAULT)
          .nanos();
    }
  }

  private double run(Workplace in) throws Exception {
    return in.run(shape, TaskBench.pipeline(shape, edits), edits, RunOptions.DEFAULT).nanos();
  }

  @Override
  public void close() {
    work.close();
  }
}
