package dev.reprise.bench.taskbench;

import static dev.reprise.cache.base.Checks.checkState;

import dev.reprise.cache.base.Ticker;
import java.util.ArrayList;
import java.util.List;
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

  private static final long CALIBRATION = 200_000;
  private static final int CALIBRATIONS = 5;

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
   * time is work. Begins where the last search ended.
   *
   * @return nanoseconds of one processor
   */
  public double find() throws Exception {
    double cost = 0;
    double efficiency = 0;
    for (int i = 0; i < LONGEST_SEARCH && Math.abs(efficiency - HALF) > NEAR; i++) {
      double granularity = graph.nanos(work) * cores / units;
      double useful = work * nanosPerIteration;
      cost = granularity - useful;
      checkState(cost > 0, "units took less time than their work does alone");
      efficiency = useful / granularity;
      work = Math.max(1, Math.round(cost / nanosPerIteration));
    }
    return 2 * cost;
  }

  /** How long an iteration of the kernel takes while all of the processors do them. */
  public static double calibrate(int cores) throws Exception {
    Ticker ticker = Ticker.system();
    ExecutorService threads = Executors.newFixedThreadPool(cores);
    try {
      double best = Double.MAX_VALUE;
      for (int i = 0; i < CALIBRATIONS; i++) {
        long begun = ticker.nanos();
        List<Future<Double>> all = new ArrayList<>();
        for (int core = 0; core < cores; core++) {
          all.add(threads.submit(() -> TaskBench.compute(CALIBRATION)));
        }
        for (Future<Double> each : all) {
          checkState(each.get() > 0, "the kernel computes nothing");
        }
        best = Math.min(best, (ticker.nanos() - begun) / (double) CALIBRATION);
      }
      return best;
    } finally {
      threads.shutdownNow();
    }
  }
}
