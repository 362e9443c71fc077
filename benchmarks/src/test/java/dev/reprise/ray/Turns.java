package dev.reprise.ray;

import static dev.reprise.ray.Ray.ray;
import static dev.reprise.spark.Spark.spark;
import static org.apache.spark.sql.functions.col;

import dev.reprise.Reprise;
import dev.reprise.api.Pipeline;
import dev.reprise.api.Value;
import dev.reprise.cache.codec.ArrowTable;
import dev.reprise.cache.codec.TableBuilder;
import dev.reprise.cache.codec.TableRow;
import java.util.List;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** A table that Ray makes, Spark changes and Ray adds up, in one driver: Ray is there first. */
public final class Turns {
  private static final int ROWS = 1_000;

  private Turns() {}

  /** For child processes. */
  public static void main(String[] args) {
    Reprise.main(args, Turns::define);
  }

  static void define(Pipeline.Builder p) {
    Value<ArrowTable> numbers = p.step("numbers", ray(Turns::numbers), p.param("from", 0));
    Value<Dataset<Row>> doubled =
        p.step("doubled", spark(Turns::doubled), numbers.as(Dataset.class));
    p.result("sum", p.step("sum", ray(Turns::sum), doubled.as(ArrowTable.class)));
  }

  static ArrowTable numbers(int from) {
    Field column = Field.nullable("number", new ArrowType.Int(64, true));
    TableBuilder table = ArrowTable.builder(new Schema(List.of(column)));
    for (long number = from; number < from + ROWS; number++) {
      table.row(number);
    }
    return table.build();
  }

  static Dataset<Row> doubled(Dataset<Row> numbers) {
    return numbers.select(col("number").multiply(2).as("number"));
  }

  static long sum(ArrowTable numbers) {
    long sum = 0;
    for (TableRow row : numbers.rows()) {
      sum += row.getLong("number");
    }
    return sum;
  }
}
