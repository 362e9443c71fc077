package dev.reprise.bench.spark;

import static dev.reprise.spark.Spark.spark;

import dev.reprise.api.Pipeline;
import dev.reprise.api.Pipeline.Defined;
import dev.reprise.api.Value;
import dev.reprise.bench.compare.Workplace;
import dev.reprise.bench.compare.Workplace.Ran;
import dev.reprise.bench.spark.NewProcess.Told;
import dev.reprise.bench.taskbench.Edits;
import dev.reprise.bench.taskbench.Pattern;
import dev.reprise.bench.taskbench.TaskBench;
import dev.reprise.bench.taskbench.TaskBench.Shape;
import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.codec.ArrowTable;
import dev.reprise.plan.Outcome;
import dev.reprise.run.RunOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A process that runs a pipeline on Spark, of which everything is cached. */
final class CachedRun {
  /** Where nobody answers: Spark could not be started. */
  private static final RunOptions NOWHERE =
      RunOptions.DEFAULT.withExecutor("spark", Map.of("spark.master", "nonsense://"));

  private CachedRun() {}

  /** A graph of units, and one step on datasets that takes the results of its last step. */
  static Defined<Value<Dataset<Row>>> pipeline(Shape shape) {
    return Pipeline.with(
        "cached",
        p ->
            p.step("mixed", spark(CachedRun::mixed), TaskBench.define(p, shape, Edits.NONE).all()));
  }

  static Dataset<Row> mixed(SparkSession spark, List<Long> cells) {
    return spark.createDataset(cells, Encoders.LONG()).selectExpr("bit_xor(value) AS mixed");
  }

  static Shape shape(int width, int steps) {
    return new Shape(Pattern.STENCIL_1D, width, steps, 0);
  }

  /**
   * Prints how long it took to open the home and run, how many units were found, and the result.
   *
   * @param arguments the home, then the graph's width and steps
   */
  public static void main(String[] arguments) throws Exception {
    Ticker ticker = Ticker.system();
    long begun = ticker.nanos();
    try (Workplace work = Workplace.in(Path.of(arguments[0]))) {
      Defined<Value<Dataset<Row>>> graph =
          pipeline(shape(Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2])));
      Ran ran = work.run(graph.pipeline(), NOWHERE);
      double nanos = ticker.nanos() - begun;
      int found = ran.summary().outcomes().getOrDefault(Outcome.CACHED, 0);
      Value<ArrowTable> mixed = graph.handles().as(ArrowTable.class);
      try (ArrowTable table = ran.run().result(mixed)) {
        System.out.println(
            new Told(nanos, result(found, table.rows().iterator().next().getLong("mixed"))));
      }
    }
  }

  static String result(int found, long mixed) {
    return found + " units found, of " + mixed;
  }
}
