package dev.reprise.bench.spark;

import static dev.reprise.cache.base.Checks.checkState;

import dev.reprise.bench.compare.Workplace;
import dev.reprise.bench.ratio.Comparison;
import dev.reprise.bench.spark.NewProcess.Told;
import dev.reprise.bench.taskbench.Edits;
import dev.reprise.bench.taskbench.TaskBench;
import dev.reprise.bench.taskbench.TaskBench.Shape;
import dev.reprise.run.RunOptions;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * A run on Spark of which everything is cached, against starting Spark without anything to do: each
 * in a new process, timed from its first line on, so that the JVM's own start is on neither side.
 */
public final class SparkCached implements Comparison {
  private final Path home;
  private final Shape shape;
  private final NewProcess process;
  private final String empty;
  private final String result;

  /**
   * @param width units in each step
   */
  public SparkCached(Path folder, int width, int steps) throws Exception {
    this(folder, width, steps, EmptySpark.class.getName());
  }

  /**
   * @param empty the peer's main class
   */
  SparkCached(Path folder, int width, int steps, String empty) throws Exception {
    this.empty = empty;
    home = folder.resolve("home");
    shape = CachedRun.shape(width, steps);
    process = new NewProcess(folder);
    // Which executor runs a unit is not in its key, and for small ones this is the fastest.
    RunOptions local =
        RunOptions.DEFAULT.withExecutor("local", Map.of("spark.master", SparkHere.MASTER));
    try (Workplace work = Workplace.in(home)) {
      work.run(CachedRun.pipeline(shape).pipeline(), local);
    }
    long[] last = TaskBench.expected(shape, Edits.NONE)[steps - 1];
    result = CachedRun.result(shape.units() + 1, Arrays.stream(last).reduce(0, (a, b) -> a ^ b));
  }

  @Override
  public double ours() throws Exception {
    Told told =
        process.run(
            CachedRun.class.getName(), home.toString(), "" + shape.width(), "" + shape.steps());
    checkState(told.result().equals(result), "ours said %s, not %s", told.result(), result);
    return told.nanos();
  }

  @Override
  public double peer() throws Exception {
    Told told = process.run(empty);
    String expected = EmptySpark.result(SparkHere.THREADS);
    checkState(told.result().equals(expected), "the peer said %s, not %s", told.result(), expected);
    return told.nanos();
  }
}
