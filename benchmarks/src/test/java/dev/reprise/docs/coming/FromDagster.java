package dev.reprise.docs.coming;

import static dev.reprise.task.Tasks.task;

import dev.reprise.Reprise;
import dev.reprise.api.Pipeline;
import dev.reprise.task.VersionStrategy;
import java.util.List;
import java.util.stream.IntStream;

/** What a memoised job of Dagster's is here. */
public final class FromDagster {
  private FromDagster() {}

  // example
  static List<Integer> load(int rows) {
    return IntStream.range(0, rows).boxed().toList();
  }

  static List<Integer> clean(List<Integer> rows) {
    return rows.stream().filter(row -> row % 2 == 0).toList();
  }

  static int total(List<Integer> rows, int factor) {
    return factor * rows.stream().mapToInt(row -> row).sum();
  }

  public static void define(Pipeline.Builder p) {
    VersionStrategy byName = step -> "v1-" + step.name();
    var rows = p.step("load", task(FromDagster::load).version("3"), p.param("rows", 5));
    var clean = p.step("clean", task(FromDagster::clean).versionedBy(byName), rows);
    p.result("total", p.step("total", task(FromDagster::total), clean, p.param("factor", 2)));
  }

  // end
  public static void main(String[] args) {
    Reprise.main(args, FromDagster::define);
  }
}
