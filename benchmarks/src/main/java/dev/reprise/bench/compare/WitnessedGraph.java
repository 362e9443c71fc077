package dev.reprise.bench.compare;

import static dev.reprise.task.Tasks.task;

import dev.reprise.api.Partitions;
import dev.reprise.api.Pipeline;
import dev.reprise.api.Pipeline.Defined;
import dev.reprise.bench.taskbench.Edits;
import dev.reprise.bench.taskbench.Pattern;
import dev.reprise.bench.taskbench.TaskBench;
import dev.reprise.bench.taskbench.TaskBench.Shape;
import java.nio.file.Path;
import java.util.List;

/** A graph whose units say to a {@link Witness} when they begin and end; also a process. */
final class WitnessedGraph {
  private WitnessedGraph() {}

  /** Where in the graph the units of a step are. */
  record Place(Shape shape, int step, Witness witness) {}

  /** The graph; its units are those of the steps, numbered step by step. */
  static Defined<Partitions<Long>> of(Shape shape, Witness witness) {
    return Pipeline.with(
        "witnessed",
        p -> {
          Partitions<Long> points =
              p.fanOut("points", task(WitnessedGraph::points), p.value(shape));
          Partitions<Long> cells =
              p.perPartition(
                  "step-0",
                  task(WitnessedGraph::first),
                  points,
                  p.value(new Place(shape, 0, witness)));
          for (int i = 1; i < shape.steps(); i++) {
            int step = i;
            cells =
                p.perPartition(
                    "step-" + step,
                    task(WitnessedGraph::next),
                    points,
                    cells.gather(
                        (point, width) -> shape.pattern().dependencies(step, point, width)),
                    p.value(new Place(shape, step, witness)));
          }
          return cells;
        });
  }

  static List<Long> points(Shape shape) {
    return TaskBench.pointsOf(shape, Edits.NONE);
  }

  static long first(long point, Place place) {
    return next(point, List.of(), place);
  }

  static long next(long point, List<Long> inputs, Place place) {
    int unit = place.step() * place.shape().width() + (int) point;
    place.witness().says(unit, /* begun= */ true);
    long cell = TaskBench.cellOf(place.shape(), place.step(), point, inputs);
    place.witness().says(unit, /* begun= */ false);
    return cell;
  }

  /**
   * Runs the graph.
   *
   * @param arguments the home, the witness's file, then the graph's width, steps and work
   */
  public static void main(String[] arguments) throws Exception {
    Shape shape =
        new Shape(
            Pattern.STENCIL_1D,
            Integer.parseInt(arguments[2]),
            Integer.parseInt(arguments[3]),
            Long.parseLong(arguments[4]));
    try (Workplace work = Workplace.in(Path.of(arguments[0]))) {
      work.run(shape, of(shape, new Witness(arguments[1])));
    }
  }
}
