package dev.reprise.bench.taskbench;

import static dev.reprise.cache.base.Checks.checkState;

import dev.reprise.cache.base.Ticker;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The minimum effective task granularity, METG(50 %): how long a unit takes, in processors' time,
 * when half of that time is work and half is what running it costs. The smaller, the smaller the
 * units that are worth while (Slaughter et al., SC20).
 *
 * <p>Not safe for threads.
 */
public final class Metg {
  private static final double HALF = 0.5;
  private static final double NEAR = 0.05;
  private static final int LONGEST_SEARCH = 8;
  private static final int MOST_GROWTH = 2;

  private static final long CALIBRATION = 2_000; // some hundred microseconds
  private static final int CALIBRATIONS = 1_000;

  /** Runs a graph. */
  @FunctionalInterface
  public interface Graph {
    /**
     * Runs a graph whose units do so much.
     *
     * @param work of each unit, in iterations of {@link TaskBench#compute}
     * @return how long it took, in nanoseconds
     */
    double nanos(long work) throws Exception;
  }

  private final int cores;
  private final int units;
  private final double nanosPerIteration;
  private final Graph graph;
  private long work = 1;
  private long mostWork;

  /**
   * @param cores that the graph is run on
   * @param units in the graph
   * @param nanosPerIteration of the kernel, as {@link #calibrate} has it
   */
  public Metg(int cores, int units, double nanosPerIteration, Graph graph) {
    this.cores = cores;
    this.units = units;
    this.nanosPerIteration = nanosPerIteration;
    this.graph = graph;
  }

  /**
   * Finds it: gives units as much work as running them costs without it, until about half of the
   * time is work. Begins where the last search ended; the first of all with a run that does not
   * count, as it costs more than any other. Where units cost much more than in the one after it,
   * which is without work, others use the machine: more work would only make them wait longer.
   *
   * @return nanoseconds of one processor
   */
  public double find() throws Exception {
    if (mostWork == 0) {
      graph.nanos(work);
    }
    double cost = 0;
    double efficiency = 0;
    for (int i = 0; i < LONGEST_SEARCH && Math.abs(efficiency - HALF) > NEAR; i++) {
      double granularity = graph.nanos(work) * cores / units;
      double useful = work * nanosPerIteration;
      cost = granularity - useful;
      checkState(cost > 0, "units took less time than their work does alone");
      efficiency = useful / granularity;
      work = Math.max(1, Math.round(cost / nanosPerIteration));
      mostWork = mostWork == 0 ? MOST_GROWTH * work : mostWork;
      work = Math.min(mostWork, work);
    }
    return 2 * cost;
  }

  /**
   * How long an iteration of the kernel takes, in nanoseconds, while all of the processors do them.
   * The best of many short times, so that other processes do not count.
   */
  public static double calibrate(int cores) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(cores);
    try {
      double best = Double.MAX_VALUE;
      List<Callable<Double>> all = Collections.nCopies(cores, Metg::fastest);
      for (Future<Double> each : threads.invokeAll(all)) {
        best = Math.min(best, each.get());
      }
      return best;
    } finally {
      threads.shutdownNow();
    }
  }

  private static double fastest() {
    Ticker ticker = Ticker.system();
    double best = Double.MAX_VALUE;
    double computed = 0;
    for (int i = 0; i < CALIBRATIONS; i++) {
      long begun = ticker.nanos();
      computed += TaskBench.compute(CALIBRATION);
      best = Math.min(best, (double) (ticker.nanos() - begun));
    }
    checkState(computed > 0, "the kernel computes nothing");
    return best / CALIBRATION;
  }
}
