package dev.reprise.bench.compare;

import static dev.reprise.cache.base.Checks.checkState;

import dev.reprise.api.Driver;
import dev.reprise.api.Driver.Plan;
import dev.reprise.api.Partitions;
import dev.reprise.api.Pipeline;
import dev.reprise.api.Pipeline.Defined;
import dev.reprise.api.Run;
import dev.reprise.bench.taskbench.Edits;
import dev.reprise.bench.taskbench.TaskBench;
import dev.reprise.bench.taskbench.TaskBench.Shape;
import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.index.IndexLockedException;
import dev.reprise.home.HomeOptions;
import dev.reprise.plan.Outcome;
import dev.reprise.run.RunListener.RunSummary;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A driver in a home of its own, with what comparisons do there: plan, run, check, take times. */
public final class Workplace implements AutoCloseable {
  private final Ticker ticker = Ticker.system();
  private final Driver driver;

  private Workplace(Driver driver) {
    this.driver = driver;
  }

  /** Opens the home in a folder, which need not be there yet. */
  public static Workplace in(Path folder) throws IndexLockedException {
    return new Workplace(Driver.open(HomeOptions.at(folder), "reprise bench"));
  }

  /** Opens one that keeps nothing and reuses nothing. */
  static Workplace withoutCache(Path folder) throws IndexLockedException {
    return new Workplace(
        Driver.open(HomeOptions.at(folder).withAccess(HomeOptions.Access.NONE), "reprise bench"));
  }

  /** A run that has succeeded, what it came to, and how long it took, in nanoseconds. */
  public record Ran(Run run, RunSummary summary, double nanos) {
    /** How many units were executed. */
    public int executed() {
      return summary.outcomes().getOrDefault(Outcome.RAN, 0);
    }
  }

  /**
   * Plans, and checks that every unit is found.
   *
   * @return nanoseconds until all are known
   */
  double planCached(Shape shape, Defined<?> graph) {
    return timedPlan(shape, graph).nanos();
  }

  /** The same, with the plan itself. */
  Planned timedPlan(Shape shape, Defined<?> graph) {
    long begun = ticker.nanos();
    Plan plan = driver.plan(graph.pipeline(), RunOptions.DEFAULT);
    double nanos = ticker.nanos() - begun;
    int cached = plan.summary().cached();
    checkState(cached == shape.units(), "%s of %s units were found", cached, shape.units());
    return new Planned(plan, nanos);
  }

  record Planned(Plan plan, double nanos) {}

  /** Runs a pipeline, which must succeed; its time is from here to its end. */
  public Ran run(Pipeline pipeline, RunOptions options) throws InterruptedException {
    long begun = ticker.nanos();
    Run run = driver.submit(pipeline, options);
    RunSummary summary = run.await();
    double nanos = ticker.nanos() - begun;
    checkState(summary.state() == RunState.SUCCEEDED, "a run failed: %s", summary.message());
    return new Ran(run, summary, nanos);
  }

  /** Runs a graph and checks its last step's results. */
  Ran run(Shape shape, Defined<Partitions<Long>> graph, Edits edits, RunOptions options)
      throws InterruptedException, IOException {
    Ran ran = run(graph.pipeline(), options);
    long[] expected = TaskBench.expected(shape, edits)[shape.steps() - 1];
    List<Long> results = ran.run().results(graph.handles());
    for (int point = 0; point < expected.length; point++) {
      checkState(results.get(point) == expected[point], "the result of point %s is another", point);
    }
    return ran;
  }

  /** Runs a graph as is, and checks its last step's results. */
  public Ran run(Shape shape, Defined<Partitions<Long>> graph)
      throws InterruptedException, IOException {
    return run(shape, graph, Edits.NONE, RunOptions.DEFAULT);
  }

  Ticker ticker() {
    return ticker;
  }

  @Override
  public void close() {
    driver.close();
  }
}
