package dev.reprise.bench.spark;

import static dev.reprise.cache.base.Checks.checkState;
import static dev.reprise.task.Tasks.local;
import static dev.reprise.task.Tasks.task;

import dev.reprise.api.Partitions;
import dev.reprise.api.Pipeline;
import dev.reprise.api.Pipeline.Defined;
import dev.reprise.bench.compare.Workplace;
import dev.reprise.bench.compare.Workplace.Ran;
import dev.reprise.bench.ratio.Comparison;
import dev.reprise.cache.base.Ticker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Units that do next to nothing, missing in steps that do not depend on each other, against a job
 * of Spark's for each of those steps, with a task for each unit; all jobs are submitted at once.
 */
public final class SparkSmallUnits implements Comparison {
  /** Computes all units without Reprise; returns their results by step. */
  @FunctionalInterface
  interface Jobs {
    List<List<Long>> run(JavaSparkContext spark, int round) throws Exception;
  }

  private final Ticker ticker = Ticker.system();
  private final int steps;
  private final int unitsPerStep;
  private final SparkHere spark;
  private final Workplace work;
  private final Jobs peer;
  private int round;

  public SparkSmallUnits(Path folder, int steps, int unitsPerStep) throws Exception {
    this(folder, steps, unitsPerStep, (spark, round) -> jobs(spark, round, steps, unitsPerStep));
  }

  SparkSmallUnits(Path folder, int steps, int unitsPerStep, Jobs peer) throws Exception {
    this.steps = steps;
    this.unitsPerStep = unitsPerStep;
    this.peer = peer;
    spark = SparkHere.start(folder);
    work = Workplace.in(folder.resolve("home"));
  }

  static List<Long> points(int count) {
    return LongStream.range(0, count).boxed().toList();
  }

  /** The result of a unit, another one in each round. */
  static long unit(long point, int step, int round) {
    return (point * 31 + step) * 31 + round;
  }

  /** The points are known from the first round on, so all steps are one wave. */
  private Defined<List<Partitions<Long>>> pipeline() {
    return Pipeline.with(
        "small-units",
        p -> {
          Partitions<Long> points =
              p.fanOut("points", local(SparkSmallUnits::points), p.value(unitsPerStep));
          List<Partitions<Long>> all = new ArrayList<>();
          for (int step = 0; step < steps; step++) {
            all.add(
                p.perPartition(
                    "step-" + step,
                    task(SparkSmallUnits::unit),
                    points,
                    p.value(step),
                    p.value(round)));
          }
          return all;
        });
  }

  private static List<List<Long>> jobs(
      JavaSparkContext spark, int round, int steps, int unitsPerStep) throws Exception {
    List<JavaFutureAction<List<Long>>> jobs = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      int step = i;
      jobs.add(
          spark
              .parallelize(points(unitsPerStep), unitsPerStep)
              .map(point -> unit(point, step, round))
              .collectAsync());
    }
    List<List<Long>> results = new ArrayList<>();
    for (JavaFutureAction<List<Long>> job : jobs) {
      results.add(job.get());
    }
    return results;
  }

  @Override
  public double ours() throws Exception {
    round++;
    Defined<List<Partitions<Long>>> graph = pipeline();
    Ran ran = work.run(graph.pipeline(), SparkHere.RUN_ON_SPARK);
    int known = round == 1 ? 0 : 1;
    checkState(ran.executed() == steps * unitsPerStep + 1 - known, "%s units ran", ran.executed());
    List<List<Long>> results = new ArrayList<>();
    for (Partitions<Long> step : graph.handles()) {
      results.add(ran.run().results(step));
    }
    check("ours", results);
    return ran.nanos();
  }

  @Override
  public double peer() throws Exception {
    long begun = ticker.nanos();
    List<List<Long>> results = peer.run(spark.context(), round);
    double nanos = ticker.nanos() - begun;
    check("the peer's", results);
    return nanos;
  }

  private void check(String whose, List<List<Long>> results) {
    for (int step = 0; step < steps; step++) {
      for (int point = 0; point < unitsPerStep; point++) {
        checkState(
            results.get(step).get(point) == unit(point, step, round),
            "%s result of unit %s of step %s is another",
            whose,
            point,
            step);
      }
    }
  }

  @Override
  public void close() {
    try (spark) {
      work.close();
    }
  }
}
