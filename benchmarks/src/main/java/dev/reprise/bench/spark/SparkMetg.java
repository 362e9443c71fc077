package dev.reprise.bench.spark;

import static dev.reprise.cache.base.Checks.checkState;

import dev.reprise.bench.compare.EmbeddedGraph;
import dev.reprise.bench.ratio.Comparison;
import dev.reprise.bench.taskbench.Edits;
import dev.reprise.bench.taskbench.Metg;
import dev.reprise.bench.taskbench.Pattern;
import dev.reprise.bench.taskbench.TaskBench;
import dev.reprise.bench.taskbench.TaskBench.Shape;
import dev.reprise.cache.base.Ticker;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * How small units may be: {@link Metg} of ours on the local executor, with a cache in which nothing
 * is found and everything is kept, against Spark's with a job for each step of the graph, a task
 * for each unit, and results that go through the driver, so that nothing is shuffled.
 *
 * <p>Spark's graph has fewer steps, since a step costs it the same each time and much more.
 */
public final class SparkMetg implements Comparison {
  private static final Pattern PATTERN = Pattern.STENCIL_1D;

  /** Computes a graph without Reprise; returns the last step's results. */
  @FunctionalInterface
  interface Graph {
    long[] run(JavaSparkContext spark, Shape shape);
  }

  /** What a task is told. */
  private record Unit(long point, List<Long> inputs) implements Serializable {
    private static final long serialVersionUID = 1;
  }

  private final Ticker ticker = Ticker.system();
  private final Shape theirs;
  private final SparkHere spark;
  private final Graph peer;
  private final Metg metgOfOurs;
  private final Metg metgOfPeer;

  /**
   * @param width units in each step
   * @param steps of our graph
   * @param stepsOfPeer of Spark's
   */
  public SparkMetg(Path folder, int width, int steps, int stepsOfPeer) throws Exception {
    this(folder, width, steps, stepsOfPeer, SparkMetg::jobs);
  }

  SparkMetg(Path folder, int width, int steps, int stepsOfPeer, Graph peer) throws Exception {
    this.peer = peer;
    Shape ours = new Shape(PATTERN, width, steps, 0);
    theirs = new Shape(PATTERN, width, stepsOfPeer, 0);
    spark = SparkHere.start(folder);
    int cores = SparkHere.THREADS;
    double iteration = Metg.calibrate(cores);
    metgOfOurs = new Metg(cores, ours.units(), iteration, new EmbeddedGraph(folder, ours));
    metgOfPeer = new Metg(cores, width * stepsOfPeer, iteration, this::runPeer);
  }

  private double runPeer(long iterations) {
    Shape shape = theirs.withWork(iterations);
    long begun = ticker.nanos();
    long[] last = peer.run(spark.context(), shape);
    double nanos = ticker.nanos() - begun;
    long[] expected = TaskBench.expected(shape, Edits.NONE)[shape.steps() - 1];
    checkState(Arrays.equals(last, expected), "the peer's results are others");
    return nanos;
  }

  private static long[] jobs(JavaSparkContext spark, Shape shape) {
    List<Long> points = TaskBench.pointsOf(shape, Edits.NONE);
    List<Long> cells = List.of();
    for (int i = 0; i < shape.steps(); i++) {
      int step = i;
      List<Unit> units = new ArrayList<>(shape.width());
      for (int point = 0; point < shape.width(); point++) {
        List<Long> inputs = TaskBench.inputsOf(shape, step, point, cells);
        units.add(new Unit(points.get(point), inputs));
      }
      cells =
          spark
              .parallelize(units, shape.width())
              .map(unit -> TaskBench.cellOf(shape, step, unit.point(), unit.inputs()))
              .collect();
    }
    return cells.stream().mapToLong(Long::longValue).toArray();
  }

  @Override
  public double ours() throws Exception {
    return metgOfOurs.find();
  }

  @Override
  public double peer() throws Exception {
    return metgOfPeer.find();
  }

  @Override
  public void close() {
    spark.close();
  }
}
