package dev.reprise.docs.coming;

import static dev.reprise.task.Tasks.task;

import dev.reprise.Reprise;
import dev.reprise.api.Pipeline;
import dev.reprise.task.RetryPolicy;
import java.util.List;

/** What a workflow of Flyte's with a mapped task is here. */
public final class FromFlyte {
  private FromFlyte() {}

  // example
  static List<String> cities() {
    return List.of("Aachen", "Bonn", "Celle");
  }

  static int count(String city, int year, String askedBy) {
    return city.length() * year;
  }

  static String report(List<Integer> counts, int year) {
    if (year < 1) {
      throw new IllegalArgumentException("no year " + year);
    }
    return year + ": " + counts;
  }

  public static void define(Pipeline.Builder p) {
    var year = p.param("year", 2001);
    var askedBy = p.param("asked-by", "ann");
    var cities = p.fanOut("cities", task(FromFlyte::cities));
    var count =
        task(FromFlyte::count)
            .manualVersion("1")
            .ignoring("askedBy")
            .retry(RetryPolicy.attempts(3));
    var counts = p.perPartition("count", count, cities, year, askedBy);
    p.result("report", p.step("report", task(FromFlyte::report), counts.all(), year));
  }

  // end
  public static void main(String[] args) {
    Reprise.main(args, FromFlyte::define);
  }
}
