package dev.reprise.run;

import static dev.reprise.task.Tasks.local;
import static dev.reprise.task.Tasks.task;

import dev.reprise.api.Pipeline;
import java.util.List;

/** Small pipelines for tests. */
public final class Pipelines {
  public static final String[] MONTHS = {
    "month=2001-01",
    "month=2001-02",
    "month=2001-03",
    "month=2001-04",
    "month=2001-05",
    "month=2001-06"
  };

  private Pipelines() {}

  /** Like the shipped {@code flights}: months → clean → delays → by-airport → report. */
  public static Pipeline flights() {
    return Pipeline.define(
        "flights",
        p -> {
          var late = p.param("late-minutes", 15);
          var months = p.fanOut("months", task(Pipelines::months));
          var clean = p.perPartition("clean", task(Pipelines::clean), months);
          var delays = p.perPartition("delays", task(Pipelines::delays), clean, late);
          var byAirport = p.step("by-airport", task(Pipelines::join), delays.all());
          p.result("by-airport", byAirport);
          p.result("report", p.step("report", local(Pipelines::report), byAirport));
        });
  }

  /** A run of {@link #flights} in which every unit was cached. */
  public static ScriptedRun warm(String run) {
    return new ScriptedRun(run, flights())
        .units("months", "")
        .units("months[]", MONTHS)
        .units("clean", MONTHS)
        .units("delays", MONTHS)
        .units("by-airport", "")
        .units("report", "");
  }

  static List<String> months() {
    return List.of(MONTHS);
  }

  static String clean(String month) {
    return month;
  }

  static String delays(String month, int late) {
    return month + late;
  }

  static String join(List<String> parts) {
    return String.join(",", parts);
  }

  static String report(String joined) {
    return joined;
  }
}
