package dev.reprise.run;

import static dev.reprise.task.Tasks.task;

import dev.reprise.api.Partitions;
import dev.reprise.api.Pipeline;
import dev.reprise.api.Value;
import java.util.ArrayList;
import java.util.List;

/** Pipelines that tests of the run loop share. */
final class LabPipelines {
  private LabPipelines() {}

  static final String MEBIBYTE = "#".repeat(1 << 20);

  /** Results that lie inline in the index and are more than a run keeps of it in memory. */
  static Pipeline.Definition seventyMebibytes() {
    return p -> {
      Partitions<String> names =
          p.fanOut("names", task((Integer n) -> names(n)).named("names"), p.value(70));
      Partitions<String> big =
          p.perPartition("big", task((String x) -> x + MEBIBYTE).named("big"), names);
      p.step("total", task((List<String> all) -> "total").named("total"), big.all());
    };
  }

  /** source -> clean each -> count each(limit) -> total -> report. */
  static Pipeline.Definition months(int months, int limit) {
    return p -> {
      Value<Integer> n = p.value(months);
      Partitions<String> source =
          p.fanOut("source", task((Integer count) -> names(count)).named("source"), n);
      Partitions<String> clean =
          p.perPartition(
              "clean", task((String month) -> month.split("#")[0]).named("clean"), source);
      Partitions<String> count =
          p.perPartition(
              "count",
              task((String month, Integer min) -> month + ">" + min).named("count"),
              clean,
              p.value(limit));
      Value<String> total =
          p.step(
              "total",
              task((List<String> all) -> String.join(",", all)).named("total"),
              count.all());
      p.result(
          "report", p.step("report", task((String t) -> "report " + t).named("report"), total));
    };
  }

  static List<String> names(int count) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add("m" + i);
    }
    return names;
  }
}
