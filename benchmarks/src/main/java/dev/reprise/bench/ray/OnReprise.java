package dev.reprise.bench.ray;

import static dev.reprise.cache.base.Checks.checkState;
import static dev.reprise.task.Tasks.local;
import static dev.reprise.task.Tasks.task;

import dev.reprise.api.Partitions;
import dev.reprise.api.Pipeline;
import dev.reprise.api.Pipeline.Defined;
import dev.reprise.bench.compare.Workplace;
import dev.reprise.bench.compare.Workplace.Ran;
import dev.reprise.run.RunOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Our driver: runs units on the cluster, in a home that keeps their results. */
final class OnReprise {
  private OnReprise() {}

  /**
   * Answers {@code run COUNT ROUND WORK} with nanoseconds and the digest of the results, and {@code
   * hold COUNT} with bytes of heap, see {@link InFlight}.
   *
   * @param arguments a folder for the home, then the cluster's address and jar and how many units
   *     may share a task
   */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    Map<String, String> options =
        new TreeMap<>(
            Map.of(
                "ray.address", arguments[1],
                "ray.jar", arguments[2],
                "ray.chunk", arguments[3],
                "ray.grace", "1s",
                "ray.code", folder.resolve("code").toString()));
    RunOptions onRay = RunOptions.DEFAULT.withExecutor("ray", options);
    try (Workplace work = Workplace.in(folder.resolve("home"))) {
      DriverProcess.serve(
          question -> {
            int count = Integer.parseInt(question.get(1));
            if (question.get(0).equals("hold")) {
              return InFlight.of(folder.resolve("in-flight"), options, count).words();
            }
            return run(
                work,
                onRay,
                count,
                Long.parseLong(question.get(2)),
                Long.parseLong(question.get(3)));
          });
    }
  }

  private static List<String> run(
      Workplace work, RunOptions options, int count, long round, long iterations) throws Exception {
    Defined<Partitions<Long>> units =
        Pipeline.with(
            "units",
            p -> {
              Partitions<Long> points = p.fanOut("points", local(Units::points), p.value(count));
              return p.perPartition(
                  "unit", task(Units::unit), points, p.value(round), p.value(iterations));
            });
    Ran ran = work.run(units.pipeline(), options);
    checkState(ran.executed() >= count, "%s of %s units ran", ran.executed(), count);
    return List.of("" + ran.nanos(), "" + Units.digest(ran.run().results(units.handles())));
  }
}
