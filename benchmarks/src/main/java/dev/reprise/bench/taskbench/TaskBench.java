package dev.reprise.bench.taskbench;

import static dev.reprise.task.Tasks.task;

import dev.reprise.api.Partitions;
import dev.reprise.api.Pipeline;
import dev.reprise.api.Pipeline.Defined;
import dev.reprise.api.Value;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * A Task Bench graph as a pipeline: a fan-out makes the points, then each step has a unit per
 * point, which takes the results that its pattern says.
 *
 * <p>A result says which step and point it is of, and every unit checks that it was given those
 * that it depends on. It holds a checksum over all that it was made from besides.
 */
public final class TaskBench {
  private static final int POINT_BITS = 24;
  private static final int SUM_BITS = 24;
  private static final long SUM_MASK = (1L << SUM_BITS) - 1;

  private TaskBench() {}

  /**
   * A graph.
   *
   * @param width points in each step
   * @param steps of {@code width} units each; the fan-out is one unit more
   * @param work what each unit computes, in iterations of {@link #compute}
   */
  public record Shape(Pattern pattern, int width, int steps, long work) implements Serializable {
    private static final long serialVersionUID = 1;

    /** The same graph, whose units do so much. */
    public Shape withWork(long to) {
      return new Shape(pattern, width, steps, to);
    }

    /** Units that execute when nothing is cached. */
    public int units() {
      return width * steps + 1;
    }
  }

  /**
   * The pipeline of a graph; its handle is the last step's results.
   *
   * @param edits changes of the points, as {@link Edits#version} has it
   */
  public static Defined<Partitions<Long>> pipeline(Shape shape, Edits edits) {
    return Pipeline.with("task-bench", p -> define(p, shape, edits));
  }

  /** Declares a graph; returns its last step. */
  public static Partitions<Long> define(Pipeline.Builder p, Shape shape, Edits edits) {
    Pattern pattern = shape.pattern();
    Partitions<Long> points =
        p.fanOut("points", task(TaskBench::points), p.value(shape.width()), p.value(edits));
    Partitions<Long> cells =
        p.perPartition("step-0", task(TaskBench::first), points, work(p, shape));
    for (int step = 1; step < shape.steps(); step++) {
      int at = step;
      String name = "step-" + step;
      cells =
          pattern == Pattern.ALL_TO_ALL
              ? p.perPartition(
                  name,
                  task(TaskBench::next),
                  points,
                  cells.all(),
                  p.value(new Place(pattern, at, shape.width(), shape.work())))
              : p.perPartition(
                  name,
                  task(TaskBench::next),
                  points,
                  cells.gather((point, width) -> pattern.dependencies(at, point, width)),
                  p.value(new Place(pattern, at, shape.width(), shape.work())));
    }
    return cells;
  }

  private static Value<Long> work(Pipeline.Builder p, Shape shape) {
    return p.value(shape.work());
  }

  /** Where in the graph the units of a step are. */
  record Place(Pattern pattern, int step, int width, long work) {}

  /** Makes the points: their numbers, with the versions that they have by now. */
  static List<Long> points(int width, Edits edits) {
    List<Long> points = new ArrayList<>(width);
    for (int point = 0; point < width; point++) {
      points.add(((long) edits.version(point) << POINT_BITS) | point);
    }
    return points;
  }

  /**
   * The result of a unit of step 0. The lowest bit of a point's version is ignored: an edit of it
   * alone ends here, and nothing that follows need be executed.
   */
  static long first(long point, long work) {
    compute(work);
    long version = point >>> POINT_BITS;
    return cell(0, (int) (point & ((1 << POINT_BITS) - 1)), mix(version >>> 1));
  }

  /** The result of a unit of a later step. */
  static long next(long point, List<Long> inputs, Place place) {
    compute(place.work());
    int at = (int) (point & ((1 << POINT_BITS) - 1));
    int[] wanted = place.pattern().dependencies(place.step(), at, place.width());
    if (wanted.length != inputs.size()) {
      throw new IllegalStateException(
          "point %d of step %d got %d results, wanted %d"
              .formatted(at, place.step(), inputs.size(), wanted.length));
    }
    long sum = 0;
    for (int i = 0; i < wanted.length; i++) {
      long input = inputs.get(i);
      if (input >>> SUM_BITS != cell(place.step() - 1, wanted[i], 0) >>> SUM_BITS) {
        throw new IllegalStateException(
            "point %d of step %d got a result that is not point %d's"
                .formatted(at, place.step(), wanted[i]));
      }
      sum = mix(sum + input);
    }
    return cell(place.step(), at, sum);
  }

  /**
   * The result of one point.
   *
   * @param step below 65,536
   * @param point below 16,777,216
   */
  private static long cell(int step, int point, long sum) {
    return ((((long) step << POINT_BITS) | point) << SUM_BITS) | (sum & SUM_MASK);
  }

  private static long mix(long value) {
    long mixed = (value + 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
    return (mixed ^ (mixed >>> 29)) * 0x94D049BB133111EBL;
  }

  /** Computes for a while: {@code iterations} times some 64 dependent multiplications and sums. */
  public static double compute(long iterations) {
    double value = 1.0;
    for (long i = 0; i < iterations; i++) {
      for (int j = 0; j < 64; j++) {
        value = value * 1.0000001 + 0.0000001;
      }
    }
    return value;
  }

  /** The points of a graph, as its fan-out makes them. */
  public static List<Long> pointsOf(Shape shape, Edits edits) {
    return points(shape.width(), edits);
  }

  /**
   * What a unit of a step takes, for peers that go step by step.
   *
   * @param cells results of the step before, by point; of none for step 0
   */
  public static List<Long> inputsOf(Shape shape, int step, int point, List<Long> cells) {
    List<Long> inputs = new ArrayList<>();
    for (int from : shape.pattern().dependencies(step, point, shape.width())) {
      inputs.add(cells.get(from));
    }
    return inputs;
  }

  /** The results of every step, computed one by one: what a graph must come to. */
  public static long[][] expected(Shape shape, Edits edits) {
    long[][] cells = new long[shape.steps()][shape.width()];
    List<Long> points = points(shape.width(), edits);
    for (int point = 0; point < shape.width(); point++) {
      cells[0][point] = first(points.get(point), 0);
    }
    for (int step = 1; step < shape.steps(); step++) {
      Place place = new Place(shape.pattern(), step, shape.width(), 0);
      for (int point = 0; point < shape.width(); point++) {
        cells[step][point] = next(points.get(point), inputs(cells, place, point), place);
      }
    }
    return cells;
  }

  /**
   * The result of a unit, for peers.
   *
   * @param unit its number: those of a step follow those of the step before
   * @param inputs numbers of the units that it depends on, ascending
   * @param cells results by the units' numbers
   */
  public static long cellOf(Shape shape, int unit, List<Long> points, int[] inputs, long[] cells) {
    List<Long> values = new ArrayList<>(inputs.length);
    for (int input : inputs) {
      values.add(cells[input]);
    }
    return cellOf(shape, unit / shape.width(), points.get(unit % shape.width()), values);
  }

  /**
   * The result of a unit, for peers.
   *
   * @param point as {@link #pointsOf} has it
   * @param inputs the results that it depends on, in the order of their points
   */
  public static long cellOf(Shape shape, int step, long point, List<Long> inputs) {
    return step == 0
        ? first(point, shape.work())
        : next(point, inputs, new Place(shape.pattern(), step, shape.width(), shape.work()));
  }

  private static List<Long> inputs(long[][] cells, Place place, int point) {
    int[] from = place.pattern().dependencies(place.step(), point, place.width());
    List<Long> inputs = new ArrayList<>(from.length);
    for (int input : from) {
      inputs.add(cells[place.step() - 1][input]);
    }
    return inputs;
  }
}
