package dev.reprise.docs.coming;

import static dev.reprise.ray.Ray.ray;
import static dev.reprise.task.Tasks.local;

import dev.reprise.Reprise;
import dev.reprise.api.Pipeline;
import java.time.Duration;

/** What a workflow of Uniflow's with Ray tasks is here. */
public final class FromUniflow {
  private FromUniflow() {}

  // example
  static String features(String table) {
    return "features of " + table;
  }

  static String train(String features, int rounds) {
    if (rounds < 1) {
      throw new IllegalStateException("no rounds");
    }
    return rounds + " rounds on " + features;
  }

  static String card(String model) {
    return "# A model of " + model;
  }

  public static void define(Pipeline.Builder p) {
    var table = p.param("table", "trips");
    var features =
        p.step(
            "features",
            ray(FromUniflow::features).cpus(1).version("1").ttl(Duration.ofDays(28)),
            table);
    var train = ray(FromUniflow::train).cpus(2).version("1").ttl(Duration.ofDays(28));
    var model = p.step("train", train, features, p.param("rounds", 3));
    p.result("card", p.step("card", local(FromUniflow::card).uncached(), model));
  }

  // end
  public static void main(String[] args) {
    Reprise.main(args, FromUniflow::define);
  }
}
