package dev.reprise.docs.coming;

import static dev.reprise.task.Tasks.task;

import dev.reprise.Reprise;
import dev.reprise.api.Pipeline;
import dev.reprise.task.TaskContext;
import dev.reprise.task.VersionStrategy;
import java.util.List;
import java.util.stream.IntStream;

/** What a memoised job of Dagster's is here. */
public final class FromDagster {
  private FromDagster() {}

  // example
  record Rates(String region) {}

  static String snapshotOf(String table) {
    return table + "@7"; // asks the warehouse
  }

  static List<Integer> load(String table, int rows) {
    TaskContext.current().dataVersion(rows + "-rows");
    return IntStream.range(0, rows).boxed().toList();
  }

  static List<Integer> clean(List<Integer> rows) {
    return rows.stream().filter(row -> row % 2 == 0).toList();
  }

  static int square(int row) {
    return row * row;
  }

  static int total(List<Integer> squares, int factor, Rates rates) {
    if (factor == 0) {
      throw new IllegalArgumentException("no factor");
    }
    return factor * squares.stream().mapToInt(square -> square).sum();
  }

  public static void define(Pipeline.Builder p) {
    VersionStrategy byName = step -> "v1-" + step.name();
    var table = p.observed("table", p.value("trips"), FromDagster::snapshotOf);
    var rates = p.resource("rates", task(Rates::new).version("1"), p.param("region", "eu"));
    var rows = p.step("load", task(FromDagster::load).version("3"), table, p.param("rows", 5));
    var clean = p.fanOut("clean", task(FromDagster::clean).versionedBy(byName), rows);
    var squares = p.perPartition("square", task(FromDagster::square), clean);
    var total = task(FromDagster::total);
    p.result("total", p.step("total", total, squares.all(), p.param("factor", 2), rates));
  }

  // end
  public static void main(String[] args) {
    Reprise.main(args, FromDagster::define);
  }
}
