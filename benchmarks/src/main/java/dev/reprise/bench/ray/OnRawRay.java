package dev.reprise.bench.ray;

import dev.reprise.bench.taskbench.Edits;
import dev.reprise.bench.taskbench.Pattern;
import dev.reprise.bench.taskbench.TaskBench;
import dev.reprise.bench.taskbench.TaskBench.Shape;
import dev.reprise.cache.base.Ticker;
import io.ray.api.ObjectRef;
import io.ray.api.Ray;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * The peer's driver: a task of Ray's for each unit, all submitted before the first result is asked
 * for.
 */
final class OnRawRay {
  private static final Ticker TICKER = Ticker.system();

  private OnRawRay() {}

  /**
   * Answers {@code run COUNT ROUND WORK} and {@code graph WIDTH STEPS WORK} with nanoseconds and
   * the digest of the results, of a graph those of its last step. Connects when it is asked first.
   */
  public static void main(String[] arguments) throws Exception {
    DriverProcess.serve(
        question -> {
          long begun = TICKER.nanos();
          if (!Ray.isInitialized()) {
            Ray.init();
          }
          int first = Integer.parseInt(question.get(1));
          int second = Integer.parseInt(question.get(2));
          long work = Long.parseLong(question.get(3));
          List<Long> results =
              question.get(0).equals("graph")
                  ? graph(new Shape(Pattern.STENCIL_1D, first, second, work))
                  : run(first, second, work);
          return List.of("" + (TICKER.nanos() - begun), "" + Units.digest(results));
        });
    Ray.shutdown();
  }

  private static List<Long> run(int count, int round, long work) {
    return results(
        LongStream.range(0, count)
            .mapToObj(point -> Ray.task(RawTasks::unit, RawTasks.unitOf(point, round, work)))
            .map(task -> task.remote())
            .toList());
  }

  /** Results go through the driver, step by step: dependences on other tasks cost Ray more. */
  private static List<Long> graph(Shape shape) {
    List<Long> points = TaskBench.pointsOf(shape, Edits.NONE);
    List<Long> cells = List.of();
    for (int step = 0; step < shape.steps(); step++) {
      List<ObjectRef<byte[]>> refs = new ArrayList<>(shape.width());
      for (int point = 0; point < shape.width(); point++) {
        List<Long> inputs = TaskBench.inputsOf(shape, step, point, cells);
        byte[] what = RawTasks.cellOf(shape, step, points.get(point), inputs);
        refs.add(Ray.task(RawTasks::cell, what).remote());
      }
      cells = results(refs);
    }
    return cells;
  }

  private static List<Long> results(List<ObjectRef<byte[]>> refs) {
    return Ray.get(refs).stream().map(RawTasks::result).toList();
  }
}
