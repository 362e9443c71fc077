package dev.reprise.bench.compare;

import dev.reprise.bench.taskbench.Edits;
import dev.reprise.bench.taskbench.TaskBench;
import dev.reprise.bench.taskbench.TaskBench.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Runs a graph as fast as the JDK can: edges in flat arrays made beforehand, a count of missing
 * inputs per unit, and whoever brings the last one goes on with the unit at once.
 */
final class ForkJoinGraph implements AutoCloseable {
  private static final int THREADS = 2;

  private final Shape shape;
  private final int units;
  private final List<Long> points;
  private final int[][] inputs;
  private final int[][] consumers;
  private final long[] cells;
  private final ForkJoinPool pool = new ForkJoinPool(THREADS);

  ForkJoinGraph(Shape shape) {
    this.shape = shape;
    this.units = shape.width() * shape.steps();
    this.points = TaskBench.pointsOf(shape, Edits.NONE);
    this.inputs = new int[units][];
    this.cells = new long[units];
    List<List<Integer>> outs = new ArrayList<>(units);
    for (int unit = 0; unit < units; unit++) {
      outs.add(new ArrayList<>(3));
    }
    for (int unit = 0; unit < units; unit++) {
      int step = unit / shape.width();
      int first = (step - 1) * shape.width();
      int[] from = shape.pattern().dependencies(step, unit % shape.width(), shape.width());
      inputs[unit] = Arrays.stream(from).map(point -> first + point).toArray();
      for (int input : inputs[unit]) {
        outs.get(input).add(unit);
      }
    }
    this.consumers =
        outs.stream()
            .map(list -> list.stream().mapToInt(Integer::intValue).toArray())
            .toArray(int[][]::new);
  }

  /** Runs all units; returns the last step's results. */
  long[] run() {
    AtomicIntegerArray missing = new AtomicIntegerArray(units);
    CountDownLatch open = new CountDownLatch(units);
    List<Integer> ready = new ArrayList<>();
    for (int unit = 0; unit < units; unit++) {
      missing.set(unit, inputs[unit].length);
      if (inputs[unit].length == 0) {
        ready.add(unit);
      }
    }
    for (int unit : ready) {
      pool.execute(() -> runFrom(unit, missing, open));
    }
    try {
      open.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Arrays.copyOfRange(cells, units - shape.width(), units);
  }

  /** Runs a unit, then one of those that it makes ready, and so on; the others are forked. */
  private void runFrom(int first, AtomicIntegerArray missing, CountDownLatch open) {
    int unit = first;
    while (unit >= 0) {
      cells[unit] = TaskBench.cellOf(shape, unit, points, inputs[unit], cells);
      int next = -1;
      for (int consumer : consumers[unit]) {
        if (missing.decrementAndGet(consumer) == 0) {
          if (next < 0) {
            next = consumer;
          } else {
            int forked = consumer;
            pool.execute(() -> runFrom(forked, missing, open));
          }
        }
      }
      open.countDown();
      unit = next;
    }
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }
}
